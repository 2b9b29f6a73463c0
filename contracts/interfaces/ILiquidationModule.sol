// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Liquidation entry points, answered at the pool's address
interface ILiquidationModule {
    /// @notice Puts an unhealthy account up for sale: its price clock starts. Permissionless, needs a fresh price.
    function kick(address account) external;

    /// @notice Ends the sale of an account that is healthy again with a margin (2 %). Permissionless.
    function unkick(address account) external;

    /// @notice Records what an account's collateral will probably not cover, so that lenders who leave bear their part of
    /// it; takes it back once the account has recovered. Permissionless, needs a fresh price.
    function mark(address account) external;

    /// @notice Buys collateral of an unhealthy account by repaying its debt, in part or whole. An account that was not
    /// kicked is sold as if kicked now. Never blocked by a pause; a kicked account is sold at the last valid price when
    /// no source is fresh.
    /// @param account Account to liquidate.
    /// @param collateral Which of its collaterals to buy.
    /// @param maxCollateral At most this much. [collateral base units]; the pool sells less if less restores the target
    /// health factor, and all of it where a rest would be dust
    /// @param maxRepay Most that the caller will pay. [loan base units]
    /// @param receiver Where the collateral goes.
    /// @param data If not empty, `ITakeCallback.onTake` is called on the caller after the collateral was sent and
    /// before the payment is pulled (flash liquidation).
    /// @return collateralAmount Collateral sold.
    /// @return repaidAssets Loan assets pulled from the caller, rounded up.
    function take(
        address account,
        address collateral,
        uint256 maxCollateral,
        uint256 maxRepay,
        address receiver,
        bytes calldata data
    ) external returns (uint256 collateralAmount, uint256 repaidAssets);

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

    /// @notice What `take` would sell and charge now.
    function quoteTake(
        address account,
        address collateral,
        uint256 maxCollateral
    ) external returns (uint256 collateralAmount, uint256 repayAssets, uint256 price36);
}
