// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveParameters} from "../libraries/CurveTerms.sol";

/// @title Sale price of seized collateral as a function of how far its sale lags
/// @notice A curve is chosen for each collateral. The pool reads its parameters once, when governance chooses it, checks them, and
/// from then on reckons by `SaleCurve` itself: a sale depends on no code that governance has brought along.
/// @dev What `lag` means depends on the kind: time since the kick, or, of a paced sale, distance to the schedule.
interface ILiquidationCurve {
    function parameters() external view returns (CurveParameters memory);

    /// @notice Multiple of the liquidation price to pay. [WAD; above 1e18 is a premium, below a discount; rounded up]
    /// @param lagSeconds Time since the sale of this account could start. [s]
    /// @dev Non-increasing in `lagSeconds`; constant from `secondsToFloor()` on; never zero.
    function priceFactorWad(uint256 lagSeconds) external view returns (uint256);

    /// @notice Lag from which the price no longer falls. [s; 0 for a fixed bonus]
    function secondsToFloor() external view returns (uint256);
}
