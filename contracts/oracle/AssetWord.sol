// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice All that is configured of a priced asset but its feeds: one storage slot. Zero: unknown.
type AssetWord is uint256;

using AssetWordLib for AssetWord global;

/// @title One asset's configuration in one word
/// @notice Bits from the lowest: link 160, kind 2, decimals 5, feeds 2, required sources 3, feeds in quote 1, token0 1,
/// sequencer 1, band 13, widening 13, window 17, snapshot age 12, time constant 20, feeds of the quote asset 2: 252. Of a share,
/// which has no band, its largest rise is in the place of that.
library AssetWordLib {
    uint256 internal constant MARKET = 1;
    uint256 internal constant SHARE = 2;
    uint256 private constant SEQUENCER_BIT = 1 << 174;
    uint256 private constant QUOTE_FEEDS_FROM = 250;

    /// @dev Everything of a market, unpacked.
    struct Market {
        address pool; // Uniswap v3; 0: none
        uint256 decimals; // [≤ 27]
        uint256 feedCount; // [≤ 3]
        uint256 requiredSources; // [≤ 4]
        bool feedsInQuote;
        bool isToken0;
        uint256 bandBps; // [≤ 5000]
        uint256 bandWidenBpsPerMinute; // [≤ 5000]
        uint256 twapWindow; // [s, ≤ 86 400] 0: no pool
        uint256 snapshotMaxAge; // [s, ≤ 3600]
        uint256 emaTimeConstant; // [s, ≤ 604 800]
    }

    /// @dev The caller keeps every field within its bits, here and below.
    function ofMarket(Market memory m) internal pure returns (AssetWord) {
        uint256 word = uint160(m.pool) | (MARKET << 160) | (m.decimals << 162) | (m.feedCount << 167);
        word |= (m.requiredSources << 169) | (m.feedsInQuote ? 1 << 172 : 0) | (m.isToken0 ? 1 << 173 : 0);
        word |= (m.bandBps << 175) | (m.bandWidenBpsPerMinute << 188) | (m.twapWindow << 201);
        return AssetWord.wrap(word | (m.snapshotMaxAge << 218) | (m.emaTimeConstant << 230));
    }

    function ofShare(address underlying, uint256 maxRiseBpsPerDay_) internal pure returns (AssetWord) {
        return AssetWord.wrap(uint160(underlying) | (SHARE << 160) | (maxRiseBpsPerDay_ << 175));
    }

    /// @notice Whether prices of the asset ask for the sequencer's state.
    function withSequencer(AssetWord w, bool exists) internal pure returns (AssetWord) {
        uint256 word = AssetWord.unwrap(w) & ~SEQUENCER_BIT;
        return AssetWord.wrap(exists ? word | SEQUENCER_BIT : word);
    }

    /// @notice How many feeds the quote asset has: none for who has no use for them.
    function withQuoteFeeds(AssetWord w, uint256 count) internal pure returns (AssetWord) {
        uint256 kept = AssetWord.unwrap(w) & ((1 << QUOTE_FEEDS_FROM) - 1);
        bool uses = isMarket(w) && feedCount(w) != 0 && !feedsInQuote(w);
        return AssetWord.wrap(uses ? kept | (count << QUOTE_FEEDS_FROM) : kept);
    }

    /// @notice Of the quote asset, by which feeds of the market are read. 0: none, or they answer in the quote asset itself.
    function quoteFeedCount(AssetWord w) internal pure returns (uint256) {
        return AssetWord.unwrap(w) >> QUOTE_FEEDS_FROM;
    }

    function hasSequencer(AssetWord w) internal pure returns (bool) {
        return AssetWord.unwrap(w) & SEQUENCER_BIT != 0;
    }

    /// @notice Of a market its Uniswap pool, of a share its underlying.
    function link(AssetWord w) internal pure returns (address) {
        return address(uint160(AssetWord.unwrap(w)));
    }

    function isUnknown(AssetWord w) internal pure returns (bool) {
        return AssetWord.unwrap(w) == 0;
    }

    function isMarket(AssetWord w) internal pure returns (bool) {
        return AssetWord.unwrap(w) & (MARKET << 160) != 0;
    }

    function isShare(AssetWord w) internal pure returns (bool) {
        return AssetWord.unwrap(w) & (SHARE << 160) != 0;
    }

    function decimals(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 162) & 31;
    }

    function feedCount(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 167) & 3;
    }

    function requiredSources(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 169) & 7;
    }

    function feedsInQuote(AssetWord w) internal pure returns (bool) {
        return (AssetWord.unwrap(w) >> 172) & 1 != 0;
    }

    function isToken0(AssetWord w) internal pure returns (bool) {
        return (AssetWord.unwrap(w) >> 173) & 1 != 0;
    }

    /// @notice [bps]
    function bandBps(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 175) & 0x1fff;
    }

    /// @notice Of a share. [bps per day]
    function maxRiseBpsPerDay(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 175) & 0x1fff;
    }

    /// @notice [bps per minute]
    function bandWidenBpsPerMinute(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 188) & 0x1fff;
    }

    /// @notice [s] 0: no pool
    function twapWindow(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 201) & 0x1ffff;
    }

    /// @notice [s]
    function snapshotMaxAge(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 218) & 0xfff;
    }

    /// @notice [s]
    function emaTimeConstant(AssetWord w) internal pure returns (uint256) {
        return (AssetWord.unwrap(w) >> 230) & 0xfffff;
    }
}
