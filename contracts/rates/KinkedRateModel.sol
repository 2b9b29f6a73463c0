// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {RateMath} from "./RateMath.sol";

/// @title Kinked interest rate with a surcharge while liquidity is short
/// @notice `rate = kinked(u) + surcharge`. The surcharge starts at `surchargeFloor` when utilisation passes
/// `criticalUtilisation`, doubles every `doublingSeconds` while it stays there and halves at the same pace below, so
/// that a flat rate at 100 % cannot keep lenders in: sooner or later borrowing costs more than anyone will pay.
/// @dev Two-slope curve: Compound "JumpRateModel" (2020). State: the surcharge. [WAD per second]
contract KinkedRateModel is IInterestRateModel {
    using FixedPointMathLib for uint256;

    uint256 private constant YEAR = 365 days;
    int256 private constant LN2_WAD = 693147180559945309;

    /// @notice All rates [WAD per second], utilisations [WAD].
    uint256 public immutable baseRate;
    uint256 public immutable slopeToKink;
    uint256 public immutable slopeAboveKink;
    uint256 public immutable kinkWad;
    uint256 public immutable criticalUtilisationWad;
    uint256 public immutable surchargeFloor;
    uint256 public immutable surchargeCap;
    int256 private immutable _surchargeSpeed;

    struct Params {
        uint256 basePerYearWad; // rate at zero utilisation
        uint256 slopeToKinkPerYearWad; // added from zero to the kink
        uint256 slopeAboveKinkPerYearWad; // added from the kink to full utilisation
        uint256 kinkWad; // in (0, 1e18)
        uint256 criticalUtilisationWad; // in [kink, 1e18]
        uint256 surchargeFloorPerYearWad; // > 0
        uint256 surchargeCapPerYearWad; // ≥ floor, ≤ 1000 = 100 000 % a year
        uint256 doublingSeconds; // ≥ 1 hour
    }

    error RateParameterOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);

    constructor(Params memory p) {
        _check("base", p.basePerYearWad, 0, 10e18);
        _check("slopeToKink", p.slopeToKinkPerYearWad, 0, 10e18);
        _check("slopeAboveKink", p.slopeAboveKinkPerYearWad, 0, 100e18);
        _check("kink", p.kinkWad, 1, 1e18 - 1);
        _check("criticalUtilisation", p.criticalUtilisationWad, p.kinkWad, 1e18);
        _check("surchargeCap", p.surchargeCapPerYearWad, YEAR, 1000e18);
        _check("surchargeFloor", p.surchargeFloorPerYearWad, YEAR, p.surchargeCapPerYearWad);
        _check("doublingSeconds", p.doublingSeconds, 1 hours, 365 days);
        baseRate = p.basePerYearWad / YEAR;
        slopeToKink = p.slopeToKinkPerYearWad / YEAR;
        slopeAboveKink = p.slopeAboveKinkPerYearWad / YEAR;
        kinkWad = p.kinkWad;
        criticalUtilisationWad = p.criticalUtilisationWad;
        surchargeFloor = p.surchargeFloorPerYearWad / YEAR;
        surchargeCap = p.surchargeCapPerYearWad / YEAR;
        _surchargeSpeed = LN2_WAD / int256(p.doublingSeconds);
    }

    /// @inheritdoc IInterestRateModel
    function accrue(
        uint256 utilisationWad,
        uint256 elapsedSeconds,
        uint56 state
    ) external view returns (uint256 averageRatePerSecondWad, uint56 nextState) {
        utilisationWad = utilisationWad.min(1e18);
        bool critical = utilisationWad >= criticalUtilisationWad;
        uint256 surcharge = uint256(state).min(surchargeCap);
        averageRatePerSecondWad = _kinked(utilisationWad);
        if (surcharge < surchargeFloor) {
            if (!critical) return (averageRatePerSecondWad, 0);
            surcharge = surchargeFloor;
        }
        (uint256 end, uint256 mean) = RateMath.exponentialPath(
            surcharge,
            critical ? _surchargeSpeed : -_surchargeSpeed,
            elapsedSeconds,
            critical ? surchargeCap : surchargeFloor
        );
        // Decayed to the floor: over.
        nextState = !critical && end == surchargeFloor ? 0 : uint56(end);
        averageRatePerSecondWad += mean;
    }

    /// @inheritdoc IInterestRateModel
    function ratePerSecondWad(uint256 utilisationWad, uint56 state) external view returns (uint256) {
        utilisationWad = utilisationWad.min(1e18);
        uint256 surcharge = uint256(state).min(surchargeCap);
        if (surcharge < surchargeFloor) surcharge = utilisationWad >= criticalUtilisationWad ? surchargeFloor : 0;
        return _kinked(utilisationWad) + surcharge;
    }

    function _kinked(uint256 utilisationWad) private view returns (uint256) {
        return RateMath.kinked(utilisationWad, baseRate, slopeToKink, slopeAboveKink, kinkWad);
    }

    function _check(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert RateParameterOutOfRange(name, value, min, max);
    }
}
