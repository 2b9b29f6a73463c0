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

    struct SourceStatus {
        FeedReader.Status status;
        uint256 price36;
    }

    event MarketConfigured(address indexed asset, MarketInput config);
    event ShareConfigured(address indexed share, address indexed underlying, uint256 maxRiseBpsPerDay);
    event QuoteConfigured(FeedInput[] feeds);
    event SequencerConfigured(address feed, uint256 graceSeconds);
    event Poked(
        address indexed asset,
        int24 twapTick,
        int56 emaTickE6,
        uint256 divergenceStart,
        uint256 lastValidPrice36
    );

    error OracleConfigInvalid(bytes32 parameter, uint256 value);
    error OracleFeedRejected(address feed, FeedReader.Status status);
    error OracleTwapUnavailable(address pool, uint256 window);
    error OracleShareUnavailable(address share, FeedReader.Status status);
    error OracleSequencerDown();
    error OracleSequencerGrace(uint256 until);

    function setMarket(address asset, MarketInput calldata config) external;

    /// @notice An ERC-4626 share, priced at its underlying (a configured market, or the quote asset) times its rate.
    function setShare(address share, uint16 maxRiseBpsPerDay) external;

    /// @notice Feeds of the quote asset in the unit that the other feeds share (USD). None: feeds are in the quote asset.
    function setQuoteFeeds(FeedInput[] calldata feeds) external;

    /// @notice L2 sequencer-uptime feed (0: none) and how long borrowing stays closed after an outage.
    function setSequencer(address feed, uint32 graceSeconds) external;

    /// @notice Every source of an asset as it stands now: feeds in order, then the TWAP.
    function sourcesOf(address asset) external view returns (SourceStatus[] memory);

    /// @notice What `poke` remembered.
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
        );
}
