// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AssetWord} from "../../oracle/AssetWord.sol";
import {FeedReader} from "../../oracle/FeedReader.sol";
import {PriceOracle} from "../../oracle/PriceOracle.sol";

// Weakened on purpose, for tests, which must be able to fail: each is the real oracle but for one check.

/// @title Believes an answer however old it is
contract AgelessOracle is PriceOracle {
    constructor(address quoteAsset_, address authority_) PriceOracle(quoteAsset_, authority_) {}

    function _checkedFeed(
        FeedInput calldata input
    ) internal override returns (FeedReader.Feed memory feed, uint256 priceWad) {
        (feed, priceWad) = super._checkedFeed(input);
        feed.heartbeat = type(uint32).max;
    }
}

/// @title Asks a feed for its decimals once, when it is configured
contract FixedDecimalsOracle is PriceOracle {
    constructor(address quoteAsset_, address authority_) PriceOracle(quoteAsset_, authority_) {}

    function _brokenFeeds(Asset storage, AssetWord) internal pure override returns (uint256) {
        return 0;
    }
}

/// @title Is configured with sources that contradict each other
contract QuarrellingOracle is PriceOracle {
    constructor(address quoteAsset_, address authority_) PriceOracle(quoteAsset_, authority_) {}

    function _requireSpread(address, uint256, uint256) internal pure override {}
}
