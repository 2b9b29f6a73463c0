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

    /// @dev An observation is kept in one word, since a search has no other use for memory. From the lowest bit: sum of ticks 56,
    /// age 32 from bit 64 on [s before now], how many were written since from bit 96 on, and this. Zero: the pool did not answer.
    uint256 private constant ANSWERED = 1 << 128;

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
        uint256 index; // of the latest observation
        uint256 count; // size of the ring
        uint256 tick;
        (ok, , tick, index, count) = BoundedCall.readFour(pool, IUniswapV3Pool.slot0.selector, 0, READ_GAS);
        if (!ok || index >= count || count > type(uint16).max) return (false, 0, 0);
        uint256 latest = _read(pool, index, count, 0);
        if (latest == 0) return (false, 0, 0);
        unchecked {
            current = _sum(latest) + int56(int24(uint24(tick))) * int56(uint56(_age(latest)));
            if (_age(latest) < secondsAgo) {
                (ok, past) = _between(pool, index, count, secondsAgo, latest);
                return (ok, current, past);
            }
            // Nothing was written since the moment: the tick is that of now.
            return (true, current, current - int56(int24(uint24(tick))) * int56(uint56(secondsAgo)));
        }
    }

    /// @dev Closes in on the moment from both sides.
    /// @param age Of the moment. [s before now]
    /// @param newer Than the moment.
    function _between(
        address pool,
        uint256 index,
        uint256 count,
        uint256 age,
        uint256 newer
    ) private view returns (bool, int56) {
        // Ages have 32 bits, counts 16.
        unchecked {
            uint256 older; // than the moment, or at it; 0: none is known
            uint256 most = count - 1;
            uint256 back = (age - _age(newer)) / BLOCK_SECONDS + 1;
            for (uint256 guess; guess < MAX_GUESSES; ++guess) {
                if (back > most) back = most;
                if (back <= _back(newer)) return (false, 0); // the whole ring is newer
                uint256 found = _read(pool, index, count, back);
                if (found == 0) return (false, 0);
                if (_age(found) < age) newer = found;
                else (older, most) = (found, back - 1);
                if (older != 0 && most == _back(newer)) return (true, _interpolate(newer, older, age));
                back = _back(newer) + _guess(age, newer, older);
            }
            return (false, 0);
        }
    }

    /// @dev How many observations the moment lies behind `newer`, if they come regularly. [≥ 1]
    function _guess(uint256 age, uint256 newer, uint256 older) private pure returns (uint256) {
        // Ages have 32 bits, counts 16, and no age is less than that of `newer`.
        unchecked {
            (uint256 steps, uint256 time) = older != 0
                ? (_back(older) - _back(newer), _age(older) - _age(newer))
                : (_back(newer), _age(newer));
            return time == 0 ? 1 : ((age - _age(newer)) * steps) / time + 1;
        }
    }

    /// @dev The tick does not change between two observations, so the quotient is exact.
    function _interpolate(uint256 newer, uint256 older, uint256 age) private pure returns (int56) {
        unchecked {
            int56 tick = (_sum(newer) - _sum(older)) / int56(uint56(_age(older) - _age(newer)));
            return _sum(older) + tick * int56(uint56(_age(older) - age));
        }
    }

    /// @dev Zero if the pool does not answer.
    function _read(address pool, uint256 index, uint256 count, uint256 back) private view returns (uint256) {
        unchecked {
            // `back` is below the ring's size.
            uint256 position = index >= back ? index - back : index + count - back;
            (bool ok, uint256 time, uint256 sum, , uint256 written) = BoundedCall.readFour(
                pool,
                IUniswapV3Pool.observations.selector,
                position,
                READ_GAS
            );
            // The last word says whether it was ever written.
            if (!ok || written != 1) return 0;
            uint256 age = uint32(block.timestamp - time); // modulo 2^32, as the pool counts
            return uint56(sum) | (age << 64) | (back << 96) | ANSWERED;
        }
    }

    /// @dev [tick · s, wraps]
    function _sum(uint256 observation) private pure returns (int56) {
        return int56(uint56(observation));
    }

    function _age(uint256 observation) private pure returns (uint256) {
        return uint32(observation >> 64);
    }

    function _back(uint256 observation) private pure returns (uint256) {
        return uint32(observation >> 96);
    }
}
