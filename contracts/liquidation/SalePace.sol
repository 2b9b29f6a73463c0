// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {CurveTerms} from "../libraries/CurveTerms.sol";

/// @title How fast a collateral is sold, and how cheaply an account's may be
library SalePace {
    using FixedPointMathLib for uint256;

    uint256 private constant WAD = 1e18;

    /// @notice Rate of the selling schedule: `y · max(slow, fast · min(1, knee·y ÷ backlog)³)`: fast while the market can take the
    /// whole backlog, hardly at all when it cannot. `docs/liquidation.md` has why it is the cube (DESIGN §9 began with 1.5).
    /// @param reserve y. [loan base units, < 2^128]
    /// @param backlog Debt for sale. [loan base units, < 2^140]
    /// @return Value sold a second. [loan base units, rounded down] 0: the market's depth is not known, and sales go by time alone
    function perSecond(CurveTerms t, uint256 reserve, uint256 backlog) internal pure returns (uint256) {
        if (reserve == 0) return 0;
        unchecked {
            uint256 fast = t.fastPace(); // 20 bits
            uint256 pace = fast * WAD;
            uint256 knee = (reserve * t.kneeBps()) / 1e4; // 128 + 16 bits
            if (backlog > knee) {
                uint256 x = (knee * WAD) / backlog; // 144 + 60 bits; below one
                pace = (fast * x * x * x) / (WAD * WAD); // 20 + 3 · 60 bits
                pace = pace.max(t.slowPace() * WAD);
            }
            return ((reserve * pace) / (WAD * 1e7)).max(1); // 128 + 80 bits
        }
    }

    /// @notice Lowest price at which a small sale still heals the account, the sale's own impact on what is left included, and at
    /// which what is left still covers the debt.
    /// @dev Health `W ÷ D` does not fall if `f_k·(1+b)·ψ ≤ W ÷ D` with `ψ = (y + 2c) ÷ y`, since a sale of Δ into a
    /// constant-product market of reserve y lowers the value c of the collateral by `2cΔ ÷ y` besides (McFarlane, "On the
    /// Limits of Decentralized Lending", 2025: 1/1.05 = 0.95238 for b = 5 % at infinite depth, 0.86580 at c/y = 0.05). With one
    /// collateral that is `b ≤ 1 ÷ (LTV·ψ) − 1`. Coverage: `(1+b)·D ≤ V`.
    /// @param debt D. [loan base units, < 2^112]
    /// @param capacity W. [loan base units, < 2^128]
    /// @param value V, of all collaterals. [loan base units]
    /// @param factorWad f_k, of its first unit or of all of it. [WAD, ≤ 1e18]
    /// @param own c, value of the one sold. [loan base units]
    /// @param reserve y; 0: not known, ψ is 1. [loan base units]
    /// @return `1 ÷ (1 + b)`. [WAD, rounded up; type(uint256).max: none heals]
    function healingFactorUp(
        uint256 debt,
        uint256 capacity,
        uint256 value,
        uint256 factorWad,
        uint256 own,
        uint256 reserve
    ) internal pure returns (uint256) {
        if (capacity == 0) return type(uint256).max;
        uint256 heals;
        uint256 covers;
        unchecked {
            // 112 + 60 bits and less than that. What has a capacity has a value.
            heals = (debt * factorWad + capacity - 1) / capacity;
            covers = (debt * WAD + value - 1) / value;
        }
        if (reserve != 0) heals = heals.fullMulDivUp(reserve + 2 * own, reserve);
        return heals.max(covers);
    }
}
