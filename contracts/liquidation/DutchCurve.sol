// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveKind, CurveParameters} from "../libraries/CurveTerms.sol";
import {BaseCurve} from "./BaseCurve.sol";

/// @title Time-only Dutch auction
/// @notice `factor(lag) = max(floor, start · e^(−lag/τ))` with `start = 1 + premium`, `floor = 1/(1 + maxBonus)` and τ
/// chosen so that the floor is reached after `duration`: `τ = duration / ln(start/floor)`.
/// @dev Exponential decay as in Maker's Clipper (Liquidations 2.0, "abaci"), but continuous.
contract DutchCurve is BaseCurve {
    /// @param premiumBps How far above the liquidation price the sale opens. [bps, 0..10 000]
    /// @param maxBonusBps Bonus at the floor. [bps, 0..5000]
    /// @param durationSeconds Time from start to floor. [s, 60..86 400]
    constructor(
        uint256 premiumBps,
        uint256 maxBonusBps,
        uint256 durationSeconds
    )
        BaseCurve(
            CurveParameters(CurveKind.Dutch, premiumBps, maxBonusBps, maxBonusBps, durationSeconds, 0, 0, 0, 0, 0, 0)
        )
    {}
}
