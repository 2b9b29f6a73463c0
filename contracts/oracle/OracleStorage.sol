// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../interfaces/IPriceOracleAdmin.sol";
import {AssetWord} from "./AssetWord.sol";
import {FeedReader} from "./FeedReader.sol";

/// @title What the price oracle keeps
abstract contract OracleStorage is IPriceOracle, IPriceOracleAdmin {
    uint256 internal constant MAX_FEEDS = 3;

    /// @dev One slot, and one a feed. In the first one's, that is read anyway, `OracleMemory` notes what the quote asset is worth.
    struct Asset {
        AssetWord word;
        FeedReader.Feed[MAX_FEEDS] feeds;
    }

    /// @dev Second slot, of shares only: 27 + 5 = 32.
    struct Snapshot {
        uint256 head; // `Head`, packed
        uint216 shareRate;
        uint40 shareRateAt; // [unix s]
    }

    /// @dev What is remembered of a market. One slot, from the lowest bit:
    /// 21 + 41 + 32 + 32 + 6 + 1 + 1 + 1 + 1 + 56 + 57 + 6 + 1 = 256 bits.
    struct Head {
        int256 twapTick;
        int256 emaTickE6;
        uint256 divergenceStart; // [unix s] 0: feed and TWAP agree
        uint256 updatedAt; // [unix s] 0: never
        uint256 brokenFeeds; // bit i: feed i answered other decimals than configured; bit 3 + i: the quote's feed i
        bool hasTwap; // `twapTick` was read at `updatedAt`
        bool hasEma;
        bool hasSum; // so was `sum`
        bool isStale; // no price was to be had at `updatedAt`
        int56 sum; // of the pool's ticks over time. [tick · s, wraps] While stale, when the last price was had. [unix s]
        uint256 lastValidPrice36; // rounded down to 16 digits at least, which is exact for most feeds
        bool decimalsDue; // a poke put off asking feeds for their decimals
    }

    uint256 private constant MANTISSA_BITS = 57;

    /// @inheritdoc IPriceOracle
    address public immutable quoteAsset;
    uint8 internal immutable _quoteDecimals;

    /// @dev All that were ever configured: `setSequencer` and `setQuoteFeeds` tell them.
    address[] internal _assets;
    mapping(address asset => Asset) internal _asset;
    mapping(address asset => Snapshot) internal _snapshot;
    FeedReader.Feed[MAX_FEEDS] internal _quoteFeeds;
    // One slot: 1 + 20 + 4 = 25. The word of whoever uses them has a copy of the number.
    uint8 internal _quoteFeedCount;
    address internal _sequencerFeed;
    uint32 internal _sequencerGrace; // [s]

    constructor(address quoteAsset_) {
        quoteAsset = quoteAsset_;
        _quoteDecimals = IERC20Metadata(quoteAsset_).decimals();
        _require(_quoteDecimals <= 27, "quoteDecimals", _quoteDecimals);
    }

    function _known(address asset) internal view returns (Asset storage a, AssetWord w) {
        a = _asset[asset];
        w = a.word;
        if (w.isUnknown()) revert OracleAssetUnknown(asset);
    }

    function _load(address asset) internal view returns (Head memory h) {
        uint256 word = _snapshot[asset].head;
        h.twapTick = int24(uint24(word << 3)) >> 3;
        h.emaTickE6 = int48(uint48(word >> 14)) >> 7;
        h.divergenceStart = uint32(word >> 62);
        h.updatedAt = uint32(word >> 94);
        h.brokenFeeds = (word >> 126) & 63;
        h.hasTwap = (word >> 132) & 1 != 0;
        h.hasEma = (word >> 133) & 1 != 0;
        h.hasSum = (word >> 134) & 1 != 0;
        h.isStale = (word >> 135) & 1 != 0;
        h.sum = int56(uint56(word >> 136));
        unchecked {
            // It was a price before it was packed.
            h.lastValidPrice36 = ((word >> 192) & ((1 << MANTISSA_BITS) - 1)) * 10 ** ((word >> 249) & 63);
        }
        h.decimalsDue = word >> 255 != 0;
    }

    /// @dev The caller keeps every number within its bits.
    function _store(address asset, Head memory h) internal returns (uint256 word) {
        word = (uint256(h.twapTick) & 0x1fffff) | ((uint256(h.emaTickE6) & 0x1ffffffffff) << 21);
        word |= (h.divergenceStart << 62) | (h.updatedAt << 94) | (h.brokenFeeds << 126);
        if (h.hasTwap) word |= 1 << 132;
        if (h.hasEma) word |= 1 << 133;
        if (h.hasSum) word |= 1 << 134;
        if (h.isStale) word |= 1 << 135;
        word |= uint256(uint56(h.sum)) << 136;
        uint256 price = h.lastValidPrice36;
        unchecked {
            if (price >> MANTISSA_BITS != 0) {
                // A little more than log₁₀ of what is too much: 10^exponent ≥ 2^excess.
                uint256 exponent = ((LibBit.fls(price) + 1 - MANTISSA_BITS) * 1233) / 4096 + 1;
                price /= 10 ** exponent;
                word |= exponent << 249;
            }
        }
        word |= price << 192;
        if (h.decimalsDue) word |= 1 << 255;
        _snapshot[asset].head = word;
    }

    /// @dev When there was last a price. [unix s]
    function _lastValidAt(Head memory h) internal pure returns (uint256) {
        return h.isStale ? uint40(uint56(h.sum)) : h.updatedAt;
    }

    function _require(bool condition, bytes32 parameter, uint256 value) internal pure {
        if (!condition) revert OracleConfigInvalid(parameter, value);
    }
}
