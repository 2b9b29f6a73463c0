// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";

/// @title A feed as Aave v3's oracle asks for it
contract LatestAnswerFeed {
    IAggregatorV3 public immutable feed;

    constructor(IAggregatorV3 feed_) {
        feed = feed_;
    }

    function latestAnswer() external view returns (int256 answer) {
        (, answer, , , ) = feed.latestRoundData();
    }
}
