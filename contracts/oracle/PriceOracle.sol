// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceConditions} from "../interfaces/IPriceConditions.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {BoundedMath} from "../libraries/BoundedMath.sol";
import {PriceSelection} from "../libraries/PriceSelection.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
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
        Asset storage a = _known(asset);
        _requireSequencer();
        if (a.kind == Kind.Share) return _shareBorrowPrice(asset, a);
        Head memory h = _load(_snapshot[asset]);
        Reading memory r = _read(a, h, true, true);
        uint256 fresh = r.freshFeeds + (r.twap == 0 ? 0 : 1);
        if (fresh < a.requiredSources) revert OracleInsufficientSources(asset, fresh, a.requiredSources);
        price36 = fresh >= 3 ? PriceSelection.median(r.feeds, r.twap) : PriceSelection.lowest(r.feeds);
        if (r.twap != 0) price36 = price36.min(r.twap);
        uint256 ema = _emaPrice(h);
        if (ema != 0) price36 = price36.min(ema);
    }

    /// @dev Zero: there is none.
    function _emaPrice(Head memory h) private pure returns (uint256) {
        return h.hasEma ? TickPrice.price36(TickPrice.floorTick(int56(h.emaTickE6))) : 0;
    }

    function _shareBorrowPrice(address share, Asset storage a) private view returns (uint256 price36) {
        (FeedReader.Status status, uint256 rate) = _shareRate(share, a);
        if (status != FeedReader.Status.Ok) revert OracleShareUnavailable(share, status);
        uint256 underlying = a.link == quoteAsset ? 1e36 : borrowPrice(a.link);
        price36 = BoundedMath.mulDivOrZero(underlying, rate, 1e18);
        if (price36 == 0) revert OracleShareUnavailable(share, FeedReader.Status.Invalid);
    }

    /// @dev Also while the uptime feed does not answer: what cannot be known is not lent on.
    function _requireSequencer() private view {
        (SequencerFeed.State state, uint256 since) = SequencerFeed.read(_sequencerFeed);
        if (state == SequencerFeed.State.Down) revert OracleSequencerDown();
        if (state == SequencerFeed.State.Unknown) revert OracleSequencerUnknown();
        if (since != 0 && block.timestamp < since + _sequencerGrace) {
            revert OracleSequencerGrace(since + _sequencerGrace);
        }
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

    /// @inheritdoc IPriceOracle
    function poke(address asset) external {
        Asset storage a = _known(asset);
        (SequencerFeed.State state, ) = SequencerFeed.read(_sequencerFeed);
        if (_isDue(asset, state)) _remember(asset, a);
    }

    /// @inheritdoc IPriceConditions
    function pokeConditions(address asset) external returns (Conditions memory) {
        Asset storage a = _known(asset);
        (SequencerFeed.State state, uint256 since) = SequencerFeed.read(_sequencerFeed);
        if (!_isDue(asset, state)) return _conditions(asset, a, state, since);
        if (a.kind == Kind.Share) {
            _rememberShare(asset, a);
            return _conditions(asset, a, state, since);
        }
        // What was read just now is what `conditionsOf` would read again.
        (Reading memory r, Head memory h, uint256 price) = _rememberMarket(asset, a);
        return _market(a, r, h, price, 1e18, _sequencer(state, since));
    }

    /// @inheritdoc IPriceConditions
    /// @dev Of a share: those of its underlying, with all prices times its rate.
    function conditionsOf(address asset) external view returns (Conditions memory) {
        Asset storage a = _known(asset);
        (SequencerFeed.State state, uint256 since) = SequencerFeed.read(_sequencerFeed);
        return _conditions(asset, a, state, since);
    }

    function _conditions(
        address asset,
        Asset storage a,
        SequencerFeed.State state,
        uint256 since
    ) private view returns (Conditions memory c) {
        c = _sequencer(state, since);
        uint256 rate = 1e18;
        if (a.kind == Kind.Share) {
            (, rate) = _shareRate(asset, a);
            if (a.link == quoteAsset) {
                c.liquidationPrice36 = state == SequencerFeed.State.Down ? 0 : rate * 1e18;
                c.lendable = c.lendable && rate != 0;
                return c;
            }
            asset = a.link;
            a = _asset[asset];
        }
        Head memory h = _load(_snapshot[asset]);
        Reading memory r = _read(a, h, false, true);
        uint256 price = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        price = state == SequencerFeed.State.Down ? 0 : _clamped(a, r, price, h.divergenceStart);
        return _market(a, r, h, price, rate, c);
    }

    /// @dev What there is to say before any source is asked.
    function _sequencer(SequencerFeed.State state, uint256 since) private view returns (Conditions memory c) {
        bool isUp = state == SequencerFeed.State.Up;
        c.inGrace = isUp && since != 0 && block.timestamp < since + _sequencerGrace;
        c.lendable = isUp && !c.inGrace;
    }

    /// @param price Liquidation price, before the rate.
    /// @param rate Of a share; 1e18 for the market itself. [WAD]
    function _market(
        Asset storage a,
        Reading memory r,
        Head memory h,
        uint256 price,
        uint256 rate,
        Conditions memory c
    ) private view returns (Conditions memory) {
        c.lendable = c.lendable && rate != 0 && r.freshFeeds + (r.twap == 0 ? 0 : 1) >= a.requiredSources;
        c.liquidationPrice36 = price;
        c.feedPrice36 = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        c.twap36 = r.twap;
        c.ema36 = _emaPrice(h);
        if (rate == 1e18 && (price | c.twap36 | c.ema36) <= BoundedMath.MAX_PRICE36) return c;
        c.liquidationPrice36 = BoundedMath.mulDivOrZero(price, rate, 1e18);
        c.feedPrice36 = BoundedMath.mulDivOrZero(c.feedPrice36, rate, 1e18);
        c.twap36 = BoundedMath.mulDivOrZero(r.twap, rate, 1e18);
        c.ema36 = BoundedMath.mulDivOrZero(c.ema36, rate, 1e18);
        return c;
    }

    // --- diagnostics ----------------------------------------------------------------------------------------------

    /// @inheritdoc IPriceOracleAdmin
    function sourcesOf(address asset) external view returns (SourceStatus[] memory sources) {
        Asset storage a = _known(asset);
        (SequencerFeed.State state, ) = SequencerFeed.read(_sequencerFeed);
        sources = a.kind == Kind.Share ? _shareSources(asset, a) : _marketSources(asset, a, 0);
        if (state != SequencerFeed.State.Down) return sources;
        for (uint256 i; i < sources.length; ++i) sources[i].status = FeedReader.Status.SequencerDown;
    }

    function _shareSources(address share, Asset storage a) private view returns (SourceStatus[] memory sources) {
        Asset storage underlying = _asset[a.link];
        sources = underlying.kind == Kind.Market ? _marketSources(a.link, underlying, 1) : new SourceStatus[](1);
        (FeedReader.Status status, uint256 rate) = _shareRate(share, a);
        sources[0] = SourceStatus(share, status, rate * 1e18, rate == 0 ? 0 : block.timestamp);
    }

    /// @param skipped Entries left free at the front.
    function _marketSources(
        address asset,
        Asset storage a,
        uint256 skipped
    ) private view returns (SourceStatus[] memory sources) {
        Reading memory r = _read(a, _load(_snapshot[asset]), false, false);
        uint256 feedCount = a.feedCount;
        sources = new SourceStatus[](skipped + feedCount + (a.twapWindow == 0 ? 0 : 1));
        for (uint256 i; i < feedCount; ++i) {
            sources[skipped + i] = SourceStatus(a.feeds[i].source, r.status[i], r.feeds[i], r.updatedAt[i]);
        }
        if (a.twapWindow == 0) return sources;
        bool ok = r.twap != 0;
        FeedReader.Status status =
            ok
                ? FeedReader.Status.Ok
                : r.isLive
                    ? FeedReader.Status.Invalid
                    : FeedReader.Status.Reverted;
        sources[skipped + feedCount] = SourceStatus(a.link, status, r.twap, ok ? block.timestamp : 0);
    }

    /// @inheritdoc IPriceOracleAdmin
    function snapshotOf(address asset) external view returns (SnapshotView memory) {
        _known(asset);
        Snapshot storage s = _snapshot[asset];
        return
            SnapshotView({
                hasTwap: s.hasTwap,
                twapTick: s.twapTick,
                emaTickE6: s.emaTickE6,
                divergenceStart: s.divergenceStart,
                updatedAt: s.updatedAt,
                brokenFeeds: s.brokenFeeds,
                lastValidPrice36: s.lastValidPrice36,
                lastValidAt: s.lastValidAt,
                shareRateE18: s.shareRate,
                shareRateAt: s.shareRateAt
            });
    }
}
