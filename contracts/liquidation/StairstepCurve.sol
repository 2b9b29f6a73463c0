// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveKind, CurveParameters} from "../libraries/CurveTerms.sol";
import {BaseCurve} from "./BaseCurve.sol";

/// @title Time-only auction whose price falls by a factor each step
/// @notice `factor(lag) = max(floor, start · cut^⌊lag/step⌋)`: Maker's stair-step exponential decrease ("abaci"). With a cut of 0.99,
/// steps of 90 s and a premium of 30 % it is back at the liquidation price after 27 steps, 40.5 minutes.
contract StairstepCurve is BaseCurve {
    /// @param premiumBps How far above the liquidation price the sale opens. [bps, 0..10 000]
    /// @param maxBonusBps Bonus at the floor. [bps, 0..5000]
    /// @param stepSeconds [s, 1..3600]
    /// @param cutBps A step multiplies the price by this. [bps, 5000..9999]
    constructor(
        uint256 premiumBps,
        uint256 maxBonusBps,
        uint256 stepSeconds,
        uint256 cutBps
    )
        BaseCurve(
            CurveParameters(CurveKind.Stairs, premiumBps, maxBonusBps, maxBonusBps, 0, stepSeconds, cutBps, 0, 0, 0, 0)
        )
    {}
}
