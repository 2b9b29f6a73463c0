// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Sale price of seized collateral as a function of how long the sale has lagged
/// @dev The seam for depth-paced selling: a curve says only what a unit costs at a lag; what `lag` means (time since the
/// kick, or distance to a selling schedule) is decided by the liquidation module.
interface ILiquidationCurve {
    /// @notice Multiple of the liquidation price to pay. [WAD; above 1e18 is a premium, below a discount]
    /// @param lagSeconds Time since the sale of this account could start. [s]
    /// @dev Non-increasing in `lagSeconds`; constant from `secondsToFloor()` on; never zero.
    function priceFactorWad(uint256 lagSeconds) external view returns (uint256);

    /// @notice Lag from which the price no longer falls. [s; 0 for a fixed bonus]
    function secondsToFloor() external view returns (uint256);
}
