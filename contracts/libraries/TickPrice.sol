// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Prices as powers of 1.0001
/// @notice Uniswap v3 whitepaper, §6.1: `price(tick) = 1.0001^tick`, in raw units of token1 per raw unit of token0.
library TickPrice {
    using FixedPointMathLib for uint256;

    int24 internal constant MAX_TICK = 887_272;
    /// @dev Parts of a tick in which averages are kept.
    int56 private constant E6 = 1e6;
    /// @dev ln(1.0001) × 1e36.
    uint256 private constant LN_BASE_36 = 99995000333308335333166680951131;
    /// @dev ln(1e18) × 1e18.
    int256 private constant LN_1E18_WAD = 41446531673892822312;

    /// @notice 1.0001^tick × 1e36, relative error below 1e-15 or one unit. |tick| ≤ MAX_TICK. Zero below 1e-36.
    function price36(int24 tick) internal pure returns (uint256) {
        unchecked {
            uint256 magnitude = FixedPointMathLib.abs(int256(tick));
            // At most 88.8e18: within the range of expWad, which answers e^88.8 · 1e18 < 2^189 at most and 1e18 at least.
            uint256 growthWad = uint256(FixedPointMathLib.expWad(int256((magnitude * LN_BASE_36) / 1e18)));
            return tick >= 0 ? growthWad * 1e18 : uint256(1e54) / growthWad;
        }
    }

    /// @notice √(1.0001^tick) × 2^96, as Uniswap writes prices, relative error below 1e-17 or one unit. |tick| ≤ MAX_TICK.
    function sqrtPriceX96(int24 tick) internal pure returns (uint256) {
        unchecked {
            uint256 magnitude = FixedPointMathLib.abs(int256(tick));
            // At most e^44.4 = 1.9e19 times 1e18: shifted by 96 bits it fits.
            uint256 growthWad = uint256(FixedPointMathLib.expWad(int256((magnitude * LN_BASE_36) / 2e18)));
            return tick >= 0 ? (growthWad << 96) / 1e18 : uint256(1e18 << 96) / growthWad;
        }
    }

    /// @notice Tick of a price, times 1e6, within 1e-6 of a tick of its real value; clamped to ±MAX_TICK. price36_ > 0.
    function tickE6(uint256 price36_) internal pure returns (int56) {
        int256 logarithm = FixedPointMathLib.lnWad(int256(price36_.min(uint256(type(int256).max))));
        unchecked {
            // Logarithms of words are at most 136e18.
            int256 result = ((logarithm - LN_1E18_WAD) * 1e24) / int256(LN_BASE_36);
            int256 bound = int256(MAX_TICK) * E6;
            return int56(FixedPointMathLib.clamp(result, -bound, bound));
        }
    }

    /// @notice Whole tick at or below. [rounded towards −∞, so that the price is rounded down]
    function floorTick(int56 e6) internal pure returns (int24 tick) {
        unchecked {
            tick = int24(e6 / E6);
            if (e6 < 0 && int56(tick) * E6 != e6) --tick; // ticks are far from the least that 24 bits hold
        }
    }

    /// @notice One step of an exponential average with irregular sampling:
    /// `x + (1 − e^(−Δt/τ))·(sample − x)`, rounded towards x. Two steps over Δt₁ and Δt₂ with one sample are one step over
    /// Δt₁ + Δt₂: how often it is sampled does not change it. (Müller 1991; Eckner, "Algorithms for unevenly spaced time
    /// series", 2012)
    /// @param coveredSeconds Time that the sample is the mean of. [s]
    /// @param timeConstant τ. [s, > 0]
    function emaStep(
        int56 averageE6,
        int56 sampleE6,
        uint256 coveredSeconds,
        uint256 timeConstant
    ) internal pure returns (int56) {
        unchecked {
            // Seconds have 40 bits, and so have ticks × 1e6. Beyond 40 τ nothing is left of the past: e^-40 = 4e-18.
            int256 keptWad = FixedPointMathLib.expWad(-int256(((coveredSeconds * 1e18) / timeConstant).min(40e18)));
            return averageE6 + int56(((int256(sampleE6) - averageE6) * (1e18 - keptWad)) / 1e18);
        }
    }
}
