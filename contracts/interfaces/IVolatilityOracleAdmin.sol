// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Configuration of the volatility oracle
/// @notice Who may call what is set in its `AccessManager`: `setAsset` and `setPair` belong to the governor, with a delay;
/// `raiseFloor` to the guardian too, at once; `postImplied` to whoever posts implied volatilities.
interface IVolatilityOracleAdmin {
    /// @dev Volatilities in WAD per √day: floor ≤ stress ≤ clamp, initial ≤ clamp.
    struct AssetInput {
        address pool; // Uniswap v3 pool of the asset and the quote asset; 0: sampled from the price oracle
        uint24 interval; // [s, 60..86 400] grid of the samples; nothing shorter is sampled
        uint64 initialWad; // where both averages begin; 0, for a known asset only: where they are
        uint64 initialSlowWad; // where the slow one begins, if not there; 0: there
        uint64 stressWad; // a quarter of the result is this
        uint64 floorWad; // [≥ 1e13] the result is at least this
        uint64 clampWad; // [≤ 3e18] a sample counts as at most this, and so do the averages
        uint24 impliedMaxAge; // [s, 0..604 800] how long a posted implied volatility counts; 0: never
    }

    event VolatilityAssetConfigured(address indexed asset, AssetInput config);
    event VolatilityPairConfigured(
        address indexed assetA,
        address indexed assetB,
        uint256 floorPercent,
        uint256 initialPercent
    );
    event VolatilityFloorRaised(address indexed asset, uint256 floorWad);
    event ImpliedVolatilityPosted(address indexed asset, uint256 impliedWad);

    error VolatilityConfigOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error VolatilityPoolMismatch(address pool, address asset, address quoteAsset);
    /// @dev The pool (0: the price oracle) does not answer with a price, or does not remember `interval` seconds.
    error VolatilitySourceUnavailable(address asset, address pool);
    error VolatilityNotTighter(address asset, uint256 floorWad, uint256 requested);
    error VolatilityImpliedOutOfRange(address asset, uint256 impliedWad, uint256 min, uint256 max);

    /// @notice Adds an asset, or changes its source and parameters. A change of a known asset begins a new interval.
    /// @dev Without a pool the price oracle's price at the moment of the poke is sampled. That is weaker: the price
    /// follows the feed's threshold and heartbeat, so that calm is seen as calmer and jumps late; whoever can move or time
    /// the feed itself is not averaged out; and a poke chooses its moment, from which for a price without drift nothing
    /// can be expected (optional stopping), but which is not decided by the clock.
    function setAsset(address asset, AssetInput calldata config) external;

    /// @notice Tracks the correlation of two known assets, anew if it was tracked already.
    /// @param floorPercent Stressed correlation: nothing lower is used. [%, 0..100]
    /// @param initialPercent Where both averages begin. [%, floorPercent..100]
    function setPair(address assetA, address assetB, uint8 floorPercent, uint8 initialPercent) external;

    /// @notice Raises the floor, never above the clamp. [WAD per √day]
    function raiseFloor(address asset, uint64 floorWad) external;

    /// @notice Posts the implied volatility, 30 days at the money. [WAD per √day, not per √year]
    /// @dev What is not within an eighth and eight times the slow realised volatility is refused as a mistake in the unit
    /// (√365 is 19.1). What is used of it lies within half and twice.
    function postImplied(address asset, uint64 impliedWad) external;
}
