// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Prices as powers of 1.0001
/// @notice Uniswap v3 whitepaper, §6.1: `price(tick) = 1.0001^tick`, in raw units of token1 per raw unit of token0.
library TickPrice {
    using FixedPointMathLib for uint256;

    int24 internal constant MAX_TICK = 887_272;
    /// @dev ln(1.0001) × 1e36.
    uint256 private constant LN_BASE_36 = 99995000333308335333166680951131;
    /// @dev ln(1e18) × 1e18.
    int256 private constant LN_1E18_WAD = 41446531673892822313;

    /// @notice 1.0001^tick × 1e36, relative error below 1e-15. |tick| ≤ MAX_TICK.
    function price36(int24 tick) internal pure returns (uint256) {
        uint256 magnitude = FixedPointMathLib.abs(int256(tick));
        // At most 88.8e18: within the range of expWad.
        uint256 growthWad = uint256(FixedPointMathLib.expWad(int256((magnitude * LN_BASE_36) / 1e18)));
        return tick >= 0 ? growthWad * 1e18 : uint256(1e54) / growthWad;
    }

    /// @notice Tick of a price, times 1e6, within one tick; clamped to ±MAX_TICK. price36_ > 0.
    function tickE6(uint256 price36_) internal pure returns (int56) {
        int256 logarithm = FixedPointMathLib.lnWad(int256(price36_.min(uint256(type(int256).max)))) - LN_1E18_WAD;
        int256 result = (logarithm * 1e24) / int256(LN_BASE_36);
        int256 bound = int256(MAX_TICK) * 1e6;
        return int56(FixedPointMathLib.clamp(result, -bound, bound));
    }
}
