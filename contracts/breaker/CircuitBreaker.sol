// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {BreakerMath} from "./BreakerMath.sol";

/// @title Circuit breaker for any number of engines and their subjects
/// @dev Two slots a sample, three for a subject with thresholds of its own. A slot that was written stays non-zero, so that
/// only the first sample beyond a threshold pays for a new one.
contract CircuitBreaker is ICircuitBreaker, AccessManaged {
    using BreakerMath for BreakerMath.State;

    uint256 private constant MIN_RAISE = 60;
    uint256 private constant MAX_RAISE = 4 hours;

    struct Slot {
        uint256 word; // `BreakerMath.State`, packed
    }

    mapping(address engine => mapping(address subject => Slot)) private _state;
    /// @dev `BreakerMath.packBands`; 0: the default ones, which are those of `address(0)`. Above these, see `_flagOf`.
    mapping(address subject => uint256 packed) private _thresholds;

    constructor(address authority_) AccessManaged(authority_) {
        _set(
            address(0),
            Thresholds({
                divergence: Band(0.05e18, 0.1e18),
                volatilityExcess: Band(1e18, 3e18),
                move: Band(4e18, 8e18),
                outflow: Band(0.5e18, 1e18),
                backlog: Band(0.5e18, 2e18),
                loss: Band(0.0025e18, 0.01e18)
            })
        );
    }

    /// @inheritdoc ICircuitBreaker
    function assess(address subject, Inputs calldata inputs) external returns (Assessment memory) {
        (Slot storage slot, uint256 word, uint256 until) = _stateOf(subject);
        if (until != 0) return Assessment(Level.Restricted, BreakerMath.WAD, until);
        uint256 level;
        uint256 tightness;
        (level, tightness, until) = _assess(subject, slot, word, BreakerMath.signalOf(inputs, _packedOf(subject)));
        return Assessment(Level(level), tightness, until);
    }

    /// @inheritdoc ICircuitBreaker
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
    ) external returns (uint256 level, uint256 tightnessWad, uint256 poolLevel, uint256 poolTightnessWad) {
        (level, tightnessWad) = _assessSubject(
            subject,
            divergenceWad,
            volatilityExcessWad,
            moveWad,
            backlogWad,
            sourcesMissing
        );
        if (pool != address(0)) (poolLevel, poolTightnessWad) = _assessPool(pool, outflowWad, lossWad);
    }

    function _assessSubject(
        address subject,
        uint256 divergenceWad,
        uint256 volatilityExcessWad,
        uint256 moveWad,
        uint256 backlogWad,
        bool sourcesMissing
    ) private returns (uint256 level, uint256 tightnessWad) {
        (Slot storage slot, uint256 word, uint256 until) = _stateOf(subject);
        if (until != 0) return (BreakerMath.RESTRICTED, BreakerMath.WAD);
        uint256 packed = _packedOf(subject);
        uint256 signal = BreakerMath.causesOf(divergenceWad, backlogWad, sourcesMissing, packed);
        signal = BreakerMath.withUnrest(signal, volatilityExcessWad, moveWad, packed);
        (level, tightnessWad, ) = _assess(subject, slot, word, signal);
    }

    function _assessPool(
        address pool,
        uint256 outflowWad,
        uint256 lossWad
    ) private returns (uint256 level, uint256 tightnessWad) {
        (Slot storage slot, uint256 word, uint256 until) = _stateOf(pool);
        if (until != 0) return (BreakerMath.RESTRICTED, BreakerMath.WAD);
        uint256 signal = BreakerMath.withPool(0, outflowWad, lossWad, _packedOf(pool));
        (level, tightnessWad, ) = _assess(pool, slot, word, signal);
    }

    /// @return slot Of the caller's subject.
    /// @return word What is in it.
    /// @return until End of a restriction that no sample changes; thresholds are not even read. 0: there is none. [unix s]
    function _stateOf(address subject) private view returns (Slot storage slot, uint256 word, uint256 until) {
        slot = _state[msg.sender][subject];
        word = slot.word;
        until = BreakerMath.closedUntil(word, block.timestamp);
    }

    /// @param word What is in the slot, and no restriction that no sample changes.
    /// @return level `Level`, as a number.
    /// @return tightnessWad As in `Assessment`.
    /// @return until Likewise.
    function _assess(
        address subject,
        Slot storage slot,
        uint256 word,
        uint256 signal
    ) private returns (uint256 level, uint256 tightnessWad, uint256 until) {
        if (BreakerMath.isQuiet(word) && BreakerMath.tightnessOf(signal) == 0) return (0, 0, 0);
        BreakerMath.State memory s = BreakerMath.unpack(word);
        Assessment memory announced = s.standing();
        s.expire(block.timestamp);
        s.sample(signal, block.timestamp);
        Assessment memory current = s.standing();
        uint256 next = s.pack();
        if (next != word) {
            slot.word = next;
            _announce(subject, announced, current);
        }
        return (uint256(current.level), current.tightnessWad, current.until);
    }

    /// @inheritdoc ICircuitBreaker
    function assessmentOf(address engine, address subject) external view returns (Assessment memory) {
        return _current(engine, subject).standing();
    }

    /// @inheritdoc ICircuitBreaker
    function raise(address engine, address subject, Level level, uint32 seconds_) external restricted {
        if (level != Level.Caution && level != Level.Restricted) revert BreakerLevelNotRaisable(level);
        if (seconds_ < MIN_RAISE || seconds_ > MAX_RAISE) {
            revert BreakerDurationOutOfRange(seconds_, MIN_RAISE, MAX_RAISE);
        }
        BreakerMath.State memory s = _current(engine, subject);
        uint256 end = block.timestamp + seconds_;
        if (level == Level.Caution) {
            // Above it, Restricted and Recovery; a Caution of the inputs has no end that could be compared.
            if (s.level > BreakerMath.CAUTION || s.cautionUntil >= end) {
                revert BreakerNotTighter(subject, s.standing().level, level);
            }
            s.cautionUntil = end;
        } else {
            bool isRestricted = s.level == BreakerMath.RESTRICTED;
            if (isRestricted && s.until >= end) revert BreakerNotTighter(subject, level, level);
            s.restrict(end);
            // A longer end does not make a restriction of the inputs the guardian's: its cause was counted already.
            if (!isRestricted) s.raised = true;
        }
        _state[engine][subject].word = s.pack();
        emit BreakerRaised(engine, subject, level, end);
    }

    /// @inheritdoc ICircuitBreaker
    function setThresholds(address subject, Thresholds calldata thresholds) external restricted {
        _check("divergence", thresholds.divergence, BreakerMath.UNIT_WAD, 0.5e18);
        _check("volatilityExcess", thresholds.volatilityExcess, BreakerMath.UNIT_WAD, 16e18);
        _check("move", thresholds.move, BreakerMath.UNIT_WAD, 16e18);
        _check("outflow", thresholds.outflow, BreakerMath.UNIT_WAD, 1e18);
        _check("backlog", thresholds.backlog, BreakerMath.UNIT_WAD, 16e18);
        _check("loss", thresholds.loss, BreakerMath.UNIT_WAD, 0.5e18);
        _set(subject, thresholds);
    }

    /// @inheritdoc ICircuitBreaker
    function thresholdsOf(address subject) external view returns (Thresholds memory) {
        return BreakerMath.unpackBands(_packedOf(subject));
    }

    function _announce(address subject, Assessment memory from, Assessment memory to) private {
        if (
            from.level == to.level && from.until == to.until && BreakerMath.isClose(from.tightnessWad, to.tightnessWad)
        ) {
            return;
        }
        emit BreakerAssessed(msg.sender, subject, from.level, to.level, to.tightnessWad, to.until);
    }

    function _current(address engine, address subject) private view returns (BreakerMath.State memory s) {
        s = BreakerMath.unpack(_state[engine][subject].word);
        s.expire(block.timestamp);
    }

    /// @dev One slot for nearly all subjects without thresholds of their own, and a warm one for the second subject of a
    /// transaction.
    function _packedOf(address subject) private view returns (uint256 packed) {
        packed = _thresholds[address(0)];
        if (packed & _flagOf(subject) == 0) return packed;
        uint256 own = _thresholds[subject];
        if (own != 0) packed = own;
    }

    /// @dev In the 16 bits that the default thresholds leave: whether any subject whose address ends alike has its own.
    function _flagOf(address subject) private pure returns (uint256) {
        return 1 << (BreakerMath.FLAGS_FROM + (uint160(subject) & 15));
    }

    function _set(address subject, Thresholds memory thresholds) private {
        uint256 packed = BreakerMath.packBands(thresholds);
        uint256 defaults = _thresholds[address(0)];
        if (subject == address(0)) {
            packed |= (defaults >> BreakerMath.FLAGS_FROM) << BreakerMath.FLAGS_FROM;
        } else {
            _thresholds[address(0)] = defaults | _flagOf(subject);
        }
        _thresholds[subject] = packed;
        emit BreakerThresholdsSet(subject, thresholds);
    }

    function _check(bytes32 parameter, Band calldata band, uint256 min, uint256 max) private pure {
        _within(parameter, band.restrictedWad, min + BreakerMath.UNIT_WAD, max);
        _within(parameter, band.cautionWad, min, band.restrictedWad - BreakerMath.UNIT_WAD);
    }

    function _within(bytes32 parameter, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert BreakerThresholdOutOfRange(parameter, value, min, max);
        if (value % BreakerMath.UNIT_WAD != 0) {
            revert BreakerThresholdTooFine(parameter, value, BreakerMath.UNIT_WAD);
        }
    }
}
