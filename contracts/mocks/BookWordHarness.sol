// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BookWord, BookWordLib} from "../libraries/BookWord.sol";
import {PackedDecimal} from "../libraries/PackedDecimal.sol";

/// @title A collateral's packed books, callable from TypeScript tests
contract BookWordHarness {
    /// @dev Its fields, unpacked.
    struct Books {
        uint256 total;
        uint256 cap;
        bool listed;
        uint256 index; // only of a listed one
        uint256 clock;
        uint256 backlog;
    }

    function packDown(uint256 value, uint256 none) external pure returns (uint256) {
        return PackedDecimal.packDown(value, none);
    }

    function unpack(uint256 packed, uint256 none) external pure returns (uint256) {
        return PackedDecimal.unpack(packed, none);
    }

    function list(uint256 place) external pure returns (BookWord) {
        return BookWordLib.list(place);
    }

    function withTotal(BookWord w, uint256 total, uint256 timestamp) external pure returns (BookWord) {
        return w.withTotal(total, timestamp);
    }

    function withSupplyCap(BookWord w, uint256 cap, uint256 none) external pure returns (BookWord) {
        return w.withSupplyCap(cap, none);
    }

    function withClock(BookWord w, uint256 value) external pure returns (BookWord) {
        return w.withClock(value);
    }

    function withBacklog(BookWord w, uint256 value) external pure returns (BookWord) {
        return w.withBacklog(value);
    }

    function isChangedAt(BookWord w, uint256 timestamp) external pure returns (bool) {
        return w.isChangedAt(timestamp);
    }

    function read(BookWord w, uint256 none) external pure returns (Books memory b) {
        b.listed = w.isListed();
        if (b.listed) b.index = w.index();
        (b.total, b.cap, b.clock, b.backlog) = (w.totalSupplied(), w.supplyCap(none), w.clock(), w.backlog());
    }
}
