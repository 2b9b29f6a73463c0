// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {FeedReader} from "./FeedReader.sol";

/// @title What the price oracle keeps
abstract contract OracleStorage is IPriceOracle, IPriceOracleAdmin {
    uint256 internal constant MAX_FEEDS = 3;

    enum Kind {
        Unknown,
        Market,
        Share
    }

    /// @dev First slot: 1+1+1+1+1+1 + 2+2+2 + 4+4+4 = 24. Second: 20. Then 25 a feed.
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
        uint32 twapWindow; // [s] 0: no pool
        uint32 snapshotMaxAge; // [s]
        uint32 emaTimeConstant; // [s]
        address link; // market: Uniswap pool; share: underlying
        FeedReader.Feed[MAX_FEEDS] feeds;
    }

    /// @dev First slot: 3+7+5+5+1+1+1 = 23: all that a price needs. Second: 26+5 = 31. Third, of shares only: 27+5 = 32.
    struct Snapshot {
        int24 twapTick;
        int56 emaTickE6;
        uint40 divergenceStart; // [unix s] 0: feed and TWAP agree
        uint40 updatedAt; // [unix s] 0: never
        uint8 brokenFeeds; // bit i: feed i answered other decimals than configured; bit 3 + i: the quote's feed i
        bool hasTwap; // `twapTick` was read at `updatedAt`
        bool hasEma;
        uint208 lastValidPrice36;
        uint40 lastValidAt; // [unix s]
        uint216 shareRate;
        uint40 shareRateAt; // [unix s]
    }

    /// @inheritdoc IPriceOracle
    address public immutable quoteAsset;
    uint8 internal immutable _quoteDecimals;

    mapping(address asset => Asset) internal _asset;
    mapping(address asset => Snapshot) internal _snapshot;
    FeedReader.Feed[MAX_FEEDS] internal _quoteFeeds;
    // One slot: 1 + 20 + 4 = 25.
    uint8 internal _quoteFeedCount;
    address internal _sequencerFeed;
    uint32 internal _sequencerGrace; // [s]

    constructor(address quoteAsset_) {
        quoteAsset = quoteAsset_;
        _quoteDecimals = IERC20Metadata(quoteAsset_).decimals();
        _require(_quoteDecimals <= 27, "quoteDecimals", _quoteDecimals);
    }

    function _known(address asset) internal view returns (Asset storage a) {
        a = _asset[asset];
        if (a.kind == Kind.Unknown) revert OracleAssetUnknown(asset);
    }

    function _require(bool condition, bytes32 parameter, uint256 value) internal pure {
        if (!condition) revert OracleConfigInvalid(parameter, value);
    }
}
