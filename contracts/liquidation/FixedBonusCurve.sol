// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveKind, CurveParameters} from "../libraries/CurveTerms.sol";
import {BaseCurve} from "./BaseCurve.sol";

/// @title Fixed liquidation bonus, as in Compound v2 and Aave
/// @notice The taker receives `1 + bonus` of collateral for 1 of debt from the first second: factor `1/(1 + bonus)`.
contract FixedBonusCurve is BaseCurve {
    /// @notice [bps, 0..5000]
    uint256 public immutable bonusBps;

    constructor(
        uint256 bonusBps_
    ) BaseCurve(CurveParameters(CurveKind.Fixed, 0, bonusBps_, bonusBps_, 0, 0, 0, 0, 0, 0, 0)) {
        bonusBps = bonusBps_;
    }
}
