// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibSort} from "solady/src/utils/LibSort.sol";

/// @title Which of several prices to believe
/// @notice Prices of up to three feeds and one TWAP, all on one scale; zero stands for a source that is not fresh. Prices
/// are at most `BoundedMath.MAX_PRICE36`.
library PriceSelection {
    using FixedPointMathLib for uint256;

    uint256 internal constant MAX_FEEDS = 3;
    /// @notice Two feeds this close confirm each other. [bps of the reference price]
    uint256 internal constant AGREEMENT_BPS = 200;

    /// @notice Median of all fresh sources; of an even number the lower of the two in the middle. Zero: none is fresh.
    function median(uint256[MAX_FEEDS] memory feeds, uint256 twap) internal pure returns (uint256) {
        uint256[] memory prices = new uint256[](MAX_FEEDS + 1);
        uint256 count;
        for (uint256 i; i < MAX_FEEDS; ++i) if (feeds[i] != 0) prices[count++] = feeds[i];
        if (twap != 0) prices[count++] = twap;
        if (count == 0) return 0;
        assembly ("memory-safe") {
            mstore(prices, count) // only ever shortens it
        }
        LibSort.insertionSort(prices);
        return prices[(count - 1) / 2];
    }

    /// @notice What stands for "the feed": the median of three sources or more, else the first feed that is fresh.
    /// @param freshFeeds How many of `feeds` are not zero.
    function referencePrice(
        uint256[MAX_FEEDS] memory feeds,
        uint256 twap,
        uint256 freshFeeds
    ) internal pure returns (uint256) {
        if (freshFeeds == 0) return 0;
        if (freshFeeds >= (twap == 0 ? 3 : 2)) return median(feeds, twap);
        if (feeds[0] != 0) return feeds[0];
        return feeds[1] != 0 ? feeds[1] : feeds[2];
    }

    /// @notice Lowest fresh feed. type(uint256).max: none is fresh.
    function lowest(uint256[MAX_FEEDS] memory feeds) internal pure returns (uint256 price) {
        price = type(uint256).max;
        for (uint256 i; i < MAX_FEEDS; ++i) if (feeds[i] != 0) price = price.min(feeds[i]);
    }

    /// @notice True when at least two feeds stand within `AGREEMENT_BPS` of `price`.
    function confirmed(uint256[MAX_FEEDS] memory feeds, uint256 price) internal pure returns (bool) {
        uint256 tolerance = price.fullMulDiv(AGREEMENT_BPS, 1e4);
        uint256 count;
        for (uint256 i; i < MAX_FEEDS; ++i) {
            if (feeds[i] != 0 && FixedPointMathLib.dist(feeds[i], price) <= tolerance) ++count;
        }
        return count >= 2;
    }

    /// @notice True when `price` is within `twap` ± `bandBps`.
    function inBand(uint256 price, uint256 twap, uint256 bandBps) internal pure returns (bool) {
        // A pool at the end of its range says more than 208 bits.
        unchecked {
            uint256 width = twap >> 208 == 0 ? (twap * bandBps) / 1e4 : twap.fullMulDiv(bandBps, 1e4);
            return FixedPointMathLib.dist(price, twap) <= width;
        }
    }

    /// @notice Half-width of the band now: `bandBps` plus what it has widened since the divergence began. [bps]
    /// @param divergenceStart Zero: there is none. [unix s]
    function widened(
        uint256 bandBps,
        uint256 widenBpsPerMinute,
        uint256 divergenceStart,
        uint256 nowSeconds
    ) internal pure returns (uint256) {
        if (divergenceStart == 0) return bandBps;
        return bandBps + ((nowSeconds - divergenceStart) * widenBpsPerMinute) / 60;
    }

    /// @notice `price` clamped to `twap` ± `bandBps`, both bounds rounded down.
    /// @param mayRise True: the upper bound does not apply.
    function clamp(uint256 price, uint256 twap, uint256 bandBps, bool mayRise) internal pure returns (uint256) {
        uint256 floor = twap.fullMulDiv(uint256(1e4).zeroFloorSub(bandBps), 1e4);
        if (price < floor) return floor;
        return mayRise ? price : price.min(twap.fullMulDiv(1e4 + bandBps, 1e4));
    }
}
