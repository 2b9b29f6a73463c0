// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Graded circuit breaker
/// @notice Judges how disturbed a collateral or a whole pool is. It stops nothing itself: whoever asks (a risk engine)
/// acts on the answer. State belongs to the caller, so that nobody can move another engine's breaker.
/// @dev Between its two thresholds every input tightens continuously: markets accelerate towards cliffs that they can see
/// (the magnet effect, Chen et al. 2024). The level is a summary of the tightness, with hysteresis and expiry.
interface ICircuitBreaker {
    enum Level {
        Normal,
        Caution, // at least one input is between its thresholds
        Restricted, // at least one is beyond; expires
        Recovery // after that, until the market has been good for a while
    }

    /// @dev What is not known or does not apply is zero: it then tightens nothing.
    struct Inputs {
        uint256 divergenceWad; // |feed ÷ TWAP − 1|
        uint256 volatilityRatioWad; // fast ÷ slow volatility
        uint256 moveWad; // move over five minutes or more, in standard deviations of that time
        uint256 outflowWad; // share of the lenders' flow limit that is used up. Alone never beyond Caution
        uint256 backlogWad; // debt of the accounts for sale ÷ market depth
        uint256 lossWad; // provision and recent losses ÷ lenders' assets
        bool sourcesMissing; // fewer prices are fresh than lending requires, or the sequencer is not up
    }

    /// @dev Where an input begins to tighten, and where it restricts. WAD, caution < restricted.
    struct Band {
        uint64 cautionWad;
        uint64 restrictedWad;
    }

    struct Thresholds {
        Band divergence; // 5 % … 10 %
        Band volatilityRatio;
        Band move;
        Band outflow;
        Band backlog;
        Band loss;
    }

    struct Assessment {
        Level level;
        uint256 tightnessWad; // 0: nothing is tightened; 1e18: restricted. In Recovery it falls with every good sample
        uint256 until; // [unix s] when Restricted expires; 0 otherwise
    }

    event BreakerAssessed(
        address indexed engine,
        address indexed subject,
        Level from,
        Level to,
        uint256 tightnessWad,
        uint256 until
    );
    event BreakerRaised(address indexed engine, address indexed subject, Level level, uint256 until);
    event BreakerThresholdsSet(address indexed subject, Thresholds thresholds);

    error BreakerThresholdOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error BreakerNotTighter(address subject, Level current, Level proposed);
    error BreakerDurationOutOfRange(uint256 value, uint256 min, uint256 max);

    /// @notice Takes in a sample for the caller's `subject` (a collateral, or the pool for itself) and answers where it
    /// stands now. Never reverts.
    function assess(address subject, Inputs calldata inputs) external returns (Assessment memory);

    /// @notice Where a subject stood at its last sample, with expiry taken into account.
    function assessmentOf(address engine, address subject) external view returns (Assessment memory);

    /// @notice Raises a subject to Caution or Restricted for a time. Guardian; never lowers anything.
    /// @param seconds_ [s, 60..14 400]
    function raise(address engine, address subject, Level level, uint32 seconds_) external;

    /// @notice Thresholds of a subject; of `address(0)`: of all subjects that have none. Governor.
    function setThresholds(address subject, Thresholds calldata thresholds) external;

    function thresholdsOf(address subject) external view returns (Thresholds memory);
}
