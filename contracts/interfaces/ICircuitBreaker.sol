// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Graded circuit breaker
/// @notice Judges how disturbed a collateral or a whole pool is. It stops nothing itself: whoever asks (a risk engine)
/// acts on the answer. State belongs to the caller, so that nobody can move another engine's breaker.
/// @dev Between its two thresholds every input tightens continuously: markets accelerate towards cliffs that they can see
/// (the magnet effect, Chen et al. 2024). The level is a summary of the tightness, with hysteresis and expiry.
///
/// Normal → Caution as soon as an input is beyond its caution threshold, and back when all are below half of theirs.
/// Any → Restricted when an input reaches its restricting threshold, or sources are missing.
/// Restricted → Recovery by the clock, without a call.
/// Recovery → Normal after three good samples, five minutes or more apart.
interface ICircuitBreaker {
    enum Level {
        Normal,
        Caution, // at least one input is beyond caution, or none has been below half of it since
        Restricted, // at least one reached its second threshold; expires
        Recovery // after that, until the market has been good for a while
    }

    /// @dev What is not known or does not apply is zero: it then tightens nothing. Any value is allowed.
    struct Inputs {
        uint256 divergenceWad; // |feed ÷ TWAP − 1|
        uint256 volatilityExcessWad; // fast ÷ slow volatility − 1, while it is more: at rest they are equal
        uint256 moveWad; // move over five minutes or more, in standard deviations of that time
        uint256 outflowWad; // share of the lenders' flow limit that is used up. Alone never beyond Caution
        uint256 backlogWad; // debt of the accounts for sale ÷ market depth
        uint256 lossWad; // provision and recent losses ÷ lenders' assets
        bool sourcesMissing; // fewer prices are fresh than lending requires, or the sequencer is not up
    }

    /// @dev Where an input begins to tighten, and where it restricts. [WAD, whole bps, caution < restricted]
    struct Band {
        uint64 cautionWad;
        uint64 restrictedWad;
    }

    struct Thresholds {
        Band divergence; // [1 bps..50 %] default 5 % … 10 %
        Band volatilityExcess; // [1 bps..16] default 1 … 3: fast twice to four times the slow
        Band move; // [1 bps..16 σ] default 4 … 8
        Band outflow; // [1 bps..100 %] default 50 % … 100 %
        Band backlog; // [1 bps..16 depths] default 0.5 … 2
        Band loss; // [1 bps..50 %] default 0.25 % … 1 %
    }

    struct Assessment {
        Level level;
        uint256 tightnessWad; // 0: nothing is tightened; 1e18: restricted. In Recovery it falls with every good sample
        uint256 until; // [unix s] when Restricted expires; 0 otherwise
    }

    /// @notice The level, the eighth in which the tightness lies, or the end of Restricted changed with a sample.
    /// @dev What expires does so without an event: `from` is the level last announced, expired or not.
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
    /// @dev Thresholds are kept in whole bps; none is rounded silently.
    error BreakerThresholdTooFine(bytes32 parameter, uint256 value, uint256 unit);
    error BreakerNotTighter(address subject, Level current, Level proposed);
    error BreakerLevelNotRaisable(Level proposed);
    error BreakerDurationOutOfRange(uint256 value, uint256 min, uint256 max);

    /// @notice Takes in a sample for the caller's `subject` (a collateral, or the pool for itself) and answers where it
    /// stands now. Never reverts.
    /// @dev A sample within Restricted changes nothing, except that the first one beyond a threshold makes a raised
    /// restriction last at least as long as one of its own. Of several samples in one block, later ones only tighten:
    /// they lower no tightness, are not counted as good, and lead to Normal from nowhere.
    function assess(address subject, Inputs calldata inputs) external returns (Assessment memory);

    /// @notice What a risk engine asks, for the gas of one call: `assess` of a subject, of which `Inputs` says what the first
    /// five are, and then of the pool that it belongs to, by what there is to say of a pool.
    /// @dev Plain words: to pack and unpack two structs would cost as much as the judgement.
    /// @param pool 0: it is not judged, and what is answered of it is zero.
    /// @return level `Level` of the subject.
    function assessWithPool(
        address subject,
        uint256 divergenceWad,
        uint256 volatilityExcessWad,
        uint256 moveWad,
        uint256 backlogWad,
        bool sourcesMissing,
        address pool,
        uint256 outflowWad,
        uint256 lossWad
    ) external returns (uint256 level, uint256 tightnessWad, uint256 poolLevel, uint256 poolTightnessWad);

    /// @notice Where a subject stood at its last sample, with expiry taken into account.
    /// @dev When Restricted has expired and no sample was taken since, the tightness is that of the beginning of
    /// Recovery, 0.75e18: samples taken within Restricted expire with it.
    function assessmentOf(address engine, address subject) external view returns (Assessment memory);

    /// @notice Raises a subject to Caution (a tightness of at least 0.5e18) or Restricted for a time. Guardian; never
    /// lowers anything, a restriction that is in force included. Expires by itself, Restricted into Recovery.
    /// @dev In order of severity: Normal, Caution, Recovery, Restricted.
    /// @param level Caution or Restricted.
    /// @param seconds_ [s, 60..14 400]
    function raise(address engine, address subject, Level level, uint32 seconds_) external;

    /// @notice Thresholds of a subject, whoever's engine asks; of `address(0)`: of all subjects that have none. Governor.
    /// @dev They count from the next sample on.
    function setThresholds(address subject, Thresholds calldata thresholds) external;

    /// @notice Thresholds in force for a subject: its own, or else the default ones.
    function thresholdsOf(address subject) external view returns (Thresholds memory);
}
