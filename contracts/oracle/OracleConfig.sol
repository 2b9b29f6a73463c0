// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {AssetWord, AssetWordLib} from "./AssetWord.sol";
import {FeedReader} from "./FeedReader.sol";
import {OracleMemory} from "./OracleMemory.sol";
import {SequencerFeed} from "./SequencerFeed.sol";
import {ShareRate} from "./ShareRate.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title Configuration of the price oracle
/// @notice Every source must answer properly at the moment it is configured, and all sources of an asset must roughly
/// agree: a wrong address, wrong side of a pool, missing leg or wrong decimals is refused here, not found out in a crash
/// (Moonwell 2026, Morpho PAXG).
abstract contract OracleConfig is AccessManaged, OracleMemory {
    using FeedReader for FeedReader.Feed;

    /// @notice How far the sources of one asset may be apart when it is configured. [bps of the lowest]
    uint256 public constant MAX_CONFIG_SPREAD_BPS = 2_000;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IPriceOracleAdmin
    function setMarket(address asset, MarketInput calldata config) external restricted {
        _require(asset != quoteAsset, "asset", uint160(asset));
        _require(config.feeds.length <= MAX_FEEDS, "feeds", config.feeds.length);
        uint256 sources = config.feeds.length + (config.twapPool == address(0) ? 0 : 1);
        _require(
            config.requiredSources > 0 && config.requiredSources <= sources,
            "requiredSources",
            config.requiredSources
        );
        _require(config.bandBps >= 10 && config.bandBps <= 5_000, "bandBps", config.bandBps);
        _require(
            config.bandWidenBpsPerMinute >= 1 && config.bandWidenBpsPerMinute <= 5_000,
            "bandWidenBpsPerMinute",
            config.bandWidenBpsPerMinute
        );
        _require(
            config.emaTimeConstant >= 10 minutes && config.emaTimeConstant <= 7 days,
            "emaTimeConstant",
            config.emaTimeConstant
        );
        _require(config.snapshotMaxAge <= 1 hours, "snapshotMaxAge", config.snapshotMaxAge);

        _require(
            config.feeds.length == 0 || config.feedsInQuote || _quoteFeedCount != 0,
            "quoteFeeds",
            _quoteFeedCount
        );

        uint256 divergenceStart = _load(asset).divergenceStart;
        Asset storage a = _renew(asset);
        AssetWordLib.Market memory m;
        m.decimals = IERC20Metadata(asset).decimals();
        _require(m.decimals <= 27, "decimals", m.decimals);
        m.feedCount = config.feeds.length;
        m.requiredSources = config.requiredSources;
        m.feedsInQuote = config.feedsInQuote;
        m.bandBps = config.bandBps;
        m.bandWidenBpsPerMinute = config.bandWidenBpsPerMinute;
        m.snapshotMaxAge = config.snapshotMaxAge;
        m.emaTimeConstant = config.emaTimeConstant;
        for (uint256 i; i < config.feeds.length; ++i) (a.feeds[i], ) = _checkedFeed(config.feeds[i]);
        if (config.twapPool != address(0)) {
            m.isToken0 = _checkedPool(asset, config.twapPool, config.twapWindow);
            m.pool = config.twapPool;
            m.twapWindow = config.twapWindow;
        }
        AssetWord w = _withShared(AssetWordLib.ofMarket(m));
        a.word = w;
        Head memory h;
        _requireAgreement(asset, a, w, h);
        emit MarketConfigured(asset, config);
        // The averages begin here. A running divergence goes on, unless the new sources agree.
        h.divergenceStart = divergenceStart;
        Reading memory r;
        _rememberMarket(asset, a, w, h, r, 0);
    }

    /// @dev With what is the same of all assets.
    function _withShared(AssetWord w) private view returns (AssetWord) {
        return w.withSequencer(_sequencerFeed != address(0)).withQuoteFeeds(_quoteFeedCount);
    }

    /// @dev Nothing is left of what was configured and remembered of an asset.
    function _renew(address asset) private returns (Asset storage a) {
        a = _asset[asset];
        if (a.word.isUnknown()) _assets.push(asset);
        delete _asset[asset];
        delete _snapshot[asset];
    }

    /// @inheritdoc IPriceOracleAdmin
    function setShare(address share, uint16 maxRiseBpsPerDay) external restricted {
        _require(share != quoteAsset, "asset", uint160(share));
        address underlying = IERC4626(share).asset();
        _require(underlying == quoteAsset || _asset[underlying].word.isMarket(), "underlying", uint160(underlying));
        _require(maxRiseBpsPerDay >= 1 && maxRiseBpsPerDay <= 1_000, "maxRiseBpsPerDay", maxRiseBpsPerDay);
        (FeedReader.Status status, uint256 rate) = ShareRate.read(share);
        if (status != FeedReader.Status.Ok) revert OracleShareUnavailable(share, status);
        _require(rate >= ShareRate.MIN_RATE, "shareRate", rate);

        Asset storage a = _renew(share);
        AssetWord w = _withShared(AssetWordLib.ofShare(underlying, maxRiseBpsPerDay));
        a.word = w;
        emit ShareConfigured(share, underlying, maxRiseBpsPerDay);
        _snapshot[share].shareRate = uint216(rate);
        _snapshot[share].shareRateAt = uint40(block.timestamp);
        Head memory h;
        _rememberShare(share, a, w, h);
    }

    /// @inheritdoc IPriceOracleAdmin
    function setQuoteFeeds(FeedInput[] calldata feeds) external restricted {
        _require(feeds.length <= MAX_FEEDS, "feeds", feeds.length);
        _quoteFeedCount = uint8(feeds.length);
        uint256 lowest = type(uint256).max;
        uint256 highest;
        for (uint256 i; i < MAX_FEEDS; ++i) {
            if (i >= feeds.length) {
                delete _quoteFeeds[i];
                continue;
            }
            uint256 priceWad;
            (_quoteFeeds[i], priceWad) = _checkedFeed(feeds[i]);
            if (priceWad < lowest) lowest = priceWad;
            if (priceWad > highest) highest = priceWad;
        }
        _requireSpread(quoteAsset, lowest, highest);
        for (uint256 i; i < _assets.length; ++i) {
            Asset storage a = _asset[_assets[i]];
            a.word = a.word.withQuoteFeeds(feeds.length);
            a.feeds[0].note = 0;
        }
        emit QuoteConfigured(feeds);
    }

    /// @inheritdoc IPriceOracleAdmin
    function setSequencer(address feed, uint32 graceSeconds) external restricted {
        _require(graceSeconds <= 1 days, "graceSeconds", graceSeconds);
        (SequencerFeed.State state, ) = SequencerFeed.read(feed);
        if (state == SequencerFeed.State.Unknown) revert OracleFeedRejected(feed, FeedReader.Status.Invalid);
        _sequencerFeed = feed;
        _sequencerGrace = graceSeconds;
        for (uint256 i; i < _assets.length; ++i) {
            Asset storage a = _asset[_assets[i]];
            a.word = a.word.withSequencer(feed != address(0));
        }
        emit SequencerConfigured(feed, graceSeconds);
    }

    /// @dev Reads `decimals` and `description` as plain calls: a feed that cannot answer them is not one.
    function _checkedFeed(
        FeedInput calldata input
    ) internal virtual returns (FeedReader.Feed memory feed, uint256 priceWad) {
        _require(input.heartbeat >= 60 && input.heartbeat <= 7 days, "heartbeat", input.heartbeat);
        uint8 decimals = IAggregatorV3(input.source).decimals();
        _require(decimals <= 18, "feedDecimals", decimals);
        feed = FeedReader.Feed(input.source, input.heartbeat, decimals, 0);
        FeedReader.Status status;
        (status, priceWad, ) = feed.read();
        if (status != FeedReader.Status.Ok) revert OracleFeedRejected(input.source, status);
        emit FeedAccepted(input.source, IAggregatorV3(input.source).description(), decimals, priceWad);
    }

    /// @dev Every source has a price, and all prices are of one order.
    function _requireAgreement(address asset, Asset storage a, AssetWord w, Head memory h) private view {
        Reading memory r = _read(a, w, h, false, false);
        uint256 window = w.twapWindow();
        if (window != 0 && r.twap == 0) revert OracleTwapUnavailable(w.link(), window);
        uint256 lowest = window == 0 ? type(uint256).max : r.twap;
        uint256 highest = r.twap;
        uint256 quoteWad = _quoteWad(w, h, false);
        for (uint256 i; i < w.feedCount(); ++i) {
            (FeedReader.Status status, , ) = _readFeed(a, w, h, i, quoteWad);
            if (status != FeedReader.Status.Ok) revert OracleFeedRejected(a.feeds[i].source, status);
            if (r.feeds[i] < lowest) lowest = r.feeds[i];
            if (r.feeds[i] > highest) highest = r.feeds[i];
        }
        _requireSpread(asset, lowest, highest);
    }

    function _requireSpread(address asset, uint256 lowest, uint256 highest) internal pure virtual {
        if (highest > lowest && (highest - lowest) * 1e4 > lowest * MAX_CONFIG_SPREAD_BPS) {
            revert OracleSourcesDisagree(asset, lowest, highest);
        }
    }

    function _checkedPool(address asset, address pool, uint32 window) private view returns (bool isToken0) {
        _require(window >= 1 minutes && window <= 1 days, "twapWindow", window);
        address token0 = IUniswapV3Pool(pool).token0();
        address token1 = IUniswapV3Pool(pool).token1();
        isToken0 = token0 == asset;
        _require((isToken0 ? token1 : token0) == quoteAsset, "twapPool", uint160(pool));
        _require(isToken0 || token1 == asset, "twapPool", uint160(pool));
        (bool ok, ) = UniswapTwap.meanTick(pool, isToken0, window);
        if (!ok) revert OracleTwapUnavailable(pool, window);
    }
}
