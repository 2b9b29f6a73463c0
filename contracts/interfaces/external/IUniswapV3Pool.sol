// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The parts of a Uniswap v3 pool that Breakwater calls
interface IUniswapV3Pool {
    function token0() external view returns (address);

    function token1() external view returns (address);

    function fee() external view returns (uint24);

    /// @param secondsAgos Moments to look back to. [s before now]
    /// @return tickCumulatives Σ tick·seconds up to each moment.
    /// @return secondsPerLiquidityCumulativeX128s Σ seconds/liquidity up to each moment. [Q128]
    function observe(
        uint32[] calldata secondsAgos
    ) external view returns (int56[] memory tickCumulatives, uint160[] memory secondsPerLiquidityCumulativeX128s);

    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}
