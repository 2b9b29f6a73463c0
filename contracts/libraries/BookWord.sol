// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedDecimal} from "./PackedDecimal.sol";

/// @notice The books of one collateral and how far its sales have come: one storage slot, which a sale reads and writes once.
type BookWord is uint256;

using BookWordLib for BookWord global;

/// @title One collateral's books in one word
/// @notice Bits from the lowest: total supplied 112, supply cap 40 (`PackedDecimal`), place in the list plus one 8, low bits of
/// the time of the last change 16, sale clock 40, backlog 40: 256.
/// @dev The sale clock says up to when the schedule is sold, in 1/256 s. The backlog is debt of accounts for sale, in units
/// that the pool's modules agree on.
library BookWordLib {
    uint256 private constant TOTAL_MASK = (1 << 112) - 1;
    uint256 private constant MASK_40 = (1 << 40) - 1;
    uint256 private constant CAP_SHIFT = 112;
    uint256 private constant PLACE_SHIFT = 152;
    uint256 private constant CHANGED_SHIFT = 160;
    uint256 private constant CLOCK_SHIFT = 176;
    uint256 private constant BACKLOG_SHIFT = 216;
    uint256 internal constant MAX_BACKLOG = MASK_40;

    /// @notice [collateral base units]
    function totalSupplied(BookWord w) internal pure returns (uint256) {
        return BookWord.unwrap(w) & TOTAL_MASK;
    }

    /// @notice [collateral base units] `none`: none
    function supplyCap(BookWord w, uint256 none) internal pure returns (uint256) {
        return PackedDecimal.unpack((BookWord.unwrap(w) >> CAP_SHIFT) & MASK_40, none);
    }

    function isListed(BookWord w) internal pure returns (bool) {
        return BookWord.unwrap(w) & (0xff << PLACE_SHIFT) != 0;
    }

    /// @notice Bit in `Account.collateralMask`. Only of a listed one.
    function bit(BookWord w) internal pure returns (uint256) {
        return 1 << index(w);
    }

    function index(BookWord w) internal pure returns (uint256) {
        unchecked {
            return ((BookWord.unwrap(w) >> PLACE_SHIFT) & 0xff) - 1; // listed: at least one
        }
    }

    /// @notice Whether it is the one at a place of the list. One that is not listed is nowhere.
    function isAt(BookWord w, uint256 place) internal pure returns (bool) {
        unchecked {
            return (BookWord.unwrap(w) >> PLACE_SHIFT) & 0xff == place + 1; // places are below 16
        }
    }

    /// @notice True if the total has changed in the block of that time, but for one chance in 65,536.
    function isChangedAt(BookWord w, uint256 timestamp) internal pure returns (bool) {
        return uint16(BookWord.unwrap(w) >> CHANGED_SHIFT) == uint16(timestamp);
    }

    /// @notice [1/256 unix s]
    function clock(BookWord w) internal pure returns (uint256) {
        return (BookWord.unwrap(w) >> CLOCK_SHIFT) & MASK_40;
    }

    /// @notice [backlog units]
    function backlog(BookWord w) internal pure returns (uint256) {
        return BookWord.unwrap(w) >> BACKLOG_SHIFT;
    }

    function list(uint256 place) internal pure returns (BookWord) {
        return BookWord.wrap((place + 1) << PLACE_SHIFT);
    }

    /// @param total Below 2^112.
    function withTotal(BookWord w, uint256 total, uint256 timestamp) internal pure returns (BookWord) {
        uint256 kept = BookWord.unwrap(w) & ~(TOTAL_MASK | (0xffff << CHANGED_SHIFT));
        return BookWord.wrap(kept | total | (uint256(uint16(timestamp)) << CHANGED_SHIFT));
    }

    /// @param none The value that stands for no cap.
    function withSupplyCap(BookWord w, uint256 cap, uint256 none) internal pure returns (BookWord) {
        uint256 kept = BookWord.unwrap(w) & ~(MASK_40 << CAP_SHIFT);
        return BookWord.wrap(kept | (PackedDecimal.packDown(cap, none) << CAP_SHIFT));
    }

    /// @param value Below 2^40.
    function withClock(BookWord w, uint256 value) internal pure returns (BookWord) {
        return BookWord.wrap((BookWord.unwrap(w) & ~(MASK_40 << CLOCK_SHIFT)) | (value << CLOCK_SHIFT));
    }

    /// @param value Below 2^40.
    function withBacklog(BookWord w, uint256 value) internal pure returns (BookWord) {
        return BookWord.wrap((BookWord.unwrap(w) & ((1 << BACKLOG_SHIFT) - 1)) | (value << BACKLOG_SHIFT));
    }
}
