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
        (ok, , sum) = sums(pool, secondsAgo);
        if (!ok) (ok, sum) = UniswapTwap.accumulator(pool, secondsAgo);
    }

    /// @notice What `observe([0, secondsAgo])` answers, to the last digit.
    /// @return ok False when it was not found: `observe` may still know.
    /// @return current Sum as of now. [tick · s, wraps]
    /// @return past Sum as of `secondsAgo`.
    function sums(address pool, uint256 secondsAgo) internal view returns (bool ok, int56 current, int56 past) {
        Search memory s;
        uint256 tick;
        (ok, , tick, s.index, s.count) = BoundedCall.readFour(pool, IUniswapV3Pool.slot0.selector, 0, READ_GAS);
        if (!ok || s.index >= s.count || s.count > type(uint16).max) return (false, 0, 0);
        (s.pool, s.age) = (pool, secondsAgo);
        Observation memory latest;
        if (!_read(s, latest, 0)) return (false, 0, 0);
        unchecked {
            current = latest.sum + int56(int24(uint24(tick))) * int56(uint56(latest.age));
            if (latest.age < secondsAgo) {
                (ok, past) = _between(s, latest);
                return (ok, current, past);
            }
            // Nothing was written since the moment: the tick is that of now.
            return (true, current, current - int56(int24(uint24(tick))) * int56(uint56(secondsAgo)));
        }
    }

    /// @dev Closes in on the moment from both sides.
    function _between(Search memory s, Observation memory newer) private view returns (bool, int56) {
        Observation memory older; // than the moment, or at it
        Observation memory spare;
        older.back = s.count; // none is known
        uint256 back = (s.age - newer.age) / BLOCK_SECONDS + 1;
        for (uint256 guess; guess < MAX_GUESSES; ++guess) {
            if (back >= older.back) back = older.back - 1;
            if (back <= newer.back) return (false, 0); // the whole ring is newer
            if (!_read(s, spare, back)) return (false, 0);
            if (spare.age < s.age) (newer, spare) = (spare, newer);
            else (older, spare) = (spare, older);
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
        // Ages have 32 bits, counts 16, and no age is less than that of `newer`.
        unchecked {
            (uint256 steps, uint256 time) = older.back < s.count
                ? (older.back - newer.back, older.age - newer.age)
                : (newer.back, newer.age);
            return time == 0 ? 1 : ((s.age - newer.age) * steps) / time + 1;
        }
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

    /// @dev False if the pool does not answer.
    function _read(Search memory s, Observation memory o, uint256 back) private view returns (bool) {
        unchecked {
            // `back` is below the ring's size.
            uint256 position = s.index >= back ? s.index - back : s.index + s.count - back;
            (bool ok, uint256 time, uint256 sum, , uint256 written) = BoundedCall.readFour(
                s.pool,
                IUniswapV3Pool.observations.selector,
                position,
                READ_GAS
            );
            o.back = back;
            o.age = uint32(block.timestamp) - uint32(time); // modulo 2^32, as the pool counts
            o.sum = int56(uint56(sum));
            // The last word says whether it was ever written.
            return ok && written == 1;
        }
    }
}
