// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Maths of the interest rate models
/// @notice Continuous-time formulas in closed form: how often a pool is touched does not change what borrowers pay.
library RateMath {
    using FixedPointMathLib for uint256;

    /// @notice Two straight lines that meet at the kink. [WAD per second, rounded down]
    /// @param kinkWad In (0, 1e18).
    function kinked(
        uint256 utilisationWad,
        uint256 baseRate,
        uint256 slopeToKink,
        uint256 slopeAboveKink,
        uint256 kinkWad
    ) internal pure returns (uint256) {
        if (utilisationWad <= kinkWad) return baseRate + slopeToKink.fullMulDiv(utilisationWad, kinkWad);
        return baseRate + slopeToKink + slopeAboveKink.fullMulDiv(utilisationWad - kinkWad, 1e18 - kinkWad);
    }

    /// @notice Distance from target, normalised to −1…1: `(u − u*)/u*` below, `(u − u*)/(1 − u*)` above. [WAD]
    function normalisedError(uint256 utilisationWad, uint256 targetWad) internal pure returns (int256) {
        int256 difference = int256(utilisationWad) - int256(targetWad);
        int256 scale = int256(utilisationWad > targetWad ? 1e18 - targetWad : targetWad);
        return (difference * 1e18) / scale;
    }

    /// @notice Path `x(t) = x0·e^(speed·t)` until it meets `bound`, and `rest` from then on: its end and its exact mean.
    /// @dev Mean of the moving part: `x0·(e^(s·t) − 1)/(s·t)`; the two parts are weighted by their lengths. The unit of x
    /// is the caller's.
    /// @param start x0 > 0.
    /// @param speed Growth rate s. [WAD per second, signed]
    /// @param elapsed t. [s, any]
    /// @param bound Where the path stops: ≥ x0 when growing, in (0, x0] when falling.
    /// @param rest Value after that: `bound`, or 0 for a path that ends there.
    /// @return end x at the end of the interval.
    /// @return mean Mean of x over the interval, between the smallest and the largest value of the path.
    function exponentialPath(
        uint256 start,
        int256 speed,
        uint256 elapsed,
        uint256 bound,
        uint256 rest
    ) internal pure returns (uint256 end, uint256 mean) {
        if (speed == 0 || elapsed == 0) return (start, start);
        // |ln(bound/start)|, taken of a ratio ≥ 1 because a small ratio would lose digits.
        uint256 room = uint256(FixedPointMathLib.lnWad(int256(start.max(bound).divWad(start.min(bound)))));
        uint256 moved = FixedPointMathLib.saturatingMul(elapsed, FixedPointMathLib.abs(speed));
        if (moved >= room) {
            uint256 share = room.fullMulDiv(1e18, moved); // of the interval, spent moving
            mean = _meanWhileMoving(start, room, speed > 0).mulWad(share) + rest.mulWad(1e18 - share);
            return (rest, mean.clamp(start.min(rest), start.max(rest)));
        }
        // moved < room ≤ ln(2^256) < 178e18, so the casts are safe; growing, the exponential is below bound/start.
        int256 exponent = speed > 0 ? int256(moved) : -int256(moved);
        end = start.mulWad(uint256(FixedPointMathLib.expWad(exponent))).clamp(start.min(bound), start.max(bound));
        mean = _meanWhileMoving(start, moved, speed > 0).clamp(start.min(end), start.max(end));
    }

    /// @dev `x0·(e^x − 1)/x` for x = ±magnitude.
    function _meanWhileMoving(uint256 start, uint256 magnitude, bool growing) private pure returns (uint256) {
        int256 x = growing ? int256(magnitude) : -int256(magnitude);
        // Below 1e-6 the quotient loses digits; there 1 + x/2 + x²/6 is exact to 1e-19.
        if (magnitude < 1e12) return start.mulWad(uint256(1e18 + x / 2 + (x * x) / 6e18));
        return start.fullMulDiv(FixedPointMathLib.dist(uint256(FixedPointMathLib.expWad(x)), 1e18), magnitude);
    }
}
