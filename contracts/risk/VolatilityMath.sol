// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Maths of volatility and correlation
/// @notice Variances and covariances are rates per day with 36 decimals, so that their square root, the volatility per
/// √day, is a WAD. Returns are natural logarithms with 27 decimals (Ray).
///
/// The length of a sample is counted in sixths of a second, in which all four cases are whole numbers. For Brownian
/// motion the difference of the means over two adjoining intervals of a and b seconds has variance σ²·(a + b)/3: of
/// equal intervals two thirds of the variance over one, hence "times 3/2" (Working, "Note on the correlation of first
/// differences of averages in a random chain", Econometrica 28, 1960). The difference of two point prices b seconds apart
/// has variance σ²·b, and its covariance with a difference of means that ends at the same moment is σ²·b/2.
library VolatilityMath {
    using FixedPointMathLib for uint256;

    /// @dev ln(1.0001) × 1e36.
    int256 private constant LN_TICK_36 = 99995000333308335333166680951131;
    /// @dev Sixths of a second in a day.
    uint256 private constant DAY_SIXTHS = 6 days;

    // --- samples --------------------------------------------------------------------------------------------------

    /// @notice Logarithmic return from the mean of one interval to the mean of the next. [Ray, rounded towards zero]
    /// @param change Sum of ticks over the later interval. [tick · s, |change| ≤ 887 272 · length]
    /// @param length Of the later interval. [s, 1..2^24)
    /// @param previousChange The same of the earlier.
    /// @param previousLength Of the earlier interval. [s, 1..2^24)
    function meanReturnRay(
        int256 change,
        uint256 length,
        int256 previousChange,
        uint256 previousLength
    ) internal pure returns (int256) {
        // |numerator| < 2^70, so the product stays below 2^177.
        int256 numerator = change * int256(previousLength) - previousChange * int256(length);
        return (numerator * LN_TICK_36) / int256(length * previousLength * 1e9);
    }

    /// @notice Length of the difference of two interval means. [s/6]
    function sixthsOfMeans(uint256 length, uint256 previousLength) internal pure returns (uint256) {
        return 2 * (length + previousLength);
    }

    /// @notice Length of the difference of two point prices. [s/6]
    function sixthsOfPoints(uint256 length) internal pure returns (uint256) {
        return 6 * length;
    }

    /// @notice Length of the product of a difference of means and one of points. [s/6]
    function sixthsOfMeanAndPoint(uint256 length) internal pure returns (uint256) {
        return 3 * length;
    }

    /// @notice The return, at most as large as a volatility of `sigmaWad` explains: |r| ≤ sigma·√length. [Ray, bound
    /// rounded down]
    /// @param sigmaWad [WAD per √day]
    function clampReturnRay(int256 returnRay, uint256 sigmaWad, uint256 sixths) internal pure returns (int256) {
        // √(length in days) as WAD, times a WAD, is 36 decimals.
        int256 bound = int256((sigmaWad * ((sixths * 1e36) / DAY_SIXTHS).sqrt()) / 1e9);
        return FixedPointMathLib.clamp(returnRay, -bound, bound);
    }

    /// @notice What a product of two returns says of the covariance; of one return with itself, of the variance.
    /// [36 decimals per day, rounded towards zero]
    /// @param firstRay Below 1e30 in magnitude, as `secondRay`.
    /// @param sixths > 0. [s/6]
    function ratePerDay36(int256 firstRay, int256 secondRay, uint256 sixths) internal pure returns (int256) {
        return (firstRay * secondRay * int256(DAY_SIXTHS)) / int256(sixths * 1e18);
    }

    // --- averages -------------------------------------------------------------------------------------------------

    /// @notice Weight of a sample that stands for `elapsed` seconds: `α = 1 − e^(−Δt/τ)`. [WAD, 0..1e18] The weights of
    /// two samples are together that of one over both times. (Müller 1991; Eckner 2012)
    /// @param timeConstant τ. [s, > 0]
    function weightWad(uint256 elapsed, uint256 timeConstant) internal pure returns (uint256) {
        // Beyond 40 τ nothing is left of the past: e^-40 = 4e-18.
        return uint256(1e18 - FixedPointMathLib.expWad(-int256(((elapsed * 1e18) / timeConstant).min(40e18))));
    }

    /// @notice `average + weight·(sample − average)`, between the two. [any unit, rounded to nearest]
    function step(int256 average, int256 sample, uint256 weight) internal pure returns (int256) {
        int256 move = (sample - average) * int256(weight);
        return average + (move + (move < 0 ? -int256(0.5e18) : int256(0.5e18))) / 1e18;
    }

    /// @notice The same of variances.
    function step(uint256 average, uint256 sample, uint256 weight) internal pure returns (uint256) {
        return uint256(step(int256(average), int256(sample), weight));
    }

    /// @notice Volatility of a variance. [WAD per √day, rounded up: against the borrower]
    /// @param variance36 Below 2^255. [36 decimals per day]
    function sigmaUp(uint256 variance36) internal pure returns (uint256 sigmaWad) {
        sigmaWad = variance36.sqrt();
        if (sigmaWad * sigmaWad < variance36) ++sigmaWad;
    }

    /// @notice `cov/√(varA·varB)`, in [−1, 1]; one if a variance is zero: of what does not move nothing is known. [WAD]
    /// @param covariance In the unit of the variances. [magnitude below 2^84]
    /// @param varianceA Below 2^84, as `varianceB`.
    function correlationWad(int256 covariance, uint256 varianceA, uint256 varianceB) internal pure returns (int256) {
        if (varianceA == 0 || varianceB == 0) return 1e18;
        int256 rootE12 = int256((varianceA * varianceB * 1e24).sqrt());
        return FixedPointMathLib.clamp((covariance * 1e30) / rootE12, -1e18, 1e18);
    }

    // --- use ------------------------------------------------------------------------------------------------------

    /// @notice Implied volatility as far as realised volatility bears it out: within half and twice of it. Zero, which is
    /// none, stays zero. [WAD per √day]
    function boundedImplied(uint256 impliedWad, uint256 realisedWad) internal pure returns (uint256) {
        return impliedWad == 0 ? 0 : impliedWad.clamp(realisedWad / 2, realisedWad * 2);
    }

    /// @notice The volatility to reckon with: `σ* = max(σ_fast, ¾σ_slow + ¼σ_stress, σ_implied, σ_floor)`. [WAD per √day,
    /// rounded up] A quarter of stressed observations, and a floor: the anti-procyclicality tools of Commission Delegated
    /// Regulation (EU) 153/2013, Art. 28.
    /// @param impliedWad As bounded by `boundedImplied`; it can raise the result only.
    function selectUp(
        uint256 fastWad,
        uint256 slowWad,
        uint256 stressWad,
        uint256 impliedWad,
        uint256 floorWad
    ) internal pure returns (uint256) {
        return fastWad.max((3 * slowWad + stressWad + 3) / 4).max(impliedWad).max(floorWad);
    }
}
