// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Size of a liquidation
library LiquidationMath {
    using FixedPointMathLib for uint256;

    /// @notice Repayment that brings an account to the target health factor when collateral k is sold at
    /// `priceFactor × liquidation price`, i.e. with bonus `1 + b = 1/priceFactor`.
    /// @dev From `HF* = (W − LT_k·(1+b)·Δ) / (D − Δ)`: `Δ = (HF*·D − W) / (HF* − (1+b)·LT_k)` (DESIGN §9). When the
    /// denominator is not positive, selling never reaches the target and the whole debt is to be repaid.
    /// @param debt D. [loan base units, ≤ 2^112 − 1: so products fit a word]
    /// @param capacity W = Σ LT_i·V_i over all collaterals. [loan base units]
    /// @param targetHealthBps HF*. [bps, > 10 000]
    /// @param factorWad LT_k of the collateral sold; of several that diversify, its marginal factor. [WAD, ≤ 1e18]
    /// @param priceFactorWad Sale price ÷ liquidation price. [WAD, > 0]
    /// @return repayAssets Δ, in 0..debt, rounded up so that the target is reached.
    function repayToTargetUp(
        uint256 debt,
        uint256 capacity,
        uint256 targetHealthBps,
        uint256 factorWad,
        uint256 priceFactorWad
    ) internal pure returns (uint256 repayAssets) {
        uint256 wanted = debt.mulDivUp(targetHealthBps, 1e4);
        if (wanted <= capacity) return 0;
        uint256 healed = targetHealthBps * 1e18;
        // LT_k / priceFactor, in units of bps × 1e18, rounded up: understating it would undershoot the target.
        uint256 lost = (factorWad * 1e4).divWadUp(priceFactorWad);
        if (lost >= healed) return debt;
        repayAssets = (wanted - capacity).mulDivUp(1e22, healed - lost);
        if (repayAssets > debt) repayAssets = debt;
    }
}
