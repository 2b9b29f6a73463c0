// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// What a poke may leave for another time where nothing speaks for it, to be added up: see `pokeConditions`.

/// @dev The poke as a whole. Then the mean price is what was last read of it, no older than users of the asset are content
/// with, and the feeds, asked now, agree with it.
uint256 constant MEAN_MAY_WAIT = 1;
/// @dev The feeds of the quote asset, if two readings, minutes apart, agreed. Then that is worth what they said to a poke of the
/// market up to five minutes ago, while the feed of the asset, asked now, and its mean price agree with it; and asking any feed for
/// its decimals may wait as well.
uint256 constant QUOTE_MAY_WAIT = 2;
/// @dev Asking feeds for their decimals, in the first minutes of an hour.
uint256 constant DECIMALS_MAY_WAIT = 4;
/// @dev One of the two: the prices of the quote asset's feeds, if all feeds are asked for their decimals.
uint256 constant EITHER_MAY_WAIT = 8;

/// @title What a price oracle knows of a market besides its prices
/// @notice For risk engines: how far the sources are apart, and whether they are to be had at all.
interface IPriceConditions {
    /// @dev Prices on the 36-decimal scale; zero: not to be had.
    struct Conditions {
        uint256 liquidationPrice36; // fresh; of this moment
        uint256 feedPrice36; // what stands for the feed: the first that is fresh, the median of three sources or more
        uint256 twap36;
        uint256 ema36; // slow average
        bool lendable; // as many sources are fresh as lending requires, and the sequencer is up and past its grace period
        bool inGrace; // the sequencer is up again, but not for as long as its grace period
        bool errandDue; // this very poke left the feeds of the quote asset, or all decimals, which will have to be asked soon
    }

    /// @notice How an asset stands now. Never reverts for a source's sake; with too little gas to ask every source it does.
    function conditionsOf(address asset) external view returns (Conditions memory);

    /// @notice `IPriceOracle.poke` and then `conditionsOf`, with every source asked once for both. Permissionless.
    /// @param mayWait Sum of what may: `MEAN_MAY_WAIT` and others. 0: nothing.
    function pokeConditions(address asset, uint256 mayWait) external returns (Conditions memory);
}
