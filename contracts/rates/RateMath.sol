// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Maths of the interest rate models. All rates in WAD per second.
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

    /// @notice `x(t) = x0·e^(speed·t)` at the end of the interval and its exact mean over it, stopping at `bound`.
    /// @dev Mean of the unclamped path: `x0·(e^(s·t) − 1)/(s·t)`. When the bound is met at time t', the rest of the interval
    /// runs at the bound: the two parts are weighted by their lengths.
    /// @param start x0 > 0.
    /// @param speed Growth rate s. [WAD per second, signed]
    /// @param elapsed t. [s]
    /// @param bound Where the path stops: ≥ x0 when growing, in (0, x0] when falling.
    function exponentialPath(
        uint256 start,
        int256 speed,
        uint256 elapsed,
        uint256 bound
    ) internal pure returns (uint256 end, uint256 mean) {
        if (speed == 0 || elapsed == 0 || start == bound) return (start, start);
        // Time at which the path meets its bound: ln(bound/start)/speed.
        int256 logarithm = FixedPointMathLib.lnWad(int256(bound.divWad(start)));
        uint256 timeWad = FixedPointMathLib.abs(logarithm).divWad(FixedPointMathLib.abs(speed));
        uint256 elapsedWad = FixedPointMathLib.saturatingMul(elapsed, 1e18);
        if (elapsedWad >= timeWad) {
            // Moving until timeWad, at the bound from there on.
            uint256 share = timeWad.fullMulDiv(1e18, elapsedWad);
            mean = _logarithmicMean(start, bound, logarithm).mulWad(share) + bound.mulWad(1e18 - share);
            return (bound, mean.clamp(start.min(bound), start.max(bound)));
        }
        // Not at the bound yet, so |speed·elapsed| < |logarithm|: neither product nor exponential can overflow.
        logarithm = speed * int256(elapsed);
        end = start.mulWad(uint256(FixedPointMathLib.expWad(logarithm))).clamp(start.min(bound), start.max(bound));
        mean = _logarithmicMean(start, end, logarithm).clamp(start.min(end), start.max(end));
    }

    /// @dev (b − a)/ln(b/a), the mean of an exponential path from a to b.
    function _logarithmicMean(uint256 a, uint256 b, int256 logarithm) private pure returns (uint256) {
        uint256 magnitude = FixedPointMathLib.abs(logarithm);
        // Below 1e-6 the quotient loses digits and the mid-point is exact to 1e-13.
        if (magnitude < 1e12) return (a + b) / 2;
        return FixedPointMathLib.dist(a, b).divWad(magnitude);
    }
}
