// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {PackedFloat} from "../libraries/PackedFloat.sol";
import {CorrelationTracker} from "./CorrelationTracker.sol";
import {VolatilityConfig} from "./VolatilityConfig.sol";
import {VolatilityMath} from "./VolatilityMath.sol";
import {VolatilityStorage} from "./VolatilityStorage.sol";

/// @title Volatility from time-weighted averages
/// @notice Exponential averages, with irregular sampling, of squared returns between the mean prices of adjoining
/// intervals. The means come from the accumulator of a Uniswap v3 pool, at moments that the clock decides: a trade within
/// a block leaves no trace in them, a price held for a few blocks little, and nobody can choose when to sample.
/// @dev Why the clock: squares of differences of means are not proof against optional stopping. Somebody who alone decides
/// when each interval ends, up to twice its length, from what the price has done so far, moves the expected variance by
/// a fifth, either way (simulated in `test/unit/risk/volatility-bias.test.ts`). What is left to choose is whether anybody
/// pokes within an interval at all, and one honest keeper settles that.
contract VolatilityOracle is CorrelationTracker {
    /// @dev Of the variances as they are stored. [WAD per √day]
    struct Sigmas {
        uint256 fastWad;
        uint256 slowWad;
    }

    constructor(
        IPriceOracle priceOracle_,
        address authority_
    ) VolatilityStorage(priceOracle_) VolatilityConfig(authority_) {}

    /// @inheritdoc IVolatilityOracle
    function poke(address asset) external returns (uint256) {
        Config storage c = _known(asset);
        State memory s = _state[asset];
        (, Sigmas memory v) = _poke(asset, c, s);
        (uint256 sigma, ) = _select(c, v);
        return sigma;
    }

    /// @inheritdoc IVolatilityOracle
    function pokeVolatility(
        address asset
    ) external returns (uint256 sigma, uint256 fastWad, uint256 slowWad, bool sampled) {
        Config storage c = _known(asset);
        State memory s = _state[asset];
        Sigmas memory v;
        (sampled, v) = _poke(asset, c, s);
        (sigma, ) = _select(c, v);
        (fastWad, slowWad) = (v.fastWad, v.slowWad);
    }

    function _poke(address asset, Config storage c, State memory s) private returns (bool sampled, Sigmas memory v) {
        (uint256 elapsed, uint32 ago) = _due(c.grid, s.sampledAt, c.hasPool);
        if (elapsed != 0) {
            sampled = _sample(asset, c, s, v, elapsed, ago);
            // A pool that does not remember the moment still knows the present.
            if (!sampled && ago != 0) sampled = _sample(asset, c, s, v, elapsed + ago, 0);
        }
        if (v.fastWad == 0) _findSigmas(s, v);
    }

    /// @dev Changes `s` and stores it. False, and nothing changes, if the source does not answer.
    /// @param v Filled in if the averages have changed.
    function _sample(
        address asset,
        Config storage c,
        State memory s,
        Sigmas memory v,
        uint256 elapsed,
        uint32 ago
    ) private returns (bool) {
        uint256 previous = s.interval;
        (bool ok, Reading memory r) = _read(asset, c, s.accumulator, s.change, previous, elapsed, ago);
        if (!ok) return false;
        s.accumulator = r.accumulator;
        s.change = r.change;
        s.sampledAt = uint32(block.timestamp - ago);
        if (elapsed > MAX_ELAPSED) {
            s.interval = c.pool == address(0) ? 1 : 0;
        } else {
            s.interval = uint24(elapsed);
            if (previous != 0) _average(asset, c, s, v, r.returnRay, elapsed, previous);
        }
        _write(asset, s);
        return true;
    }

    /// @dev The whole slot: field by field the compiler would write it twice.
    function _write(address asset, State memory s) private {
        State storage stored = _state[asset];
        uint256 word = uint48(s.accumulator) | (uint256(uint48(s.change)) << 48) | (uint256(s.interval) << 96);
        word |= (uint256(s.sampledAt) << 120) | (uint256(s.fast) << 152) | (uint256(s.slow) << 200);
        assembly ("memory-safe") {
            sstore(stored.slot, word)
        }
    }

    function _average(
        address asset,
        Config storage c,
        State memory s,
        Sigmas memory v,
        int256 returnRay,
        uint256 elapsed,
        uint256 previous
    ) private {
        uint256 sixths = _sixths(c, elapsed, previous);
        returnRay = VolatilityMath.clampReturnRay(returnRay, c.clampWad, sixths);
        uint256 sample36 = uint256(VolatilityMath.ratePerDay36(returnRay, returnRay, sixths));
        (uint256 fast36, uint256 slow36) = _variances(s);
        fast36 = VolatilityMath.step(fast36, sample36, VolatilityMath.weightWad(elapsed, FAST_TIME_CONSTANT));
        slow36 = VolatilityMath.step(slow36, sample36, VolatilityMath.weightWad(elapsed, SLOW_TIME_CONSTANT));
        s.fast = uint48(PackedFloat.pack(fast36, FAST_MANTISSA_BITS));
        s.slow = uint56(PackedFloat.pack(slow36, SLOW_MANTISSA_BITS));
        _findSigmas(s, v);
        emit VolatilitySampled(asset, returnRay / 1e9, elapsed, v.fastWad, v.slowWad);
    }

    function _findSigmas(State memory s, Sigmas memory v) private pure {
        (uint256 fast36, uint256 slow36) = _variances(s);
        (v.fastWad, v.slowWad) = (VolatilityMath.sigmaUp(fast36), VolatilityMath.sigmaUp(slow36));
    }

    // --- use ------------------------------------------------------------------------------------------------------

    /// @inheritdoc IVolatilityOracle
    function sigmaWad(address asset) external view returns (uint256) {
        return _volatility(_known(asset), _state[asset]).sigmaWad;
    }

    /// @inheritdoc IVolatilityOracle
    function volatilityOf(address asset) external view returns (Volatility memory) {
        return _volatility(_known(asset), _state[asset]);
    }

    function _volatility(Config storage c, State memory s) private view returns (Volatility memory v) {
        Sigmas memory realised;
        _findSigmas(s, realised);
        (v.sigmaWad, v.impliedWad) = _select(c, realised);
        (v.fastWad, v.slowWad) = (realised.fastWad, realised.slowWad);
        (v.stressWad, v.floorWad) = (c.stressWad, c.floorWad);
        v.sampledAt = s.sampledAt;
    }

    function _select(Config storage c, Sigmas memory v) private view returns (uint256 sigma, uint256 impliedWad) {
        if (block.timestamp < c.impliedUntil) impliedWad = VolatilityMath.boundedImplied(c.impliedWad, v.slowWad);
        sigma = VolatilityMath.selectUp(v.fastWad, v.slowWad, c.stressWad, impliedWad, c.floorWad);
    }
}
