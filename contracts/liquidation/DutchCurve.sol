// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";

/// @title Time-only Dutch auction
/// @notice `factor(lag) = max(floor, start · e^(−lag/τ))` with `start = 1 + premium`, `floor = 1/(1 + maxBonus)` and τ
/// chosen so that the floor is reached after `duration`: `τ = duration / ln(start/floor)`.
/// @dev Exponential decay as in Maker's Clipper (Liquidations 2.0, "abaci"), but continuous.
contract DutchCurve is ILiquidationCurve {
    using FixedPointMathLib for uint256;

    uint256 public immutable startFactorWad;
    uint256 public immutable floorFactorWad;
    /// @notice [s]
    uint256 public immutable secondsToFloor;
    /// @dev ln(start/floor) ÷ duration, rounded down. [WAD per second]
    uint256 private immutable _decayPerSecondWad;

    error CurvePremiumOutOfRange(uint256 premiumBps, uint256 max);
    error CurveBonusOutOfRange(uint256 bonusBps, uint256 max);
    error CurveDurationOutOfRange(uint256 duration, uint256 min, uint256 max);
    error CurveFlat();

    /// @param premiumBps How far above the liquidation price the sale opens. [bps, 0..10 000]
    /// @param maxBonusBps Bonus at the floor. [bps, 0..5000]
    /// @param durationSeconds Time from start to floor. [s, 60..86 400]
    constructor(uint256 premiumBps, uint256 maxBonusBps, uint256 durationSeconds) {
        if (premiumBps > 1e4) revert CurvePremiumOutOfRange(premiumBps, 1e4);
        if (maxBonusBps > 5_000) revert CurveBonusOutOfRange(maxBonusBps, 5_000);
        if (durationSeconds < 60 || durationSeconds > 1 days)
            revert CurveDurationOutOfRange(durationSeconds, 60, 1 days);
        if (premiumBps + maxBonusBps == 0) revert CurveFlat();
        startFactorWad = 1e18 + premiumBps * 1e14;
        floorFactorWad = uint256(1e22).divUp(1e4 + maxBonusBps); // rounded up: against the taker
        secondsToFloor = durationSeconds;
        // start > floor, so the quotient exceeds 1 and its logarithm is positive.
        _decayPerSecondWad =
            uint256(FixedPointMathLib.lnWad(int256(startFactorWad.divWad(floorFactorWad)))) / durationSeconds;
    }

    /// @inheritdoc ILiquidationCurve
    /// @dev Rounded up: against the taker.
    function priceFactorWad(uint256 lagSeconds) external view returns (uint256) {
        if (lagSeconds >= secondsToFloor) return floorFactorWad;
        // The exponent is at most ln(start/floor) < 1.2e18: the cast is safe.
        int256 exponent = -int256(_decayPerSecondWad * lagSeconds);
        return
            floorFactorWad.max(startFactorWad.mulWadUp(uint256(FixedPointMathLib.expWad(exponent)) + 1)).min(
                startFactorWad
            );
    }
}
