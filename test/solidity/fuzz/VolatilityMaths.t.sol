// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedFloat} from "../../../contracts/libraries/PackedFloat.sol";
import {VolatilityMath} from "../../../contracts/risk/VolatilityMath.sol";

contract VolatilityMathsFuzz {
    int256 private constant MAX_TICK = 887_272;
    uint256 private constant MAX_LENGTH = type(uint24).max;
    uint256 private constant MAX_CLAMP = 3e18;
    uint256 private constant FAST = 2 days;
    uint256 private constant SLOW = 30 days;

    function _between(uint256 value, uint256 min, uint256 max) private pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    function _signed(uint256 value, int256 most) private pure returns (int256) {
        return int256(value % uint256(2 * most + 1)) - most;
    }

    function _clamp(uint256 value, uint8 bits) private pure returns (uint256) {
        return _between(value >> bits, 1e13, MAX_CLAMP);
    }

    // --- samples --------------------------------------------------------------------------------------------------

    function testFuzz_AnyIntervals_NoOverflow_SampleBoundedByClamp(
        uint256 change,
        uint24 length,
        uint256 previousChange,
        uint24 previousLength,
        uint256 clampWad,
        uint8 bits
    ) public pure {
        uint256 a = _between(length, 1, MAX_LENGTH);
        uint256 b = _between(previousLength, 1, MAX_LENGTH);
        clampWad = _clamp(clampWad, bits);
        int256 raw = VolatilityMath.meanReturnRay(
            _signed(change, MAX_TICK * int256(a)),
            a,
            _signed(previousChange, MAX_TICK * int256(b)),
            b
        );
        require(raw < 178e27 && raw > -178e27, "no pool moves further");
        uint256 sixths = VolatilityMath.sixthsOfMeans(a, b);
        int256 r = VolatilityMath.clampReturnRay(raw, clampWad, sixths);
        require(raw < 0 ? r <= 0 && r >= raw : r >= 0 && r <= raw, "clamp enlarges or turns");
        int256 sample = VolatilityMath.ratePerDay36(r, r, sixths);
        require(sample >= 0, "negative variance");
        require(uint256(sample) <= clampWad * clampWad, "sample above the clamp");
    }

    function testFuzz_EqualMeans_NoReturn(int24 tick, uint24 length, uint24 previousLength) public pure {
        int256 t = _signed(uint24(tick), MAX_TICK);
        (uint256 a, uint256 b) = (_between(length, 1, MAX_LENGTH), _between(previousLength, 1, MAX_LENGTH));
        require(VolatilityMath.meanReturnRay(t * int256(a), a, t * int256(b), b) == 0, "return of nothing");
    }

    function testFuzz_ReturnMirrored(
        uint256 change,
        uint24 length,
        uint256 previous,
        uint24 previousLength
    ) public pure {
        (uint256 a, uint256 b) = (_between(length, 1, MAX_LENGTH), _between(previousLength, 1, MAX_LENGTH));
        (int256 x, int256 y) = (_signed(change, MAX_TICK * int256(a)), _signed(previous, MAX_TICK * int256(b)));
        int256 there = VolatilityMath.meanReturnRay(x, a, y, b);
        require(there == -VolatilityMath.meanReturnRay(-x, a, -y, b), "the other side of the pool");
        require(there == -VolatilityMath.meanReturnRay(y, b, x, a), "backwards");
    }

    /// @dev A larger move never counts as a smaller variance.
    function testFuzz_SampleRisesWithReturn(
        uint256 first,
        uint256 second,
        uint24 length,
        uint256 clampWad
    ) public pure {
        int256 larger = _signed(first, 178e27);
        int256 smaller = larger == 0 ? int256(0) : _signed(second, larger < 0 ? -larger : larger);
        uint256 sixths = VolatilityMath.sixthsOfPoints(_between(length, 1, MAX_LENGTH));
        clampWad = _clamp(clampWad, 192);
        larger = VolatilityMath.clampReturnRay(larger, clampWad, sixths);
        smaller = VolatilityMath.clampReturnRay(smaller, clampWad, sixths);
        require(
            VolatilityMath.ratePerDay36(larger, larger, sixths) >=
                VolatilityMath.ratePerDay36(smaller, smaller, sixths),
            "variance falls"
        );
    }

    // --- averages -------------------------------------------------------------------------------------------------

    function testFuzz_StepBetweenAverageAndSample_Monotone(
        uint256 average,
        uint256 sample,
        uint256 more,
        uint32 elapsed
    ) public pure {
        average = _between(average, 0, 9e36);
        sample = _between(sample, 0, 9e36);
        more = _between(more, sample, 9e36);
        for (uint256 i; i < 2; ++i) {
            uint256 weight = VolatilityMath.weightWad(elapsed, i == 0 ? FAST : SLOW);
            require(weight <= 1e18, "weight");
            uint256 result = VolatilityMath.step(average, sample, weight);
            (uint256 low, uint256 high) = average < sample ? (average, sample) : (sample, average);
            require(result >= low && result <= high, "outside");
            require(VolatilityMath.step(average, more, weight) >= result, "falls with the sample");
            // Slower averages move less.
            uint256 slower = VolatilityMath.step(average, sample, VolatilityMath.weightWad(elapsed, 2 * SLOW));
            require(average < sample ? slower <= result : slower >= result, "slower moves more");
        }
    }

    /// @dev One sample over both times, or the same sample twice.
    function testFuzz_MergingEqualsOneSample(uint256 average, uint256 sample, uint24 t1, uint24 t2) public pure {
        average = _between(average, 1e26, 9e36);
        sample = _between(sample, 0, 9e36);
        uint256 once = VolatilityMath.step(average, sample, VolatilityMath.weightWad(uint256(t1) + t2, SLOW));
        uint256 twice = VolatilityMath.step(average, sample, VolatilityMath.weightWad(t1, SLOW));
        twice = VolatilityMath.step(twice, sample, VolatilityMath.weightWad(t2, SLOW));
        (uint256 low, uint256 high) = once < twice ? (once, twice) : (twice, once);
        (uint256 from, uint256 to) = average < sample ? (average, sample) : (sample, average);
        // Each weight is exact to a few 1e-18.
        require(high - low <= ((to - from) * 8) / 1e18 + 4, "merging matters");
    }

    /// @dev Moments of the same samples, of any sign, length and weight: Cauchy–Schwarz holds up to rounding, and then
    /// the bound cuts.
    function testFuzz_CorrelationWithinOne(uint256[8] memory a, uint256[8] memory b, uint24[8] memory t) public pure {
        (uint256 va, uint256 vb, int256 cov) = (16e18, 25e18, 20e18);
        for (uint256 i; i < 8; ++i) {
            uint256 elapsed = _between(t[i], 60, 30 days);
            uint256 sixths = VolatilityMath.sixthsOfPoints(elapsed);
            int256 ra = VolatilityMath.clampReturnRay(_signed(a[i], 1e27), MAX_CLAMP, sixths);
            int256 rb = VolatilityMath.clampReturnRay(_signed(b[i], 1e27), MAX_CLAMP, sixths);
            uint256 weight = VolatilityMath.weightWad(elapsed, FAST);
            va = VolatilityMath.step(va, uint256(VolatilityMath.ratePerDay36(ra, ra, sixths)) / 1e14, weight);
            vb = VolatilityMath.step(vb, uint256(VolatilityMath.ratePerDay36(rb, rb, sixths)) / 1e14, weight);
            cov = VolatilityMath.step(cov, VolatilityMath.ratePerDay36(ra, rb, sixths) / 1e14, weight);
            require(va < 1 << 80 && vb < 1 << 80 && cov < 1 << 79 && cov >= -(1 << 79), "does not fit its slot");
        }
        int256 rho = VolatilityMath.correlationWad(cov, va, vb);
        require(rho <= 1e18 && rho >= -1e18, "beyond one");
        // Before the cut: cov² ≤ va·vb, but for the rounding of sixteen steps and eight quotients.
        uint256 magnitude = uint256(cov < 0 ? -cov : cov);
        magnitude -= magnitude < 64 ? magnitude : 64;
        require(magnitude * magnitude <= (va + 64) * (vb + 64), "Cauchy and Schwarz");
    }

    function testFuzz_CorrelationOfAnything_WithinOne(int80 cov, uint80 va, uint80 vb) public pure {
        int256 rho = VolatilityMath.correlationWad(cov, va, vb);
        require(rho <= 1e18 && rho >= -1e18, "beyond one");
        if (va == 0 || vb == 0) require(rho == 1e18, "unknown is one");
        else require(cov < 0 ? rho <= 0 : rho >= 0, "sign");
    }

    // --- use ------------------------------------------------------------------------------------------------------

    function testFuzz_SigmaUp_IsTheCeiling(uint256 variance, uint8 bits) public pure {
        variance = (variance >> 1) >> bits;
        uint256 sigma = VolatilityMath.sigmaUp(variance);
        require(sigma * sigma >= variance, "rounded down");
        require(sigma == 0 || (sigma - 1) * (sigma - 1) < variance, "not the lowest");
    }

    function testFuzz_SelectedIsAtLeastEachPart_ImpliedOnlyRaises(
        uint64 fast,
        uint64 slow,
        uint64 stress,
        uint64 implied,
        uint64 floor
    ) public pure {
        uint256 bounded = VolatilityMath.boundedImplied(implied, slow);
        require(bounded <= 2 * uint256(slow), "beyond twice realised");
        require(implied == 0 ? bounded == 0 : bounded >= slow / 2, "below half of realised");
        uint256 without = VolatilityMath.selectUp(fast, slow, stress, 0, floor);
        uint256 sigma = VolatilityMath.selectUp(fast, slow, stress, bounded, floor);
        require(sigma >= without, "implied lowers");
        require(sigma >= fast && sigma >= bounded && sigma >= floor, "below a part");
        require(4 * sigma >= 3 * uint256(slow) + stress, "below the blend");
        require(sigma == without || sigma == bounded, "above all parts");
    }

    // --- PackedFloat ----------------------------------------------------------------------------------------------

    function testFuzz_PackedFloat_CloseAndMonotone(uint256 value, uint256 more, uint8 bits, bool wide) public pure {
        uint256 mantissa = wide ? 49 : 41;
        value = (value >> bits) % (1 << (mantissa + 126));
        more = _between(more, value, (1 << (mantissa + 126)) - 1);
        uint256 packed = PackedFloat.pack(value, mantissa);
        require(packed < 1 << (mantissa + 7), "too wide");
        uint256 result = PackedFloat.unpack(packed);
        uint256 distance = result < value ? value - result : result - value;
        require(distance <= value >> mantissa, "not close");
        require(PackedFloat.unpack(PackedFloat.pack(more, mantissa)) >= result, "not monotone");
        require(PackedFloat.unpack(PackedFloat.pack(result, mantissa)) == result, "not stable");
    }
}
