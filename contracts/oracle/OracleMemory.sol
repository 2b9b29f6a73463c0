// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {DECIMALS_MAY_WAIT, EITHER_MAY_WAIT, QUOTE_MAY_WAIT} from "../interfaces/IPriceConditions.sol";
import {PackedFloat} from "../libraries/PackedFloat.sol";
import {PriceSelection} from "../libraries/PriceSelection.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {AssetWord} from "./AssetWord.sol";
import {OracleSources} from "./OracleSources.sol";
import {SequencerFeed} from "./SequencerFeed.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title What the price oracle remembers between polls
/// @notice The latest TWAP, a slow average, since when feed and TWAP disagree, the last valid price, and what the quote asset was
/// worth to a poke.
abstract contract OracleMemory is OracleSources {
    /// @notice Shortest time between two samples. [s]
    uint256 public constant MIN_POKE_INTERVAL = 12;
    /// @dev Feeds are asked for their decimals by the first poke of each hour of the clock, or somewhat later, and by any that
    /// finds a reason.
    uint256 private constant DECIMALS_INTERVAL = 1 hours;
    /// @dev So long into the hour it may be put off. [s]
    uint256 private constant DECIMALS_PATIENCE = 10 minutes;
    /// @dev What feeds of the quote asset said is good for a poke, where nothing is in doubt, for this long. [s]
    uint256 private constant QUOTE_MAX_AGE = 5 minutes;
    /// @dev From this age on pokes say that it will have to be asked again. [s]
    uint256 private constant QUOTE_DUE_AGE = 2 minutes;
    /// @dev Of a note, from the lowest bit: price 16 + 7 [WAD], whether it is good 1, when it was read 32 [unix s].
    uint256 private constant NOTED_MANTISSA_BITS = 16;
    uint256 private constant NOTED_PRICE_MASK = (1 << 23) - 1;
    uint256 private constant STEADY_BIT = 1 << 23;
    uint256 private constant NOTED_AT = 24;
    /// @dev What moved by more than this part since the last note is asked each time. [1/1024]
    uint256 private constant STEADY_SHIFT = 10;
    /// @dev How old that note has to be, and may be. [s]
    uint256 private constant STEADY_MIN_AGE = 1 minutes;
    uint256 private constant STEADY_MAX_AGE = 10 minutes;

    /// @dev A poke within `MIN_POKE_INTERVAL` of the last does nothing, and so does one while the sequencer is down:
    /// averages advance with time, not with calls.
    function _isDue(Head memory h, SequencerFeed.State state) internal view returns (bool) {
        unchecked {
            // Not in the future.
            return block.timestamp - h.updatedAt >= MIN_POKE_INTERVAL && state != SequencerFeed.State.Down;
        }
    }

    function _remember(address asset, Asset storage a, AssetWord w, Head memory h) internal {
        Reading memory r;
        if (w.isMarket()) _rememberMarket(asset, a, w, h, r, 0);
        else _rememberShare(asset, a, w, h);
    }

    function _rememberShare(address share, Asset storage a, AssetWord w, Head memory h) internal {
        Snapshot storage s = _snapshot[share];
        uint256 rate = _unlockedShareRate(share, w);
        if (rate != 0) {
            s.shareRate = uint216(rate);
            s.shareRateAt = uint40(block.timestamp);
        }
        _finish(share, h, _liquidationPrice(share, a, w), false, 0);
    }

    /// @param h What is remembered; from now on, as of this moment.
    /// @param r What the sources say now.
    /// @param mayWait See `IPriceConditions`.
    /// @return price Liquidation price of this moment; zero: no source is fresh.
    /// @return quoted `PriceSelection.referencePrice` of the reading.
    function _rememberMarket(
        address asset,
        Asset storage a,
        AssetWord w,
        Head memory h,
        Reading memory r,
        uint256 mayWait
    ) internal returns (uint256 price, uint256 quoted) {
        bool asked = _turnDecimals(w, h, mayWait);
        if (asked) h.brokenFeeds = _brokenFeeds(a, w);
        price = _readAtQuote(
            r,
            a,
            w,
            h,
            mayWait & (asked ? QUOTE_MAY_WAIT | EITHER_MAY_WAIT : QUOTE_MAY_WAIT) != 0,
            false
        );
        if (price == 0) {
            _readInto(r, a, w, h, _askQuote(a, w, h), false);
            if (!asked && !_isPlausible(w, h, r)) {
                (h.brokenFeeds, h.decimalsDue) = (_brokenFeeds(a, w), false);
                if (h.brokenFeeds != 0) _readInto(r, a, w, h, _askQuote(a, w, h), false);
            }
        }
        if (r.isLive) h.twapTick = r.liveTick;
        _advanceEma(w, h, r);
        h.hasTwap = r.isLive;

        // Only a sample of both sources, in the band at its base width, ends a divergence; silence of one does not.
        quoted = price != 0 ? price : PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        if (price == 0 && r.freshFeeds != 0 && r.twap != 0) {
            if (PriceSelection.inBand(quoted, r.twap, w.bandBps())) {
                (h.divergenceStart, price) = (0, quoted); // nothing to clamp
            } else if (h.divergenceStart == 0) {
                h.divergenceStart = block.timestamp;
            }
        }
        if (price == 0) price = _clamped(w, r, quoted, h.divergenceStart);
        _finish(asset, h, price, r.hasSum, r.sum);
    }

    /// @dev Whether feeds are asked for their decimals now, those of the quote asset too: who may leave these may leave it.
    function _turnDecimals(AssetWord w, Head memory h, uint256 mayWait) private view returns (bool) {
        if (h.brokenFeeds == 0) {
            bool isFirst = block.timestamp / DECIMALS_INTERVAL != h.updatedAt / DECIMALS_INTERVAL;
            if (!isFirst && !h.decimalsDue) return false;
            uint256 patience = w.quoteFeedCount() == 0 ? DECIMALS_MAY_WAIT : DECIMALS_MAY_WAIT | QUOTE_MAY_WAIT;
            // What was put off in an earlier hour is not again.
            h.decimalsDue =
                !(isFirst && h.decimalsDue) &&
                mayWait & patience != 0 &&
                block.timestamp % DECIMALS_INTERVAL < DECIMALS_PATIENCE;
            if (h.decimalsDue) return false;
        }
        h.decimalsDue = false;
        return true;
    }

    /// @dev What a poke would find, without asking the pool, or writing more than a note: its mean price is the one of the last
    /// poke. Only while that is recent and nothing is in doubt: feeds all answer, and as before, in the band around it, and so they did at the last poke.
    /// @param r Empty; what the sources say now, if all is well.
    /// @param mayWait See `IPriceConditions`.
    /// @return quoted As of `_rememberMarket`, and the liquidation price as well. Zero: a poke must not wait.
    function _recall(
        Asset storage a,
        AssetWord w,
        Head memory h,
        Reading memory r,
        uint256 mayWait
    ) internal returns (uint256 quoted) {
        if (h.brokenFeeds != 0 || h.divergenceStart != 0 || h.isStale || !_isRecent(w, h)) return 0;
        quoted = _readAtQuote(r, a, w, h, mayWait & QUOTE_MAY_WAIT != 0, true);
        if (quoted != 0) return quoted;
        _readInto(r, a, w, h, _askQuote(a, w, h), true);
        return _undoubted(w, h, r);
    }

    /// @dev Reads all sources but those of the quote asset, of which a poke has read not long ago.
    /// @param mayWait Whether the feeds of the quote asset may be left.
    /// @param mayReuse See `_read`.
    /// @return quoted `PriceSelection.referencePrice` of the reading, and the liquidation price as well. Zero: nothing fit is
    /// noted, or what is read leaves a doubt: no divergence is ever begun, or ended, by the word of an old note.
    function _readAtQuote(
        Reading memory r,
        Asset storage a,
        AssetWord w,
        Head memory h,
        bool mayWait,
        bool mayReuse
    ) private view returns (uint256 quoted) {
        if (!mayWait || w.quoteFeedCount() == 0 || h.brokenFeeds | h.divergenceStart != 0) return 0;
        uint256 note = a.feeds[0].note;
        unchecked {
            uint256 age = block.timestamp - (note >> NOTED_AT); // not in the future
            if (note & STEADY_BIT == 0 || age > QUOTE_MAX_AGE) return 0;
            r.isQuoteDue = age >= QUOTE_DUE_AGE;
        }
        _readInto(r, a, w, h, PackedFloat.unpack(note & NOTED_PRICE_MASK), mayReuse);
        quoted = _undoubted(w, h, r);
        if (quoted == 0) r.isQuoteDue = false;
    }

    /// @dev `_quoteWad` for health, which is noted to 2^-16 of itself, if no feed of the quote asset is broken. The note is good if
    /// it is near another one, some minutes old: what is asked again sooner, and says the same, leaves that, so that nobody makes
    /// steady what is not by asking twice. What will be out of date before the note is, is not noted as good.
    function _askQuote(Asset storage a, AssetWord w, Head memory h) private returns (uint256 quoteWad) {
        if (w.quoteFeedCount() == 0) return _quoteWad(w, h, false);
        uint256 until;
        (quoteWad, until) = _quoteFeedsWad(w, h, false);
        uint256 note;
        if (quoteWad != 0 && quoteWad >> 128 == 0 && h.brokenFeeds >> MAX_FEEDS == 0) {
            note = a.feeds[0].note;
            uint256 before = PackedFloat.unpack(note & NOTED_PRICE_MASK);
            bool isNear = FixedPointMathLib.dist(quoteWad, before) <= before >> STEADY_SHIFT;
            uint256 age = block.timestamp - (note >> NOTED_AT);
            if (isNear && age < STEADY_MIN_AGE) return quoteWad;
            note = PackedFloat.pack(quoteWad, NOTED_MANTISSA_BITS) | (block.timestamp << NOTED_AT);
            if (isNear && age <= STEADY_MAX_AGE && until >= block.timestamp + QUOTE_MAX_AGE) note |= STEADY_BIT;
        }
        a.feeds[0].note = uint56(note);
    }

    /// @return quoted `PriceSelection.referencePrice` of a reading of feeds that all answer, as before, in the band around the mean
    /// price. Else zero.
    function _undoubted(AssetWord w, Head memory h, Reading memory r) private pure returns (uint256 quoted) {
        if (r.freshFeeds == 0 || !_isPlausible(w, h, r)) return 0;
        quoted = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        if (!PriceSelection.inBand(quoted, r.twap, w.bandBps())) return 0;
    }

    /// @dev Whether what the feeds say leaves no doubt of their decimals: others than before would make a feed jump by ten
    /// times or more, or to nothing. Then they are asked at once, not within the hour.
    function _isPlausible(AssetWord w, Head memory h, Reading memory r) private pure returns (bool) {
        uint256 count = w.feedCount();
        if (r.freshFeeds != count) return false;
        uint256 last = h.lastValidPrice36;
        for (uint256 i; i < count; ++i) {
            uint256 price = r.feeds[i];
            unchecked {
                if (price > 2 * last || last > 2 * price) return false; // prices have 208 bits at most
            }
        }
        return true;
    }

    /// @param price Zero: what is remembered stays.
    function _finish(address asset, Head memory h, uint256 price, bool hasSum, int56 sum) private {
        if (price == 0) {
            (h.hasSum, h.sum, h.isStale) = (false, int56(uint56(_lastValidAt(h))), true);
        } else {
            (h.hasSum, h.sum, h.isStale) = (hasSum, sum, false);
            h.lastValidPrice36 = price;
        }
        h.updatedAt = block.timestamp;
        emit Poked(asset, _store(asset, h));
    }

    function _advanceEma(AssetWord w, Head memory h, Reading memory r) private view {
        (int256 sampleE6, uint256 covered) = _sample(w, h, r);
        if (covered == 0) return;
        if (h.hasEma) {
            h.emaTickE6 = TickPrice.emaStep(int56(h.emaTickE6), int56(sampleE6), covered, w.emaTimeConstant());
        } else {
            h.hasEma = true;
            h.emaTickE6 = sampleE6;
        }
    }

    /// @dev What the slow average takes in. With a pool: its mean tick since the last sample, from the accumulator, so
    /// that the moment of poking cannot be chosen to advantage; where neither the oracle nor the pool remembers that far,
    /// the mean over the TWAP window, and with the weight of that window only. Without: the feed.
    /// @return sampleE6 Tick × 1e6.
    /// @return covered Time that it stands for; zero: no sample. [s]
    function _sample(
        AssetWord w,
        Head memory h,
        Reading memory r
    ) private view returns (int256 sampleE6, uint256 covered) {
        uint256 window = w.twapWindow();
        unchecked {
            // At first any weight: it is taken whole. Later on, not in the future.
            covered = h.updatedAt == 0 ? 1 : block.timestamp - h.updatedAt;
        }
        if (window != 0) {
            if (h.updatedAt != 0 && covered != window) {
                (bool ok, int256 tick) = _meanSince(w, h, r, covered);
                if (ok) return (tick * 1e6, covered);
            }
            if (r.isLive) return (int256(r.liveTick) * 1e6, covered < window ? covered : window);
        }
        if (r.freshFeeds == 0) return (0, 0);
        return (TickPrice.tickE6(PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds)), covered);
    }

    /// @dev From the sum that was kept at the last sample, which costs nothing to look up; else from the pool.
    function _meanSince(
        AssetWord w,
        Head memory h,
        Reading memory r,
        uint256 covered
    ) private view returns (bool, int24) {
        if (!h.hasSum || !r.hasSum) return UniswapTwap.meanTick(w.link(), w.isToken0(), uint32(covered));
        unchecked {
            return UniswapTwap.meanOf(r.sum - h.sum, w.isToken0(), covered); // wraps, as the pool's sums do
        }
    }
}
