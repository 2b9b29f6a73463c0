// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What a Uniswap v3 pool calls on whoever swaps in it
interface IUniswapV3SwapCallback {
    /// @notice The output has been sent; the input must have arrived when this returns.
    /// @param amount0Delta Token0 owed to the pool, or, if negative, sent by it. [token0 base units]
    /// @param amount1Delta Token1 owed to the pool, or, if negative, sent by it. [token1 base units]
    /// @param data As passed to `swap`.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
}
