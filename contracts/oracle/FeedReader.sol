// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title Reads Chainlink-style feeds without ever reverting for the feed's sake
library FeedReader {
    /// @dev A proxied Chainlink feed needs some 15k.
    uint256 private constant FEED_GAS = 80_000;

    enum Status {
        Ok,
        Absent,
        Reverted, // reverts, is out of gas, or its answer is too short
        Invalid, // zero, negative or too large
        Incomplete, // the round has no time
        Stale,
        FromTheFuture,
        WrongDecimals,
        SequencerDown,
        Locked // the pool whose share is priced is in the middle of a change
    }

    /// @dev 20 + 4 + 1 = 25 bytes of a slot.
    struct Feed {
        address source;
        uint32 heartbeat; // [s]
        uint8 decimals;
    }

    /// @notice Latest answer as WAD. [WAD, exact: feeds have at most 18 decimals]
    function read(Feed memory feed) internal view returns (Status status, uint256 priceWad, uint256 updatedAt) {
        if (feed.source == address(0)) return (Status.Absent, 0, 0);
        (bool ok, bytes memory data) = BoundedCall.read(
            feed.source,
            abi.encodeCall(IAggregatorV3.latestRoundData, ()),
            FEED_GAS,
            5
        );
        if (!ok || data.length < 160) return (Status.Reverted, 0, 0);
        int256 answer;
        // Decoded as plain words: a dirty uint80 would make abi.decode revert.
        assembly ("memory-safe") {
            answer := mload(add(data, 64))
            updatedAt := mload(add(data, 128))
        }
        if (answer <= 0 || answer > int256(uint256(type(uint128).max))) return (Status.Invalid, 0, updatedAt);
        if (updatedAt == 0) return (Status.Incomplete, 0, 0);
        if (updatedAt > block.timestamp) return (Status.FromTheFuture, 0, updatedAt);
        if (block.timestamp - updatedAt > feed.heartbeat) return (Status.Stale, 0, updatedAt);
        priceWad = uint256(answer) * 10 ** (18 - feed.decimals);
    }

    /// @notice True while the feed answers the number of decimals that it was configured with.
    function hasDecimals(Feed memory feed) internal view returns (bool) {
        (bool ok, bytes memory data) = BoundedCall.read(
            feed.source,
            abi.encodeCall(IAggregatorV3.decimals, ()),
            FEED_GAS,
            1
        );
        return ok && uint256(bytes32(data)) == feed.decimals;
    }
}
