// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";

/// @title Venue that swaps at one price, without fee or slippage, through Uniswap v3's callback protocol
/// @dev Loop arithmetic can be checked to the unit only where trading costs nothing.
contract FixedPriceSwapPool {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    address public immutable token0;
    address public immutable token1;
    uint256 public price36; // token1 base units per token0 base unit × 1e36

    error SwapUnpaid(uint256 owed, uint256 received);

    constructor(address base, address quote, uint256 quotePerBase36) {
        (token0, token1) = base < quote ? (base, quote) : (quote, base);
        price36 = base < quote ? quotePerBase36 : uint256(1e36).fullMulDiv(1e36, quotePerBase36);
    }

    /// @param amountSpecified Positive: exact input. Negative: exact output. The price limit is ignored: price is fixed.
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1) {
        (uint256 used, uint256 out) = amountSpecified > 0
            ? (uint256(amountSpecified), _outDown(zeroForOne, uint256(amountSpecified)))
            : (_inUp(zeroForOne, uint256(-amountSpecified)), uint256(-amountSpecified));
        (used, out) = _terms(used, out);
        (address tokenIn, address tokenOut) = zeroForOne ? (token0, token1) : (token1, token0);
        if (out != 0) IERC20(tokenOut).safeTransfer(recipient, out);
        (amount0, amount1) = zeroForOne ? (int256(used), -int256(out)) : (-int256(out), int256(used));
        uint256 before = IERC20(tokenIn).balanceOf(address(this));
        _callBack(amount0, amount1, data);
        uint256 received = IERC20(tokenIn).balanceOf(address(this)) - before;
        if (received < used) revert SwapUnpaid(used, received);
    }

    function _outDown(bool zeroForOne, uint256 amountIn) private view returns (uint256) {
        return zeroForOne ? amountIn.fullMulDiv(price36, 1e36) : amountIn.fullMulDiv(1e36, price36);
    }

    function _inUp(bool zeroForOne, uint256 amountOut) private view returns (uint256) {
        return zeroForOne ? amountOut.fullMulDivUp(1e36, price36) : amountOut.fullMulDivUp(price36, 1e36);
    }

    /// @dev For venues that do not keep their word.
    function _terms(uint256 used, uint256 out) internal virtual returns (uint256, uint256) {
        return (used, out);
    }

    function _callBack(int256 amount0, int256 amount1, bytes calldata data) internal virtual {
        IUniswapV3SwapCallback(msg.sender).uniswapV3SwapCallback(amount0, amount1, data);
    }
}
