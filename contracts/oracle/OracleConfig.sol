// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {FeedReader} from "./FeedReader.sol";
import {ShareRate} from "./ShareRate.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title Storage and configuration of the price oracle
/// @notice Every source must answer properly at the moment it is configured: a wrong address, wrong side of a pool or
/// wrong decimals is refused here, not found out in a crash.
abstract contract OracleConfig is AccessManaged, IPriceOracle, IPriceOracleAdmin {
    using FeedReader for FeedReader.Feed;

    uint256 internal constant MAX_FEEDS = 3;

    enum Kind {
        Unknown,
        Market,
        Share
    }

    /// @dev First slot: 1+1+1+1+1+1+2+2+2+4+4+4 = 24. Second: 20. Then one slot a feed.
    struct Asset {
        Kind kind;
        uint8 decimals;
        uint8 feedCount;
        uint8 requiredSources;
        bool feedsInQuote;
        bool isToken0;
        uint16 bandBps;
        uint16 bandWidenBpsPerMinute;
        uint16 maxRiseBpsPerDay;
        uint32 twapWindow;
        uint32 snapshotMaxAge;
        uint32 emaTimeConstant;
        address link; // market: Uniswap pool; share: underlying
        FeedReader.Feed[MAX_FEEDS] feeds;
    }

    /// @dev First slot: 3+7+5+5+1+1+1 = 23. Second: last valid price. Third: share rate 27+5 = 32.
    struct Snapshot {
        int24 twapTick;
        int56 emaTickE6;
        uint40 divergenceStart; // [unix s] 0: feed and TWAP agree
        uint40 updatedAt; // [unix s] 0: never
        uint8 brokenFeeds; // bit i: feed i answered other decimals than configured
        bool hasTwap; // `twapTick` was read at `updatedAt`
        bool hasEma;
        uint256 lastValidPrice36;
        uint216 shareRate;
        uint40 shareRateAt; // [unix s]
    }

    /// @inheritdoc IPriceOracle
    address public immutable quoteAsset;
    uint8 internal immutable _quoteDecimals;

    mapping(address asset => Asset) internal _asset;
    mapping(address asset => Snapshot) internal _snapshot;
    FeedReader.Feed[MAX_FEEDS] internal _quoteFeeds;
    uint8 internal _quoteFeedCount;
    address internal _sequencerFeed;
    uint32 internal _sequencerGrace;

    constructor(address quoteAsset_, address authority_) AccessManaged(authority_) {
        quoteAsset = quoteAsset_;
        _quoteDecimals = IERC20Metadata(quoteAsset_).decimals();
        _require(_quoteDecimals <= 27, "quoteDecimals", _quoteDecimals);
    }

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

        delete _asset[asset];
        delete _snapshot[asset];
        Asset storage a = _asset[asset];
        a.kind = Kind.Market;
        a.decimals = IERC20Metadata(asset).decimals();
        _require(a.decimals <= 27, "decimals", a.decimals);
        a.feedCount = uint8(config.feeds.length);
        a.requiredSources = config.requiredSources;
        a.feedsInQuote = config.feedsInQuote;
        a.bandBps = config.bandBps;
        a.bandWidenBpsPerMinute = config.bandWidenBpsPerMinute;
        a.snapshotMaxAge = config.snapshotMaxAge;
        a.emaTimeConstant = config.emaTimeConstant;
        for (uint256 i; i < config.feeds.length; ++i) a.feeds[i] = _checkedFeed(config.feeds[i]);
        if (config.twapPool != address(0)) {
            a.isToken0 = _checkedPool(asset, config.twapPool, config.twapWindow);
            a.link = config.twapPool;
            a.twapWindow = config.twapWindow;
        }
        emit MarketConfigured(asset, config);
    }

    /// @inheritdoc IPriceOracleAdmin
    function setShare(address share, uint16 maxRiseBpsPerDay) external restricted {
        address underlying = IERC4626(share).asset();
        _require(underlying == quoteAsset || _asset[underlying].kind == Kind.Market, "underlying", uint160(underlying));
        _require(maxRiseBpsPerDay >= 1 && maxRiseBpsPerDay <= 1_000, "maxRiseBpsPerDay", maxRiseBpsPerDay);
        (bool ok, bool isLocked, uint256 rate) = ShareRate.read(share);
        if (!ok) {
            revert OracleShareUnavailable(share, isLocked ? FeedReader.Status.Locked : FeedReader.Status.Reverted);
        }
        delete _asset[share];
        delete _snapshot[share];
        Asset storage a = _asset[share];
        a.kind = Kind.Share;
        a.decimals = IERC20Metadata(share).decimals();
        a.link = underlying;
        a.maxRiseBpsPerDay = maxRiseBpsPerDay;
        _snapshot[share].shareRate = uint216(rate);
        _snapshot[share].shareRateAt = uint40(block.timestamp);
        emit ShareConfigured(share, underlying, maxRiseBpsPerDay);
    }

    /// @inheritdoc IPriceOracleAdmin
    function setQuoteFeeds(FeedInput[] calldata feeds) external restricted {
        _require(feeds.length <= MAX_FEEDS, "feeds", feeds.length);
        _quoteFeedCount = uint8(feeds.length);
        for (uint256 i; i < MAX_FEEDS; ++i) {
            if (i < feeds.length) _quoteFeeds[i] = _checkedFeed(feeds[i]);
            else delete _quoteFeeds[i];
        }
        emit QuoteConfigured(feeds);
    }

    /// @inheritdoc IPriceOracleAdmin
    function setSequencer(address feed, uint32 graceSeconds) external restricted {
        _require(graceSeconds <= 1 days, "graceSeconds", graceSeconds);
        if (feed != address(0)) IAggregatorV3(feed).latestRoundData();
        _sequencerFeed = feed;
        _sequencerGrace = graceSeconds;
        emit SequencerConfigured(feed, graceSeconds);
    }

    function _checkedFeed(FeedInput calldata input) private view returns (FeedReader.Feed memory feed) {
        _require(input.heartbeat >= 60 && input.heartbeat <= 7 days, "heartbeat", input.heartbeat);
        uint8 decimals = IAggregatorV3(input.source).decimals();
        _require(decimals <= 18, "feedDecimals", decimals);
        feed = FeedReader.Feed(input.source, input.heartbeat, decimals);
        (FeedReader.Status status, , ) = feed.read();
        if (status != FeedReader.Status.Ok) revert OracleFeedRejected(input.source, status);
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

    function _require(bool condition, bytes32 parameter, uint256 value) private pure {
        if (!condition) revert OracleConfigInvalid(parameter, value);
    }
}
