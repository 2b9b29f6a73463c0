// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibSort} from "solady/src/utils/LibSort.sol";
import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {FeedReader} from "./FeedReader.sol";
import {OracleConfig} from "./OracleConfig.sol";
import {ShareRate} from "./ShareRate.sol";
import {TickPrice} from "./TickPrice.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title Prices from feeds and time-weighted averages
/// @notice Two prices: a conservative one to lend on, and one to judge health by. The first is the lowest of what is
/// known. The second follows the feed, but not further than a band around the TWAP; the band widens while they disagree,
/// so that a crash is followed within minutes and a wick is not.
contract PriceOracle is OracleConfig {
    using FixedPointMathLib for uint256;
    using FeedReader for FeedReader.Feed;

    /// @notice Two feeds this close confirm each other. [bps]
    uint256 public constant AGREEMENT_BPS = 200;
    /// @notice Shortest time between two samples of the slow average. [s]
    uint256 public constant MIN_POKE_INTERVAL = 12;

    uint256 private constant SEQUENCER_GAS = 80_000;

    /// @dev All sources of a market, read once. Prices are zero where a source has none.
    struct Reading {
        FeedReader.Status[MAX_FEEDS] status;
        uint256[MAX_FEEDS] feed;
        uint256 twap;
        uint256 ema;
        uint256 freshFeeds;
        int24 liveTick; // valid while `isLive`
        bool isLive; // the TWAP was read from the pool just now
    }

    constructor(address quoteAsset_, address authority_) OracleConfig(quoteAsset_, authority_) {}

    // --- prices ---------------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracle
    function borrowPrice(address asset) public view returns (uint256 price36) {
        Asset storage a = _known(asset);
        _requireSequencer();
        if (a.kind == Kind.Share) {
            (FeedReader.Status status, uint256 rate) = _shareRate(asset, a);
            if (status != FeedReader.Status.Ok) revert OracleShareUnavailable(asset, status);
            uint256 underlying = a.link == quoteAsset ? 1e36 : borrowPrice(a.link);
            return underlying.fullMulDiv(rate, 1e18);
        }
        Reading memory r = _read(asset, a, true, true);
        uint256 fresh = r.freshFeeds + (r.twap == 0 ? 0 : 1);
        if (fresh < a.requiredSources) revert OracleInsufficientSources(asset, fresh, a.requiredSources);
        price36 = fresh >= 3 ? _median(r) : _lowestFeed(r);
        if (r.twap != 0) price36 = price36.min(r.twap);
        if (r.ema != 0) price36 = price36.min(r.ema);
    }

    /// @inheritdoc IPriceOracle
    function liquidationPrice(address asset) external view returns (uint256 price36) {
        price36 = _liquidationPrice(asset, _known(asset));
        if (price36 == 0) revert OracleNoFreshSource(asset);
    }

    /// @inheritdoc IPriceOracle
    function liquidationPriceOrLast(address asset) external view returns (uint256 price36, bool fresh) {
        price36 = _liquidationPrice(asset, _known(asset));
        fresh = price36 != 0;
        if (!fresh) price36 = _snapshot[asset].lastValidPrice36;
    }

    /// @dev Zero: no fresh source.
    function _liquidationPrice(address asset, Asset storage a) private view returns (uint256) {
        if (!_sequencerUp()) return 0;
        if (a.kind == Kind.Share) {
            (FeedReader.Status status, uint256 rate) = _shareRate(asset, a);
            if (status != FeedReader.Status.Ok) return 0;
            uint256 underlying = a.link == quoteAsset ? 1e36 : _liquidationPrice(a.link, _asset[a.link]);
            return underlying.fullMulDiv(rate, 1e18);
        }
        Reading memory r = _read(asset, a, false, true);
        return _clamped(a, r, _snapshot[asset].divergenceStart);
    }

    /// @dev Feed (median of three sources or more) clamped to TWAP ± band.
    function _clamped(Asset storage a, Reading memory r, uint256 divergenceStart) private view returns (uint256 price) {
        if (r.freshFeeds == 0) return r.twap;
        price = _reference(r);
        if (r.twap == 0) return price;
        uint256 bandBps = a.bandBps;
        if (divergenceStart != 0) bandBps += ((block.timestamp - divergenceStart) * a.bandWidenBpsPerMinute) / 60;
        price = price.max(r.twap.fullMulDiv(uint256(1e4).zeroFloorSub(bandBps), 1e4));
        // The upper clamp lowers a price. Two feeds that confirm each other are believed instead: in March 2026 a cap of
        // this kind, left behind by the market, liquidated healthy accounts.
        if (!_feedsAgree(r)) price = price.min(r.twap.fullMulDiv(1e4 + bandBps, 1e4));
    }

    // --- memory ---------------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracle
    /// @dev A second poke within `MIN_POKE_INTERVAL` does nothing: averages advance with time, not with calls. The
    /// sample is the pool's mean since the last poke, so the moment of poking cannot be chosen to advantage.
    function poke(address asset) external {
        Asset storage a = _known(asset);
        Snapshot storage s = _snapshot[asset];
        if (block.timestamp - s.updatedAt < MIN_POKE_INTERVAL) return;
        if (a.kind == Kind.Share) {
            (FeedReader.Status status, uint256 rate) = _shareRate(asset, a);
            if (status == FeedReader.Status.Ok) {
                s.shareRate = uint216(rate);
                s.shareRateAt = uint40(block.timestamp);
            }
        } else {
            _pokeMarket(asset, a, s);
        }
        s.updatedAt = uint40(block.timestamp);
        uint256 price = _liquidationPrice(asset, a);
        if (price != 0) s.lastValidPrice36 = price;
        emit Poked(asset, s.twapTick, s.emaTickE6, s.divergenceStart, s.lastValidPrice36);
    }

    function _pokeMarket(address asset, Asset storage a, Snapshot storage s) private {
        uint8 broken;
        for (uint256 i; i < a.feedCount; ++i) if (!a.feeds[i].hasDecimals()) broken |= uint8(1 << i);
        s.brokenFeeds = broken;
        Reading memory r = _read(asset, a, false, false);
        s.hasTwap = r.isLive;
        if (r.isLive) s.twapTick = r.liveTick;

        (bool ok, int56 sampleE6) = _sample(a, s, r);
        if (ok) {
            if (!s.hasEma) {
                (s.hasEma, s.emaTickE6) = (true, sampleE6);
            } else {
                // x += (1 − e^(−Δt/τ))·(sample − x)
                uint256 elapsed = block.timestamp - s.updatedAt;
                int256 keptWad = FixedPointMathLib.expWad(-int256(elapsed.divWad(a.emaTimeConstant).min(40e18)));
                s.emaTickE6 += int56(((int256(sampleE6) - s.emaTickE6) * (1e18 - keptWad)) / 1e18);
            }
        }

        // Only a sample of both sources, in band, ends a divergence; silence of one does not.
        if (r.freshFeeds != 0 && r.twap != 0) {
            bool diverged = FixedPointMathLib.dist(_reference(r), r.twap) > r.twap.fullMulDiv(a.bandBps, 1e4);
            if (!diverged) s.divergenceStart = 0;
            else if (s.divergenceStart == 0) s.divergenceStart = uint40(block.timestamp);
        }
    }

    /// @dev What the slow average takes in: the pool's mean tick since the last poke (at most the TWAP window), or the
    /// feed where there is no pool.
    function _sample(Asset storage a, Snapshot storage s, Reading memory r) private view returns (bool, int56) {
        if (a.link != address(0)) {
            uint256 window = a.twapWindow;
            if (s.updatedAt != 0) window = window.min(block.timestamp - s.updatedAt);
            (bool ok, int24 tick) = UniswapTwap.meanTick(a.link, a.isToken0, uint32(window));
            if (ok) return (true, int56(tick) * 1e6);
        }
        if (r.freshFeeds == 0) return (false, 0);
        return (true, TickPrice.tickE6(_reference(r)));
    }

    // --- sources --------------------------------------------------------------------------------------------------

    /// @param forCredit True: the quote asset is valued at the highest of its feeds, and the EMA is wanted.
    /// @param mayReuse True: a recent snapshot of the TWAP may stand in for asking the pool.
    function _read(
        address asset,
        Asset storage a,
        bool forCredit,
        bool mayReuse
    ) private view returns (Reading memory r) {
        Snapshot storage s = _snapshot[asset];
        uint256 quoteWad = a.feedsInQuote || _quoteFeedCount == 0 ? 1e18 : _quoteWad(forCredit);
        uint256 brokenFeeds = s.brokenFeeds;
        for (uint256 i; i < a.feedCount; ++i) {
            uint256 priceWad;
            (r.status[i], priceWad, ) = a.feeds[i].read();
            if (brokenFeeds & (1 << i) != 0) r.status[i] = FeedReader.Status.WrongDecimals;
            if (r.status[i] != FeedReader.Status.Ok || quoteWad == 0) continue;
            // quote base units per asset base unit × 1e36
            r.feed[i] = priceWad.fullMulDiv(10 ** (36 + _quoteDecimals - a.decimals), quoteWad);
            if (r.feed[i] == 0)
                r.status[i] = FeedReader.Status.Invalid; // below the resolution of the scale
            else ++r.freshFeeds;
        }
        if (a.link != address(0)) {
            if (mayReuse && s.hasTwap && block.timestamp - s.updatedAt <= a.snapshotMaxAge) {
                r.twap = TickPrice.price36(s.twapTick);
            } else {
                (r.isLive, r.liveTick) = UniswapTwap.meanTick(a.link, a.isToken0, a.twapWindow);
                if (r.isLive) r.twap = TickPrice.price36(r.liveTick);
            }
        }
        if (forCredit && s.hasEma) r.ema = TickPrice.price36(int24(s.emaTickE6 / 1e6));
    }

    /// @dev The quote asset in the unit of the feeds. For credit the highest of its feeds: debt is never valued down.
    /// For health the first that is fresh. Zero: none is.
    function _quoteWad(bool forCredit) private view returns (uint256 quoteWad) {
        for (uint256 i; i < _quoteFeedCount; ++i) {
            (FeedReader.Status status, uint256 priceWad, ) = _quoteFeeds[i].read();
            if (status != FeedReader.Status.Ok) continue;
            quoteWad = quoteWad.max(priceWad);
            if (!forCredit) return quoteWad;
        }
    }

    function _shareRate(address share, Asset storage a) private view returns (FeedReader.Status, uint256) {
        (bool ok, bool isLocked, uint256 rate) = ShareRate.read(share);
        if (!ok) return (isLocked ? FeedReader.Status.Locked : FeedReader.Status.Reverted, 0);
        Snapshot storage s = _snapshot[share];
        return (
            FeedReader.Status.Ok,
            ShareRate.limited(rate, s.shareRate, block.timestamp - s.shareRateAt, a.maxRiseBpsPerDay)
        );
    }

    /// @dev Median of three sources or more, else the first feed that is fresh. At least one feed is.
    function _reference(Reading memory r) private pure returns (uint256) {
        if (r.freshFeeds + (r.twap == 0 ? 0 : 1) >= 3) return _median(r);
        for (uint256 i; ; ++i) if (r.feed[i] != 0) return r.feed[i];
        return 0; // unreachable
    }

    /// @dev Of all fresh sources; of an even number the lower of the two in the middle.
    function _median(Reading memory r) private pure returns (uint256) {
        uint256[] memory prices = new uint256[](MAX_FEEDS + 1);
        uint256 count;
        for (uint256 i; i < MAX_FEEDS; ++i) if (r.feed[i] != 0) prices[count++] = r.feed[i];
        if (r.twap != 0) prices[count++] = r.twap;
        assembly ("memory-safe") {
            mstore(prices, count)
        }
        LibSort.insertionSort(prices);
        return prices[(count - 1) / 2];
    }

    /// @dev type(uint256).max when no feed is fresh.
    function _lowestFeed(Reading memory r) private pure returns (uint256 lowest) {
        lowest = type(uint256).max;
        for (uint256 i; i < MAX_FEEDS; ++i) if (r.feed[i] != 0) lowest = lowest.min(r.feed[i]);
    }

    /// @dev At least two fresh feeds, and all of them within `AGREEMENT_BPS`.
    function _feedsAgree(Reading memory r) private pure returns (bool) {
        if (r.freshFeeds < 2) return false;
        uint256 highest;
        for (uint256 i; i < MAX_FEEDS; ++i) highest = highest.max(r.feed[i]);
        uint256 lowest = _lowestFeed(r);
        return highest - lowest <= lowest.fullMulDiv(AGREEMENT_BPS, 1e4);
    }

    function _known(address asset) private view returns (Asset storage a) {
        a = _asset[asset];
        if (a.kind == Kind.Unknown) revert OracleAssetUnknown(asset);
    }

    // --- sequencer ------------------------------------------------------------------------------------------------

    /// @dev Chainlink's uptime feed answers 0 while the sequencer is up, and since when. A feed that fails counts as down.
    function _sequencer() private view returns (bool up, uint256 since) {
        address feed = _sequencerFeed;
        if (feed == address(0)) return (true, 0);
        (bool ok, bytes memory data) = BoundedCall.read(
            feed,
            abi.encodeCall(IAggregatorV3.latestRoundData, ()),
            SEQUENCER_GAS,
            5
        );
        if (!ok || data.length < 160) return (false, 0);
        uint256 answer;
        assembly ("memory-safe") {
            answer := mload(add(data, 64))
            since := mload(add(data, 96))
        }
        // A round that never started is no answer either.
        up = answer == 0 && since != 0 && since <= block.timestamp;
    }

    function _sequencerUp() private view returns (bool up) {
        (up, ) = _sequencer();
    }

    function _requireSequencer() private view {
        (bool up, uint256 since) = _sequencer();
        if (!up) revert OracleSequencerDown();
        if (since != 0 && block.timestamp < since + _sequencerGrace) {
            revert OracleSequencerGrace(since + _sequencerGrace);
        }
    }

    // --- diagnostics ----------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracleAdmin
    function sourcesOf(address asset) external view returns (SourceStatus[] memory sources) {
        Asset storage a = _known(asset);
        bool up = _sequencerUp();
        if (a.kind == Kind.Share) {
            sources = new SourceStatus[](1);
            (FeedReader.Status status, uint256 rate) = _shareRate(asset, a);
            sources[0] = SourceStatus(up ? status : FeedReader.Status.SequencerDown, rate);
            return sources;
        }
        Reading memory r = _read(asset, a, false, false);
        sources = new SourceStatus[](a.feedCount + (a.link == address(0) ? 0 : 1));
        for (uint256 i; i < a.feedCount; ++i) {
            FeedReader.Status status = r.status[i];
            // The feed itself is well: it is the quote asset's price that is missing.
            if (status == FeedReader.Status.Ok && r.feed[i] == 0) status = FeedReader.Status.Absent;
            sources[i] = SourceStatus(up ? status : FeedReader.Status.SequencerDown, r.feed[i]);
        }
        if (a.link != address(0)) {
            sources[a.feedCount] = SourceStatus(
                r.twap == 0 ? FeedReader.Status.Reverted : FeedReader.Status.Ok,
                r.twap
            );
        }
    }

    /// @inheritdoc IPriceOracleAdmin
    function snapshotOf(
        address asset
    )
        external
        view
        returns (
            int24 twapTick,
            int56 emaTickE6,
            uint256 divergenceStart,
            uint256 updatedAt,
            uint256 brokenFeeds,
            uint256 lastValidPrice36
        )
    {
        Snapshot storage s = _snapshot[asset];
        return (s.twapTick, s.emaTickE6, s.divergenceStart, s.updatedAt, s.brokenFeeds, s.lastValidPrice36);
    }
}
