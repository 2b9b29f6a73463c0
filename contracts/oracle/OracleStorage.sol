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

    /// @dev First slot: 3+7+4+4+1+1+1+1+7 = 29: all that a price needs. Second: 26+5 = 31. Third, of shares only: 27+5 = 32.
    struct Snapshot {
        int24 twapTick;
        int56 emaTickE6;
        uint32 divergenceStart; // [unix s] 0: feed and TWAP agree
        uint32 updatedAt; // [unix s] 0: never
        uint8 brokenFeeds; // bit i: feed i answered other decimals than configured; bit 3 + i: the quote's feed i
        bool hasTwap; // `twapTick` was read at `updatedAt`
        bool hasEma;
        bool hasSum; // so was `sum`
        int56 sum; // of the pool's ticks over time. [tick · s, wraps]
        uint208 lastValidPrice36;
        uint40 lastValidAt; // [unix s]
        uint216 shareRate;
        uint40 shareRateAt; // [unix s]
    }

    /// @dev The first slot of `Snapshot`, to be read once and written once.
    struct Head {
        int256 twapTick;
        int256 emaTickE6;
        uint256 divergenceStart;
        uint256 updatedAt;
        uint256 brokenFeeds;
        bool hasTwap;
        bool hasEma;
        bool hasSum;
        int56 sum;
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

    function _load(Snapshot storage s) internal view returns (Head memory h) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(s.slot)
        }
        h.twapTick = int24(uint24(word));
        h.emaTickE6 = int56(uint56(word >> 24));
        h.divergenceStart = uint32(word >> 80);
        h.updatedAt = uint32(word >> 112);
        h.brokenFeeds = uint8(word >> 144);
        h.hasTwap = (word >> 152) & 1 != 0;
        h.hasEma = (word >> 160) & 1 != 0;
        h.hasSum = (word >> 168) & 1 != 0;
        h.sum = int56(uint56(word >> 176));
    }

    /// @dev The caller keeps every number within its bits.
    function _store(Snapshot storage s, Head memory h) internal {
        uint256 word = uint24(uint256(h.twapTick)) | (uint256(uint56(uint256(h.emaTickE6))) << 24);
        word |= (h.divergenceStart << 80) | (h.updatedAt << 112) | (h.brokenFeeds << 144);
        if (h.hasTwap) word |= 1 << 152;
        if (h.hasEma) word |= 1 << 160;
        if (h.hasSum) word |= 1 << 168;
        word |= uint256(uint56(h.sum)) << 176;
        assembly ("memory-safe") {
            sstore(s.slot, word)
        }
    }

    function _require(bool condition, bytes32 parameter, uint256 value) internal pure {
        if (!condition) revert OracleConfigInvalid(parameter, value);
    }
}
