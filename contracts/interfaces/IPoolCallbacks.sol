// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationSales} from "./ILiquidationSales.sol";

/// @title Callbacks that a caller of the pool may implement
/// @notice The pool has settled its own books before it calls; the tokens named are pulled from the caller right after
/// the callback returns, so the caller must hold and have approved them by then. The pool may be re-entered from here.

interface ISupplyCollateralCallback {
    /// @param collateral Token about to be pulled.
    /// @param amount Amount about to be pulled. [collateral base units]
    /// @param data As passed to `supplyCollateral`.
    function onSupplyCollateral(address collateral, uint256 amount, bytes calldata data) external;
}

interface IRepayCallback {
    /// @param assets Loan assets about to be pulled. [loan base units]
    /// @param data As passed to `repay`.
    function onRepay(uint256 assets, bytes calldata data) external;
}

interface ITakeBatchCallback {
    /// @notice All collateral has already been sent to the receiver of the batch.
    /// @param orders As passed to `takeBatch`.
    /// @param amounts Sold and received, order by order. [collateral base units]
    /// @param repayAssets Loan assets about to be pulled. [loan base units]
    /// @param data As passed to `takeBatch`.
    function onTakeBatch(
        ILiquidationSales.TakeOrder[] calldata orders,
        uint256[] calldata amounts,
        uint256 repayAssets,
        bytes calldata data
    ) external;
}

interface ITakeCallback {
    /// @notice The collateral has already been sent to the receiver of the take.
    /// @param account Account being liquidated.
    /// @param collateral Token sold.
    /// @param collateralAmount Amount already received. [collateral base units]
    /// @param repayAssets Loan assets about to be pulled. [loan base units]
    /// @param data As passed to `take`.
    function onTake(
        address account,
        address collateral,
        uint256 collateralAmount,
        uint256 repayAssets,
        bytes calldata data
    ) external;
}
