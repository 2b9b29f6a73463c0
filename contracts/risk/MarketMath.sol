// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceConditions} from "../interfaces/IPriceConditions.sol";
import {TickPrice} from "../libraries/TickPrice.sol";

/// @title What the risk engine makes of prices and books
/// @notice Nothing here reverts: what does not fit counts as the most that does, unless a range is given.
library MarketMath {
    using FixedPointMathLib for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_VALUE = type(uint128).max;
    uint256 private constant PRICE_SCALE = 1e36;
    /// @dev ln(1.0001). [WAD]
    uint256 private constant LN_TICK_WAD = 99995000333308;

    /// @notice Value of an amount. [loan base units, rounded down, < 2^128]
    /// @param amount [< 2^112]
    /// @param price36 [< 2^248]
    function valueOf(uint256 amount, uint256 price36) internal pure returns (uint256) {
        return amount.fullMulDiv(price36, PRICE_SCALE).min(MAX_VALUE);
    }

    /// @notice Whole tick of a price, rounded down.
    function tickOf(uint256 price36) internal pure returns (int24) {
        return TickPrice.floorTick(TickPrice.tickE6(price36));
    }

    /// @notice |ln(p₁/p₀)| ÷ (σ·√Δt). [WAD]
    /// @param elapsed Δt. [s, < 2^64]
    /// @param sigmaWad σ. [WAD per √day]
    function moveWad(int24 from, int24 to, uint256 elapsed, uint256 sigmaWad) internal pure returns (uint256) {
        if (from == to) return 0;
        unchecked {
            // Below 2^72: ticks have 24 bits.
            uint256 logWad = FixedPointMathLib.dist(int256(from), int256(to)) * LN_TICK_WAD;
            uint256 deviation = (sigmaWad.min(MAX_VALUE) * ((elapsed * WAD) / 1 days).sqrtWad()) / WAD; // 212 bits
            return deviation == 0 ? MAX_VALUE : (logWad * WAD) / deviation;
        }
    }

    /// @notice |a ÷ b − 1|; zero if either is missing. [WAD]
    function divergenceWad(uint256 a, uint256 b) internal pure returns (uint256) {
        if (a == 0 || b == 0) return 0;
        return ratioWad(FixedPointMathLib.dist(a, b), b);
    }

    /// @notice a ÷ b: without b the most there is, unless a is nothing either. [WAD, ≤ 2^128]
    function ratioWad(uint256 a, uint256 b) internal pure returns (uint256) {
        if (a == 0) return 0;
        if (b == 0 || a / b >= MAX_VALUE / WAD) return MAX_VALUE;
        unchecked {
            return a >> 196 == 0 ? (a * WAD) / b : a.fullMulDiv(WAD, b);
        }
    }

    /// @notice Share of an allowance that is used up. [WAD, ≤ 1e18]
    function usedWad(uint256 allowance, uint256 left) internal pure returns (uint256) {
        return left >= allowance ? 0 : ratioWad(allowance - left, allowance);
    }

    /// @notice How far the price stands above its slow average. [WAD, ≤ 2^128] Zero while it falls.
    function riseWad(IPriceConditions.Conditions memory c) internal pure returns (uint256) {
        uint256 price = c.twap36 != 0 ? c.twap36 : c.feedPrice36;
        return c.ema36 == 0 || price <= c.ema36 ? 0 : ratioWad(price - c.ema36, c.ema36);
    }

    /// @notice Of a collateral, the lower of all that is there and of what would carry all of the pool's debt. [loan base
    /// units, rounded up]
    /// @param debt [loan base units, < 2^200]
    function exposureUp(uint256 value, uint256 debt, uint256 liquidationFactorBps) internal pure returns (uint256) {
        if (liquidationFactorBps == 0) return value;
        unchecked {
            return value.min((debt * 1e4).divUp(liquidationFactorBps)); // debt is an amount in the books
        }
    }

    /// @notice λ with `λ² ≥ ρ`, in whole per cent. [%, rounded up, ≤ 100]
    function loadingPercentUp(uint256 rhoWad) internal pure returns (uint256 percent) {
        rhoWad = rhoWad.min(WAD);
        percent = (rhoWad.sqrtWad()) / 1e16;
        while (percent * percent * 1e14 < rhoWad) ++percent;
    }
}
