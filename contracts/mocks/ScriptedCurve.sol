// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveParameters} from "../libraries/CurveTerms.sol";

/// @title Curve that a test can change
/// @dev Only what a pool reads of a curve.
contract ScriptedCurve {
    CurveParameters private _parameters;

    function set(CurveParameters calldata p) external {
        _parameters = p;
    }

    function parameters() external view returns (CurveParameters memory) {
        return _parameters;
    }
}
