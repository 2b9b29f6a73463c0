// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedFloat} from "../libraries/PackedFloat.sol";

// What the risk engine remembers, each in one storage slot. It is read and changed in the word: a refresh needs most fields
// once, and half of them stay as they are. Whoever writes a field keeps it within its bits.

/// @notice Of an asset, what changes with every refresh. Bits from the lowest: anchor tick 24, anchor time 32, refresh 32,
/// reward 32, darkness 32, σ* 48, excess 23, errand 1, age of the volatility 16, age of the look at the pool 16: 256.
type Moment is uint256;

/// @notice Of an asset, what rarely changes. Bits from the lowest: turnover 24, slice 24, greatest age of the depth 24, time of the
/// correlations 32, λ 8, value 112: 224.
type Terms is uint256;

/// @notice Of the pool as a whole. Bits from the lowest: value 48, leverage 40, its sample 37, time of that 32, tightness 6,
/// level 2, shares 50, debt 41: 256. Amounts as `PackedFloat`, since most refreshes change none of them.
type Whole is uint256;

/// @notice All that a reward writes, while the same keeper comes again. Bits from the lowest: setups 16, day 16, rewarded 32,
/// pending 32, keeper 160: 256.
type Root is uint256;

using EngineWords for Moment global;
using EngineWords for Terms global;
using EngineWords for Whole global;
using EngineWords for Root global;

