// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Linear ramp of the liquidation factor
/// @notice The factor moves from one value to another in a straight line over time, so that lowering it never makes a
/// healthy account liquidatable in the block of the change (idea: Euler Vault Kit, "LTV ramping").
library RampMath {
    /// @dev 2 percentage points a day.
    uint256 internal constant MAX_FALL_BPS_PER_DAY = 200;

    /// @notice Value in force at `timestamp`. [bps, rounded up: in the borrower's favour while falling]
    /// @param fromBps Value at `start`. [bps]
    /// @param toBps Value from `end` on. [bps]
    /// @param start Beginning of the ramp. [unix s]
    /// @param end End of the ramp; `end <= start` means no ramp. [unix s]
    function valueAt(
        uint256 fromBps,
        uint256 toBps,
        uint256 start,
        uint256 end,
        uint256 timestamp
    ) internal pure returns (uint256) {
        if (timestamp >= end || fromBps <= toBps) return toBps;
        if (timestamp <= start) return fromBps;
        unchecked {
            // Falling and inside the ramp: round the remainder up. Factors have 16 bits, times 32.
            uint256 left = end - timestamp;
            uint256 length = end - start;
            return toBps + ((fromBps - toBps) * left + length - 1) / length;
        }
    }

    /// @notice Shortest ramp allowed for a fall. [s, rounded up; 0 for a rise]
    function minimumDuration(uint256 fromBps, uint256 toBps) internal pure returns (uint256) {
        if (toBps >= fromBps) return 0;
        unchecked {
            return ((fromBps - toBps) * 1 days + MAX_FALL_BPS_PER_DAY - 1) / MAX_FALL_BPS_PER_DAY; // factors have 16 bits
        }
    }
}
