// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {PackedFloat} from "./PackedFloat.sol";
import {RampMath} from "./RampMath.sol";

/// @notice All that lending on a collateral, and judging health by it, needs to know of its risk: one storage slot.
type RiskWord is uint256;

using RiskWordLib for RiskWord global;
using RiskWordLib for Risk global;

/// @dev The same, unpacked.
struct Risk {
    uint256 borrowFactorBps; // in force. [bps]
    uint256 rampFromBps; // liquidation factor when its ramp began. [bps]
    uint256 rampToBps; // and from `rampEnd` on. [bps]
    uint256 rampStart; // [unix s]
    uint256 rampEnd; // [unix s]
    uint256 freshUntil; // [unix s] 0: no engine governs this collateral
    uint256 maxAge; // how long it was fresh when it was written. [s, < 2^17]
    uint256 reserve; // y. [loan base units] Rounded to 2^-25 of itself when stored
    uint256 loadingFrom; // λ of the liquidation test at `loadingStart`. [%]
    uint256 loading; // λ of the borrow test; that of the liquidation test follows it. [%]
    uint256 loadingStart; // [unix s]
    uint256 discountTenBps; // β. [10 bps]
    uint256 level; // ICircuitBreaker.Level
    bool isGrace; // while fresh, only deeply unhealthy accounts are for sale
    bool isRestless; // the factor rises no sooner than a day after this was written
}

