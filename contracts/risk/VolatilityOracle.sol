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
    constructor(
        IPriceOracle priceOracle_,
        address authority_
    ) VolatilityStorage(priceOracle_) VolatilityConfig(authority_) {}

    /// @inheritdoc IVolatilityOracle
    function poke(address asset) external returns (uint256) {
        Config storage c = _known(asset);
        (State memory s, ) = _poke(asset, c);
        return _volatility(c, s).sigmaWad;
    }

    /// @inheritdoc IVolatilityOracle
    function pokeVolatility(address asset) external returns (uint256, uint256, uint256, bool) {
        Config storage c = _known(asset);
        (State memory s, bool sampled) = _poke(asset, c);
        Volatility memory v = _volatility(c, s);
        return (v.sigmaWad, v.fastWad, v.slowWad, sampled);
    }

    function _poke(address asset, Config storage c) private returns (State memory s, bool sampled) {
        s = _state[asset];
        (uint256 elapsed, uint32 ago) = _due(c.grid, s.sampledAt, c.hasPool);
        if (elapsed == 0) return (s, false);
        sampled = _sample(asset, c, s, elapsed, ago);
        // A pool that does not remember the moment still knows the present.
        if (!sampled && ago != 0) sampled = _sample(asset, c, s, elapsed + ago, 0);
    }

    /// @dev Changes `s` and stores it. False, and nothing changes, if the source does not answer.
    function _sample(
        address asset,
        Config storage c,
        State memory s,
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
            if (previous != 0) _average(asset, c, s, r.returnRay, elapsed, previous);
        }
        _state[asset] = s;
        return true;
    }

    function _average(
        address asset,
        Config storage c,
        State memory s,
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
        (fast36, slow36) = _variances(s); // as stored
        emit VolatilitySampled(
            asset,
            returnRay / 1e9,
            elapsed,
            VolatilityMath.sigmaUp(fast36),
            VolatilityMath.sigmaUp(slow36)
        );
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
        (uint256 fast36, uint256 slow36) = _variances(s);
        v.fastWad = VolatilityMath.sigmaUp(fast36);
        v.slowWad = VolatilityMath.sigmaUp(slow36);
        (v.stressWad, v.floorWad) = (c.stressWad, c.floorWad);
        v.impliedWad = block.timestamp < c.impliedUntil ? VolatilityMath.boundedImplied(c.impliedWad, v.slowWad) : 0;
        v.sigmaWad = VolatilityMath.selectUp(v.fastWad, v.slowWad, v.stressWad, v.impliedWad, v.floorWad);
        v.sampledAt = s.sampledAt;
    }
}
