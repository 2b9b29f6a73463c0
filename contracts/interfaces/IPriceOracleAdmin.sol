// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FeedReader} from "../oracle/FeedReader.sol";

/// @title Configuration and diagnostics of the price oracle
interface IPriceOracleAdmin {
    struct FeedInput {
        address source;
        uint32 heartbeat; // [s] oldest answer accepted
    }

    /// @dev A traded asset: one to three feeds, or a Uniswap v3 pool against the quote asset, or both.
    struct MarketInput {
        FeedInput[] feeds;
        bool feedsInQuote; // true: the feeds answer in the quote asset itself; false: in the unit of the quote's own feeds
        address twapPool; // 0: none
        uint32 twapWindow; // [s, 60..86 400]
        uint32 snapshotMaxAge; // [s, 0..3600] how long a poked TWAP is used instead of asking the pool
        uint32 emaTimeConstant; // [s, 600..604 800] τ of the slow average
        uint16 bandBps; // [bps, 10..5000] how far feed and TWAP may part before the clamp acts
        uint16 bandWidenBpsPerMinute; // [bps per minute, 1..5000]
        uint8 requiredSources; // fresh sources without which nothing may be borrowed
    }

    /// @dev One source as it stands now.
    struct SourceStatus {
        address source; // feed, Uniswap pool or vault
        FeedReader.Status status;
        uint256 price36; // in the quote asset; of a vault in its underlying, limited in its rise; 0: none
        uint256 updatedAt; // [unix s] as a feed says; TWAP and vault: now; 0: unknown
    }

    /// @dev What `poke` remembered.
    struct SnapshotView {
        bool hasTwap;
        int24 twapTick; // in quote per asset, valid at `updatedAt`
        int56 emaTickE6; // slow average. [ticks × 1e6]
        uint256 divergenceStart; // [unix s] 0: feed and TWAP agree
        uint256 updatedAt; // [unix s]
        uint256 brokenFeeds; // bit i: feed i answered other decimals than configured; bit 3 + i: the quote's feed i
        uint256 lastValidPrice36;
        uint256 lastValidAt; // [unix s]
        uint256 shareRateE18; // [asset base units per 1e18 shares] 0: not a share
        uint256 shareRateAt; // [unix s]
    }

    event MarketConfigured(address indexed asset, MarketInput config);
    event ShareConfigured(address indexed share, address indexed underlying, uint256 maxRiseBpsPerDay);
    event QuoteConfigured(FeedInput[] feeds);
    event SequencerConfigured(address feed, uint256 graceSeconds);
    /// @param head What is remembered from now on, in one word: its bits are those of `OracleStorage.Head`, and `snapshotOf`
    /// tells them apart.
    event Poked(address indexed asset, uint256 head);

    event FeedAccepted(address indexed feed, string description, uint256 decimals, uint256 priceWad);

    error OracleConfigInvalid(bytes32 parameter, uint256 value);
    error OracleFeedRejected(address feed, FeedReader.Status status);
    error OracleTwapUnavailable(address pool, uint256 window);
    error OracleShareUnavailable(address share, FeedReader.Status status);
    /// @dev Two sources of one asset are too far apart to mean the same. [36-decimal scale; of the quote asset WAD]
    error OracleSourcesDisagree(address asset, uint256 lowest, uint256 highest);
    error OracleSequencerDown();
    /// @dev The uptime feed does not answer.
    error OracleSequencerUnknown();
    error OracleSequencerGrace(uint256 until);

    /// @notice A traded asset. Starts its averages anew and pokes it.
    function setMarket(address asset, MarketInput calldata config) external;

    /// @notice An ERC-4626 share, priced at its underlying (a configured market, or the quote asset) times its rate.
    /// @param maxRiseBpsPerDay How fast the rate may rise. [bps per day, 1..1000]
    function setShare(address share, uint16 maxRiseBpsPerDay) external;

    /// @notice Feeds of the quote asset in the unit that the other feeds share (USD). Without any, feeds of markets that
    /// are not `feedsInQuote` are of no use: they read as `QuoteUnavailable`.
    function setQuoteFeeds(FeedInput[] calldata feeds) external;

    /// @notice L2 sequencer-uptime feed (0: none) and how long borrowing stays closed after an outage. [s, 0..86 400]
    function setSequencer(address feed, uint32 graceSeconds) external;

    /// @notice Every source of an asset as it stands now: feeds in order, then the TWAP; of a share its rate, then the
    /// sources of its underlying. Never reverts for a source's sake.
    function sourcesOf(address asset) external view returns (SourceStatus[] memory);

    /// @notice What `poke` remembered.
    function snapshotOf(address asset) external view returns (SnapshotView memory);
}
