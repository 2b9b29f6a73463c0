// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Sale of unhealthy accounts, answered at the pool's address
interface ILiquidationSales {
    /// @dev What one sale of a batch is to be. See `take`.
    struct TakeOrder {
        address account;
        address collateral;
        uint256 maxCollateral; // [collateral base units]
    }

    /// @notice Puts an unhealthy account up for sale: its price begins to fall. Permissionless, needs a fresh price. Judged by the
    /// debt as last booked, and by all interest where that is not enough.
    function kick(address account) external;

    /// @notice The same, cheaper for who knows what the account holds, and for a tip: the first sale of the account charges it to its
    /// debt and credits it to the keeper.
    /// @param collateral What the account holds, if that is one collateral: it need not be looked up then. Anything else, 0 too, is
    /// as good as nothing said and blocks nothing.
    /// @param keeper Whoever the tip is for, by the number that `registerKeeper` gave; 0: nobody, and no tip.
    function kickFor(address account, address collateral, uint24 keeper) external;

    /// @notice Ends the sale of an account that is healthy again with a margin (2 %). Permissionless. If it comes up for sale again
    /// within an hour, its price goes on where it was. A healthy account without that margin rests: its debt leaves the backlog, where
    /// it would slow others' sales down, its price goes on. Its next sale, or another kick, counts it again.
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

    /// @notice Several sales with one payment: all or none. The second costs much less gas than the first.
    /// @param orders In this order; an account may come more than once.
    /// @param maxRepay Most that the caller will pay for all. [loan base units]
    /// @param receiver Where the collateral goes.
    /// @param data If not empty, `ITakeBatchCallback.onTakeBatch` is called on the caller after all collateral was sent and
    /// before the payment is pulled.
    /// @return amounts Collateral sold, order by order. [collateral base units]
    /// @return repaidAssets Loan assets pulled from the caller, rounded up.
    function takeBatch(
        TakeOrder[] calldata orders,
        uint256 maxRepay,
        address receiver,
        bytes calldata data
    ) external returns (uint256[] memory amounts, uint256 repaidAssets);

    /// @notice What `take` would sell and charge now.
    /// @return collateralAmount [collateral base units]
    /// @return repayAssets [loan base units]
    /// @return price36 Mean price of the sale. [loan base units per collateral base unit × 1e36]
    function quoteTake(
        address account,
        address collateral,
        uint256 maxCollateral
    ) external returns (uint256 collateralAmount, uint256 repayAssets, uint256 price36);
}
