// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Compounding of debt between two touches of the pool
library InterestMath {
    using FixedPointMathLib for uint256;

    /// @dev e^2 ≈ 7.4×: more growth than that in one untouched interval is cut, so that a runaway model or decades of
    /// silence cannot push the debt out of its 112 bits and lock repayments.
    uint256 internal constant MAX_EXPONENT_WAD = 2e18;

    /// @notice Debt ÷ lender assets. [WAD, in 0..1e18, rounded down]
    /// @param debtAssets Debt. [loan base units, ≤ 2^112 − 1]
    /// @param lenderAssets cash + debt − reserves. [loan base units]
    function utilisationWad(uint256 debtAssets, uint256 lenderAssets) internal pure returns (uint256) {
        if (debtAssets == 0) return 0;
        if (debtAssets >= lenderAssets) return 1e18;
        return debtAssets.mulDiv(1e18, lenderAssets);
    }

    /// @notice Interest on `debtAssets` compounded continuously: `debt × (e^(rate × elapsed) − 1)`, rounded up.
    /// @param debtAssets Debt at the start of the interval. [loan base units, ≤ 2^112 − 1]
    /// @param ratePerSecondWad Average rate over the interval. [WAD per second]
    /// @param elapsedSeconds Length of the interval. [s]
    /// @return interestAssets Never so much that debt + interest exceeds 2^112 − 1.
    function compoundUp(
        uint256 debtAssets,
        uint256 ratePerSecondWad,
        uint256 elapsedSeconds
    ) internal pure returns (uint256 interestAssets) {
        uint256 exponent = FixedPointMathLib.min(
            FixedPointMathLib.saturatingMul(ratePerSecondWad, elapsedSeconds),
            MAX_EXPONENT_WAD
        );
        // Safe casts: the exponent is at most 2e18 and its exponential at least 1e18.
        uint256 growthWad = uint256(FixedPointMathLib.expWad(int256(exponent))) - 1e18;
        interestAssets = debtAssets.mulDivUp(growthWad, 1e18);
        uint256 room = type(uint112).max - debtAssets;
        if (interestAssets > room) interestAssets = room;
    }
}
