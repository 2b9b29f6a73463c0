// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveKind, CurveParameters} from "../libraries/CurveTerms.sol";
import {BaseCurve} from "./BaseCurve.sol";

/// @title Time-only auction whose price falls in a straight line
/// @notice From `1 + premium` to `1/(1 + maxBonus)` over `duration`, as Maker's linear decrease and Euler's discount do.
contract LinearCurve is BaseCurve {
    /// @param premiumBps How far above the liquidation price the sale opens. [bps, 0..10 000]
    /// @param maxBonusBps Bonus at the floor. [bps, 0..5000]
    /// @param durationSeconds Time from start to floor. [s, 60..86 400]
    constructor(
        uint256 premiumBps,
        uint256 maxBonusBps,
        uint256 durationSeconds
    )
        BaseCurve(
            CurveParameters(CurveKind.Linear, premiumBps, maxBonusBps, maxBonusBps, durationSeconds, 0, 0, 0, 0, 0, 0)
        )
    {}
}
