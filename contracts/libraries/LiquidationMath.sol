// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Size of a liquidation
library LiquidationMath {
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
        unchecked {
            uint256 wanted = (debt * targetHealthBps + 9_999) / 1e4; // 112 + 16 bits
            if (wanted <= capacity) return 0;
            uint256 healed = targetHealthBps * 1e18; // 16 + 60 bits
            // LT_k / priceFactor, in units of bps × 1e18, rounded up: understating it would undershoot the target.
            uint256 lost = (factorWad * 1e22 + priceFactorWad - 1) / priceFactorWad; // 60 + 74 bits
            if (lost >= healed) return debt;
            uint256 left = healed - lost;
            repayAssets = ((wanted - capacity) * 1e22 + left - 1) / left; // 115 + 74 bits
            if (repayAssets > debt) repayAssets = debt;
        }
    }
}
