// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {CurveParameters, CurveTerms, CurveTermsLib} from "../libraries/CurveTerms.sol";
import {SaleCurve} from "./SaleCurve.sol";

/// @title What all curves have in common
/// @notice Checks its parameters once, when it is deployed, as the pool will.
abstract contract BaseCurve is ILiquidationCurve {
    CurveParameters private _parameters;

    constructor(CurveParameters memory p) {
        CurveTermsLib.pack(p);
        _parameters = p;
    }

    /// @inheritdoc ILiquidationCurve
    function parameters() external view returns (CurveParameters memory) {
        return _parameters;
    }

    /// @inheritdoc ILiquidationCurve
    function priceFactorWad(uint256 lagSeconds) external view returns (uint256) {
        CurveTerms t = _terms();
        uint256 toFloor = t.secondsToFloor();
        if (lagSeconds > toFloor) lagSeconds = toFloor;
        return SaleCurve.factorUp(t, t.floorWad(), int256(lagSeconds * SaleCurve.TICKS));
    }

    /// @inheritdoc ILiquidationCurve
    function secondsToFloor() external view returns (uint256) {
        return _terms().secondsToFloor();
    }

    /// @notice Price ÷ liquidation price when a sale opens. [WAD]
    function startFactorWad() external view returns (uint256) {
        return _terms().startWad();
    }

    /// @notice And the lowest. [WAD, rounded up]
    function floorFactorWad() external view returns (uint256) {
        return _terms().floorWad();
    }

    function _terms() private view returns (CurveTerms) {
        return CurveTermsLib.pack(_parameters);
    }
}
