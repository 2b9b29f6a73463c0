// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Haircut of an account with several collaterals
/// @notice `H = ½·Σ hᵢvᵢ + ½·√(ΣΣ ρᵢⱼ·hᵢvᵢ·hⱼvⱼ)`, h = 1 − factor: half of the benefit that diversification would give if
/// the correlations could be trusted, none of it once they reach one.
/// @dev Correlations are those of an upper triangle without its diagonal, row by row: 01, 02, … 0n, 12, …, in [0, 1],
/// floored already. Values times haircuts are kept exact, in units of 1e-4 of a base unit.
library PortfolioMath {
    using FixedPointMathLib for uint256;

    uint256 private constant BPS = 1e4;
    uint256 private constant WAD = 1e18;
    /// @dev Bits of hᵢvᵢ: 16² products of two and 14 bits of correlation then fit a word.
    uint256 private constant MAX_BITS = 112;

    error PortfolioLengthMismatch(uint256 values, uint256 haircuts, uint256 correlations);
    error PortfolioOutOfRange(bytes32 what, uint256 value);

    /// @dev What both results are made of.
    struct Terms {
        uint256[] weights; // hᵢvᵢ >> shift, rounded up. [1e-4 base units]
        uint256 shift; // so that products fit; zero for all but absurd amounts
        uint256 sum; // Σ hᵢvᵢ, not shifted. [1e-4 base units]
        uint256 square; // ΣΣ ρᵢⱼ·wᵢ·wⱼ. [1e-4 × weights²]
    }

    /// @notice ρ that is used: never below the stressed floor, never above one. [bps]
    function flooredCorrelation(int256 estimateBps, uint256 floorBps) internal pure returns (uint256) {
        uint256 estimate = estimateBps < 0 ? 0 : uint256(estimateBps);
        return estimate.max(floorBps).min(BPS);
    }

    /// @notice Number of correlations of `count` collaterals.
    function pairs(uint256 count) internal pure returns (uint256) {
        return count == 0 ? 0 : (count * (count - 1)) / 2;
    }

    /// @notice H. [as the values, rounded up, at most Σ hᵢvᵢ rounded up]
    /// @param values vᵢ. [loan base units, < 2^128 each, at most 16]
    /// @param haircutsBps hᵢ. [bps, ≤ 10 000]
    /// @param correlationsBps ρᵢⱼ. [bps, ≤ 10 000]
    function haircutUp(
        uint256[] memory values,
        uint256[] memory haircutsBps,
        uint256[] memory correlationsBps
    ) internal pure returns (uint256) {
        Terms memory t = _terms(values, haircutsBps, correlationsBps);
        uint256 joint = _rootUp(t.square.divUp(BPS)) << t.shift;
        return (t.sum + joint.min(t.sum)).divUp(2 * BPS);
    }

    /// @notice `1 − ∂H/∂v_k`: what one more unit of collateral k adds to what the account may owe. [WAD, rounded down]
    /// @dev Wherever a sale is sized or guarded, this is the factor of what is sold: takers pick the diversifier, whose
    /// loss hurts most. Exact also where the correlations are no possible ones (floors may make them so): the factor may
    /// then be below 1 − h, not below zero.
    function marginalFactorDown(
        uint256[] memory values,
        uint256[] memory haircutsBps,
        uint256[] memory correlationsBps,
        uint256 k
    ) internal pure returns (uint256) {
        if (k >= values.length) revert PortfolioOutOfRange("index", k);
        Terms memory t = _terms(values, haircutsBps, correlationsBps);
        uint256 jointDown = (t.square / BPS).sqrt();
        // Nothing else there: one asset's haircut is its own.
        uint256 slopeWad =
            jointDown == 0 ? WAD : _row(t.weights, correlationsBps, k).fullMulDivUp(WAD, jointDown * BPS);
        uint256 lostWad = haircutsBps[k].fullMulDivUp(WAD + slopeWad, 2 * BPS);
        return WAD.zeroFloorSub(lostWad);
    }

    function _terms(
        uint256[] memory values,
        uint256[] memory haircutsBps,
        uint256[] memory correlationsBps
    ) private pure returns (Terms memory t) {
        uint256 count = values.length;
        if (haircutsBps.length != count || correlationsBps.length != pairs(count)) {
            revert PortfolioLengthMismatch(count, haircutsBps.length, correlationsBps.length);
        }
        if (count > 16) revert PortfolioOutOfRange("count", count);
        uint256[] memory w = new uint256[](count);
        uint256 largest;
        for (uint256 i; i < count; ++i) {
            if (haircutsBps[i] > BPS) revert PortfolioOutOfRange("haircut", haircutsBps[i]);
            if (values[i] > type(uint128).max) revert PortfolioOutOfRange("value", values[i]);
            w[i] = values[i] * haircutsBps[i];
            t.sum += w[i];
            largest = largest.max(w[i]);
        }
        while (largest >> (MAX_BITS + t.shift) != 0) ++t.shift;
        if (t.shift != 0) for (uint256 i; i < count; ++i) w[i] = w[i].divUp(1 << t.shift);
        t.weights = w;
        t.square = _square(w, correlationsBps);
    }

    /// @dev ΣΣ ρᵢⱼ·wᵢ·wⱼ. [1e-4]
    function _square(uint256[] memory w, uint256[] memory correlationsBps) private pure returns (uint256 square) {
        uint256 count = w.length;
        uint256 index;
        for (uint256 i; i < count; ++i) {
            square += BPS * w[i] * w[i];
            for (uint256 j = i + 1; j < count; ++j) {
                uint256 rho = correlationsBps[index++];
                if (rho > BPS) revert PortfolioOutOfRange("correlation", rho);
                square += 2 * rho * w[i] * w[j];
            }
        }
    }

    /// @dev Σⱼ ρ_kj·w_j. [1e-4 × weights]
    function _row(uint256[] memory w, uint256[] memory correlationsBps, uint256 k) private pure returns (uint256 row) {
        uint256 index;
        for (uint256 i; i < w.length; ++i) {
            for (uint256 j = i + 1; j < w.length; ++j) {
                if (i == k) row += correlationsBps[index] * w[j];
                else if (j == k) row += correlationsBps[index] * w[i];
                ++index;
            }
        }
        row += BPS * w[k];
    }

    function _rootUp(uint256 x) private pure returns (uint256 root) {
        root = x.sqrt();
        if (root * root < x) ++root;
    }
}
