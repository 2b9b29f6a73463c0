// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @dev Sums over the collaterals of an account, from which both what they carry together and what one more unit of one of
/// them adds can be had.
struct Basket {
    uint256 value; // Σ vᵢ. [loan base units]
    uint256 capacity; // Σ fᵢ·vᵢ, as if nothing diversified. [loan base units]
    uint256 weight; // Σ wᵢ, wᵢ = hᵢvᵢ = vᵢ − fᵢvᵢ. [loan base units]
    uint256 loaded; // Σ λᵢwᵢ. [loan base units × 100]
    uint256 own; // Σ (1−λᵢ²)·wᵢ². [loan base units² × 10 000]
    bool tooLarge; // an amount that no books hold: nothing is credited for diversification
}

/// @title What several collaterals carry together
/// @notice `Σvᵢ − H` with `H = ½Σwᵢ + ½√(ΣΣ ρᵢⱼwᵢwⱼ)` (DESIGN §7) for a one-factor model of correlation, `ρᵢⱼ = λᵢλⱼ` off the
/// diagonal. The root is then `√(Σ(1−λᵢ²)wᵢ² + (Σλᵢwᵢ)²)`: one pass over the collaterals. With λᵢ the root of the
/// highest correlation that i has with any other, λᵢλⱼ is never below the pair's own.
/// @dev Such correlations are possible ones for any λ in [0, 1], so that by Cauchy–Schwarz one more unit of a collateral
/// never adds less than its own factor f, nor more than (1+f)/2: adding collateral never harms. `PortfolioMath` has the
/// general form, for any table of correlations.
library BasketMath {
    using FixedPointMathLib for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant FULL = 100;
    /// @dev Weights below this: their squares × 10 000, summed over 16, fit a word.
    uint256 private constant MAX_WEIGHT = 1 << 112;

    /// @notice Adds a collateral.
    /// @param value vᵢ. [loan base units]
    /// @param capacity fᵢ·vᵢ, at most vᵢ. [loan base units]
    /// @param loading λᵢ. [%, at most 100]
    function add(Basket memory b, uint256 value, uint256 capacity, uint256 loading) internal pure {
        b.value += value;
        b.capacity += capacity;
        uint256 weight = value - capacity;
        if (weight >= MAX_WEIGHT) {
            b.tooLarge = true;
            return;
        }
        unchecked {
            b.weight += weight;
            b.loaded += loading * weight;
            if (loading != FULL) b.own += (FULL * FULL - loading * loading) * weight * weight;
        }
    }

    /// @notice Puts other amounts in the place of those that a collateral was added with.
    function replace(
        Basket memory b,
        uint256 value,
        uint256 capacity,
        uint256 newValue,
        uint256 newCapacity,
        uint256 loading
    ) internal pure {
        b.value -= value;
        b.capacity -= capacity;
        uint256 weight = value - capacity;
        if (weight < MAX_WEIGHT) {
            unchecked {
                b.weight -= weight;
                b.loaded -= loading * weight;
                if (loading != FULL) b.own -= (FULL * FULL - loading * loading) * weight * weight;
            }
        }
        add(b, newValue, newCapacity, loading);
    }

    /// @notice What all of them carry. [loan base units, rounded down] At least `capacity`.
    function capacityDown(Basket memory b) internal pure returns (uint256) {
        // Nothing diversifies: the root is Σw.
        if (b.own == 0 || b.tooLarge) return b.capacity;
        return b.capacity + (b.weight * FULL).zeroFloorSub(_rootUp(b)) / (2 * FULL);
    }

    /// @notice `1 − ∂H/∂v_k`: what one more unit of collateral k adds. [WAD, rounded up, at most one]
    /// @dev Wherever a sale is sized or guarded, this is the factor of what is sold. Rounded up, for understating it would
    /// miss the target of the sale.
    /// @param b All collaterals, k among them.
    /// @param weight w_k. [loan base units]
    /// @param factor f_k. [WAD]
    /// @param loading λ_k. [%]
    function marginalFactorUp(
        Basket memory b,
        uint256 weight,
        uint256 factor,
        uint256 loading
    ) internal pure returns (uint256) {
        if (b.own == 0 || b.tooLarge || weight == 0) return factor;
        // slope = ((1−λ²)·w + λ·Σλw) / root, rounded down. All × 10 000, the root × 100.
        uint256 row = (FULL * FULL - loading * loading) * weight + loading * b.loaded;
        uint256 slope = row.fullMulDiv(WAD, _rootUp(b) * FULL).min(WAD);
        return WAD - ((WAD - factor) * (WAD + slope)) / (2 * WAD);
    }

    /// @dev × 100.
    function _rootUp(Basket memory b) private pure returns (uint256 root) {
        uint256 square = b.own + b.loaded * b.loaded;
        root = square.sqrt();
        if (root * root < square) ++root;
    }
}
