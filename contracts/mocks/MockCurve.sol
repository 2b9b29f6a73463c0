// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {CurveParameters} from "../libraries/CurveTerms.sol";

/// @title Curve that answers whatever it was given
/// @dev For what a pool must refuse: the real curves check their parameters when they are deployed.
contract MockCurve is ILiquidationCurve {
    CurveParameters private _parameters;

    constructor(CurveParameters memory p) {
        _parameters = p;
    }

    /// @inheritdoc ILiquidationCurve
    function parameters() external view returns (CurveParameters memory) {
        return _parameters;
    }

    /// @inheritdoc ILiquidationCurve
    function priceFactorWad(uint256) external pure returns (uint256) {
        return 1e18;
    }

    /// @inheritdoc ILiquidationCurve
    function secondsToFloor() external view returns (uint256) {
        return _parameters.secondsToFloor;
    }
}
