// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What goes with liquidation but is no sale, answered at the pool's address
interface ILiquidationDesk {
    /// @dev The selling schedule of one collateral.
    struct SaleState {
        address curve; // that its terms were read from
        uint256 clockTicks; // up to when the schedule is sold. [1/256 unix s] 0: nothing was sold by it
        uint256 backlog; // debt of the accounts for sale. [loan base units, to a hundredth of a loan token an account]
        uint256 reserve; // y, of which the pace depends; 0: not known. [loan base units]
        uint256 ratePerSecond; // value sold a second; 0: sales go by time alone. [loan base units]
    }

    /// @notice Repays, and takes collateral out to pay for it: of a collateral at most the share that is repaid of the debt.
    /// So health cannot fall, at whatever prices, and neither an oracle nor the breaker is asked: whoever wants to
    /// unwind before being liquidated always can. The guardian's pause of collateral exits stops it, unless all is repaid.
    /// @param assets Loan assets to pay; or 0, and by shares. See `ILendingPool.repay`
    /// @param shares Debt shares to burn; or 0, and by assets.
    /// @param collateral Which to take out.
    /// @param amount How much of it. [collateral base units, > 0]
    /// @param account Whose. Caller must be it or its operator.
    /// @param receiver Where the collateral goes.
    /// @param data If not empty, `IRepayCallback.onRepay` is called on the caller after the collateral was sent and before the
    /// payment is pulled: it can be sold first.
    /// @return assetsIn Loan assets pulled from the caller, rounded up.
    /// @return sharesIn Debt shares burnt.
    function unwind(
        uint256 assets,
        uint256 shares,
        address collateral,
        uint256 amount,
        address account,
        address receiver,
        bytes calldata data
    ) external returns (uint256 assetsIn, uint256 sharesIn);

    /// @notice How far the sales of a collateral have come, and how fast they go.
    function saleOf(address collateral) external view returns (SaleState memory);

    /// @notice A number under which the caller may kick for tips.
    function registerKeeper() external returns (uint24 keeper);

    /// @notice Sends what a keeper is owed. Only its owner may.
    function claimTips(uint24 keeper, address receiver) external returns (uint256 assets);

    /// @return owner Who registered it.
    /// @return owed [loan base units]
    /// @return tip What a kick brings now, at most 0.5 % of the debt. [loan base units]
    function keeperOf(uint24 keeper) external view returns (address owner, uint256 owed, uint256 tip);
}
