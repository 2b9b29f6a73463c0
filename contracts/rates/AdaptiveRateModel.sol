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
/// @dev After the "AdaptiveCurveIRM" specification of Morpho (2024). State: r_T. [WAD per second]
contract AdaptiveRateModel is IInterestRateModel {
    using FixedPointMathLib for uint256;

    uint256 private constant YEAR = 365 days;

    /// @notice Utilisations and steepness [WAD], rates [WAD per second], speed [WAD per second at e = 1].
    uint256 public immutable targetUtilisationWad;
    uint256 public immutable steepnessWad;
    uint256 public immutable initialRateAtTarget;
    uint256 public immutable minRateAtTarget;
    uint256 public immutable maxRateAtTarget;
    uint256 public immutable speedPerSecondWad;

    struct Params {
        uint256 targetUtilisationWad; // in (0, 1e18)
        uint256 steepnessWad; // in [1, 10]
        uint256 initialPerYearWad; // within the bounds
        uint256 minPerYearWad; // ≥ 1e-9 a year
        uint256 maxPerYearWad; // ≤ 10 = 1000 % a year
        uint256 speedPerYearWad; // in (0, 500]
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
        initialRateAtTarget = p.initialPerYearWad / YEAR;
        minRateAtTarget = p.minPerYearWad / YEAR;
        maxRateAtTarget = p.maxPerYearWad / YEAR;
        speedPerSecondWad = p.speedPerYearWad / YEAR;
    }

    /// @inheritdoc IInterestRateModel
    function accrue(
        uint256 utilisationWad,
        uint256 elapsedSeconds,
        uint56 state
    ) external view returns (uint256 averageRatePerSecondWad, uint56 nextState) {
        int256 errorWad = RateMath.normalisedError(utilisationWad.min(1e18), targetUtilisationWad);
        (uint256 end, uint256 mean) = RateMath.exponentialPath(
            _rateAtTarget(state),
            (int256(speedPerSecondWad) * errorWad) / 1e18,
            elapsedSeconds,
            errorWad > 0 ? maxRateAtTarget : minRateAtTarget
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

    function _curve(uint256 rateAtTarget, int256 errorWad) private view returns (uint256) {
        uint256 slope = errorWad < 0 ? 1e18 - uint256(1e36) / steepnessWad : steepnessWad - 1e18;
        // slope ≤ 1 and errorWad ≥ −1 on the falling side, so the factor stays positive.
        return rateAtTarget.mulWad(uint256(int256(1e18) + (int256(slope) * errorWad) / 1e18));
    }

    function _check(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RateParameterOutOfRange(name, value, min, max);
    }
}
