// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {IVolatilityOracleAdmin} from "../interfaces/IVolatilityOracleAdmin.sol";
import {PackedFloat} from "../libraries/PackedFloat.sol";
import {UniswapObservations} from "../oracle/UniswapObservations.sol";
import {VolatilityMath} from "./VolatilityMath.sol";

/// @title What the volatility oracle keeps, and how it reads its sources
abstract contract VolatilityStorage is IVolatilityOracle, IVolatilityOracleAdmin {
    /// @notice Time constants τ of the two averages. [s]
    uint256 public constant FAST_TIME_CONSTANT = 2 days;
    uint256 public constant SLOW_TIME_CONSTANT = 30 days;

    /// @dev Of the moments of pairs, in those of variances: 22 decimals, not 36.
    uint256 internal constant UNIT = 1e14;
    uint256 internal constant FAST_MANTISSA_BITS = 41;
    uint256 internal constant SLOW_MANTISSA_BITS = 49;
    /// @dev Longest interval that is sampled: its length must fit 24 bits. After a longer silence a new one begins. [s]
    uint256 internal constant MAX_ELAPSED = type(uint24).max;

    /// @dev All that sampling needs, in one slot: 6 + 6 + 3 + 4 + 6 + 7 = 32. Of an asset without pool `accumulator` and
    /// `change` are together the logarithm of the last price [WAD], 96 bits, the low ones first.
    struct State {
        int48 accumulator; // of the pool at `sampledAt`, its low 48 bits. [tick · s, wraps]
        int48 change; // over the last interval, in quote per asset. [tick · s]
        uint24 interval; // length of the last interval; 0: there is none yet. [s]
        uint32 sampledAt; // end of the last interval, modulo 2^32. [unix s]
        uint48 fast; // variance, packed with 41 bits of mantissa. [36 decimals per day]
        uint56 slow; // variance, packed with 49 bits of mantissa. [36 decimals per day]
    }

    /// @dev First slot, for sampling: 20 + 1 + 3 + 8 = 32. Second, for the result, and for whether a sample is due at all:
    /// 8 + 8 + 8 + 4 + 3 + 1 = 32. Third, for changes: 4 + 3 + 1 = 8.
    struct Config {
        address pool; // 0: none
        bool isToken0; // the asset is the pool's token0
        uint24 interval; // [s] 0: the asset is not known
        uint64 clampWad;
        uint64 stressWad;
        uint64 floorWad;
        uint64 impliedWad;
        uint32 impliedUntil; // [unix s] `impliedAt` + `impliedMaxAge`
        uint24 grid; // `interval`
        bool hasPool;
        uint32 impliedAt; // [unix s]
        uint24 impliedMaxAge; // [s]
        uint8 version; // counts changes of the source, and wraps
    }

    /// @dev Both assets at the same moments. First slot: 6 + 6 + 6 + 6 + 3 + 4 + 1 = 32. Second: 10 + 10 + 10 + 1 + 1 = 32.
    /// Third: 30. Variances of the same samples as the covariance, so that |ρ| ≤ 1 (Cauchy–Schwarz). [22 decimals per day]
    struct Pair {
        int48 accumulatorA; // as in `State`
        int48 changeA;
        int48 accumulatorB;
        int48 changeB;
        uint24 interval;
        uint32 sampledAt; // modulo 2^32. [unix s]
        uint8 floorPercent;
        uint80 fastVarianceA;
        uint80 fastVarianceB;
        int80 fastCovariance;
        uint8 versionA; // of the assets' sources when the interval began
        uint8 versionB;
        uint80 slowVarianceA;
        uint80 slowVarianceB;
        int80 slowCovariance;
    }

    /// @dev One reading of a source.
    struct Reading {
        int48 accumulator;
        int48 change;
        int256 returnRay; // since the last one; zero while there is none
    }

    IPriceOracle public immutable priceOracle;
    /// @inheritdoc IVolatilityOracle
    address public immutable quoteAsset;

    mapping(address asset => Config) internal _config;
    mapping(address asset => State) internal _state;
    /// @dev By ascending address.
    mapping(address assetA => mapping(address assetB => Pair)) internal _pair;

    constructor(IPriceOracle priceOracle_) {
        priceOracle = priceOracle_;
        quoteAsset = priceOracle_.quoteAsset();
    }

    function _known(address asset) internal view returns (Config storage c) {
        c = _config[asset];
        if (c.grid == 0) revert VolatilityAssetUnknown(asset);
    }

    /// @dev Which moment is sampled: the last multiple of `interval`, or of assets without pool now; zero for `elapsed`
    /// if less than `interval` would lie between it and the last.
    /// @return elapsed From the last sample to that moment. [s]
    /// @return ago From that moment until now. [s]
    function _due(uint256 interval, uint32 sampledAt, bool onGrid) internal view returns (uint256 elapsed, uint32 ago) {
        unchecked {
            elapsed = uint32(block.timestamp) - sampledAt; // modulo 2^32
            if (onGrid) ago = uint32(block.timestamp % interval);
            if (elapsed < ago + interval) return (0, 0);
            elapsed -= ago;
        }
    }

    /// @dev What the source says of a moment, and of the time since the last one.
    /// @param previousLength Of the interval before. [s] 0: there is none.
    function _read(
        address asset,
        Config storage c,
        int48 accumulator,
        int48 change,
        uint256 previousLength,
        uint256 elapsed,
        uint32 ago
    ) internal view returns (bool ok, Reading memory r) {
        address pool = c.pool;
        if (pool == address(0)) return _readPrice(asset, accumulator, change, previousLength);
        int56 sum;
        (ok, sum) = UniswapObservations.accumulator(pool, ago);
        if (!ok) return (false, r);
        int256 difference;
        unchecked {
            r.accumulator = int48(sum);
            difference = r.accumulator - accumulator; // wraps at 48 bits, as the accumulator does at 56
        }
        if (!c.isToken0) difference = -difference;
        // No pool sums up more. Also keeps the arithmetic in range, whatever a pool may say.
        if (FixedPointMathLib.abs(difference) > 887_272 * elapsed) return (elapsed > MAX_ELAPSED, r);
        r.change = int48(difference);
        if (previousLength != 0 && elapsed <= MAX_ELAPSED) {
            r.returnRay = VolatilityMath.meanReturnRay(difference, elapsed, change, previousLength);
        }
    }

    function _readPrice(
        address asset,
        int48 accumulator,
        int48 change,
        uint256 previousLength
    ) private view returns (bool ok, Reading memory r) {
        uint256 price36;
        (price36, ok) = priceOracle.liquidationPriceOrLast(asset);
        if (!ok || price36 == 0 || price36 > uint256(type(int256).max)) return (false, r);
        int256 logarithm = FixedPointMathLib.lnWad(int256(price36)); // within ±2^68
        r.accumulator = int48(logarithm);
        r.change = int48(logarithm >> 48);
        if (previousLength == 0) return (true, r);
        r.returnRay = (logarithm - ((int256(change) << 48) | int256(uint256(uint48(accumulator))))) * 1e9;
    }

    /// @dev A source as it is now, from which a new interval begins.
    function _anchor(address asset, Config storage c) internal view returns (bool ok, Reading memory r) {
        (ok, r) = _read(asset, c, 0, 0, 0, MAX_ELAPSED + 1, 0);
        if (c.pool != address(0)) r.change = 0;
    }

    /// @dev Length of a sample that ends an interval of `elapsed` seconds after one of `previous`. [s/6]
    function _sixths(Config storage c, uint256 elapsed, uint256 previous) internal view returns (uint256) {
        return
            c.pool == address(0)
                ? VolatilityMath.sixthsOfPoints(elapsed)
                : VolatilityMath.sixthsOfMeans(elapsed, previous);
    }

    function _variances(State memory s) internal pure returns (uint256 fast36, uint256 slow36) {
        fast36 = PackedFloat.unpack(s.fast);
        slow36 = PackedFloat.unpack(s.slow);
    }
}
