// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {RampMath} from "../libraries/RampMath.sol";

/// @title The way of a liquidation factor to its moving target
/// @notice Down in a straight line of 2 percentage points a day; up half a point a day, and only after a day of calm. A
/// step never changes the factor in force downwards: no call makes a healthy account liquidatable in its own block.
/// @dev How often it is called does not matter. A new target moves the end of a falling line and not its beginning, since
/// otherwise a call in every block would round the fall away; of a rise, the seconds that made no whole bps are kept.
library FactorRamp {
    using FixedPointMathLib for uint256;

    /// @dev Half a percentage point a day.
    uint256 internal constant SECONDS_PER_BPS_UP = 1 days / 50;
    /// @dev How long the target must not have been below the factor in force before that rises. [s]
    uint256 internal constant CALM = 1 days;
    /// @dev A rise catches up with at most this time without calls: what nobody watched was not calm. [s]
    uint256 internal constant MAX_CREDIT = 1 days;

    /// @dev The pool keeps factors in 2 bytes and times in 4. Whole words in memory, since narrow ones are masked at every use.
    struct State {
        uint256 fromBps; // liquidation factor when the ramp began
        uint256 toBps; // and from `end` on
        uint256 start; // [unix s]
        uint256 end; // [unix s]
        uint256 riseFrom; // [unix s] time up to which rises are used up; in the future: not calm yet
    }

    /// @notice Starts at a factor, at rest.
    function begin(uint256 factorBps, uint256 timestamp) internal pure returns (State memory s) {
        _rest(s, factorBps, timestamp);
        s.riseFrom = timestamp + CALM;
    }

    /// @notice Factor in force. [bps, rounded up: in the borrower's favour while falling]
    function valueAt(State memory s, uint256 timestamp) internal pure returns (uint256) {
        return RampMath.valueAt(s.fromBps, s.toBps, s.start, s.end, timestamp);
    }

    /// @notice Turns towards a target.
    /// @param targetBps [bps, ≤ 10 000]
    /// @param calm False: the market is not calm, whatever the target says; the factor does not rise.
    /// @param timestamp Not before the last step. [unix s]
    /// @return current Factor in force before. [bps]
    function step(
        State memory s,
        uint256 targetBps,
        bool calm,
        uint256 timestamp
    ) internal pure returns (uint256 current) {
        current = valueAt(s, timestamp);
        // Times have 32 bits, and no ramp ends before it begins.
        unchecked {
            if (targetBps < current) {
                // A fall that is under way at this very speed goes on; any other, governance's own, slower ramp too, is left
                // where it is now.
                bool isOwn = timestamp < s.end && s.end - s.start == RampMath.minimumDuration(s.fromBps, s.toBps);
                if (!isOwn) (s.fromBps, s.start) = (current, timestamp);
                s.toBps = targetBps;
                s.end = s.start + RampMath.minimumDuration(s.fromBps, targetBps);
                s.riseFrom = timestamp + CALM;
                return current;
            }
            _rest(s, current, timestamp);
            if (!calm) s.riseFrom = timestamp + CALM;
            if (timestamp <= s.riseFrom) return current;
            // The rise takes no more than the credit, and does not pass the target.
            uint256 credit = (timestamp - s.riseFrom).min(MAX_CREDIT);
            uint256 rise = (credit / SECONDS_PER_BPS_UP).min(targetBps - current);
            // At its target the factor saves up nothing.
            uint256 kept = current + rise == targetBps ? 0 : credit - rise * SECONDS_PER_BPS_UP;
            s.riseFrom = timestamp - kept;
            _rest(s, current + rise, timestamp);
        }
    }

    /// @dev No ramp.
    function _rest(State memory s, uint256 factorBps, uint256 timestamp) private pure {
        (s.fromBps, s.toBps) = (factorBps, factorBps);
        (s.start, s.end) = (timestamp, timestamp);
    }
}
