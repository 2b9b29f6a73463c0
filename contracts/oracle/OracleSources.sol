// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {BoundedMath} from "../libraries/BoundedMath.sol";
import {PriceSelection} from "../libraries/PriceSelection.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {AssetWord} from "./AssetWord.sol";
import {FeedReader} from "./FeedReader.sol";
import {OracleStorage} from "./OracleStorage.sol";
import {SequencerFeed} from "./SequencerFeed.sol";
import {ShareRate} from "./ShareRate.sol";
import {UniswapObservations} from "./UniswapObservations.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title Reads every source of an asset
/// @dev Nothing here reverts for a source's sake. What it reads is zero where a source has no price.
abstract contract OracleSources is OracleStorage {
    using FixedPointMathLib for uint256;
    using FeedReader for FeedReader.Feed;

    struct Reading {
        uint256[MAX_FEEDS] feeds; // [36-decimal scale]
        uint256 twap; // [36-decimal scale]
        uint256 freshFeeds;
        int24 liveTick; // valid while `isLive`
        bool isLive; // the TWAP was read from the pool just now
        bool hasSum; // so was `sum`
        int56 sum; // of the pool's ticks over time, as of now. [tick · s, wraps]
        bool isQuoteDue; // the quote asset is worth what is remembered of it, and was read so long ago that it should be again
    }

    /// @param forCredit True: the quote asset is valued at the highest of its feeds.
    /// @param mayReuse True: a recent snapshot of the TWAP may stand in for asking the pool.
    function _read(
        Asset storage a,
        AssetWord w,
        Head memory h,
        bool forCredit,
        bool mayReuse
    ) internal view returns (Reading memory r) {
        _readInto(r, a, w, h, _quoteWad(w, h, forCredit), mayReuse);
    }

    /// @param r Empty, or of before: the answer.
    /// @param quoteWad See `_quoteWad`.
    function _readInto(
        Reading memory r,
        Asset storage a,
        AssetWord w,
        Head memory h,
        uint256 quoteWad,
        bool mayReuse
    ) internal view {
        (r.freshFeeds, r.twap) = (0, 0);
        uint256 feedCount = w.feedCount();
        for (uint256 i; i < feedCount; ++i) {
            (FeedReader.Status status, uint256 price, ) = _readFeed(a, w, h, i, quoteWad);
            r.feeds[i] = price;
            unchecked {
                if (status == FeedReader.Status.Ok) ++r.freshFeeds; // three at most
            }
        }
        uint256 window = w.twapWindow();
        if (window == 0) return;
        if (mayReuse && _isRecent(w, h)) {
            r.twap = TickPrice.price36(int24(h.twapTick));
        } else {
            _readTwap(r, w.link(), w.isToken0(), window);
        }
    }

    /// @dev One feed of a market, and what is wrong with it. Its price is zero unless that is `Ok`.
    /// @param quoteWad See `_quoteWad`.
    function _readFeed(
        Asset storage a,
        AssetWord w,
        Head memory h,
        uint256 i,
        uint256 quoteWad
    ) internal view returns (FeedReader.Status status, uint256 price, uint256 updatedAt) {
        (status, price, updatedAt) = a.feeds[i].read();
        if (h.brokenFeeds & (1 << i) != 0) status = FeedReader.Status.WrongDecimals;
        if (status != FeedReader.Status.Ok) return (status, 0, updatedAt);
        unchecked {
            // A feed's WAD price is of whole units: × 10^(quote decimals − asset decimals) for base units, × 1e36 for scale. Neither has
            // more than 27 decimals.
            price = BoundedMath.mulDivOrZero(price, 10 ** (36 + _quoteDecimals - w.decimals()), quoteWad);
        }
        if (quoteWad == 0) status = FeedReader.Status.QuoteUnavailable;
        else if (price == 0) status = FeedReader.Status.Invalid;
    }

    /// @dev What stands for the quote asset in the unit of the market's feeds. [WAD] Zero: its feeds say nothing.
    function _quoteWad(AssetWord w, Head memory h, bool forCredit) internal view returns (uint256 quoteWad) {
        if (w.feedsInQuote()) return 1e18;
        (quoteWad, ) = _quoteFeedsWad(w, h, forCredit);
    }

    /// @dev Whether the TWAP of the last poke may stand in for that of now.
    function _isRecent(AssetWord w, Head memory h) internal view returns (bool) {
        unchecked {
            return h.hasTwap && block.timestamp - h.updatedAt <= w.snapshotMaxAge(); // not in the future
        }
    }

    /// @dev By a search that guesses; where that finds nothing, by the pool's own.
    function _readTwap(Reading memory r, address pool, bool isToken0, uint256 window) private view {
        int56 past;
        (r.hasSum, r.sum, past) = UniswapObservations.sums(pool, window);
        if (r.hasSum) {
            unchecked {
                past = r.sum - past; // wraps, as the pool's sums do
            }
            (r.isLive, r.liveTick) = UniswapTwap.meanOf(past, isToken0, window);
        } else {
            (r.isLive, r.liveTick) = UniswapTwap.meanTick(pool, isToken0, uint32(window));
        }
        if (r.isLive) r.twap = TickPrice.price36(r.liveTick);
    }

    /// @dev Where there is no sequencer, its slot is not even read.
    function _readSequencer(AssetWord w) internal view returns (SequencerFeed.State state, uint256 since) {
        if (!w.hasSequencer()) return (SequencerFeed.State.Up, 0);
        return SequencerFeed.read(_sequencerFeed);
    }

    /// @dev The quote asset in the unit of the feeds. For credit the highest of its feeds: debt is never valued down.
    /// For health the first that is fresh.
    /// @return quoteWad Zero: none is, or none is configured.
    /// @return until When the answer is out of date; for health. [unix s]
    function _quoteFeedsWad(
        AssetWord w,
        Head memory h,
        bool forCredit
    ) internal view returns (uint256 quoteWad, uint256 until) {
        uint256 broken = h.brokenFeeds >> MAX_FEEDS;
        uint256 count = w.quoteFeedCount();
        for (uint256 i; i < count; ++i) {
            if (broken & (1 << i) != 0) continue;
            FeedReader.Feed memory feed = _quoteFeeds[i];
            (FeedReader.Status status, uint256 priceWad, uint256 updatedAt) = feed.read();
            if (status != FeedReader.Status.Ok) continue;
            unchecked {
                if (!forCredit) return (priceWad, updatedAt + feed.heartbeat); // not in the future, and a week at most
            }
            quoteWad = quoteWad.max(priceWad);
        }
    }

    /// @dev Bit i: feed i of the market answers other decimals than configured, or none; bit 3 + i: so does the quote's.
    function _brokenFeeds(Asset storage a, AssetWord w) internal view virtual returns (uint256 broken) {
        uint256 count = w.feedCount();
        for (uint256 i; i < count; ++i) if (!a.feeds[i].hasDecimals()) broken |= 1 << i;
        if (count == 0) return broken;
        count = w.quoteFeedCount();
        for (uint256 i; i < count; ++i) if (!_quoteFeeds[i].hasDecimals()) broken |= 1 << (MAX_FEEDS + i);
    }

    /// @dev The rate of a share, limited in its rise.
    function _shareRate(address share, AssetWord w) internal view returns (FeedReader.Status status, uint256 rate) {
        (status, rate) = ShareRate.read(share);
        if (status != FeedReader.Status.Ok) return (status, 0);
        Snapshot storage s = _snapshot[share];
        rate = ShareRate.limited(rate, s.shareRate, block.timestamp - s.shareRateAt, w.maxRiseBpsPerDay());
    }

    /// @dev Reverts while the pool whose share it is is in the middle of a change: only the caller himself can be the
    /// reason, and he must not choose an older price by it. Zero: no fresh rate.
    function _unlockedShareRate(address share, AssetWord w) internal view returns (uint256 rate) {
        FeedReader.Status status;
        (status, rate) = _shareRate(share, w);
        if (status == FeedReader.Status.Locked) revert OracleShareUnavailable(share, status);
    }

    /// @dev Feed (median of three sources or more) clamped to TWAP ± band; the TWAP where there is no feed. Zero: no
    /// source is fresh.
    /// @param price `PriceSelection.referencePrice` of the reading.
    function _clamped(
        AssetWord w,
        Reading memory r,
        uint256 price,
        uint256 divergenceStart
    ) internal view returns (uint256) {
        if (r.freshFeeds == 0) return r.twap;
        if (r.twap == 0) return price;
        uint256 bandBps = PriceSelection.widened(
            w.bandBps(),
            w.bandWidenBpsPerMinute(),
            divergenceStart,
            block.timestamp
        );
        // The upper clamp lowers a price. Two feeds that confirm each other are believed instead: in March 2026 a cap of
        // this kind, left behind by the market, liquidated healthy accounts.
        return PriceSelection.clamp(price, r.twap, bandBps, PriceSelection.confirmed(r.feeds, price));
    }

    /// @dev Zero: no fresh source. While the sequencer is known to be down nothing counts as fresh, the TWAP neither:
    /// the pool then only sees transactions forced in from L1, against which nobody can trade. An uptime feed that
    /// is itself broken stops new credit, not liquidation: the heartbeats of the feeds still speak.
    function _liquidationPrice(address asset, Asset storage a, AssetWord w) internal view returns (uint256) {
        (SequencerFeed.State state, ) = _readSequencer(w);
        if (state == SequencerFeed.State.Down) return 0;
        if (w.isMarket()) {
            Head memory h = _load(asset);
            Reading memory r = _read(a, w, h, false, true);
            uint256 price = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
            return _clamped(w, r, price, h.divergenceStart);
        }
        uint256 rate = _unlockedShareRate(asset, w);
        if (rate == 0) return 0;
        address underlying = w.link();
        Asset storage u = _asset[underlying];
        uint256 base = underlying == quoteAsset ? 1e36 : _liquidationPrice(underlying, u, u.word);
        return BoundedMath.mulDivOrZero(base, rate, 1e18);
    }
}
