// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Leverage, concentration and cascade gain
library CascadeMath {
    using FixedPointMathLib for uint256;

    uint256 internal constant WAD = 1e18;
    /// @notice Falls of a price that are looked at: 0, 5, … 50 %.
    uint256 internal constant STEPS = 11;
    uint256 internal constant STEP_PERCENT = 5;
    uint256 internal constant BUCKETS = 32;
    /// @notice Stands for a ratio whose divisor is not there.
    uint256 internal constant UNBOUNDED = type(uint256).max;

    /// @notice `A ÷ (A − D)`. [WAD, rounded down] One for nothing, `UNBOUNDED` where there is no equity.
    function leverageWad(uint256 value, uint256 debt) internal pure returns (uint256) {
        if (debt == 0) return WAD;
        return debt >= value ? UNBOUNDED : value.fullMulDiv(WAD, value - debt);
    }

    /// @notice [WAD, rounded down] `UNBOUNDED` where the divisor is zero and the dividend is not; zero for nothing by nothing.
    function ratioWad(uint256 dividend, uint256 divisor) internal pure returns (uint256) {
        if (divisor == 0) return dividend == 0 ? 0 : UNBOUNDED;
        return dividend.fullMulDiv(WAD, divisor);
    }

    /// @notice Herfindahl–Hirschman index: Σ of the squares of shares. [WAD, rounded down] Zero for nothing.
    /// @param squares Σ xᵢ², at most the square of the sum.
    /// @param sum Σ xᵢ. [< 2^190]
    function hhiWad(uint256 squares, uint256 sum) internal pure returns (uint256) {
        return sum == 0 ? 0 : squares.fullMulDiv(WAD, sum) / sum;
    }

    /// @notice Which of 32 buckets a health factor falls into: 0 below 0.5; 1 to 30 from 0.5 on, 0.05 each; 31 from 2 on. One is
    /// the border between 10 and 11.
    /// @param capacity [< 2^200]
    /// @param debt [> 0, < 2^200]
    function bucketOf(uint256 capacity, uint256 debt) internal pure returns (uint256) {
        unchecked {
            uint256 twentieths = (capacity * 20) / debt;
            if (twentieths < 10) return 0;
            return (twentieths - 9).min(BUCKETS - 1);
        }
    }

    /// @notice First step at which an account whose capacity is proportional to prices is unhealthy: `W·(1 − 5 %·s) < D`.
    /// @return step `STEPS`: at none.
    function stepOf(uint256 capacity, uint256 debt) internal pure returns (uint256 step) {
        unchecked {
            while (step < STEPS && capacity * (100 - STEP_PERCENT * step) >= debt * 100) ++step;
        }
    }

    /// @notice Cascade gain `g = Λ·L'` of a collateral for a fall of its price by a share Δ: by how much of a fall the sales that
    /// it sets off make the price fall further. Above one a fall feeds itself.
    /// @dev In a constant-product market of reserve y on the loan asset's side a unit sold moves the price P by `Λ = 2P²/y`.
    /// Sales beyond those that are due already, `R(Δ) − R(0)` at today's price, are `(R(Δ) − R(0))/P` units over a fall of `P·Δ`:
    /// `L' = (R(Δ) − R(0))/(P²·Δ)`. The price drops out: `g = 2·(R(Δ) − R(0))/(y·Δ)`.
    /// @param released `R(Δ) − R(0)`. [loan base units, < 2^200]
    /// @param reserve y. [loan base units, < 2^128] 0: not known
    /// @param percent Δ. [%, > 0]
    /// @return [WAD, rounded down] `UNBOUNDED`: something is sold into a market of unknown depth.
    function gainWad(uint256 released, uint256 reserve, uint256 percent) internal pure returns (uint256) {
        return ratioWad(200 * released, reserve * percent);
    }
}
