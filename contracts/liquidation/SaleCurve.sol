// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {CurveKind, CurveTerms} from "../libraries/CurveTerms.sol";

/// @title Price of a sale
/// @notice Everything is a multiple of the liquidation price. [WAD] Lags are in ticks of 1/256 s; they are negative where a schedule
/// is ahead of the clock.
/// @dev `f(lag) = max(floor, start · e^(−decay · lag))` for all but two kinds; a straight line for Linear, the floor for Fixed
/// (DESIGN §9; Maker's "Liquidations 2.0" has the first three; a schedule as in Paradigm's variable-rate gradual Dutch auctions).
/// Everything is rounded up: against the taker.
library SaleCurve {
    using FixedPointMathLib for uint256;

    uint256 internal constant TICKS = 256; // in a second
    /// @notice A schedule may be so far ahead of the clock: who buys more pays the price there for the rest. [ticks]
    int256 internal constant MAX_LEAD = 2 minutes * 256;
    /// @dev expWad is right to a few units of its last place.
    uint256 private constant SLACK = 4;

    /// @notice f at a lag.
    /// @param floor Lowest price. [WAD]
    function factorUp(CurveTerms t, uint256 floor, int256 lag) internal pure returns (uint256) {
        CurveKind kind = t.kind();
        if (kind == CurveKind.Fixed) return floor;
        int256 whole = int256(t.secondsToFloor() * TICKS);
        if (lag >= whole) return floor;
        uint256 start = t.startWad();
        if (kind == CurveKind.Linear) {
            // Without a schedule, no lag is negative.
            return start - (start - floor).mulDiv(uint256(lag), uint256(whole));
        }
        if (kind == CurveKind.Stairs) lag -= lag % int256(t.stepSeconds() * TICKS);
        uint256 factor = start.mulWadUp(_decayed(t, lag));
        if (lag >= 0) factor = factor.min(start);
        return factor.max(floor);
    }

    /// @notice Mean of f over a sale of a paced curve: `free` ticks at the lag at which it begins, then `span` more ticks while
    /// the lag shrinks by as many: `(free·f(lag) + ∫ f) ÷ (free + span)`, where f keeps its value below −MAX_LEAD.
    /// @param floor Lowest price. [WAD]
    /// @param lag ≥ −MAX_LEAD.
    /// @param free [ticks, < 2^64]
    /// @param span [ticks, < 2^64, free + span > 0]
    /// @param first f(lag).
    function meanUp(
        CurveTerms t,
        uint256 floor,
        int256 lag,
        uint256 free,
        uint256 span,
        uint256 first
    ) internal pure returns (uint256) {
        if (span == 0) return first;
        unchecked {
            int256 end = lag - int256(span);
            uint256 sum = free * first;
            uint256 last;
            if (end < -MAX_LEAD) {
                last = factorUp(t, floor, -MAX_LEAD);
                sum += uint256(-MAX_LEAD - end) * last;
                end = -MAX_LEAD;
            } else {
                last = factorUp(t, floor, end);
            }
            // Where the price has met its floor it stays there.
            if (first == floor) {
                int256 reached = _lagAt(t, floor);
                if (reached < end) reached = end;
                if (reached < lag) {
                    sum += uint256(lag - reached) * floor;
                    lag = reached;
                }
            }
            if (end < lag) sum += _integralUp(t, end, lag);
            return (sum / (free + span) + 1).max(first).min(last);
        }
    }

    /// @dev `∫ start·e^(−decay·x) dx` from `from` to `to`, both in ticks. [WAD · ticks]
    function _integralUp(CurveTerms t, int256 from, int256 to) private pure returns (uint256) {
        unchecked {
            uint256 difference = _decayed(t, from) - _decayed(t, to) + 2 * SLACK; // it falls
            // ÷ decay in WAD a tick, which is decay · 100 ÷ 256.
            return (difference * t.startWad() * 64).divUp(t.decay() * 25);
        }
    }

    /// @dev `e^(−decay·lag)`. [WAD, rounded up] Where it grows, the exponent is at most 2·ln 3: the steepest decay, for MAX_LEAD.
    function _decayed(CurveTerms t, int256 lag) private pure returns (uint256) {
        unchecked {
            int256 exponent = (-lag * int256(t.decay()) * 25) / 64;
            return uint256(FixedPointMathLib.expWad(exponent)) + SLACK;
        }
    }

    /// @dev Lag at which the price meets a floor below the start. [ticks, rounded down]
    function _lagAt(CurveTerms t, uint256 floor) private pure returns (int256) {
        int256 ratio = FixedPointMathLib.lnWad(int256(t.startWad().divWad(floor)));
        unchecked {
            return (ratio * 64) / int256(t.decay() * 25);
        }
    }
}