/// @title The words that the risk engine remembers
library EngineWords {
    using PackedFloat for uint256;

    uint256 internal constant VALUE_BITS = 41;
    uint256 internal constant SHARES_BITS = 43;
    uint256 internal constant DEBT_BITS = 34;
    uint256 private constant LEVERAGE_UNIT = 1e9;
    uint256 private constant SAMPLE_UNIT = 1e10;
    uint256 private constant MAX_AGE = type(uint16).max;
    /// @dev σ* in units of 1e-12. [per √day]
    uint256 private constant SIGMA_UNIT = 1e6;
    uint256 private constant BPS_WAD = 1e14;
    uint256 private constant MAX_EXCESS = (1 << 23) - 1;
    uint256 private constant ERRAND_BIT = 1 << 223;

    // --- of an asset, with every refresh --------------------------------------------------------------------------

    /// @notice Price of five minutes ago or longer.
    function anchorTick(Moment m) internal pure returns (int24) {
        return int24(uint24(Moment.unwrap(m)));
    }

    /// @notice [unix s] 0: there is no anchor.
    function anchorAt(Moment m) internal pure returns (uint256) {
        return uint32(Moment.unwrap(m) >> 24);
    }

    /// @notice [unix s] 0: never.
    function refreshedAt(Moment m) internal pure returns (uint256) {
        return uint32(Moment.unwrap(m) >> 56);
    }

    /// @notice [unix s]
    function rewardedAt(Moment m) internal pure returns (uint256) {
        return uint32(Moment.unwrap(m) >> 88);
    }

    /// @notice When there was last no price at all. [unix s]
    function darkAt(Moment m) internal pure returns (uint256) {
        return uint32(Moment.unwrap(m) >> 120);
    }

    /// @notice σ* as the volatility oracle last said. [WAD per √day, to 1e-12, rounded up]
    function sigmaWad(Moment m) internal pure returns (uint256) {
        unchecked {
            return uint256(uint48(Moment.unwrap(m) >> 152)) * SIGMA_UNIT;
        }
    }

    /// @notice Fast ÷ slow volatility − 1, likewise. [WAD, whole bps, rounded up, ≤ 839]
    function excessWad(Moment m) internal pure returns (uint256) {
        unchecked {
            return ((Moment.unwrap(m) >> 200) & MAX_EXCESS) * BPS_WAD;
        }
    }

    /// @notice Whether the price oracle has something to ask that it has left: see `IPriceConditions.Conditions`.
    function isErrandDue(Moment m) internal pure returns (bool) {
        return Moment.unwrap(m) & ERRAND_BIT != 0;
    }

    /// @notice When the volatility was last asked for, before the refresh. [s, ≤ 18 h: what is older is as old as that]
    function askedAge(Moment m) internal pure returns (uint256) {
        return uint16(Moment.unwrap(m) >> 224);
    }

    /// @notice When a refresh of this asset last looked at the whole pool, not used before in the block. Likewise.
    function lookedAge(Moment m) internal pure returns (uint256) {
        return Moment.unwrap(m) >> 240;
    }

    function withAnchor(Moment m, int24 tick, uint256 timestamp) internal pure returns (Moment) {
        uint256 kept = Moment.unwrap(m) & ~uint256(type(uint56).max);
        return Moment.wrap(kept | uint24(tick) | (timestamp << 24));
    }

    function withReward(Moment m, uint256 timestamp) internal pure returns (Moment) {
        return Moment.wrap((Moment.unwrap(m) & ~(uint256(type(uint32).max) << 88)) | (timestamp << 88));
    }

    function withDarkness(Moment m, uint256 timestamp) internal pure returns (Moment) {
        return Moment.wrap((Moment.unwrap(m) & ~(uint256(type(uint32).max) << 120)) | (timestamp << 120));
    }

    /// @notice What the volatility oracle said. As much of either as fits.
    function withVolatility(Moment m, uint256 sigmaWad_, uint256 excessWad_) internal pure returns (Moment) {
        uint256 kept = Moment.unwrap(m) & ~(uint256((1 << 71) - 1) << 152);
        return
            Moment.wrap(
                kept |
                    (_unitsUp(sigmaWad_, SIGMA_UNIT, type(uint48).max) << 152) |
                    (_unitsUp(excessWad_, BPS_WAD, MAX_EXCESS) << 200)
            );
    }

    function _unitsUp(uint256 amount, uint256 unit, uint256 most) private pure returns (uint256 units) {
        unchecked {
            units = amount / unit;
            if (units * unit != amount) ++units;
            if (units > most) units = most;
        }
    }

    /// @notice As of a refresh.
    /// @param isErrandDue_ See `isErrandDue`: the next refresh is for that, unless something is overdue.
    function refreshed(
        Moment m,
        uint256 timestamp,
        uint256 asked,
        uint256 looked,
        bool isErrandDue_
    ) internal pure returns (Moment) {
        uint256 word = Moment.unwrap(m) & ((1 << 223) - 1) & ~(uint256(type(uint32).max) << 56);
        if (isErrandDue_) word |= ERRAND_BIT;
        if (asked > MAX_AGE) asked = MAX_AGE;
        if (looked > MAX_AGE) looked = MAX_AGE;
        return Moment.wrap(word | (timestamp << 56) | (asked << 224) | (looked << 240));
    }

    // --- of an asset, else ----------------------------------------------------------------------------------------

    function terms(uint256 turnover, uint256 slice, uint256 maxAge) internal pure returns (Terms) {
        return Terms.wrap(turnover | (slice << 24) | (maxAge << 48));
    }

    function turnoverPerDayHundredths(Terms t) internal pure returns (uint256) {
        return uint24(Terms.unwrap(t));
    }

    function sliceBps(Terms t) internal pure returns (uint256) {
        return uint24(Terms.unwrap(t) >> 24);
    }

    /// @notice [s] 0: the asset is not known.
    function depthMaxAge(Terms t) internal pure returns (uint256) {
        return uint24(Terms.unwrap(t) >> 48);
    }

    /// @notice [unix s]
    function correlatedAt(Terms t) internal pure returns (uint256) {
        return uint32(Terms.unwrap(t) >> 72);
    }

    /// @notice λ, as of `correlatedAt`. [%]
    function loadingPercent(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 104);
    }

    /// @notice Of all that is supplied, at the liquidation price, to 1/256 as of the latest refresh that counted. [loan base units]
    function value(Terms t) internal pure returns (uint256) {
        return Terms.unwrap(t) >> 112;
    }

    /// @notice With other limits, and what was found kept.
    function withLimits(Terms t, Terms limits) internal pure returns (Terms) {
        return Terms.wrap((Terms.unwrap(t) & ~uint256(type(uint72).max)) | Terms.unwrap(limits));
    }

    function withLoading(Terms t, uint256 percent, uint256 timestamp) internal pure returns (Terms) {
        uint256 kept = Terms.unwrap(t) & ~(uint256(type(uint40).max) << 72);
        return Terms.wrap(kept | (timestamp << 72) | (percent << 104));
    }

    function withValue(Terms t, uint256 value_) internal pure returns (Terms) {
        return Terms.wrap((Terms.unwrap(t) & type(uint112).max) | (value_ << 112));
    }

    // --- of the pool ----------------------------------------------------------------------------------------------

    /// @notice Σ of the assets' values. [loan base units] What is more counts as the most that fits.
    function totalValue(Whole w) internal pure returns (uint256) {
        return uint256(uint48(Whole.unwrap(w))).unpack();
    }

    /// @notice Average. [WAD, to 1e-9]
    function leverageWad(Whole w) internal pure returns (uint256) {
        unchecked {
            return uint256(uint40(Whole.unwrap(w) >> 48)) * LEVERAGE_UNIT;
        }
    }

    /// @notice The latest. [WAD, to 1e-8]
    function sampleWad(Whole w) internal pure returns (uint256) {
        unchecked {
            return ((Whole.unwrap(w) >> 88) & 0x1fffffffff) * SAMPLE_UNIT;
        }
    }

    /// @notice [unix s]
    function sampledAt(Whole w) internal pure returns (uint256) {
        return uint32(Whole.unwrap(w) >> 125);
    }

    /// @notice As the breaker last said. [1/63, rounded up]
    function tightness(Whole w) internal pure returns (uint256) {
        return (Whole.unwrap(w) >> 157) & 63;
    }

    /// @notice Likewise. ICircuitBreaker.Level
    function level(Whole w) internal pure returns (uint256) {
        return (Whole.unwrap(w) >> 163) & 3;
    }

    /// @notice As the latest look found them in a block in which the pool had not been used before.
    function lenderShares(Whole w) internal pure returns (uint256) {
        return ((Whole.unwrap(w) >> 165) & 0x3ffffffffffff).unpack();
    }

    /// @notice Likewise the latest refresh that was no errand, to a 4096th; of an errand no more than a rise by a 16th. [loan base units]
    function debtAssets(Whole w) internal pure returns (uint256) {
        return (Whole.unwrap(w) >> 215).unpack();
    }

    function withTotalValue(Whole w, uint256 value_) internal pure returns (Whole) {
        return Whole.wrap((Whole.unwrap(w) & ~uint256(type(uint48).max)) | value_.pack(VALUE_BITS));
    }

    function withLeverage(Whole w, uint256 averageWad, uint256 latestWad, uint256 time) internal pure returns (Whole) {
        uint256 kept = Whole.unwrap(w) & ~(uint256((1 << 109) - 1) << 48);
        return
            Whole.wrap(kept | ((averageWad / LEVERAGE_UNIT) << 48) | ((latestWad / SAMPLE_UNIT) << 88) | (time << 125));
    }

    function withJudgement(Whole w, uint256 tightness_, uint256 level_) internal pure returns (Whole) {
        uint256 kept = Whole.unwrap(w) & ~(uint256(0xff) << 157);
        return Whole.wrap(kept | (tightness_ << 157) | (level_ << 163));
    }

    function withLenderShares(Whole w, uint256 shares) internal pure returns (Whole) {
        uint256 kept = Whole.unwrap(w) & ~(uint256(0x3ffffffffffff) << 165);
        return Whole.wrap(kept | (shares.pack(SHARES_BITS) << 165));
    }

    function withDebtAssets(Whole w, uint256 assets) internal pure returns (Whole) {
        return Whole.wrap((Whole.unwrap(w) & ((1 << 215) - 1)) | (assets.pack(DEBT_BITS) << 215));
    }

    // --- rewards --------------------------------------------------------------------------------------------------

    /// @notice Contracts that the engine has made: the code of the last is its setup.
    function setups(Root r) internal pure returns (uint256) {
        return uint16(Root.unwrap(r));
    }

    /// @notice Pokes that were rewarded on a day since 1970.
    function rewardedOn(Root r, uint256 day) internal pure returns (uint256) {
        uint256 word = Root.unwrap(r);
        return uint16(word >> 16) == day ? uint32(word >> 32) : 0;
    }

    /// @notice Likewise on the day that is written down.
    function rewardedToday(Root r) internal pure returns (uint256) {
        return uint32(Root.unwrap(r) >> 32);
    }

    /// @notice Rewarded pokes of `keeper` that are not in his own slot yet.
    function pending(Root r) internal pure returns (uint256) {
        return uint32(Root.unwrap(r) >> 64);
    }

    /// @notice The latest that was rewarded.
    function keeper(Root r) internal pure returns (address) {
        return address(uint160(Root.unwrap(r) >> 96));
    }

    function withSetups(Root r, uint256 count) internal pure returns (Root) {
        return Root.wrap((Root.unwrap(r) & ~uint256(type(uint16).max)) | count);
    }

    function withRewardedToday(Root r, uint256 count) internal pure returns (Root) {
        return Root.wrap((Root.unwrap(r) & ~(uint256(type(uint32).max) << 32)) | (count << 32));
    }

    function withReward(Root r, uint256 day, uint256 count) internal pure returns (Root) {
        uint256 kept = Root.unwrap(r) & ~(uint256(type(uint48).max) << 16);
        return Root.wrap(kept | (day << 16) | (count << 32));
    }

    function withPending(Root r, uint256 count) internal pure returns (Root) {
        return Root.wrap((Root.unwrap(r) & ~(uint256(type(uint32).max) << 64)) | (count << 64));
    }

    function withKeeper(Root r, address keeper_) internal pure returns (Root) {
        return Root.wrap((Root.unwrap(r) & type(uint96).max) | (uint256(uint160(keeper_)) << 96));
    }
}
