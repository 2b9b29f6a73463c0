// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceConditions, MEAN_MAY_WAIT} from "../interfaces/IPriceConditions.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {BoundedMath} from "../libraries/BoundedMath.sol";
import {PriceSelection} from "../libraries/PriceSelection.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {AssetWord} from "./AssetWord.sol";
import {FeedReader} from "./FeedReader.sol";
import {OracleConfig} from "./OracleConfig.sol";
import {OracleStorage} from "./OracleStorage.sol";
import {SequencerFeed} from "./SequencerFeed.sol";

/// @title Prices from feeds and time-weighted averages
/// @notice Two prices: a conservative one to lend on, and one to judge health by. The first is the lowest of what is
/// known. The second follows the feed, but not further than a band around the TWAP; the band widens while they disagree,
/// so that a crash is followed within minutes and a wick is not.
contract PriceOracle is OracleConfig, IPriceConditions {
    using FixedPointMathLib for uint256;

    constructor(address quoteAsset_, address authority_) OracleStorage(quoteAsset_) OracleConfig(authority_) {}

    // --- prices ---------------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracle
    /// @dev The slow average is the one of the last poke, however old: it can only lower the price, so that without
    /// pokes this is still at most the lower of feed and TWAP. What is lost when nobody pokes is the memory of a dip that
    /// came and went in between. `setMarket` starts the average, so that there always is one.
    function borrowPrice(address asset) public view returns (uint256 price36) {
        (Asset storage a, AssetWord w) = _known(asset);
        _requireSequencer(w);
        if (w.isShare()) return _shareBorrowPrice(asset, w);
        Head memory h = _load(asset);
        Reading memory r = _read(a, w, h, true, true);
        uint256 fresh = r.freshFeeds + (r.twap == 0 ? 0 : 1);
        uint256 required = w.requiredSources();
        if (fresh < required) revert OracleInsufficientSources(asset, fresh, required);
        price36 = fresh >= 3 ? PriceSelection.median(r.feeds, r.twap) : PriceSelection.lowest(r.feeds);
        if (r.twap != 0) price36 = price36.min(r.twap);
        uint256 ema = _emaPrice(h);
        if (ema != 0) price36 = price36.min(ema);
    }

    /// @dev Zero: there is none.
    function _emaPrice(Head memory h) private pure returns (uint256) {
        return h.hasEma ? TickPrice.price36(TickPrice.floorTick(int56(h.emaTickE6))) : 0;
    }

    function _shareBorrowPrice(address share, AssetWord w) private view returns (uint256 price36) {
        (FeedReader.Status status, uint256 rate) = _shareRate(share, w);
        if (status != FeedReader.Status.Ok) revert OracleShareUnavailable(share, status);
        uint256 underlying = w.link() == quoteAsset ? 1e36 : borrowPrice(w.link());
        price36 = BoundedMath.mulDivOrZero(underlying, rate, 1e18);
        if (price36 == 0) revert OracleShareUnavailable(share, FeedReader.Status.Invalid);
    }

    /// @dev Also while the uptime feed does not answer: what cannot be known is not lent on.
    function _requireSequencer(AssetWord w) private view {
        (SequencerFeed.State state, uint256 since) = _readSequencer(w);
        if (state == SequencerFeed.State.Down) revert OracleSequencerDown();
        if (state == SequencerFeed.State.Unknown) revert OracleSequencerUnknown();
        if (since != 0 && block.timestamp < since + _sequencerGrace) {
            revert OracleSequencerGrace(since + _sequencerGrace);
        }
    }

    /// @inheritdoc IPriceOracle
    function liquidationPrice(address asset) external view returns (uint256 price36) {
        (Asset storage a, AssetWord w) = _known(asset);
        price36 = _liquidationPrice(asset, a, w);
        if (price36 == 0) revert OracleNoFreshSource(asset);
    }

    /// @inheritdoc IPriceOracle
    function liquidationPriceOrLast(address asset) external view returns (uint256 price36, bool fresh) {
        (Asset storage a, AssetWord w) = _known(asset);
        price36 = _liquidationPrice(asset, a, w);
        fresh = price36 != 0;
        if (!fresh) price36 = _load(asset).lastValidPrice36;
    }

    /// @inheritdoc IPriceOracle
    function poke(address asset) external {
        (Asset storage a, AssetWord w) = _known(asset);
        (SequencerFeed.State state, ) = _readSequencer(w);
        Head memory h = _load(asset);
        if (_isDue(h, state)) _remember(asset, a, w, h);
    }

    /// @inheritdoc IPriceConditions
    function pokeConditions(address asset, uint256 mayWait) external returns (Conditions memory c) {
        (Asset storage a, AssetWord w) = _known(asset);
        (SequencerFeed.State state, uint256 since) = _readSequencer(w);
        Head memory h = _load(asset);
        if (!_isDue(h, state)) return _conditions(asset, a, w, state, since);
        if (w.isShare()) {
            _rememberShare(asset, a, w, h);
            return _conditions(asset, a, w, state, since);
        }
        // What was read just now is what `conditionsOf` would read again.
        Reading memory r;
        uint256 quoted = mayWait & MEAN_MAY_WAIT != 0 ? _recall(a, w, h, r, mayWait) : 0;
        uint256 price = quoted; // in the band
        if (quoted == 0) (price, quoted) = _rememberMarket(asset, a, w, h, r, mayWait);
        _judge(c, state, since);
        _market(w, r, h, price, quoted, 1e18, c);
        c.errandDue = r.isQuoteDue || (h.decimalsDue && w.quoteFeedCount() != 0);
    }

    /// @inheritdoc IPriceConditions
    /// @dev Of a share: those of its underlying, with all prices times its rate.
    function conditionsOf(address asset) external view returns (Conditions memory) {
        (Asset storage a, AssetWord w) = _known(asset);
        (SequencerFeed.State state, uint256 since) = _readSequencer(w);
        return _conditions(asset, a, w, state, since);
    }

    function _conditions(
        address asset,
        Asset storage a,
        AssetWord w,
        SequencerFeed.State state,
        uint256 since
    ) private view returns (Conditions memory c) {
        _judge(c, state, since);
        uint256 rate = 1e18;
        if (w.isShare()) {
            (, rate) = _shareRate(asset, w);
            asset = w.link();
            if (asset == quoteAsset) {
                c.liquidationPrice36 = state == SequencerFeed.State.Down ? 0 : rate * 1e18;
                c.lendable = c.lendable && rate != 0;
                return c;
            }
            a = _asset[asset];
            w = a.word;
        }
        Head memory h = _load(asset);
        Reading memory r = _read(a, w, h, false, true);
        uint256 quoted = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        uint256 price = state == SequencerFeed.State.Down ? 0 : _clamped(w, r, quoted, h.divergenceStart);
        _market(w, r, h, price, quoted, rate, c);
    }

    /// @dev What there is to say before any source is asked.
    function _judge(Conditions memory c, SequencerFeed.State state, uint256 since) private view {
        bool isUp = state == SequencerFeed.State.Up;
        c.inGrace = isUp && since != 0 && block.timestamp < since + _sequencerGrace;
        c.lendable = isUp && !c.inGrace;
    }

    /// @param price Liquidation price, before the rate.
    /// @param quoted `PriceSelection.referencePrice` of the reading.
    /// @param rate Of a share; 1e18 for the market itself. [WAD]
    function _market(
        AssetWord w,
        Reading memory r,
        Head memory h,
        uint256 price,
        uint256 quoted,
        uint256 rate,
        Conditions memory c
    ) private pure {
        unchecked {
            uint256 fresh = r.freshFeeds + (r.twap == 0 ? 0 : 1); // four at most
            c.lendable = c.lendable && rate != 0 && fresh >= w.requiredSources();
        }
        c.liquidationPrice36 = price;
        c.feedPrice36 = quoted;
        c.twap36 = r.twap;
        c.ema36 = _emaPrice(h);
        if (rate == 1e18 && (price | c.twap36 | c.ema36) <= BoundedMath.MAX_PRICE36) return;
        c.liquidationPrice36 = BoundedMath.mulDivOrZero(price, rate, 1e18);
        c.feedPrice36 = BoundedMath.mulDivOrZero(c.feedPrice36, rate, 1e18);
        c.twap36 = BoundedMath.mulDivOrZero(r.twap, rate, 1e18);
        c.ema36 = BoundedMath.mulDivOrZero(c.ema36, rate, 1e18);
    }

    // --- diagnostics ----------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracleAdmin
    function sourcesOf(address asset) external view returns (SourceStatus[] memory sources) {
        (Asset storage a, AssetWord w) = _known(asset);
        (SequencerFeed.State state, ) = _readSequencer(w);
        sources = w.isShare() ? _shareSources(asset, w) : _marketSources(asset, a, w, 0);
        if (state != SequencerFeed.State.Down) return sources;
        for (uint256 i; i < sources.length; ++i) sources[i].status = FeedReader.Status.SequencerDown;
    }

    function _shareSources(address share, AssetWord w) private view returns (SourceStatus[] memory sources) {
        Asset storage underlying = _asset[w.link()];
        AssetWord u = underlying.word;
        sources = u.isMarket() ? _marketSources(w.link(), underlying, u, 1) : new SourceStatus[](1);
        (FeedReader.Status status, uint256 rate) = _shareRate(share, w);
        sources[0] = SourceStatus(share, status, rate * 1e18, rate == 0 ? 0 : block.timestamp);
    }

    /// @param skipped Entries left free at the front.
    function _marketSources(
        address asset,
        Asset storage a,
        AssetWord w,
        uint256 skipped
    ) private view returns (SourceStatus[] memory sources) {
        Head memory h = _load(asset);
        Reading memory r = _read(a, w, h, false, false);
        uint256 quoteWad = _quoteWad(w, h, false);
        uint256 feedCount = w.feedCount();
        sources = new SourceStatus[](skipped + feedCount + (w.twapWindow() == 0 ? 0 : 1));
        for (uint256 i; i < feedCount; ++i) {
            (FeedReader.Status status, uint256 price, uint256 updatedAt) = _readFeed(a, w, h, i, quoteWad);
            sources[skipped + i] = SourceStatus(a.feeds[i].source, status, price, updatedAt);
        }
        if (w.twapWindow() == 0) return sources;
        bool ok = r.twap != 0;
        FeedReader.Status ofTwap =
            ok
                ? FeedReader.Status.Ok
                : r.isLive
                    ? FeedReader.Status.Invalid
                    : FeedReader.Status.Reverted;
        sources[skipped + feedCount] = SourceStatus(w.link(), ofTwap, r.twap, ok ? block.timestamp : 0);
    }

    /// @inheritdoc IPriceOracleAdmin
    function snapshotOf(address asset) external view returns (SnapshotView memory) {
        _known(asset);
        Head memory h = _load(asset);
        Snapshot storage s = _snapshot[asset];
        return
            SnapshotView({
                hasTwap: h.hasTwap,
                twapTick: int24(h.twapTick),
                emaTickE6: int56(h.emaTickE6),
                divergenceStart: h.divergenceStart,
                updatedAt: h.updatedAt,
                brokenFeeds: h.brokenFeeds,
                lastValidPrice36: h.lastValidPrice36,
                lastValidAt: _lastValidAt(h),
                shareRateE18: s.shareRate,
                shareRateAt: s.shareRateAt
            });
    }
}
