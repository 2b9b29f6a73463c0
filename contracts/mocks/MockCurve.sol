// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";

/// @title Curve that answers whatever it was given
/// @dev For what a pool must refuse: the real curves keep their floor between ⅔ and 1.
contract MockCurve is ILiquidationCurve {
    uint256 private immutable _factorWad;
    /// @inheritdoc ILiquidationCurve
    uint256 public immutable secondsToFloor;

    constructor(uint256 factorWad, uint256 secondsToFloor_) {
        _factorWad = factorWad;
        secondsToFloor = secondsToFloor_;
    }

    /// @inheritdoc ILiquidationCurve
    function priceFactorWad(uint256) external view returns (uint256) {
        return _factorWad;
    }
}
