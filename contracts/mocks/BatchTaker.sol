// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ITakeBatchCallback} from "../interfaces/IPoolCallbacks.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationSales} from "../interfaces/ILiquidationSales.sol";

/// @title Takes a batch and says what it held of everything when it was called back
contract BatchTaker is ITakeBatchCallback {
    /// @param received Of each order's collateral, all that the caller holds.
    event CalledBack(uint256[] amounts, uint256[] received, uint256 repayAssets, uint256 loanHeld, bytes data);

    function take(ILiquidationSales pool, ILiquidationSales.TakeOrder[] calldata orders, bytes calldata data) external {
        IERC20(ILendingPool(address(pool)).asset()).approve(address(pool), type(uint256).max);
        pool.takeBatch(orders, type(uint256).max, address(this), data);
    }

    function onTakeBatch(
        ILiquidationSales.TakeOrder[] calldata orders,
        uint256[] calldata amounts,
        uint256 repayAssets,
        bytes calldata data
    ) external {
        uint256[] memory received = new uint256[](orders.length);
        for (uint256 i; i < orders.length; ++i) received[i] = IERC20(orders[i].collateral).balanceOf(address(this));
        uint256 held = IERC20(ILendingPool(msg.sender).asset()).balanceOf(address(this));
        emit CalledBack(amounts, received, repayAssets, held, data);
    }
}
