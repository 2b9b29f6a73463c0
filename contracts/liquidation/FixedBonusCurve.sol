// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";

/// @title Fixed liquidation bonus, as in Compound v2 and Aave
/// @notice The taker receives `1 + bonus` of collateral for 1 of debt from the first second: factor `1/(1 + bonus)`.
contract FixedBonusCurve is ILiquidationCurve {
    /// @notice [bps, 0..5000]
    uint256 public immutable bonusBps;
    uint256 private immutable _factorWad;

    error CurveBonusOutOfRange(uint256 bonusBps, uint256 max);

    constructor(uint256 bonusBps_) {
        if (bonusBps_ > 5_000) revert CurveBonusOutOfRange(bonusBps_, 5_000);
        bonusBps = bonusBps_;
        _factorWad = (1e22 + 1e4 + bonusBps_ - 1) / (1e4 + bonusBps_); // rounded up: against the taker
    }

    /// @inheritdoc ILiquidationCurve
    function priceFactorWad(uint256) external view returns (uint256) {
        return _factorWad;
    }

    /// @inheritdoc ILiquidationCurve
    function secondsToFloor() external pure returns (uint256) {
        return 0;
    }
}
