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
        uint256 factor = _fallen(t, lag);
        if (lag >= 0 && factor > start) factor = start;
        return factor > floor ? factor : floor;
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
    ) internal pure returns (uint256 mean) {
        if (span == 0) return first;
        unchecked {
            int256 end = lag - int256(span);
            uint256 sum = free * first;
            uint256 beyond;
            if (end < -MAX_LEAD) {
                beyond = uint256(-MAX_LEAD - end);
                end = -MAX_LEAD;
            }
            uint256 last = _fallen(t, end);
            if (last <= floor) return floor; // so is all before
            sum += beyond * last;
            uint256 lowest = first;
            // Where the price has met its floor it stays there.
            if (first == floor) {
                int256 reached = _lagAt(t, floor);
                if (reached < end) reached = end;
                if (reached < lag) {
                    // Where within its tick it met it is not known: a tick's fall more than the floor covers that.
                    sum += uint256(lag - reached) * floor + (floor * t.decay()) / 256e16 + 1;
                    lag = reached;
                }
                lowest = _fallen(t, lag);
            }
            // ∫ start·e^(−decay·x) dx between two ticks is the difference of f there ÷ decay in a tick, decay · 1e-16 ÷ 256.
            if (end < lag) sum += ((last - lowest + SLACK) * 256e16) / t.decay() + 1;
            mean = sum / (free + span) + 1;
            if (mean < first) return first;
            if (mean > last) return last;
        }
    }

    /// @dev `start·e^(−decay·lag)`. [WAD, rounded up] Where it grows, the exponent is at most 2·ln 3: the steepest decay, for MAX_LEAD.
    function _fallen(CurveTerms t, int256 lag) private pure returns (uint256) {
        unchecked {
            int256 exponent = (-lag * int256(t.decay()) * 25 + 63) >> 6; // decay · 1e-16 ÷ 256, in WAD, rounded up
            return ((uint256(FixedPointMathLib.expWad(exponent)) + SLACK) * t.startWad() + (1e18 - 1)) / 1e18;
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
