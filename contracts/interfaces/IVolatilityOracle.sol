// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Volatility of assets, and correlation of pairs, in units of the quote asset
/// @notice Volatilities are of natural logarithms of the price, per √day: 0.04e18 is 4 % a day, some 76 % a year.
interface IVolatilityOracle {
    /// @dev All volatilities in WAD per √day, rounded up.
    struct Volatility {
        uint256 fastWad; // exponential average over 2 days
        uint256 slowWad; // over 30 days
        uint256 impliedWad; // as bounded by the slow one; 0: none, or too old
        uint256 stressWad; // as configured
        uint256 floorWad; // as configured
        uint256 sigmaWad; // σ*, the one to reckon with
        uint256 sampledAt; // [unix s] end of the last interval that was sampled
    }

    /// @dev Correlations in WAD, in [−1e18, 1e18].
    struct Correlation {
        int256 fastWad; // as measured, over 2 days
        int256 slowWad; // over 30 days
        uint256 floorWad; // stressed value, as configured
        uint256 usedWad; // the highest of these
        uint256 sampledAt; // [unix s]
    }

    event VolatilitySampled(
        address indexed asset,
        int256 returnWad, // clamped
        uint256 elapsed, // [s]
        uint256 fastWad,
        uint256 slowWad
    );
    event CorrelationSampled(address indexed assetA, address indexed assetB, int256 fastWad, int256 slowWad);

    error VolatilityAssetUnknown(address asset);
    error VolatilityPairUnknown(address assetA, address assetB);

    /// @notice Asset in which prices are counted.
    function quoteAsset() external view returns (address);

    /// @notice Takes the sample that is due, if one is. Permissionless.
    /// @dev An asset with a pool is sampled on a grid of the clock, from the accumulator at the last multiple of its
    /// interval: whoever pokes at whatever moment within an interval brings about the same sample, and every further poke
    /// within it does nothing. Intervals in which nobody pokes become part of the next sample. Does not revert because the
    /// pool does not answer, or no price is fresh: then there is no sample, and the next one covers the time. Reverts with `OracleGasTooLow` when the
    /// caller leaves too little gas to ask the pool.
    /// @return sigmaWad As `sigmaWad(asset)` afterwards.
    function poke(address asset) external returns (uint256 sigmaWad);

    /// @notice `poke`, and what `volatilityOf` answers afterwards.
    /// @return sigmaWad σ*.
    /// @return fastWad Average over 2 days.
    /// @return slowWad Average over 30 days.
    /// @return sampled True if a sample was due, and taken.
    function pokeVolatility(
        address asset
    ) external returns (uint256 sigmaWad, uint256 fastWad, uint256 slowWad, bool sampled);

    /// @notice The same for the correlation of a pair, in either order.
    /// @return rhoWad As `correlationWad(assetA, assetB)` afterwards.
    function pokePair(address assetA, address assetB) external returns (uint256 rhoWad);

    /// @notice True if the correlation of a pair, in either order, is tracked.
    function isTracked(address assetA, address assetB) external view returns (bool);

    /// @notice σ* = max(σ_fast, ¾σ_slow + ¼σ_stress, σ_implied, σ_floor). [WAD per √day, rounded up]
    /// @dev As of the last sample, however old that is: see `volatilityOf`.
    function sigmaWad(address asset) external view returns (uint256);

    function volatilityOf(address asset) external view returns (Volatility memory);

    /// @notice Correlation to reckon with: the highest of both horizons and the stressed floor, in [0, 1e18]. One for an
    /// asset with itself, and for a pair that is not tracked: it then diversifies nothing.
    function correlationWad(address assetA, address assetB) external view returns (uint256);

    function correlationOf(address assetA, address assetB) external view returns (Correlation memory);
}
