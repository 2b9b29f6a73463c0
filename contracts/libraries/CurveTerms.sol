// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @notice How the price of a sale moves. See `ILiquidationCurve`.
enum CurveKind {
    Fixed, // the largest bonus from the first second
    Linear, // from the premium to the floor in a straight line
    Stairs, // exponential, in steps: Maker's `abaci`
    Dutch, // exponential, by time alone
    Paced // exponential, by how far sales lag behind a schedule that follows the market's depth
}

/// @notice What a curve is made of. What a kind does not use is ignored.
struct CurveParameters {
    CurveKind kind;
    uint256 premiumBps; // the sale opens so far above the liquidation price. [bps, 0..10 000]
    uint256 minBonusBps; // Paced: the least that the guard of health leaves. [bps, ≤ maxBonusBps]
    uint256 maxBonusBps; // at the floor, 1 of debt buys so much more than 1 of collateral. [bps, 0..5 000]
    uint256 secondsToFloor; // Linear, Dutch, Paced. [s, 60..86 400]
    uint256 stepSeconds; // Stairs. [s, 1..3 600]
    uint256 cutBps; // Stairs: a step multiplies the price by this; it must fall by 2.8 % a second at most, and reach the floor
    // within a day. [bps, 5 000..9 999]
    uint256 creditSeconds; // Paced: the schedule saves up at most so much. [s, secondsToFloor..65 535]
    uint256 fastPpm; // Paced: of the reserve y, sold a second while the market can take the whole backlog. [ppm, > 0]
    uint256 slowTenthPpm; // Paced: of the reserve y, sold a second at least. [ppm ÷ 10, > 0]
    uint256 kneeBps; // Paced: share of y up to which the backlog may grow before the pace falls. [bps, > 0]
}

/// @notice The same, checked and packed.
type CurveTerms is uint192;

using CurveTermsLib for CurveTerms global;

