// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {RateMath} from "./RateMath.sol";

/// @title Kinked interest rate with a surcharge while liquidity is short
/// @notice `rate = kinked(u) + surcharge`. The surcharge starts at its floor when utilisation reaches the critical level,
/// doubles every `doublingSeconds` while it stays there, up to a cap, halves at the same pace below, and ends when it is
/// back at the floor: so a flat rate at 100 % cannot keep lenders in, for sooner or later borrowing costs more than
/// anyone will pay.
/// @dev Two-slope curve: Compound "JumpRateModel" (2020). State: the surcharge, 0 for none, in units of 1e-21 a second:
/// the finest in which the highest cap (100 000 % a year, 3.2e16 units) fits 56 bits.
contract KinkedRateModel is IInterestRateModel {
    using FixedPointMathLib for uint256;

    uint256 private constant YEAR = 365 days;
    int256 private constant LN2_WAD = 693147180559945309;
    /// @dev State units in one WAD per second.
    uint256 private constant SCALE = 1e3;

    /// @notice The two lines. [WAD per second]
    uint256 public immutable baseRate;
    uint256 public immutable slopeToKink;
    uint256 public immutable slopeAboveKink;
    uint256 public immutable kinkWad;
    uint256 public immutable criticalUtilisationWad;
    /// @notice Surcharge. [1e-21 per second, as the state]
    uint256 public immutable surchargeFloor;
    uint256 public immutable surchargeCap;
    /// @dev ln 2 ÷ doubling time. [WAD per second]
    int256 private immutable _surchargeSpeed;

    struct Params {
        uint256 basePerYearWad; // rate at zero utilisation
        uint256 slopeToKinkPerYearWad; // added from zero to the kink
        uint256 slopeAboveKinkPerYearWad; // added from the kink to full utilisation
        uint256 kinkWad; // in (0, 1e18)
        uint256 criticalUtilisationWad; // in [kink, 1e18]
        uint256 surchargeFloorPerYearWad; // in [1e9, cap]
        uint256 surchargeCapPerYearWad; // in [1e9, 1000e18 = 100 000 % a year]
        uint256 doublingSeconds; // in [1 hour, 365 days]
    }

    error RateParameterOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);

    constructor(Params memory p) {
        _check("base", p.basePerYearWad, 0, 10e18);
        _check("slopeToKink", p.slopeToKinkPerYearWad, 0, 10e18);
        _check("slopeAboveKink", p.slopeAboveKinkPerYearWad, 0, 100e18);
        _check("kink", p.kinkWad, 1, 1e18 - 1);
        _check("criticalUtilisation", p.criticalUtilisationWad, p.kinkWad, 1e18);
        _check("surchargeCap", p.surchargeCapPerYearWad, 1e9, 1000e18);
        _check("surchargeFloor", p.surchargeFloorPerYearWad, 1e9, p.surchargeCapPerYearWad);
        _check("doublingSeconds", p.doublingSeconds, 1 hours, 365 days);
        baseRate = p.basePerYearWad / YEAR;
        slopeToKink = p.slopeToKinkPerYearWad / YEAR;
        slopeAboveKink = p.slopeAboveKinkPerYearWad / YEAR;
        kinkWad = p.kinkWad;
        criticalUtilisationWad = p.criticalUtilisationWad;
        surchargeFloor = (p.surchargeFloorPerYearWad * SCALE) / YEAR;
        surchargeCap = (p.surchargeCapPerYearWad * SCALE) / YEAR;
        _surchargeSpeed = LN2_WAD / int256(p.doublingSeconds);
    }

    /// @inheritdoc IInterestRateModel
    function accrue(
        uint256 utilisationWad,
        uint256 elapsedSeconds,
        uint56 state
    ) external view returns (uint256 averageRatePerSecondWad, uint56 nextState) {
        utilisationWad = utilisationWad.min(1e18);
        averageRatePerSecondWad = _kinked(utilisationWad);
        bool critical = utilisationWad >= criticalUtilisationWad;
        uint256 surcharge = _surcharge(critical, state);
        if (surcharge == 0) return (averageRatePerSecondWad, 0);
        (uint256 end, uint256 mean) = RateMath.exponentialPath(
            surcharge,
            critical ? _surchargeSpeed : -_surchargeSpeed,
            elapsedSeconds,
            critical ? surchargeCap : surchargeFloor,
            critical ? surchargeCap : 0
        );
        averageRatePerSecondWad += mean / SCALE;
        nextState = uint56(end);
    }

    /// @inheritdoc IInterestRateModel
    function ratePerSecondWad(uint256 utilisationWad, uint56 state) external view returns (uint256) {
        utilisationWad = utilisationWad.min(1e18);
        return _kinked(utilisationWad) + _surcharge(utilisationWad >= criticalUtilisationWad, state) / SCALE;
    }

    /// @dev Surcharge in force, from the stored one. A state that this model did not write is brought within its bounds.
    function _surcharge(bool critical, uint56 state) private view returns (uint256) {
        if (state < surchargeFloor) return critical ? surchargeFloor : 0;
        return uint256(state).min(surchargeCap);
    }

    function _kinked(uint256 utilisationWad) private view returns (uint256) {
        return RateMath.kinked(utilisationWad, baseRate, slopeToKink, slopeAboveKink, kinkWad);
    }

    function _check(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RateParameterOutOfRange(name, value, min, max);
    }
}
