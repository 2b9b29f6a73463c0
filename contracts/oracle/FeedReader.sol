// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title Reads Chainlink-style feeds without ever reverting for the feed's sake
library FeedReader {
    using BoundedCall for uint256;

    /// @dev A proxied Chainlink feed needs some 15k.
    uint256 private constant FEED_GAS = 80_000;
    /// @dev `latestRoundData` answers five words.
    uint256 private constant ROUND_WORDS = 5;

    /// @dev What is wrong with a source; the first that applies, in the order of the checks in `read`.
    enum Status {
        Ok,
        Absent, // not configured
        Reverted, // reverts, is out of gas, has no code, or its answer is too short
        Invalid, // zero, negative or too large
        Incomplete, // the round has no time, or carries over an older answer
        Stale, // older than its heartbeat
        FromTheFuture,
        WrongDecimals, // answers other decimals than it was configured with
        SequencerDown,
        Locked, // the pool whose share is priced is in the middle of a change
        QuoteUnavailable // the feed is well, but no feed of the quote asset is
    }

    /// @dev 20 + 4 + 1 + 7 = 32: one slot.
    struct Feed {
        address source;
        uint32 heartbeat; // [s]
        uint8 decimals;
        uint56 note; // of whoever keeps the feed; nothing to do with reading it
    }

    /// @notice Latest answer as WAD. [WAD, exact: feeds have at most 18 decimals; below 2^188]
    /// @return status `Ok`, `Absent`, `Reverted`, `Incomplete`, `FromTheFuture`, `Stale` or `Invalid`.
    /// @return priceWad Zero unless `status` is `Ok`.
    /// @return updatedAt As the feed says. [unix s, unchecked]
    function read(Feed memory feed) internal view returns (Status status, uint256 priceWad, uint256 updatedAt) {
        if (feed.source == address(0)) return (Status.Absent, 0, 0);
        (bool ok, uint256 data) = BoundedCall.readRaw(
            feed.source,
            IAggregatorV3.latestRoundData.selector,
            FEED_GAS,
            ROUND_WORDS
        );
        if (!ok) return (Status.Reverted, 0, 0);
        // Taken as plain words: a dirty uint80 would make abi.decode revert.
        updatedAt = data.wordAt(3);
        if (updatedAt == 0 || data.wordAt(4) < data.wordAt(0)) return (Status.Incomplete, 0, updatedAt);
        if (updatedAt > block.timestamp) return (Status.FromTheFuture, 0, updatedAt);
        if (block.timestamp - updatedAt > feed.heartbeat) return (Status.Stale, 0, updatedAt);
        uint256 answer = data.wordAt(1); // as unsigned, negative numbers are too large
        if (answer == 0 || answer > type(uint128).max) return (Status.Invalid, 0, updatedAt);
        unchecked {
            priceWad = answer * 10 ** (18 - feed.decimals); // as many decimals at most, and 128 bits
        }
    }

    /// @notice True while the feed answers the number of decimals that it was configured with.
    function hasDecimals(Feed memory feed) internal view returns (bool) {
        (bool ok, uint256 data) = BoundedCall.readRaw(feed.source, IAggregatorV3.decimals.selector, FEED_GAS, 1);
        return ok && data.wordAt(0) == feed.decimals;
    }
}
