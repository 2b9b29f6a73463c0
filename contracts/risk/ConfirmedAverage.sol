// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Exponential average that believes a sample only when the next one confirms it
/// @notice Whoever calls chooses the moment, and may change what is measured for that moment: a flash position, a swap
/// and back, liquidity for one block. So an interval moves the average only as far as the samples at *both* its ends
/// agree. One odd sample, however odd, moves nothing.
/// @dev `average + (1 − e^(−Δt/τ))·(confirmed − average)`, with one τ for rises and one for falls. Two steps over Δt₁ and
/// Δt₂ are one over Δt₁ + Δt₂: how often it is called does not change it.
library ConfirmedAverage {
    using FixedPointMathLib for uint256;

    uint256 private constant WAD = 1e18;
    /// @dev Beyond 40 τ nothing is left of the past: e^−40 = 4e-18.
    uint256 private constant MAX_STEP_WAD = 40e18;

    /// @notice The nearer of two samples on one side of the average; the average itself where they are on either side.
    function confirmed(uint256 average, uint256 earlier, uint256 latest) internal pure returns (uint256) {
        if (earlier > average && latest > average) return earlier.min(latest);
        if (earlier < average && latest < average) return earlier.max(latest);
        return average;
    }

    /// @notice Average at the end of an interval. [rounded down, between average and samples]
    /// @param average Before it. [any unit, < 2^128, as the samples]
    /// @param earlier Sample at its beginning.
    /// @param latest Sample at its end.
    /// @param riseSeconds Time that a rise is believed to have lasted. [s]
    /// @param riseTau τ of a rise. [s, > 0]
    /// @param fallSeconds Time that a fall is believed to have lasted. [s]
    /// @param fallTau τ of a fall. [s, > 0]
    function step(
        uint256 average,
        uint256 earlier,
        uint256 latest,
        uint256 riseSeconds,
        uint256 riseTau,
        uint256 fallSeconds,
        uint256 fallTau
    ) internal pure returns (uint256) {
        uint256 sample = confirmed(average, earlier, latest);
        unchecked {
            // What is kept is at most one.
            if (sample > average) return average + (sample - average).mulDiv(WAD - _keptWad(riseSeconds, riseTau), WAD);
            return sample + (average - sample).mulDiv(_keptWad(fallSeconds, fallTau), WAD);
        }
    }

    /// @dev `e^(−Δt/τ)`.
    function _keptWad(uint256 elapsed, uint256 tau) private pure returns (uint256) {
        if (elapsed == 0) return WAD;
        return uint256(FixedPointMathLib.expWad(-int256(((elapsed * WAD) / tau).min(MAX_STEP_WAD))));
    }
}
