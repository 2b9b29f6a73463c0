// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Prices of collateral in units of one quote (loan) asset
/// @notice One oracle instance serves one quote asset. Every price has 36 decimals of scale:
/// `value [quote base units] = amount [asset base units] × price36 / 1e36`, so that callers never handle decimals.
interface IPriceOracle {
    /// @notice The asset has never been configured.
    error OracleAssetUnknown(address asset);
    /// @notice Fewer sources are fresh than the asset's configuration requires for new borrowing.
    error OracleInsufficientSources(address asset, uint256 fresh, uint256 required);
    /// @notice No source is fresh at all.
    error OracleNoFreshSource(address asset);

    /// @notice Asset in which prices are expressed.
    function quoteAsset() external view returns (address);

    /// @notice Conservative price for granting credit: the lower of feed (median of three or more sources), TWAP and
    /// slow EMA for the collateral, the higher for the quote asset. Rounded down.
    /// @dev Reverts with `OracleAssetUnknown`, `OracleInsufficientSources` or a typed source error; never returns zero.
    function borrowPrice(address asset) external view returns (uint256 price36);

    /// @notice Price at which health is judged and collateral is sold: feed clamped to TWAP ± band. Rounded down.
    /// @dev Works on whatever is fresh; reverts with `OracleNoFreshSource` when nothing is.
    function liquidationPrice(address asset) external view returns (uint256 price36);

    /// @notice As `liquidationPrice`, but falls back to the last price that was valid instead of reverting.
    /// @dev Never reverts for a configured asset, except for what only the caller can bring about: too little gas to
    /// give every source its allowance, or, for the share of a pool, a call from within a change of that pool. `price36`
    /// is zero only if the asset never had a valid price.
    /// @return price36 Price, 36-decimal scale.
    /// @return fresh False when `price36` is the remembered price.
    function liquidationPriceOrLast(address asset) external view returns (uint256 price36, bool fresh);

    /// @notice Records TWAP, slow EMA, divergence clock and last valid price. Permissionless; cannot make a price more
    /// favourable to the caller than the sources are, and cannot reset the divergence clock by repetition.
    function poke(address asset) external;
}