/// @title Terms of sale of one collateral, as the pool keeps them
/// @notice Bits from the lowest: kind 8, premium 16, least bonus 16, largest bonus 16, seconds to the floor 24, step or credit 16,
/// decay 48, fast pace 16, slow pace 16, knee 16: 192.
library CurveTermsLib {
    using FixedPointMathLib for uint256;

    uint256 private constant MAX_SECONDS = 1 days;

    error CurveParameterOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error CurveFlat();

    /// @notice Checks and packs.
    function pack(CurveParameters memory p) internal pure returns (CurveTerms) {
        _check("premium", p.premiumBps, 0, 1e4);
        _check("maxBonus", p.maxBonusBps, 0, 5_000);
        uint256 word = uint256(p.kind) | (p.premiumBps << 8) | (p.maxBonusBps << 40);
        if (p.kind == CurveKind.Fixed) return _wrap(word | (p.maxBonusBps << 24));
        if (p.premiumBps + p.maxBonusBps == 0) revert CurveFlat();
        // start > floor: the logarithm is positive.
        uint256 ratio = uint256(FixedPointMathLib.lnWad(int256(_ratioWad(p.premiumBps, p.maxBonusBps))));
        if (p.kind == CurveKind.Stairs) {
            _check("step", p.stepSeconds, 1, 1 hours);
            _check("cut", p.cutBps, 5_000, 9_999);
            uint256 cut = uint256(-FixedPointMathLib.lnWad(int256(p.cutBps * 1e14)));
            uint256 toFloor = ratio.divUp(cut) * p.stepSeconds;
            _check("secondsToFloor", toFloor, 1, MAX_SECONDS);
            word |= (p.maxBonusBps << 24) | (toFloor << 56) | (p.stepSeconds << 80);
            return _wrap(word | _decay(cut, p.stepSeconds));
        }
        _check("secondsToFloor", p.secondsToFloor, 60, MAX_SECONDS);
        word |= p.secondsToFloor << 56;
        if (p.kind == CurveKind.Linear) return _wrap(word | (p.maxBonusBps << 24));
        word |= _decay(ratio, p.secondsToFloor);
        if (p.kind == CurveKind.Dutch) return _wrap(word | (p.maxBonusBps << 24));
        _check("minBonus", p.minBonusBps, 0, p.maxBonusBps);
        // With less, the price could not reach its floor.
        _check("credit", p.creditSeconds, p.secondsToFloor, type(uint16).max);
        _check("fastPace", p.fastPpm, 1, type(uint16).max);
        _check("slowPace", p.slowTenthPpm, 1, FixedPointMathLib.min(p.fastPpm * 10, type(uint16).max));
        _check("knee", p.kneeBps, 1, type(uint16).max);
        word |= (p.minBonusBps << 24) | (p.creditSeconds << 80);
        return _wrap(word | (p.fastPpm << 144) | (p.slowTenthPpm << 160) | (p.kneeBps << 176));
    }

    function kind(CurveTerms t) internal pure returns (CurveKind) {
        return CurveKind(uint8(CurveTerms.unwrap(t)));
    }

    /// @notice Price ÷ liquidation price when the sale opens. [WAD]
    function startWad(CurveTerms t) internal pure returns (uint256) {
        unchecked {
            return 1e18 + uint256(uint16(CurveTerms.unwrap(t) >> 8)) * 1e14;
        }
    }

    /// @notice `1 ÷ (1 + bonus)` for the largest bonus: the lowest price. [WAD, rounded up: against the taker]
    function floorWad(CurveTerms t) internal pure returns (uint256) {
        return _discountedUp(uint16(CurveTerms.unwrap(t) >> 40));
    }

    /// @notice The same for the least bonus. [WAD, rounded up]
    function guardWad(CurveTerms t) internal pure returns (uint256) {
        return _discountedUp(uint16(CurveTerms.unwrap(t) >> 24));
    }

    /// @notice [s]
    function secondsToFloor(CurveTerms t) internal pure returns (uint256) {
        return uint24(CurveTerms.unwrap(t) >> 56);
    }

    /// @notice Of stairs. [s]
    function stepSeconds(CurveTerms t) internal pure returns (uint256) {
        return uint16(CurveTerms.unwrap(t) >> 80);
    }

    /// @notice Of a schedule. [s]
    function creditSeconds(CurveTerms t) internal pure returns (uint256) {
        return uint16(CurveTerms.unwrap(t) >> 80);
    }

    /// @notice Fall of the price's logarithm in a second. [1e-16, rounded down]
    function decay(CurveTerms t) internal pure returns (uint256) {
        return uint48(CurveTerms.unwrap(t) >> 96);
    }

    /// @notice [1e-7 of y a second]
    function fastPace(CurveTerms t) internal pure returns (uint256) {
        unchecked {
            return uint256(uint16(CurveTerms.unwrap(t) >> 144)) * 10;
        }
    }

    /// @notice [1e-7 of y a second]
    function slowPace(CurveTerms t) internal pure returns (uint256) {
        return uint16(CurveTerms.unwrap(t) >> 160);
    }

    /// @notice [bps of y]
    function kneeBps(CurveTerms t) internal pure returns (uint256) {
        return uint16(CurveTerms.unwrap(t) >> 176);
    }

    /// @param fall Of the price's logarithm. [WAD]
    function _decay(uint256 fall, uint256 duration) private pure returns (uint256) {
        uint256 perSecond = fall / (duration * 100);
        _check("decay", perSecond, 1, type(uint48).max);
        return perSecond << 96;
    }

    function _discountedUp(uint256 bonusBps) private pure returns (uint256) {
        return uint256(1e22).divUp(1e4 + bonusBps);
    }

    function _ratioWad(uint256 premiumBps, uint256 maxBonusBps) private pure returns (uint256) {
        return ((1e4 + premiumBps) * (1e4 + maxBonusBps)) * 1e10;
    }

    function _check(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert CurveParameterOutOfRange(name, value, min, max);
    }

    function _wrap(uint256 word) private pure returns (CurveTerms) {
        return CurveTerms.wrap(uint192(word));
    }
}
