// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The parts of a Uniswap v3 pool that Breakwater calls
interface IUniswapV3Pool {
    function token0() external view returns (address);

    function token1() external view returns (address);

    function fee() external view returns (uint24);

    function tickSpacing() external view returns (int24);

    /// @notice Price, and what the pool's oracle remembers.
    /// @return sqrtPriceX96 √(token1 per token0). [Q96, base units]
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint8 feeProtocol,
            bool unlocked
        );

    /// @notice Liquidity in range.
    function liquidity() external view returns (uint128);

    /// @notice 256 flags: which multiples of the tick spacing are initialised.
    /// @param wordPosition Multiple ÷ 256, rounded down.
    function tickBitmap(int16 wordPosition) external view returns (uint256);

    /// @return liquidityGross Liquidity of all positions that begin or end here.
    /// @return liquidityNet What the liquidity in range gains when the price crosses upwards.
    function ticks(
        int24 tick
    )
        external
        view
        returns (
            uint128 liquidityGross,
            int128 liquidityNet,
            uint256 feeGrowthOutside0X128,
            uint256 feeGrowthOutside1X128,
            int56 tickCumulativeOutside,
            uint160 secondsPerLiquidityOutsideX128,
            uint32 secondsOutside,
            bool initialized
        );

    /// @notice One entry of the ring of observations.
    function observations(
        uint256 index
    )
        external
        view
        returns (
            uint32 blockTimestamp,
            int56 tickCumulative,
            uint160 secondsPerLiquidityCumulativeX128,
            bool initialized
        );

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
