// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title Sum of ticks at a moment in the past, for less gas than `observe`
/// @notice `observe` halves the ring of observations until it has found the two around the moment: two cold slots a step,
/// 35k of 160 observations and 75k of 65 535. Pools write about once a block, so that two or three guesses by the time
/// passed do as well.
library UniswapObservations {
    using BoundedCall for bytes;

    /// @dev Either is two cold slots at most.
    uint256 private constant READ_GAS = 20_000;
    /// @dev What is guessed for the time between two observations, until two are known. [s]
    uint256 private constant BLOCK_SECONDS = 12;
    uint256 private constant MAX_GUESSES = 8;

    /// @dev The pool's ring, and the moment that is looked for.
    struct Search {
        address pool;
        uint256 index; // of the latest observation
        uint256 count; // size of the ring
        uint256 age; // of the moment. [s before now]
    }

    /// @dev An observation, by how many were written since.
    struct Observation {
        uint256 back;
        uint256 age; // [s before now]
        int56 sum; // [tick · s, wraps]
    }

    /// @notice What `observe([secondsAgo])` answers, to the last digit.
    /// @return ok False when the pool does not answer or does not remember that far.
    function accumulator(address pool, uint32 secondsAgo) internal view returns (bool ok, int56 sum) {
        (ok, sum) = _find(pool, secondsAgo);
        if (!ok) (ok, sum) = UniswapTwap.accumulator(pool, secondsAgo);
    }

    function _find(address pool, uint256 age) private view returns (bool found, int56 sum) {
        (bool ok, bytes memory data) = BoundedCall.read(pool, abi.encodeCall(IUniswapV3Pool.slot0, ()), READ_GAS, 4);
        if (!ok || data.length < 128) return (false, 0);
        Search memory s = Search(pool, data.word(2), data.word(3), age);
        if (s.index >= s.count || s.count > type(uint16).max) return (false, 0);
        Observation memory latest;
        (ok, latest) = _read(s, 0);
        if (!ok) return (false, 0);
        if (latest.age < age) return _between(s, latest);
        // Nothing was written since the moment: the tick is that of now.
        unchecked {
            return (true, latest.sum + int56(int24(uint24(data.word(1)))) * int56(uint56(latest.age - age)));
        }
    }

    /// @dev Closes in on the moment from both sides.
    function _between(Search memory s, Observation memory newer) private view returns (bool, int56) {
        Observation memory older; // than the moment, or at it
        older.back = s.count; // none is known
        uint256 back = (s.age - newer.age) / BLOCK_SECONDS + 1;
        for (uint256 guess; guess < MAX_GUESSES; ++guess) {
            if (back >= older.back) back = older.back - 1;
            if (back <= newer.back) return (false, 0); // the whole ring is newer
            (bool ok, Observation memory o) = _read(s, back);
            if (!ok) return (false, 0);
            if (o.age < s.age) newer = o;
            else older = o;
            if (older.back < s.count && older.back == newer.back + 1) return (true, _interpolate(newer, older, s.age));
            back = newer.back + _guess(s, newer, older);
        }
        return (false, 0);
    }

    /// @dev How many observations the moment lies behind `newer`, if they come regularly. [≥ 1]
    function _guess(
        Search memory s,
        Observation memory newer,
        Observation memory older
    ) private pure returns (uint256) {
        (uint256 steps, uint256 time) = older.back < s.count
            ? (older.back - newer.back, older.age - newer.age)
            : (newer.back, newer.age);
        return time == 0 ? 1 : ((s.age - newer.age) * steps) / time + 1;
    }

    /// @dev The tick does not change between two observations, so the quotient is exact.
    function _interpolate(
        Observation memory newer,
        Observation memory older,
        uint256 age
    ) private pure returns (int56) {
        unchecked {
            int56 tick = (newer.sum - older.sum) / int56(uint56(older.age - newer.age));
            return older.sum + tick * int56(uint56(older.age - age));
        }
    }

    function _read(Search memory s, uint256 back) private view returns (bool ok, Observation memory o) {
        uint256 position = s.index >= back ? s.index - back : s.index + s.count - back;
        bytes memory data;
        (ok, data) = BoundedCall.read(s.pool, abi.encodeCall(IUniswapV3Pool.observations, (position)), READ_GAS, 4);
        // The last word says whether it was ever written.
        if (!ok || data.length < 128 || data.word(3) != 1) return (false, o);
        o.back = back;
        unchecked {
            o.age = uint32(block.timestamp) - uint32(data.word(0)); // modulo 2^32, as the pool counts
        }
        o.sum = int56(uint56(data.word(1)));
    }
}
