// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BreakerMath} from "../../../contracts/breaker/BreakerMath.sol";
import {CircuitBreaker} from "../../../contracts/breaker/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../../contracts/interfaces/ICircuitBreaker.sol";
import {vm} from "../Vm.sol";
import {Bounds} from "./PoolMaths.t.sol";

/// @dev Engine, guardian and authority at once.
abstract contract BreakerSetup is Bounds {
    uint256 internal constant T0 = 1_700_000_000;
    address internal constant SUBJECT = address(0xa55e7);
    uint256 internal constant STATE_SLOT = 1; // after the authority

    CircuitBreaker internal breaker;

    function setUp() public virtual {
        vm.warp(T0);
        breaker = new CircuitBreaker(address(this));
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    /// @dev Small numbers, those around the thresholds, and those beyond all reason.
    function _input(uint256 seed, uint256 index, uint256 most) private pure returns (uint256) {
        uint256 draw = uint256(keccak256(abi.encode(seed, index)));
        uint256 kind = draw % 8;
        if (kind == 0) return 0;
        if (kind == 1) return type(uint256).max - (draw >> 250);
        if (kind == 2) return draw;
        return _between(draw >> 8, 0, (most * 3) / 2);
    }

    function _inputs(uint256 seed) internal pure returns (ICircuitBreaker.Inputs memory) {
        return
            ICircuitBreaker.Inputs({
                divergenceWad: _input(seed, 0, 0.1e18),
                volatilityRatioWad: _input(seed, 1, 4e18),
                moveWad: _input(seed, 2, 8e18),
                outflowWad: _input(seed, 3, 1e18),
                backlogWad: _input(seed, 4, 2e18),
                lossWad: _input(seed, 5, 0.01e18),
                sourcesMissing: seed % 16 == 0
            });
    }

    /// @dev None that restricts by the default thresholds.
    function _mild(uint256 seed) internal pure returns (ICircuitBreaker.Inputs memory inputs) {
        inputs = _inputs(seed);
        inputs.divergenceWad %= 0.1e18;
        inputs.volatilityRatioWad %= 4e18;
        inputs.moveWad %= 8e18;
        inputs.backlogWad %= 2e18;
        inputs.lossWad %= 0.01e18;
        inputs.sourcesMissing = false;
    }

    /// @dev Calm, mild, or anything.
    function _anySample(uint256 draw) internal returns (ICircuitBreaker.Assessment memory) {
        ICircuitBreaker.Inputs memory none;
        uint256 kind = draw % 3;
        return
            breaker.assess(
                SUBJECT,
                kind == 0
                    ? none
                    : kind == 1
                        ? _mild(draw >> 8)
                        : _inputs(draw >> 8)
            );
    }

    function _standing() internal view returns (ICircuitBreaker.Assessment memory) {
        return breaker.assessmentOf(address(this), SUBJECT);
    }
}

contract BreakerFuzzTest is BreakerSetup {
    ICircuitBreaker.Level private constant NORMAL = ICircuitBreaker.Level.Normal;
    ICircuitBreaker.Level private constant CAUTION = ICircuitBreaker.Level.Caution;
    ICircuitBreaker.Level private constant RESTRICTED = ICircuitBreaker.Level.Restricted;
    ICircuitBreaker.Level private constant RECOVERY = ICircuitBreaker.Level.Recovery;

    /// @dev Twelve samples of any kind at any distances, with the guardian between. A revert fails the test.
    function testFuzz_Assess_NeverRevertsAndLevelFitsTightness(uint256 seed) public {
        uint256 time = T0;
        for (uint256 i; i < 12; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            if (draw % 8 == 7) _raise(draw);
            ICircuitBreaker.Assessment memory a = _anySample(draw >> 8);
            ICircuitBreaker.Assessment memory b = _standing();
            require(a.level == b.level && a.tightnessWad == b.tightnessWad && a.until == b.until, "view differs");
            require((a.level == RESTRICTED) == (a.tightnessWad == 1e18), "restricted and 1");
            require((a.level == RESTRICTED) == (a.until > block.timestamp), "restricted and until");
            require(a.level != NORMAL || a.tightnessWad == 0, "normal and tight");
            require(a.level != RECOVERY || a.tightnessWad >= 0.25e18, "recovery and loose");
            time += (draw >> 128) % 3 == 0 ? 0 : _between(draw >> 136, 1, (draw >> 130) % 2 == 0 ? 600 : 20_000);
            vm.warp(time);
        }
    }

    function _raise(uint256 draw) private {
        ICircuitBreaker.Level level = draw & 256 == 0 ? CAUTION : RESTRICTED;
        ICircuitBreaker.Assessment memory before = _standing();
        try breaker.raise(address(this), SUBJECT, level, uint32(_between(draw >> 16, 60, 14_400))) {
            ICircuitBreaker.Assessment memory a = _standing();
            require(a.tightnessWad >= before.tightnessWad && a.until >= before.until, "raising lowered");
        } catch {}
    }

    /// @dev Any word of valid fields is kept by storage, and any sample moves it without a revert.
    function testFuzz_Assess_NeverRevertsInAnyState(uint256 seed, uint40 later, uint256 sample) public {
        BreakerMath.State memory s = BreakerMath.unpack(seed & ((1 << 224) - 1));
        s.tightnessWad %= 1e18;
        s.level = (seed >> 224) % 4;
        s.triggers = (seed >> 232) % 6;
        s.good = (seed >> 240) % 3;
        s.raised = seed >> 255 == 1;
        uint256 word = BreakerMath.pack(s);
        require(BreakerMath.pack(BreakerMath.unpack(word)) == word, "packed otherwise");
        require(keccak256(abi.encode(BreakerMath.unpack(word))) == keccak256(abi.encode(s)), "unpacked otherwise");
        bytes32 slot = keccak256(abi.encode(SUBJECT, keccak256(abi.encode(address(this), STATE_SLOT))));
        vm.store(address(breaker), slot, bytes32(word));
        vm.warp(_between(later, 1, 2 ** 40 - 5 hours));
        BreakerMath.expire(s, block.timestamp);
        require(keccak256(abi.encode(_standing())) == keccak256(abi.encode(BreakerMath.standing(s))), "not this slot");
        ICircuitBreaker.Assessment memory a = _anySample(sample);
        require(a.tightnessWad <= 1e18, "above 1");
        uint256 kept = uint256(vm.load(address(breaker), slot));
        require(kept == word || BreakerMath.pack(BreakerMath.unpack(kept)) == kept, "a field overflowed");
    }

    function testFuzz_Assess_TightensWithEachInput(uint256 seed, uint256 which, uint256 more) public {
        ICircuitBreaker.Inputs memory inputs = _mild(seed);
        ICircuitBreaker.Assessment memory a = breaker.assess(SUBJECT, inputs);
        which %= 7;
        if (which == 0) inputs.divergenceWad = _above(inputs.divergenceWad, more, 0.1e18);
        if (which == 1) inputs.volatilityRatioWad = _above(inputs.volatilityRatioWad, more, 4e18);
        if (which == 2) inputs.moveWad = _above(inputs.moveWad, more, 8e18);
        if (which == 3) inputs.outflowWad = _above(inputs.outflowWad, more, 1e18);
        if (which == 4) inputs.backlogWad = _above(inputs.backlogWad, more, 2e18);
        if (which == 5) inputs.lossWad = _above(inputs.lossWad, more, 0.01e18);
        if (which == 6) inputs.sourcesMissing = true;
        ICircuitBreaker.Assessment memory b = breaker.assess(address(0xb0b), inputs); // fresh as well
        require(b.tightnessWad >= a.tightnessWad && b.level >= a.level, "looser");
        require(which != 6 || b.level == RESTRICTED, "missing");
    }

    /// @dev A little more, a lot more, or the most.
    function _above(uint256 value, uint256 more, uint256 scale) private pure returns (uint256) {
        if (more % 4 == 0) return _between(more, value, type(uint256).max - 1);
        unchecked {
            uint256 sum = value + (more % scale);
            return sum < value ? type(uint256).max : sum;
        }
    }

    /// @dev Whatever outflow there is, and however often: nothing restricts unless one of the others does.
    function testFuzz_Assess_MildSamplesNeverRestrict(uint256 seed) public {
        uint256 time = T0;
        for (uint256 i; i < 8; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            ICircuitBreaker.Assessment memory a = breaker.assess(SUBJECT, _mild(draw));
            require(a.level <= CAUTION, "restricted");
            require(a.tightnessWad < 1e18, "tight as if restricted");
            time += _between(draw >> 128, 0, 3_600);
            vm.warp(time);
        }
    }

    function testFuzz_Assess_OutflowAloneIsAtMostCaution(uint256 outflow, bool recovering) public {
        ICircuitBreaker.Inputs memory inputs;
        if (recovering) {
            inputs.sourcesMissing = true;
            breaker.assess(SUBJECT, inputs);
            inputs.sourcesMissing = false;
            vm.warp(T0 + 15 minutes);
        }
        inputs.outflowWad = outflow;
        ICircuitBreaker.Assessment memory a = breaker.assess(SUBJECT, inputs);
        if (recovering) require(a.level == RECOVERY && a.tightnessWad <= 0.75e18, "beyond Recovery");
        else require(a.level <= CAUTION && a.tightnessWad <= 0.5e18, "beyond Caution");
    }

    /// @dev From any history without the guardian: whatever is sampled within a restriction, it ends when it said at its
    /// beginning, within four hours, and then without a call.
    function testFuzz_Restricted_EndsWithinFourHours(uint256 seed) public {
        uint256 time = T0;
        uint256 end;
        uint256 count;
        for (uint256 i; i < 16; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            ICircuitBreaker.Assessment memory a = _anySample(draw);
            if (time < end) {
                require(a.level == RESTRICTED && a.until == end, "prolonged or shortened");
            } else if (a.level == RESTRICTED) {
                ++count;
                end = a.until;
                require(end - time >= 15 minutes && end - time <= 4 hours, "duration");
            }
            time += (draw >> 200) % 2 == 0 && end > time ? end - time : _between(draw >> 208, 0, 1 hours);
            vm.warp(time);
            if (end != 0 && time >= end) require(_standing().level != RESTRICTED, "without end");
        }
        // Samples without limits restrict in more than one of two: a run without any would prove nothing.
        vm.assume(count != 0);
    }

    /// @dev Of two samples in a block, the second one lowers nothing.
    function testFuzz_SameBlock_OnlyTightens(uint256 seed) public {
        uint256 time = T0;
        for (uint256 i; i < 12; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            ICircuitBreaker.Assessment memory first = _anySample(draw);
            ICircuitBreaker.Assessment memory second = _anySample(uint256(keccak256(abi.encode(draw))));
            require(second.tightnessWad >= first.tightnessWad, "loosened");
            require(second.until >= first.until, "shortened");
            require(second.level != NORMAL || first.level == NORMAL, "led to Normal");
            time += _between(draw >> 128, 1, 1_800);
            vm.warp(time);
        }
    }

    /// @dev Somebody who calls as often as can be needs at least ten minutes from the end of a restriction to Normal.
    function testFuzz_Recovery_CannotBeHastened(uint256 seed) public {
        ICircuitBreaker.Inputs memory inputs;
        inputs.sourcesMissing = true;
        breaker.assess(SUBJECT, inputs);
        inputs.sourcesMissing = false;
        uint256 start = T0 + 15 minutes;
        uint256 time = start;
        for (uint256 i; i < 40; ++i) {
            vm.warp(time);
            if (breaker.assess(SUBJECT, inputs).level == NORMAL) {
                require(time >= start + 10 minutes, "too soon");
                return;
            }
            time += _between(uint256(keccak256(abi.encode(seed, i))), 0, 120);
        }
    }

    function testFuzz_Thresholds_ArePackedExactly(uint256 seed) public {
        ICircuitBreaker.Thresholds memory t;
        t.divergence = _band(seed, 0, 1, 5_000);
        t.volatilityRatio = _band(seed, 1, 10_000, 160_000);
        t.move = _band(seed, 2, 1, 160_000);
        t.outflow = _band(seed, 3, 1, 10_000);
        t.backlog = _band(seed, 4, 1, 160_000);
        t.loss = _band(seed, 5, 1, 5_000);
        address subject = address(uint160(seed >> 64));
        breaker.setThresholds(subject, t);
        require(keccak256(abi.encode(breaker.thresholdsOf(subject))) == keccak256(abi.encode(t)), "others");
        breaker.setThresholds(address(0), t);
        require(keccak256(abi.encode(breaker.thresholdsOf(address(1)))) == keccak256(abi.encode(t)), "default");
    }

    function _band(
        uint256 seed,
        uint256 index,
        uint256 min,
        uint256 max
    ) private pure returns (ICircuitBreaker.Band memory) {
        uint256 draw = uint256(keccak256(abi.encode(seed, index)));
        uint256 caution = _between(draw >> 128, min, max - 1);
        return ICircuitBreaker.Band(uint64(caution * 1e14), uint64(_between(draw, caution + 1, max) * 1e14));
    }
}
