// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";

/// @title What a sample does to a circuit breaker
/// @notice Pure: inputs and thresholds give a signal, a signal moves a state. Nothing here reverts.
/// @dev Times are unix seconds. Continuous tightening against the magnet effect: Chen, Petukhov, Wang, Xing, "The Dark
/// Side of Circuit Breakers", Journal of Finance 79 (2024).
library BreakerMath {
    using FixedPointMathLib for uint256;

    uint256 internal constant WAD = 1e18;
    /// @dev Of stored thresholds: a basis point. [WAD]
    uint256 internal constant UNIT_WAD = 1e14;
    /// @dev Most that outflow alone tightens. Lenders' exits are no reason to forbid borrowers anything, and a flash
    /// deposit-and-withdraw must not trip what others depend on. [WAD]
    uint256 internal constant OUTFLOW_CAP_WAD = 0.5e18;
    /// @dev Tightness of a raised Caution, at least. [WAD]
    uint256 internal constant RAISED_CAUTION_WAD = 0.5e18;
    /// @dev Each good sample that is still missing in Recovery. Three: 0.75e18. [WAD]
    uint256 internal constant RECOVERY_STEP_WAD = 0.25e18;
    /// @dev A change of tightness within one of these is not announced. [WAD]
    uint256 internal constant COARSE_WAD = 0.125e18;

    /// @dev Of Restricted, the first time. [s]
    uint256 internal constant BASE_SECONDS = 15 minutes;
    /// @dev The fifth restriction lasts 15 min · 2⁴ = 4 h, and so do all after it.
    uint256 internal constant MAX_TRIGGERS = 5;
    /// @dev Recovery → Normal.
    uint256 internal constant GOOD_SAMPLES = 3;
    /// @dev A good sample counts no sooner after one that counted, or after a bad one: calling more often does not hasten
    /// Recovery, and a manipulation that pauses for a block does not pass for calm. [s]
    uint256 internal constant SPACING = 5 minutes;

    /// @dev `ICircuitBreaker.Level` as numbers: the compiler checks an enum at every turn.
    uint256 internal constant NORMAL = uint256(ICircuitBreaker.Level.Normal);
    uint256 internal constant CAUTION = uint256(ICircuitBreaker.Level.Caution);
    uint256 internal constant RESTRICTED = uint256(ICircuitBreaker.Level.Restricted);
    uint256 internal constant RECOVERY = uint256(ICircuitBreaker.Level.Recovery);

    /// @dev Where the highest input lies, relative to its own thresholds.
    uint256 internal constant ZONE_GOOD = 0; // all below half of caution
    uint256 internal constant ZONE_BETWEEN = 1; // one at or above half
    uint256 internal constant ZONE_BAD = 2; // one at or above caution

    /// @dev Tightness, end of a raised Caution, level.
    uint256 private constant QUIET_MASK = type(uint64).max | (uint256(type(uint40).max) << 104) | (0xff << 224);

    /// @dev Thresholds take the bits below.
    uint256 internal constant FLAGS_FROM = 240;
    uint256 private constant BITS = 20; // of a stored threshold: below 104
    uint256 private constant BAND_BITS = 40; // 6 · 40 = 240
    uint256 private constant MASK = (1 << BITS) - 1;

    /// @dev Stored in one slot by `pack`: 64 + 40 + 40 + 40 + 40 + 8 + 8 + 8 + 1 = 249 bits. Whole words in memory, since
    /// narrow ones are masked at every use.
    struct State {
        uint256 tightnessWad; // of the last sample. Zero within Restricted
        uint256 until; // end of Restricted
        uint256 cautionUntil; // end of a raised Caution; 0: none
        uint256 sampledAt; // last sample that was not quiet (Normal before and after)
        uint256 countedAt; // last sample in Recovery that counted as good, or that was bad
        uint256 level; // [NORMAL..RECOVERY] without a raised Caution
        uint256 triggers; // restrictions since Normal that lengthen the next one. [0..5]
        uint256 good; // good samples in Recovery. [0..2]
        bool raised; // Restricted by the guardian, and no sample was beyond a threshold since
    }

    /// @dev What inputs say, in one word: tightness in the lowest 64 bits [0..1e18], then the zone, then whether an oracle or the backlog
    /// restricts, which doubles the time.
    uint256 private constant ZONE_FROM = 64;
    uint256 private constant ZONE_MASK = 3 << ZONE_FROM;
    uint256 private constant DOUBLES = 1 << 66;

    /// @notice What the inputs say.
    /// @param packed See `packBands`.
    function signalOf(ICircuitBreaker.Inputs calldata inputs, uint256 packed) internal pure returns (uint256 signal) {
        signal = causesOf(inputs.divergenceWad, inputs.backlogWad, inputs.sourcesMissing, packed);
        signal = withUnrest(signal, inputs.volatilityExcessWad, inputs.moveWad, packed);
        signal = withPool(signal, inputs.outflowWad, inputs.lossWad, packed);
    }

    /// @notice The first part of it: what doubles the time of a restriction.
    function causesOf(
        uint256 divergenceWad,
        uint256 backlogWad,
        bool sourcesMissing,
        uint256 packed
    ) internal pure returns (uint256 signal) {
        signal = _hear(0, divergenceWad, packed);
        signal = _hear(signal, backlogWad, packed >> (4 * BAND_BITS));
        if (sourcesMissing) signal = WAD | (ZONE_BAD << ZONE_FROM);
        if (tightnessOf(signal) == WAD) signal |= DOUBLES;
    }

    /// @notice The second.
    function withUnrest(
        uint256 signal,
        uint256 volatilityExcessWad,
        uint256 moveWad,
        uint256 packed
    ) internal pure returns (uint256) {
        signal = _hear(signal, volatilityExcessWad, packed >> BAND_BITS);
        return _hear(signal, moveWad, packed >> (2 * BAND_BITS));
    }

    /// @notice The last. Of zeros nothing is heard: no threshold is zero.
    function withPool(
        uint256 signal,
        uint256 outflowWad,
        uint256 lossWad,
        uint256 packed
    ) internal pure returns (uint256) {
        if (lossWad != 0) signal = _hear(signal, lossWad, packed >> (5 * BAND_BITS));
        if (outflowWad == 0 || tightnessOf(signal) > OUTFLOW_CAP_WAD) return signal; // and the zone is bad
        signal = _hear(signal, outflowWad, packed >> (3 * BAND_BITS));
        uint256 tightness = tightnessOf(signal);
        return tightness > OUTFLOW_CAP_WAD ? signal - tightness + OUTFLOW_CAP_WAD : signal;
    }

    /// @notice How tight a signal is. [WAD, ≤ 1e18]
    function tightnessOf(uint256 signal) internal pure returns (uint256) {
        return uint64(signal);
    }

    function _hear(uint256 signal, uint256 valueWad, uint256 band) private pure returns (uint256) {
        unchecked {
            uint256 cautionWad = (band & MASK) * UNIT_WAD;
            if (valueWad < cautionWad / 2) return signal;
            if (valueWad < cautionWad) {
                return signal & ZONE_MASK == ZONE_GOOD << ZONE_FROM ? signal | (ZONE_BETWEEN << ZONE_FROM) : signal;
            }
            uint256 tightness = tightnessUp(valueWad, cautionWad, ((band >> BITS) & MASK) * UNIT_WAD);
            return (signal & DOUBLES) | (ZONE_BAD << ZONE_FROM) | tightness.max(tightnessOf(signal));
        }
    }

    /// @notice 0 up to caution, 1e18 from restricted on, linear between. [WAD, rounded up, but below 1e18 between]
    /// @param valueWad Anything. [WAD]
    /// @param cautionWad Below restricted. [WAD]
    /// @param restrictedWad Below 2^64. [WAD]
    function tightnessUp(uint256 valueWad, uint256 cautionWad, uint256 restrictedWad) internal pure returns (uint256) {
        if (valueWad <= cautionWad) return 0;
        if (valueWad >= restrictedWad) return WAD;
        unchecked {
            uint256 width = restrictedWad - cautionWad;
            // Below 2^64 · 1e18. Rounding must not restrict.
            return (((valueWad - cautionWad) * WAD + width - 1) / width).min(WAD - 1);
        }
    }

    /// @notice Leaves behind what has ended by `timestamp`.
    function expire(State memory s, uint256 timestamp) internal pure {
        if (s.cautionUntil != 0 && timestamp >= s.cautionUntil) s.cautionUntil = 0;
        if (s.level != RESTRICTED || timestamp < s.until) return;
        (s.level, s.until, s.raised) = (RECOVERY, 0, false);
    }

    /// @notice Takes in a sample.
    /// @param s After `expire`.
    function sample(State memory s, uint256 signal, uint256 timestamp) internal pure {
        uint256 level = s.level;
        uint256 tightness = tightnessOf(signal);
        uint256 zone = (signal & ZONE_MASK) >> ZONE_FROM;
        if (level == RESTRICTED && !s.raised) return;
        if (tightness == WAD) return _trigger(s, signal & DOUBLES != 0, timestamp);
        if (level == RESTRICTED) return;
        // Quiet: nothing is written, not even the time. A later sample in this block can only tighten, from zero.
        if (level == NORMAL && tightness == 0) return;

        bool again = s.sampledAt == timestamp;
        if (again && tightness < s.tightnessWad) tightness = s.tightnessWad;
        (s.tightnessWad, s.sampledAt) = (tightness, timestamp);
        if (level == RECOVERY) _recover(s, zone, again, timestamp);
        else if (tightness != 0) s.level = CAUTION;
        else if (zone == ZONE_GOOD && !again) s.level = NORMAL;
    }

    /// @dev Fresh, that is out of any level but a restriction of its own: each oracle or backlog trigger since Normal
    /// doubles the time. Another one does not, but it counts as the first, after which the next of those doubles.
    function _trigger(State memory s, bool doubles, uint256 timestamp) private pure {
        unchecked {
            if ((doubles && s.triggers < MAX_TRIGGERS) || s.triggers == 0) ++s.triggers;
            uint256 end = timestamp + (BASE_SECONDS << (doubles ? s.triggers - 1 : 0));
            restrict(s, end.max(s.until));
            s.raised = false;
        }
    }

    /// @notice Restricted until `end`. How often it was before stays remembered.
    function restrict(State memory s, uint256 end) internal pure {
        (s.level, s.until) = (RESTRICTED, end);
        (s.tightnessWad, s.good, s.countedAt) = (0, 0, 0);
    }

    function _recover(State memory s, uint256 zone, bool again, uint256 timestamp) private pure {
        unchecked {
            if (zone == ZONE_BAD) {
                (s.good, s.countedAt) = (0, timestamp);
            } else if (zone == ZONE_GOOD && !again && timestamp >= s.countedAt + SPACING) {
                (s.good, s.countedAt) = (s.good + 1, timestamp);
                if (s.good < GOOD_SAMPLES) return;
                (s.level, s.good, s.countedAt, s.triggers) = (NORMAL, 0, 0, 0);
            }
        }
    }

    /// @notice Where a state stands. After `expire`: now; without: where it was last announced to stand.
    function standing(State memory s) internal pure returns (ICircuitBreaker.Assessment memory a) {
        uint256 level = s.level;
        uint256 tightness = s.tightnessWad;
        if (level == RESTRICTED) {
            tightness = WAD;
            a.until = s.until;
        } else {
            if (level == RECOVERY) {
                unchecked {
                    uint256 least = (GOOD_SAMPLES - s.good) * RECOVERY_STEP_WAD;
                    if (tightness < least) tightness = least;
                }
            }
            if (s.cautionUntil != 0) {
                if (tightness < RAISED_CAUTION_WAD) tightness = RAISED_CAUTION_WAD;
                if (level == NORMAL) level = CAUTION;
            }
        }
        a.level = ICircuitBreaker.Level(level);
        a.tightnessWad = tightness;
    }

    /// @notice Whether two tightnesses lie in the same eighth.
    function isClose(uint256 aWad, uint256 bWad) internal pure returns (bool) {
        unchecked {
            return aWad / COARSE_WAD == bWad / COARSE_WAD;
        }
    }

    /// @notice Whether what is stored is Normal at a tightness of zero, and not raised.
    function isQuiet(uint256 word) internal pure returns (bool) {
        return word & QUIET_MASK == 0;
    }

    /// @notice End of a restriction that samples do not change: one of its own that has not expired. 0: there is none. [unix s]
    /// @param word As it is stored.
    function closedUntil(uint256 word, uint256 timestamp) internal pure returns (uint256 until) {
        // Level, and above it, not next to it, whether it was raised.
        if (uint8(word >> 224) != RESTRICTED || word >> 248 != 0) return 0;
        until = uint40(word >> 64);
        if (timestamp >= until) until = 0;
    }

    /// @notice As it is stored: in one word. Times must lie below 2^40.
    function pack(State memory s) internal pure returns (uint256 word) {
        word = s.tightnessWad | (s.until << 64) | (s.cautionUntil << 104) | (s.sampledAt << 144);
        word |= (s.countedAt << 184) | (s.level << 224) | (s.triggers << 232) | (s.good << 240);
        if (s.raised) word |= 1 << 248;
    }

    /// @param word What `pack` made, or zero: Normal.
    function unpack(uint256 word) internal pure returns (State memory s) {
        s.tightnessWad = uint64(word);
        s.until = uint40(word >> 64);
        s.cautionUntil = uint40(word >> 104);
        s.sampledAt = uint40(word >> 144);
        s.countedAt = uint40(word >> 184);
        s.level = uint8(word >> 224);
        s.triggers = uint8(word >> 232);
        s.good = uint8(word >> 240);
        s.raised = word >> 248 != 0;
    }

    /// @notice Thresholds as they are stored: 12 of 20 bits in bps, caution below restricted, the first band lowest.
    /// @param t Whole bps.
    function packBands(ICircuitBreaker.Thresholds memory t) internal pure returns (uint256 packed) {
        packed = _packBand(t.divergence) | (_packBand(t.volatilityExcess) << BAND_BITS);
        packed |= (_packBand(t.move) << (2 * BAND_BITS)) | (_packBand(t.outflow) << (3 * BAND_BITS));
        packed |= (_packBand(t.backlog) << (4 * BAND_BITS)) | (_packBand(t.loss) << (5 * BAND_BITS));
    }

    /// @notice The thresholds, exactly.
    function unpackBands(uint256 packed) internal pure returns (ICircuitBreaker.Thresholds memory t) {
        t.divergence = _unpackBand(packed);
        t.volatilityExcess = _unpackBand(packed >> BAND_BITS);
        t.move = _unpackBand(packed >> (2 * BAND_BITS));
        t.outflow = _unpackBand(packed >> (3 * BAND_BITS));
        t.backlog = _unpackBand(packed >> (4 * BAND_BITS));
        t.loss = _unpackBand(packed >> (5 * BAND_BITS));
    }

    /// @dev Below 2^64 ÷ 1e14 < 2^18 each.
    function _packBand(ICircuitBreaker.Band memory band) private pure returns (uint256) {
        return (band.cautionWad / UNIT_WAD) | ((band.restrictedWad / UNIT_WAD) << BITS);
    }

    function _unpackBand(uint256 band) private pure returns (ICircuitBreaker.Band memory) {
        return ICircuitBreaker.Band(uint64((band & MASK) * UNIT_WAD), uint64(((band >> BITS) & MASK) * UNIT_WAD));
    }
}
