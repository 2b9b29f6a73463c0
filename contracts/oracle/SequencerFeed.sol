// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title Reads Chainlink's L2 sequencer-uptime feed
/// @notice https://docs.chain.link/data-feeds/l2-sequencer-feeds: the answer is 0 while the sequencer is up, 1 while it is
/// down, and `startedAt` is when that began; zero before the feed's first round.
library SequencerFeed {
    using BoundedCall for bytes;

    uint256 private constant SEQUENCER_GAS = 80_000;
    uint256 private constant ROUND_WORDS = 5;

    enum State {
        Up,
        Down,
        Unknown // the feed does not answer, or its answer makes no sense
    }

    /// @param feed Zero: a chain without a sequencer, always up.
    /// @return state What the feed says.
    /// @return since When it began; zero without a feed. [unix s]
    function read(address feed) internal view returns (State state, uint256 since) {
        if (feed == address(0)) return (State.Up, 0);
        (bool ok, bytes memory data) = BoundedCall.read(
            feed,
            abi.encodeCall(IAggregatorV3.latestRoundData, ()),
            SEQUENCER_GAS,
            ROUND_WORDS
        );
        if (!ok || data.length < ROUND_WORDS * 32) return (State.Unknown, 0);
        uint256 answer = data.word(1);
        since = data.word(2);
        if (since == 0 || since > block.timestamp || answer > 1) return (State.Unknown, 0);
        state = answer == 0 ? State.Up : State.Down;
    }
}
