// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IVolatilityOracleAdmin} from "../interfaces/IVolatilityOracleAdmin.sol";
import {PackedFloat} from "../libraries/PackedFloat.sol";
import {UniswapObservations} from "../oracle/UniswapObservations.sol";
import {VolatilityMath} from "./VolatilityMath.sol";
import {VolatilityStorage} from "./VolatilityStorage.sol";

/// @title Configuration of the volatility oracle
/// @notice A source must answer at the moment it is configured.
abstract contract VolatilityConfig is AccessManaged, VolatilityStorage {
    uint256 private constant MIN_SIGMA_WAD = 1e13;
    uint256 private constant MAX_CLAMP_WAD = 3e18;
    /// @dev How far an implied volatility may lie from the slow realised one, either way, to be believed at all.
    uint256 private constant IMPLIED_FACTOR = 8;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IVolatilityOracleAdmin
    function setAsset(address asset, AssetInput calldata config) external restricted {
        Config storage c = _config[asset];
        bool isNew = c.interval == 0;
        _within("interval", config.interval, 60, 1 days);
        _within("clamp", config.clampWad, MIN_SIGMA_WAD, MAX_CLAMP_WAD);
        _within("stress", config.stressWad, MIN_SIGMA_WAD, config.clampWad);
        _within("floor", config.floorWad, MIN_SIGMA_WAD, config.stressWad);
        if (isNew || config.initialWad != 0) _within("initial", config.initialWad, MIN_SIGMA_WAD, config.clampWad);
        if (config.initialSlowWad != 0) _within("initialSlow", config.initialSlowWad, MIN_SIGMA_WAD, config.clampWad);
        _within("impliedMaxAge", config.impliedMaxAge, 0, 7 days);

        c.isToken0 = config.pool != address(0) && _checkedPool(asset, config.pool, config.interval);
        c.pool = config.pool;
        c.interval = config.interval;
        (c.grid, c.hasPool) = (config.interval, config.pool != address(0));
        c.clampWad = config.clampWad;
        c.stressWad = config.stressWad;
        c.floorWad = config.floorWad;
        c.impliedMaxAge = config.impliedMaxAge;
        c.impliedUntil = c.impliedAt + config.impliedMaxAge;
        unchecked {
            ++c.version;
        }
        _begin(asset, c, config);
        emit VolatilityAssetConfigured(asset, config);
    }

    function _begin(address asset, Config storage c, AssetInput calldata config) private {
        (bool ok, Reading memory r) = _anchor(asset, c);
        if (!ok) revert VolatilitySourceUnavailable(asset, config.pool);
        State storage s = _state[asset];
        (uint256 fast36, uint256 slow36) = _variances(s);
        if (config.initialWad != 0) fast36 = slow36 = uint256(config.initialWad) ** 2;
        if (config.initialSlowWad != 0) slow36 = uint256(config.initialSlowWad) ** 2;
        uint256 most36 = uint256(config.clampWad) ** 2;
        s.accumulator = r.accumulator;
        s.change = r.change;
        s.interval = config.pool == address(0) ? 1 : 0; // a price is enough for the next return
        s.sampledAt = uint32(block.timestamp);
        s.fast = uint48(PackedFloat.pack(fast36 < most36 ? fast36 : most36, FAST_MANTISSA_BITS));
        s.slow = uint56(PackedFloat.pack(slow36 < most36 ? slow36 : most36, SLOW_MANTISSA_BITS));
    }

    /// @inheritdoc IVolatilityOracleAdmin
    function setPair(address assetA, address assetB, uint8 floorPercent, uint8 initialPercent) external restricted {
        if (assetA > assetB) (assetA, assetB) = (assetB, assetA);
        Config storage a = _known(assetA);
        Config storage b = _known(assetB);
        if (assetA == assetB) revert VolatilityPairUnknown(assetA, assetB);
        _within("floorPercent", floorPercent, 0, 100);
        _within("initialPercent", initialPercent, floorPercent, 100);

        delete _pair[assetA][assetB];
        Pair storage p = _pair[assetA][assetB];
        p.floorPercent = floorPercent;
        // Any variances do to begin with; those of the assets give the first samples their proper weight.
        (uint256 fastA, uint256 slowA) = _variances(_state[assetA]);
        (uint256 fastB, uint256 slowB) = _variances(_state[assetB]);
        (p.fastVarianceA, p.fastVarianceB, p.fastCovariance) = _moments(fastA, fastB, initialPercent);
        (p.slowVarianceA, p.slowVarianceB, p.slowCovariance) = _moments(slowA, slowB, initialPercent);
        if (!_beginPair(assetA, a, assetB, b, p)) {
            (bool okA, ) = _anchor(assetA, a);
            if (okA) revert VolatilitySourceUnavailable(assetB, b.pool);
            revert VolatilitySourceUnavailable(assetA, a.pool);
        }
        emit VolatilityPairConfigured(assetA, assetB, floorPercent, initialPercent);
    }

    function _moments(
        uint256 varianceA36,
        uint256 varianceB36,
        uint256 percent
    ) private pure returns (uint80 varianceA, uint80 varianceB, int80 covariance) {
        varianceA = uint80(varianceA36 / UNIT);
        varianceB = uint80(varianceB36 / UNIT);
        // Below 9e22: fits.
        uint256 sigmas36 = VolatilityMath.sigmaUp(varianceA36) * VolatilityMath.sigmaUp(varianceB36);
        covariance = int80(int256((sigmas36 * percent) / (100 * UNIT)));
    }

    /// @dev A new interval of a pair begins now. False, and nothing changes, if a source does not answer.
    function _beginPair(
        address assetA,
        Config storage a,
        address assetB,
        Config storage b,
        Pair storage p
    ) internal returns (bool) {
        (bool okA, Reading memory ra) = _anchor(assetA, a);
        (bool okB, Reading memory rb) = _anchor(assetB, b);
        if (!okA || !okB) return false;
        p.accumulatorA = ra.accumulator;
        p.changeA = ra.change;
        p.accumulatorB = rb.accumulator;
        p.changeB = rb.change;
        p.interval = a.pool == address(0) && b.pool == address(0) ? 1 : 0;
        p.sampledAt = uint32(block.timestamp);
        (p.versionA, p.versionB) = (a.version, b.version);
        return true;
    }

    /// @inheritdoc IVolatilityOracleAdmin
    function raiseFloor(address asset, uint64 floorWad) external restricted {
        Config storage c = _known(asset);
        if (floorWad <= c.floorWad) revert VolatilityNotTighter(asset, c.floorWad, floorWad);
        _within("floor", floorWad, MIN_SIGMA_WAD, c.clampWad);
        c.floorWad = floorWad;
        emit VolatilityFloorRaised(asset, floorWad);
    }

    /// @inheritdoc IVolatilityOracleAdmin
    function postImplied(address asset, uint64 impliedWad) external restricted {
        Config storage c = _known(asset);
        (, uint256 slow36) = _variances(_state[asset]);
        uint256 slowWad = VolatilityMath.sigmaUp(slow36);
        (uint256 least, uint256 most) = (slowWad / IMPLIED_FACTOR, slowWad * IMPLIED_FACTOR);
        if (impliedWad == 0 || impliedWad < least || impliedWad > most) {
            revert VolatilityImpliedOutOfRange(asset, impliedWad, least, most);
        }
        c.impliedWad = impliedWad;
        c.impliedAt = uint32(block.timestamp);
        c.impliedUntil = uint32(block.timestamp + c.impliedMaxAge);
        emit ImpliedVolatilityPosted(asset, impliedWad);
    }

    function _checkedPool(address asset, address pool, uint32 interval) private view returns (bool isToken0) {
        address token0 = IUniswapV3Pool(pool).token0();
        address token1 = IUniswapV3Pool(pool).token1();
        isToken0 = token0 == asset;
        if ((isToken0 ? token1 : token0) != quoteAsset || (!isToken0 && token1 != asset)) {
            revert VolatilityPoolMismatch(pool, asset, quoteAsset);
        }
        (bool ok, ) = UniswapObservations.accumulator(pool, interval);
        if (!ok) revert VolatilitySourceUnavailable(asset, pool);
    }

    function _within(bytes32 parameter, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert VolatilityConfigOutOfRange(parameter, value, min, max);
    }
}
