// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {BoundedMath} from "../../../contracts/libraries/BoundedMath.sol";
import {PriceSelection} from "../../../contracts/libraries/PriceSelection.sol";
import {TickPrice} from "../../../contracts/libraries/TickPrice.sol";
import {ShareRate} from "../../../contracts/oracle/ShareRate.sol";

contract OracleMathsFuzz {
    uint256 private constant MAX_PRICE = BoundedMath.MAX_PRICE36;

    function _between(uint256 value, uint256 min, uint256 max) private pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    /// @dev Sizes vary as much as values do.
    function _sized(uint256 value, uint8 bits) private pure returns (uint256) {
        return value >> bits;
    }

    /// @dev Long multiplication in 128-bit limbs: another way to the 512-bit product.
    function _product(uint256 x, uint256 y) private pure returns (uint256 high, uint256 low) {
        unchecked {
            uint256 mask = type(uint128).max;
            uint256 a = (x & mask) * (y & mask);
            uint256 b = (x >> 128) * (y & mask);
            uint256 c = (x & mask) * (y >> 128);
            uint256 middle = (a >> 128) + (b & mask) + (c & mask);
            low = (a & mask) | (middle << 128);
            high = (x >> 128) * (y >> 128) + (b >> 128) + (c >> 128) + (middle >> 128);
        }
    }

    function _lessOrEqual(uint256 h1, uint256 l1, uint256 h2, uint256 l2) private pure returns (bool) {
        return h1 < h2 || (h1 == h2 && l1 <= l2);
    }

    // --- BoundedMath ----------------------------------------------------------------------------------------------

    function testFuzz_MulDivOrZero_IsTheFloorOrZero(
        uint256 x,
        uint256 y,
        uint256 d,
        uint8 bx,
        uint8 by,
        uint8 bd
    ) public pure {
        (x, y, d) = (_sized(x, bx), _sized(y, by), _sized(d, bd));
        uint256 q = BoundedMath.mulDivOrZero(x, y, d);
        require(q <= MAX_PRICE, "above the scale");
        if (d == 0) {
            require(q == 0, "division by zero");
            return;
        }
        (uint256 high, uint256 low) = _product(x, y);
        if (q != 0) {
            (uint256 h, uint256 rest) = _product(q, d);
            require(_lessOrEqual(h, rest, high, low), "rounded up");
            (h, rest) = _product(q + 1, d);
            require(!_lessOrEqual(h, rest, high, low), "not the floor");
        } else {
            // Zero: below one, or beyond the scale.
            bool belowOne = high == 0 && low < d;
            (uint256 h, uint256 rest) = _product(MAX_PRICE + 1, d);
            require(belowOne || _lessOrEqual(h, rest, high, low), "zero for no reason");
        }
    }

    // --- PriceSelection -------------------------------------------------------------------------------------------

    function _feeds(
        uint256 a,
        uint256 b,
        uint256 c,
        uint8 present
    ) private pure returns (uint256[3] memory feeds, uint256 fresh) {
        feeds = [_between(a, 1, MAX_PRICE), _between(b, 1, MAX_PRICE), _between(c, 1, MAX_PRICE)];
        for (uint256 i; i < 3; ++i) {
            if (present & (1 << i) == 0) feeds[i] = 0;
            else ++fresh;
        }
    }

    function testFuzz_Median_HasHalfOnEitherSide(
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 twap,
        uint8 present
    ) public pure {
        (uint256[3] memory feeds, uint256 count) = _feeds(a, b, c, present);
        twap = present & 8 == 0 ? 0 : _between(twap, 1, MAX_PRICE);
        if (twap != 0) ++count;
        uint256 m = PriceSelection.median(feeds, twap);
        if (count == 0) {
            require(m == 0, "a median of nothing");
            return;
        }
        uint256 below;
        uint256 above;
        bool isOne = m == twap;
        for (uint256 i; i < 3; ++i) {
            if (feeds[i] == 0) continue;
            isOne = isOne || feeds[i] == m;
            if (feeds[i] <= m) ++below;
            if (feeds[i] >= m) ++above;
        }
        if (twap != 0) {
            if (twap <= m) ++below;
            if (twap >= m) ++above;
        }
        require(isOne, "none of the sources");
        require(below * 2 >= count && above * 2 >= count, "not in the middle");
    }

    /// @dev With three sources or more, one of them alone cannot move the reference beyond the others.
    function testFuzz_Reference_OneLiarStaysWithinTheOthers(uint256 a, uint256 b, uint256 c, uint256 twap) public pure {
        (uint256[3] memory feeds, ) = _feeds(a, b, c, 7);
        twap = _between(twap, 1, MAX_PRICE);
        uint256 price = PriceSelection.referencePrice(feeds, twap, 3);
        uint256 low = twap < feeds[1] ? twap : feeds[1];
        uint256 high = twap > feeds[1] ? twap : feeds[1];
        if (feeds[2] < low) low = feeds[2];
        if (feeds[2] > high) high = feeds[2];
        require(price >= low && price <= high, "moved by one");
    }

    /// @dev At any price, also where a price times its band fills more than a word.
    function testFuzz_InBand_IsWithinTheBand(uint256 twap, uint8 bits, uint16 bandBps) public pure {
        twap = _sized(twap, bits % 250);
        bandBps = uint16(_between(bandBps, 0, 1e4));
        uint256 width = FixedPointMathLib.fullMulDiv(twap, bandBps, 1e4);
        require(PriceSelection.inBand(twap - width, twap, bandBps), "its lower edge");
        require(width == twap || !PriceSelection.inBand(twap - width - 1, twap, bandBps), "beyond its lower edge");
        if (twap > type(uint256).max - width - 1) return;
        require(PriceSelection.inBand(twap + width, twap, bandBps), "its upper edge");
        require(!PriceSelection.inBand(twap + width + 1, twap, bandBps), "beyond its upper edge");
    }

    function testFuzz_Clamp_StaysInTheBandAndMovesNoMoreThanNeeded(
        uint256 price,
        uint256 twap,
        uint256 bandBps,
        bool mayRise
    ) public pure {
        price = _between(price, 1, MAX_PRICE);
        twap = _between(twap, 1, MAX_PRICE);
        bandBps = _between(bandBps, 0, 1 << 40);
        uint256 clamped = PriceSelection.clamp(price, twap, bandBps, mayRise);
        uint256 floor = bandBps >= 1e4 ? 0 : (twap * (1e4 - bandBps)) / 1e4;
        uint256 ceiling = (twap * (1e4 + bandBps)) / 1e4;
        require(clamped >= floor, "below the band");
        if (mayRise) require(clamped >= price, "lowered although it may rise");
        else require(clamped <= ceiling, "above the band");
        if (price >= floor && (mayRise || price <= ceiling)) require(clamped == price, "moved inside the band");
    }

    function testFuzz_Widened_NeverNarrowsWithTime(
        uint16 bandBps,
        uint16 perMinute,
        uint40 start,
        uint32 t1,
        uint32 t2
    ) public pure {
        if (start == 0) start = 1;
        (uint256 early, uint256 late) = t1 < t2 ? (t1, t2) : (t2, t1);
        uint256 first = PriceSelection.widened(bandBps, perMinute, start, uint256(start) + early);
        uint256 second = PriceSelection.widened(bandBps, perMinute, start, uint256(start) + late);
        require(first >= bandBps && second >= first, "narrowed");
        require(PriceSelection.widened(bandBps, perMinute, 0, uint256(start) + late) == bandBps, "no divergence");
    }

    // --- TickPrice ------------------------------------------------------------------------------------------------

    function testFuzz_Price36_InverseTicksMultiplyToOne(uint256 seed) public pure {
        int24 tick = int24(int256(_between(seed, 0, 400_000)));
        uint256 up = TickPrice.price36(tick);
        uint256 down = TickPrice.price36(-tick);
        // up · down = 1e72, to 1e-15 and to one unit of the smaller.
        uint256 expected = uint256(1e72) / up;
        uint256 deviation = expected > down ? expected - down : down - expected;
        require(deviation <= down / 1e15 + 1, "not inverse");
    }

    function testFuzz_TickE6_BracketsThePrice(uint256 price, uint8 bits) public pure {
        price = (MAX_PRICE >> (bits % 150)) | (price % (1 << 57)) | 1;
        int56 e6 = TickPrice.tickE6(price);
        int24 tick = TickPrice.floorTick(e6);
        if (tick >= TickPrice.MAX_TICK - 1 || tick <= -TickPrice.MAX_TICK + 1) return;
        require(TickPrice.price36(tick) <= price + price / 1e9, "tick above the price");
        require(TickPrice.price36(tick + 1) + price / 1e9 >= price, "tick below the price");
    }

    function testFuzz_FloorTick_IsTheFloor(int56 e6) public pure {
        e6 = int56(e6 % (887_272e6 + 1));
        int56 floor = int56(TickPrice.floorTick(e6)) * 1e6;
        require(floor <= e6 && e6 - floor < 1e6, "not the floor");
    }

    function testFuzz_EmaStep_StaysBetweenAverageAndSample(
        int56 average,
        int56 sample,
        uint40 covered,
        uint32 tau
    ) public pure {
        average = int56(average % 887_272e6);
        sample = int56(sample % 887_272e6);
        int56 next = TickPrice.emaStep(average, sample, covered, _between(tau, 600, 7 days));
        (int56 low, int56 high) = average < sample ? (average, sample) : (sample, average);
        require(next >= low && next <= high, "outside");
    }

    function testFuzz_EmaStep_SplitIntervalIsOneInterval(
        int56 average,
        int56 sample,
        uint32 t1,
        uint32 t2,
        uint32 tau
    ) public pure {
        average = int56(average % 887_272e6);
        sample = int56(sample % 887_272e6);
        uint256 timeConstant = _between(tau, 600, 7 days);
        (uint256 first, uint256 second) = (_between(t1, 1, 30 days), _between(t2, 1, 30 days));
        int56 whole = TickPrice.emaStep(average, sample, first + second, timeConstant);
        int56 split = TickPrice.emaStep(
            TickPrice.emaStep(average, sample, first, timeConstant),
            sample,
            second,
            timeConstant
        );
        int56 difference = whole - split;
        require(difference <= 3 && difference >= -3, "depends on pokes"); // millionths of a tick
    }

    // --- ShareRate ------------------------------------------------------------------------------------------------

    function testFuzz_Limited_FallsAtOnceAndRisesNoFasterThanTheLimit(
        uint256 rate,
        uint256 last,
        uint40 elapsed,
        uint16 limit
    ) public pure {
        rate = _between(rate, 1, (1 << 120) - 1);
        last = _between(last, 1, (1 << 120) - 1);
        uint256 bpsPerDay = _between(limit, 1, 1_000);
        uint256 passed = ShareRate.limited(rate, last, elapsed, bpsPerDay);
        require(passed <= rate, "above the vault's own rate");
        if (rate <= last) require(passed == rate, "a fall was held up");
        // Seven days at the limit, in whole.
        require(passed <= last + (last * bpsPerDay * 7) / 1e4, "beyond seven days' rise");
        uint256 time = elapsed;
        if (time <= 7 days) require(passed <= last + (last * bpsPerDay * time) / (1e4 * 1 days), "too fast");
    }
}
