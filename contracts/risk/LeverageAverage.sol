// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ConfirmedAverage} from "./ConfirmedAverage.sol";

/// @title Slow average of a pool's aggregate leverage
/// @notice Collateral ÷ (collateral − debt) of all accounts together, averaged over hours. It reads one sample a block and
/// believes it only when the sample of a later block confirms it: a position that is opened and closed in one block
/// leaves no trace.
library LeverageAverage {
    using FixedPointMathLib for uint256;

    uint256 internal constant MIN_TAU = 1 hours;
    /// @dev Leverage of a pool whose debt is all its collateral or more: any add-on is at its cap long before. [WAD]
    uint256 internal constant MAX_LEVERAGE_WAD = 1_000e18;

    /// @dev 13 + 13 + 5 = 31: one slot.
    struct State {
        uint104 averageWad;
        uint104 sampleWad; // the latest
        uint40 updatedAt; // [unix s] 0: never
    }

    /// @notice Collateral ÷ equity. [WAD, rounded up, in 1 … 1000]
    /// @param collateral [loan base units, < 2^128]
    /// @param debt [loan base units]
    function leverageUp(uint256 collateral, uint256 debt) internal pure returns (uint256) {
        if (debt == 0) return 1e18;
        if (debt >= collateral) return MAX_LEVERAGE_WAD;
        unchecked {
            return (collateral * 1e18).divUp(collateral - debt).min(MAX_LEVERAGE_WAD);
        }
    }

    /// @notice Takes in one sample. A second one in the same block is ignored.
    /// @param tau τ. [s, ≥ 1 h: what is below counts as that]
    function observe(State memory state, uint256 leverageWad, uint256 tau, uint256 timestamp) internal pure {
        uint256 sample = leverageWad.min(MAX_LEVERAGE_WAD);
        if (state.updatedAt == 0) {
            (state.averageWad, state.sampleWad, state.updatedAt) = (
                uint104(sample),
                uint104(sample),
                uint40(timestamp)
            );
            return;
        }
        if (timestamp <= state.updatedAt) return;
        uint256 average = next(state.averageWad, state.sampleWad, sample, tau, timestamp - state.updatedAt);
        (state.averageWad, state.sampleWad, state.updatedAt) = (uint104(average), uint104(sample), uint40(timestamp));
    }

    /// @notice The average that follows, after the first.
    /// @param earlierWad The sample before.
    /// @param latestWad The sample. [WAD, ≤ `MAX_LEVERAGE_WAD`]
    /// @param elapsed Since the one before. [s, > 0]
    function next(
        uint256 averageWad,
        uint256 earlierWad,
        uint256 latestWad,
        uint256 tau,
        uint256 elapsed
    ) internal pure returns (uint256) {
        uint256 timeConstant = tau.max(MIN_TAU);
        return ConfirmedAverage.step(averageWad, earlierWad, latestWad, elapsed, timeConstant, elapsed, timeConstant);
    }
}