/// @title One collateral's risk in one word
/// @notice Bits from the lowest: borrow factor 16, ramp from 16, ramp to 16, ramp start 32, ramp end 32, fresh until 32,
/// reserve 32, λ from 8, λ 8, λ start 32, discount 8, level 2, grace 1, age 17, restless 1: 253.
/// @dev λ is the loading of a one-factor model of correlation, `ρᵢⱼ = λᵢ·λⱼ`. It is a possible correlation for any
/// λ in [0, 1], which a table of pairs with floors need not be, and costs one number a collateral.
library RiskWordLib {
    using FixedPointMathLib for uint256;

    /// @notice λ of the liquidation test rises by one point in this time. Of two equal positions with haircuts of 20 %
    /// that takes away 1.4 points of what they may owe in a day. [s]
    uint256 internal constant SECONDS_PER_LOADING_POINT = 30 minutes;
    uint256 internal constant FULL_LOADING = 100;
    uint256 internal constant RESERVE_BITS = 25;
    /// @dev Larger reserves count as this: 2^150 is beyond any amount in the books.
    uint256 internal constant MAX_RESERVE = type(uint128).max;

    function borrowFactorBps(RiskWord w) internal pure returns (uint256) {
        return RiskWord.unwrap(w) & 0xffff;
    }

    /// @notice Target of the liquidation factor's ramp. [bps]
    function liquidationTargetBps(RiskWord w) internal pure returns (uint256) {
        return (RiskWord.unwrap(w) >> 32) & 0xffff;
    }

    /// @notice Liquidation factor in force. [bps, rounded up while falling]
    function liquidationFactorBpsAt(RiskWord w, uint256 timestamp) internal pure returns (uint256) {
        uint256 word = RiskWord.unwrap(w);
        return
            RampMath.valueAt(
                (word >> 16) & 0xffff,
                (word >> 32) & 0xffff,
                uint32(word >> 48),
                uint32(word >> 80),
                timestamp
            );
    }

    function freshUntil(RiskWord w) internal pure returns (uint256) {
        return uint32(RiskWord.unwrap(w) >> 112);
    }

    /// @notice True if an engine governs the collateral and has not been heard of for too long.
    function isStaleAt(RiskWord w, uint256 timestamp) internal pure returns (bool) {
        uint256 until = freshUntil(w);
        return until != 0 && timestamp > until;
    }

    /// @notice True if an engine governs the collateral and wrote this longer than `age` seconds ago, or it is stale.
    function isOlderAt(RiskWord w, uint256 age, uint256 timestamp) internal pure returns (bool) {
        uint256 until = freshUntil(w);
        unchecked {
            // Written at `until − maxAge`, which is no later than now. Times have 32 bits, ages 17.
            return until != 0 && (timestamp > until || timestamp + maxAge(w) > until + age);
        }
    }

    /// @notice When an engine that still governs wrote the word. [unix s]
    function writtenAt(RiskWord w) internal pure returns (uint256) {
        unchecked {
            return freshUntil(w) - maxAge(w); // it was a time once
        }
    }

    /// @notice True if what the engine last said was no calm: the day without a rise begins at `writtenAt`.
    function isRestless(RiskWord w) internal pure returns (bool) {
        return (RiskWord.unwrap(w) >> 252) & 1 != 0;
    }

    /// @notice How long the word was fresh when it was written. [s]
    function maxAge(RiskWord w) internal pure returns (uint256) {
        return (RiskWord.unwrap(w) >> 235) & 0x1ffff;
    }

    /// @notice [loan base units]
    function reserve(RiskWord w) internal pure returns (uint256) {
        return PackedFloat.unpack(uint32(RiskWord.unwrap(w) >> 144));
    }

    /// @notice λ of the borrow test. [%]
    function loading(RiskWord w) internal pure returns (uint256) {
        return uint8(RiskWord.unwrap(w) >> 184);
    }

    /// @notice λ of the liquidation test: follows that of the borrow test, upwards by a point in 30 minutes. [%, rounded
    /// down: in the borrower's favour]
    function liquidationLoadingAt(RiskWord w, uint256 timestamp) internal pure returns (uint256) {
        uint256 word = RiskWord.unwrap(w);
        uint256 to = uint8(word >> 184);
        uint256 from = uint8(word >> 176);
        if (from >= to) return to;
        return to.min(from + (timestamp - uint32(word >> 192)) / SECONDS_PER_LOADING_POINT);
    }

    /// @notice β. [bps]
    function discountBps(RiskWord w) internal pure returns (uint256) {
        return uint256(uint8(RiskWord.unwrap(w) >> 224)) * 10;
    }

    /// @notice As `ICircuitBreaker.Level` counts.
    function level(RiskWord w) internal pure returns (uint256) {
        return (RiskWord.unwrap(w) >> 232) & 3;
    }

    /// @notice True while only deeply unhealthy accounts are for sale. It ends with the snapshot's freshness: silence of
    /// the engine must not put liquidations off for ever.
    function isGraceAt(RiskWord w, uint256 timestamp) internal pure returns (bool) {
        return (RiskWord.unwrap(w) >> 234) & 1 != 0 && timestamp <= freshUntil(w);
    }

    /// @notice Of the liquidation factor, as `Risk` says.
    function ramp(RiskWord w) internal pure returns (uint256 fromBps, uint256 toBps, uint256 start, uint256 end) {
        uint256 word = RiskWord.unwrap(w);
        return (uint16(word >> 16), uint16(word >> 32), uint32(word >> 48), uint32(word >> 80));
    }

    /// @notice λ of the liquidation test when it last turned, and when that was. [%, unix s]
    function loadingTurn(RiskWord w) internal pure returns (uint256 from, uint256 start) {
        uint256 word = RiskWord.unwrap(w);
        return (uint8(word >> 176), uint32(word >> 192));
    }

    function unpack(RiskWord w) internal pure returns (Risk memory r) {
        uint256 word = RiskWord.unwrap(w);
        r.borrowFactorBps = uint16(word);
        r.rampFromBps = uint16(word >> 16);
        r.rampToBps = uint16(word >> 32);
        r.rampStart = uint32(word >> 48);
        r.rampEnd = uint32(word >> 80);
        r.freshUntil = uint32(word >> 112);
        r.reserve = reserve(w);
        r.loadingFrom = uint8(word >> 176);
        r.loading = uint8(word >> 184);
        r.loadingStart = uint32(word >> 192);
        r.discountTenBps = uint8(word >> 224);
        r.level = (word >> 232) & 3;
        r.isGrace = (word >> 234) & 1 != 0;
        r.maxAge = (word >> 235) & 0x1ffff;
        r.isRestless = isRestless(w);
    }

    /// @dev The caller keeps every field within its bits, here and below.
    function pack(Risk memory r) internal pure returns (RiskWord w) {
        w = ofRamp(r.rampFromBps, r.rampToBps, r.rampStart, r.rampEnd);
        w = w.addLoading(r.loadingFrom, r.loading, r.loadingStart);
        w = w.addFreshness(r.borrowFactorBps, r.freshUntil, r.maxAge);
        w = w.addFindings(r.reserve, r.discountTenBps, r.level, r.isGrace);
        if (r.isRestless) w = w.addUnrest();
    }

    /// @notice A word in parts: those that follow are added to it, each once.
    function ofRamp(uint256 fromBps, uint256 toBps, uint256 start, uint256 end) internal pure returns (RiskWord) {
        return RiskWord.wrap((fromBps << 16) | (toBps << 32) | (start << 48) | (end << 80));
    }

    function addLoading(RiskWord w, uint256 from, uint256 to, uint256 start) internal pure returns (RiskWord) {
        return RiskWord.wrap(RiskWord.unwrap(w) | (from << 176) | (to << 184) | (start << 192));
    }

    function addUnrest(RiskWord w) internal pure returns (RiskWord) {
        return RiskWord.wrap(RiskWord.unwrap(w) | (1 << 252));
    }

    function addFreshness(
        RiskWord w,
        uint256 borrowFactor,
        uint256 until,
        uint256 greatestAge
    ) internal pure returns (RiskWord) {
        return RiskWord.wrap(RiskWord.unwrap(w) | borrowFactor | (until << 112) | (greatestAge << 235));
    }

    /// @param y A larger reserve than `MAX_RESERVE` counts as that.
    function addFindings(
        RiskWord w,
        uint256 y,
        uint256 discountTenBps,
        uint256 level_,
        bool isGrace
    ) internal pure returns (RiskWord) {
        uint256 word = RiskWord.unwrap(w) | (PackedFloat.pack(y.min(MAX_RESERVE), RESERVE_BITS) << 144);
        return RiskWord.wrap(word | (discountTenBps << 224) | (level_ << 232) | (isGrace ? 1 << 234 : 0));
    }
}
