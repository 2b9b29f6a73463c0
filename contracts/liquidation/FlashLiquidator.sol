// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {ITakeCallback} from "../interfaces/IPoolCallbacks.sol";

/// @title Liquidation without capital
/// @notice Takes collateral, sells it in one Uniswap v3 pool and pays the debt out of the proceeds, in one transaction.
/// What remains goes to the caller, who says how much that must be.
/// @dev Keeps nothing between calls; what strangers leave in it goes to the next caller who uses that token. The lending
/// pool and the venue are the caller's choice and can hurt only the caller: the callbacks answer to these two alone, and
/// only while a call is under way.
contract FlashLiquidator is ITakeCallback, IUniswapV3SwapCallback, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev The limits of Uniswap's price range, one inside: "no limit".
    uint160 private constant LOWEST_PRICE = 4295128740;
    uint160 private constant HIGHEST_PRICE = 1461446703485210103287273052203988822378723970341;

    address private transient _pool;
    address private transient _venue;
    /// @dev Of the pool. Never taken from the callback's data: a hostile pool could name another token there and be
    /// approved for it.
    address private transient _loanAsset;

    error FlashLiquidatorCallbackUnexpected(address caller);
    error FlashLiquidatorSwapIncomplete(uint256 requested, uint256 sold);
    error FlashLiquidatorProfitTooLow(uint256 minimum, uint256 profit);

    /// @param maxCollateral Most to buy and sell. [collateral base units]
    /// @param venue Uniswap v3 pool of the collateral and the loan asset.
    /// @param minProfit Least that must be left for the caller. [loan base units]
    /// @return profit Loan assets sent to the caller. [loan base units]
    /// @return repaid Debt repaid. [loan base units]
    function liquidate(
        ILendingPool pool,
        address account,
        address collateral,
        uint256 maxCollateral,
        address venue,
        uint256 minProfit
    ) external nonReentrant returns (uint256 profit, uint256 repaid) {
        address loanAsset = pool.asset();
        _pool = address(pool);
        _venue = venue;
        _loanAsset = loanAsset;
        (, repaid) = ILiquidationModule(address(pool)).take(
            account,
            collateral,
            maxCollateral,
            type(uint256).max,
            address(this),
            hex"01" // anything: it asks for the callback
        );
        _pool = address(0);
        _venue = address(0); // a pool that never called back left it open
        // A hostile pool may have pulled less than it said: leave it no allowance for the next caller's proceeds.
        if (IERC20(loanAsset).allowance(address(this), address(pool)) != 0) {
            IERC20(loanAsset).forceApprove(address(pool), 0);
        }
        profit = IERC20(loanAsset).balanceOf(address(this));
        if (profit < minProfit) revert FlashLiquidatorProfitTooLow(minProfit, profit);
        IERC20(loanAsset).safeTransfer(msg.sender, profit);
    }

    /// @inheritdoc ITakeCallback
    function onTake(
        address,
        address collateral,
        uint256 collateralAmount,
        uint256 repayAssets,
        bytes calldata
    ) external {
        if (msg.sender != _pool) revert FlashLiquidatorCallbackUnexpected(msg.sender);
        address loanAsset = _loanAsset;
        bool zeroForOne = collateral < loanAsset;
        (int256 amount0, int256 amount1) = IUniswapV3Pool(_venue).swap(
            address(this),
            zeroForOne,
            collateralAmount.toInt256(),
            zeroForOne ? LOWEST_PRICE : HIGHEST_PRICE,
            abi.encode(collateral)
        );
        _venue = address(0);
        int256 sold = zeroForOne ? amount0 : amount1;
        if (sold != int256(collateralAmount)) {
            revert FlashLiquidatorSwapIncomplete(collateralAmount, sold > 0 ? uint256(sold) : 0);
        }
        uint256 proceeds = IERC20(loanAsset).balanceOf(address(this));
        if (proceeds < repayAssets) revert FlashLiquidatorProfitTooLow(repayAssets, proceeds);
        IERC20(loanAsset).forceApprove(msg.sender, repayAssets);
    }

    /// @inheritdoc IUniswapV3SwapCallback
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        if (msg.sender != _venue) revert FlashLiquidatorCallbackUnexpected(msg.sender);
        int256 owed = amount0Delta > amount1Delta ? amount0Delta : amount1Delta;
        // A venue that claims nothing gets nothing.
        if (owed > 0) IERC20(abi.decode(data, (address))).safeTransfer(msg.sender, uint256(owed));
    }
}
