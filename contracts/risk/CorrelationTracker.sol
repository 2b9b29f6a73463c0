// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {VolatilityConfig} from "./VolatilityConfig.sol";
import {VolatilityMath} from "./VolatilityMath.sol";

/// @title Exponentially weighted correlation of pairs
/// @notice Both assets of a pair are sampled at the same moments, apart from the samples of the assets themselves: returns
/// over different times would hide correlation (Epps, 1979). A pair that has an asset without pool is sampled at the poke.
abstract contract CorrelationTracker is VolatilityConfig {
    /// @dev One sample of both assets: what it says of variances and covariance. [22 decimals per day]
    struct Sample {
        uint256 varianceA;
        uint256 varianceB;
        int256 covariance;
    }

    /// @inheritdoc IVolatilityOracle
    function pokePair(address assetA, address assetB) external returns (uint256) {
        if (assetA > assetB) (assetA, assetB) = (assetB, assetA);
        Pair storage p = _pair[assetA][assetB];
        if (p.sampledAt == 0) revert VolatilityPairUnknown(assetA, assetB);
        Config storage a = _config[assetA];
        Config storage b = _config[assetB];
        if (p.versionA != a.version || p.versionB != b.version) {
            _beginPair(assetA, a, assetB, b, p); // accumulators of other sources mean nothing
        } else {
            bool onGrid = a.pool != address(0) && b.pool != address(0);
            uint256 interval = FixedPointMathLib.max(a.interval, b.interval);
            (uint256 elapsed, uint32 ago) = _due(interval, p.sampledAt, onGrid);
            if (elapsed != 0) {
                bool done = _samplePair(assetA, a, assetB, b, p, elapsed, ago);
                // A pool that does not remember the moment still knows the present.
                if (!done && ago != 0) _samplePair(assetA, a, assetB, b, p, elapsed + ago, 0);
            }
        }
        return _correlation(p).usedWad;
    }

    function _samplePair(
        address assetA,
        Config storage a,
        address assetB,
        Config storage b,
        Pair storage p,
        uint256 elapsed,
        uint32 ago
    ) private returns (bool) {
        uint256 previous = p.interval;
        (bool okA, Reading memory ra) = _read(assetA, a, p.accumulatorA, p.changeA, previous, elapsed, ago);
        if (!okA) return false;
        (bool okB, Reading memory rb) = _read(assetB, b, p.accumulatorB, p.changeB, previous, elapsed, ago);
        if (!okB) return false;
        if (elapsed > MAX_ELAPSED) return _beginPair(assetA, a, assetB, b, p);
        p.accumulatorA = ra.accumulator;
        p.changeA = ra.change;
        p.accumulatorB = rb.accumulator;
        p.changeB = rb.change;
        p.interval = uint24(elapsed);
        p.sampledAt = uint32(block.timestamp - ago);
        if (previous == 0) return true;
        Sample memory s = _clampedSample(ra.returnRay, a, rb.returnRay, b, elapsed, previous);
        _average(p, s, elapsed);
        emit CorrelationSampled(assetA, assetB, _fast(p), _slow(p));
        return true;
    }

    function _clampedSample(
        int256 returnA,
        Config storage a,
        int256 returnB,
        Config storage b,
        uint256 elapsed,
        uint256 previous
    ) private view returns (Sample memory s) {
        uint256 sixthsA = _sixths(a, elapsed, previous);
        uint256 sixthsB = _sixths(b, elapsed, previous);
        returnA = VolatilityMath.clampReturnRay(returnA, a.clampWad, sixthsA);
        returnB = VolatilityMath.clampReturnRay(returnB, b.clampWad, sixthsB);
        s.varianceA = uint256(VolatilityMath.ratePerDay36(returnA, returnA, sixthsA)) / UNIT;
        s.varianceB = uint256(VolatilityMath.ratePerDay36(returnB, returnB, sixthsB)) / UNIT;
        bool sameKind = (a.pool == address(0)) == (b.pool == address(0));
        sixthsA = sameKind ? sixthsA : VolatilityMath.sixthsOfMeanAndPoint(elapsed);
        int256 most = int256(uint256(a.clampWad) * b.clampWad);
        int256 covariance36 = VolatilityMath.ratePerDay36(returnA, returnB, sixthsA);
        s.covariance = FixedPointMathLib.clamp(covariance36, -most, most) / int256(UNIT);
    }

    /// @dev Averages lie between old value and sample, samples within ±clamp² ≤ 9e36: in 22 decimals they fit 80 bits.
    function _average(Pair storage p, Sample memory s, uint256 elapsed) private {
        uint256 weight = VolatilityMath.weightWad(elapsed, FAST_TIME_CONSTANT);
        p.fastVarianceA = uint80(VolatilityMath.step(uint256(p.fastVarianceA), s.varianceA, weight));
        p.fastVarianceB = uint80(VolatilityMath.step(uint256(p.fastVarianceB), s.varianceB, weight));
        p.fastCovariance = int80(VolatilityMath.step(int256(p.fastCovariance), s.covariance, weight));
        weight = VolatilityMath.weightWad(elapsed, SLOW_TIME_CONSTANT);
        p.slowVarianceA = uint80(VolatilityMath.step(uint256(p.slowVarianceA), s.varianceA, weight));
        p.slowVarianceB = uint80(VolatilityMath.step(uint256(p.slowVarianceB), s.varianceB, weight));
        p.slowCovariance = int80(VolatilityMath.step(int256(p.slowCovariance), s.covariance, weight));
    }

    /// @inheritdoc IVolatilityOracle
    function correlationWad(address assetA, address assetB) external view returns (uint256) {
        if (assetA == assetB) return 1e18;
        if (assetA > assetB) (assetA, assetB) = (assetB, assetA);
        Pair storage p = _pair[assetA][assetB];
        return p.sampledAt == 0 ? 1e18 : _correlation(p).usedWad;
    }

    /// @inheritdoc IVolatilityOracle
    function isTracked(address assetA, address assetB) external view returns (bool) {
        return (assetA < assetB ? _pair[assetA][assetB] : _pair[assetB][assetA]).sampledAt != 0;
    }

    /// @inheritdoc IVolatilityOracle
    function correlationOf(address assetA, address assetB) external view returns (Correlation memory) {
        if (assetA > assetB) (assetA, assetB) = (assetB, assetA);
        Pair storage p = _pair[assetA][assetB];
        if (p.sampledAt == 0) revert VolatilityPairUnknown(assetA, assetB);
        return _correlation(p);
    }

    function _correlation(Pair storage p) private view returns (Correlation memory c) {
        c.fastWad = _fast(p);
        c.slowWad = _slow(p);
        c.floorWad = uint256(p.floorPercent) * 1e16;
        c.usedWad = uint256(FixedPointMathLib.max(FixedPointMathLib.max(c.fastWad, c.slowWad), int256(c.floorWad)));
        c.sampledAt = p.sampledAt;
    }

    function _fast(Pair storage p) private view returns (int256) {
        return VolatilityMath.correlationWad(p.fastCovariance, p.fastVarianceA, p.fastVarianceB);
    }

    function _slow(Pair storage p) private view returns (int256) {
        return VolatilityMath.correlationWad(p.slowCovariance, p.slowVarianceA, p.slowVarianceB);
    }
}
