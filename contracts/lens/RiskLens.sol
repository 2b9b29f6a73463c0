// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRiskLens} from "../interfaces/IRiskLens.sol";
import {CascadeMath} from "../libraries/CascadeMath.sol";
import {AccountSums} from "./AccountSums.sol";
import {PoolStates} from "./PoolStates.sol";

/// @title Leverage, concentration and cascade gain of pools
/// @dev No constructor and no immutables: the code works at any address. See `IRiskLens`.
contract RiskLens is AccountSums, PoolStates {
    /// @inheritdoc IRiskLens
    function figuresOf(PoolState calldata state, Sums calldata sums) external pure returns (Figures memory f) {
        f.leverageWad = CascadeMath.leverageWad(sums.pledged, sums.debt);
        f.healthWad = CascadeMath.ratioWad(sums.capacity, sums.debt);
        f.debtHhiWad = CascadeMath.hhiWad(sums.debtSquares, sums.debt);
        f.pledgedHhiWad = CascadeMath.hhiWad(sums.pledgedSquares, sums.pledged);
        f.atRiskDebt = _cumulated(sums.stepDebt);
        f.atRiskValue = _cumulated(sums.stepValue);
        f.collaterals = new CollateralFigures[](sums.collaterals.length);
        for (uint256 i; i < sums.collaterals.length; ++i) {
            _conclude(f.collaterals[i], state.collaterals[i], sums.collaterals[i]);
        }
    }

    function _conclude(
        CollateralFigures memory f,
        CollateralState calldata state,
        CollateralSums calldata sums
    ) private pure {
        f.hhiWad = CascadeMath.hhiWad(sums.squares, sums.pledged);
        f.backlogToDepthWad = CascadeMath.ratioWad(state.backlog, state.depth);
        f.atRiskDebt = _cumulated(sums.debt);
        f.atRiskValue = _cumulated(sums.value);
        uint256 due = sums.released[0];
        for (uint256 i = 1; i < CascadeMath.STEPS; ++i) {
            // A deeper fall may release less of an account than it must sell today: its debt takes less of a cheaper collateral
            // that is all gone by then.
            uint256 released = sums.released[i] > due ? sums.released[i] - due : 0;
            f.gainWad[i] = CascadeMath.gainWad(released, state.reserve, CascadeMath.STEP_PERCENT * i);
        }
        f.gainWad[0] = f.gainWad[1];
    }

    function _cumulated(uint256[11] calldata steps) private pure returns (uint256[11] memory sums) {
        uint256 sum;
        for (uint256 i; i < CascadeMath.STEPS; ++i) sums[i] = sum += steps[i];
    }
}
