// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {RateMath} from "./RateMath.sol";

/// @title Adaptive interest rate: a controller that steers utilisation to a target
/// @notice The rate at target drifts exponentially with the normalised error `e ∈ [−1, 1]`:
/// `r_T(t + Δ) = r_T(t)·e^(speed·e·Δ)`, within bounds. Around it the instantaneous curve is
/// `r = r_T·((steepness − 1)·e + 1)` for e ≥ 0 and `r = r_T·((1 − 1/steepness)·e + 1)` for e < 0.
/// At full utilisation the rate therefore doubles every few days and can never be a flat trap for lenders.
/// @dev Formulas: specification of Morpho's "AdaptiveCurveIRM" (2024), but with the exact mean over the interval where
/// that takes three points. State: r_T, in units of 1e-23 a second: the finest in which the highest rate (1000 % a year,
/// 3.2e16 units) fits 56 bits, so that the slow drift near the target is not rounded away at every touch.
contract AdaptiveRateModel is IInterestRateModel {
    using FixedPointMathLib for uint256;

    uint256 private constant YEAR = 365 days;
    /// @dev State units in one WAD per second.
    uint256 private constant SCALE = 1e5;

    uint256 public immutable targetUtilisationWad;
    /// @notice Rate at full utilisation ÷ rate at target, and rate at target ÷ rate at zero. [WAD]
    uint256 public immutable steepnessWad;
    /// @notice Drift at e = 1. [WAD per second]
    uint256 public immutable speedPerSecondWad;
    /// @notice Rates at target. [1e-23 per second, as the state]
    uint256 public immutable initialRateAtTarget;
    uint256 public immutable minRateAtTarget;
    uint256 public immutable maxRateAtTarget;

    struct Params {
        uint256 targetUtilisationWad; // in (0, 1e18)
        uint256 steepnessWad; // in [1e18, 10e18]
        uint256 initialPerYearWad; // within the bounds
        uint256 minPerYearWad; // ≥ 1e9 = 1e-7 % a year
        uint256 maxPerYearWad; // ≤ 10e18 = 1000 % a year
        uint256 speedPerYearWad; // in [1e12, 500e18]: at e = 1 the rate grows e^speed-fold a year
    }

    error RateParameterOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);

    constructor(Params memory p) {
        _check("targetUtilisation", p.targetUtilisationWad, 1, 1e18 - 1);
        _check("steepness", p.steepnessWad, 1e18, 10e18);
        _check("max", p.maxPerYearWad, 1e9, 10e18);
        _check("min", p.minPerYearWad, 1e9, p.maxPerYearWad);
        _check("initial", p.initialPerYearWad, p.minPerYearWad, p.maxPerYearWad);
        _check("speed", p.speedPerYearWad, 1e12, 500e18);
        targetUtilisationWad = p.targetUtilisationWad;
        steepnessWad = p.steepnessWad;
        initialRateAtTarget = (p.initialPerYearWad * SCALE) / YEAR;
        minRateAtTarget = (p.minPerYearWad * SCALE) / YEAR;
        maxRateAtTarget = (p.maxPerYearWad * SCALE) / YEAR;
        speedPerSecondWad = p.speedPerYearWad / YEAR;
    }

    /// @inheritdoc IInterestRateModel
    function accrue(
        uint256 utilisationWad,
        uint256 elapsedSeconds,
        uint56 state
    ) external view returns (uint256 averageRatePerSecondWad, uint56 nextState) {
        int256 errorWad = RateMath.normalisedError(utilisationWad.min(1e18), targetUtilisationWad);
        uint256 bound = errorWad > 0 ? maxRateAtTarget : minRateAtTarget;
        (uint256 end, uint256 mean) = RateMath.exponentialPath(
            _rateAtTarget(state),
            (int256(speedPerSecondWad) * errorWad) / 1e18,
            elapsedSeconds,
            bound,
            bound
        );
        return (_curve(mean, errorWad), uint56(end));
    }

    /// @inheritdoc IInterestRateModel
    function ratePerSecondWad(uint256 utilisationWad, uint56 state) external view returns (uint256) {
        return _curve(_rateAtTarget(state), RateMath.normalisedError(utilisationWad.min(1e18), targetUtilisationWad));
    }

    function _rateAtTarget(uint56 state) private view returns (uint256) {
        return state == 0 ? initialRateAtTarget : uint256(state).clamp(minRateAtTarget, maxRateAtTarget);
    }

    /// @dev [WAD per second, rounded to nearest]
    function _curve(uint256 rateAtTarget, int256 errorWad) private view returns (uint256) {
        uint256 slope = errorWad < 0 ? 1e18 - uint256(1e36) / steepnessWad : steepnessWad - 1e18;
        // On the falling side slope < 1 and errorWad ≥ −1: the factor stays positive.
        uint256 factorWad = uint256(int256(1e18) + (int256(slope) * errorWad) / 1e18);
        return (rateAtTarget * factorWad + 1e18 * (SCALE / 2)) / (1e18 * SCALE);
    }

    function _check(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RateParameterOutOfRange(name, value, min, max);
    }
}
