// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CollateralFactorMath} from "../../../contracts/risk/CollateralFactorMath.sol";
import {ConfirmedAverage} from "../../../contracts/risk/ConfirmedAverage.sol";
import {FactorRamp} from "../../../contracts/risk/FactorRamp.sol";
import {LeverageAverage} from "../../../contracts/risk/LeverageAverage.sol";
import {PortfolioMath} from "../../../contracts/risk/PortfolioMath.sol";
import {Bounds} from "./PoolMaths.t.sol";

contract CollateralFactorFuzzTest is Bounds {
    uint256 private constant MOST = type(uint128).max;

    function _factor(uint256 sigma, uint256 time, uint256 slice, uint256 reserve) private pure returns (uint256) {
        uint256 kept = CollateralFactorMath.survivalDown(4e18, sigma, time);
        return CollateralFactorMath.liquidationFactorDown(kept, 0.05e18, slice, reserve);
    }

    function testFuzz_Factor_FallsWithVolatilityTimeAndSlice(
        uint256 sigma,
        uint256 time,
        uint256 slice,
        uint256 reserve,
        uint256 more
    ) public pure {
        sigma = _between(sigma, 0, 1e18);
        time = _between(time, 1 hours, 1 days);
        reserve = _between(reserve, 1, MOST);
        slice = _between(slice, 0, MOST / 2);
        uint256 factor = _factor(sigma, time, slice, reserve);
        require(factor <= uint256(1e36) / 1.05e18, "above 1/(1 + beta)");
        require(_factor(sigma + _between(more, 0, 1e18), time, slice, reserve) <= factor, "rises with volatility");
        require(_factor(sigma, _between(more, time, 1 days), slice, reserve) <= factor, "rises with time");
        require(_factor(sigma, time, _between(more, slice, MOST), reserve) <= factor, "rises with the slice");
        require(_factor(sigma, time, slice, _between(more, reserve, MOST)) >= factor, "falls with depth");
    }

    function testFuzz_Survival_NeverReverts(uint256 z, uint256 sigma, uint256 time) public pure {
        uint256 kept = CollateralFactorMath.survivalDown(_between(z, 0, 100e18), sigma, _between(time, 0, 1 days));
        require(kept <= 1e18, "more than all");
    }

    function testFuzz_Time_IsClampedAndRoundedUp(uint256 exposure, uint256 pace, uint8 shift) public pure {
        exposure = _between(exposure, 0, MOST) >> (shift % 100);
        pace = _between(pace, 0, MOST) >> (shift % 100);
        (uint256 time, bool beyond) = CollateralFactorMath.timeToLiquidateUp(exposure, pace);
        require(time >= 1 hours && time <= 1 days, "outside");
        require(beyond == (pace == 0 || exposure > pace), "flag");
        if (!beyond) require(time * pace >= exposure * 1 days, "rounded down");
    }

    function testFuzz_BorrowFactor_KeepsItsDistance(uint256 factor, uint256 buffer, uint256 addOn) public pure {
        factor = _between(factor, 0, 1e18);
        buffer = _between(buffer, 0.05e18, 0.9e18);
        addOn = _between(addOn, 0, 1e18);
        uint256 borrow = CollateralFactorMath.borrowFactorDown(factor, buffer, addOn);
        if (factor == 0) require(borrow == 0, "something of nothing");
        else if (factor < 1e18) require(borrow < factor, "no distance");
        require(CollateralFactorMath.borrowFactorDown(factor, buffer, addOn + 1) <= borrow, "rises with the add-on");
    }

    function testFuzz_AddOn_GrowsUpToItsCap(uint256 leverage, uint256 rise, uint256 more, uint256 cap) public pure {
        leverage = _between(leverage, 0, MOST / 2);
        rise = _between(rise, 0, MOST / 2);
        cap = _between(cap, 0, 0.5e18);
        more = _between(more, 0, MOST / 2);
        uint256 addOn = CollateralFactorMath.addOnUp(leverage, 1.5e18, 0.05e18, rise, 0.1e18, 0.25e18, cap);
        require(addOn <= cap, "above the cap");
        require(
            CollateralFactorMath.addOnUp(leverage + more, 1.5e18, 0.05e18, rise, 0.1e18, 0.25e18, cap) >= addOn,
            "falls with leverage"
        );
        require(
            CollateralFactorMath.addOnUp(leverage, 1.5e18, 0.05e18, rise + more, 0.1e18, 0.25e18, cap) >= addOn,
            "falls with the rise"
        );
    }

    function testFuzz_HealingDebt_IsStrictlyBelowTheBound(uint256 c, uint256 y, uint256 b, uint8 shift) public pure {
        // 2^80: the test's own products fit a word.
        c = _between(c, 1, 2 ** 80) >> (shift % 80);
        y = _between(y, 1, 2 ** 80) >> (shift % 80);
        b = _between(b, 0, 0.2e18);
        uint256 debt = CollateralFactorMath.healingDebtDown(c, y, b);
        if (c == 0 || y == 0) {
            require(debt == 0, "something of nothing");
            return;
        }
        uint256 burden = (1e18 + b) * (y + 2 * c);
        require(debt < c || debt == 0, "above the collateral");
        require(_less(debt, burden, c * 1e18, y), "toxic");
        require(!_less(debt + 1, burden, c * 1e18, y), "not the largest");
    }

    /// @dev a·b < c·d, of 512 bits.
    function _less(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (bool) {
        (uint256 high1, uint256 low1) = _product(a, b);
        (uint256 high2, uint256 low2) = _product(c, d);
        return high1 < high2 || (high1 == high2 && low1 < low2);
    }

    function _product(uint256 x, uint256 y) private pure returns (uint256 high, uint256 low) {
        unchecked {
            low = x * y;
            uint256 modulo = mulmod(x, y, type(uint256).max);
            high = modulo - low;
            if (modulo < low) --high;
        }
    }
}

contract PortfolioFuzzTest is Bounds {
    struct Lists {
        uint256[] values;
        uint256[] haircuts;
        uint256[] rho;
    }

    /// @dev Up to five collaterals out of one seed.
    function _lists(uint256 seed, uint256 most) private pure returns (Lists memory p) {
        uint256 count = 1 + (seed % 5);
        p.values = new uint256[](count);
        p.haircuts = new uint256[](count);
        p.rho = new uint256[](PortfolioMath.pairs(count));
        for (uint256 i; i < count; ++i) {
            p.values[i] = _between(uint256(keccak256(abi.encode(seed, i))), 0, most);
            p.haircuts[i] = _between(uint256(keccak256(abi.encode(seed, i, "h"))), 0, 1e4);
        }
        for (uint256 i; i < p.rho.length; ++i)
            p.rho[i] = _between(uint256(keccak256(abi.encode(seed, i, "r"))), 0, 1e4);
    }

    function _sumUp(Lists memory p) private pure returns (uint256 sum) {
        for (uint256 i; i < p.values.length; ++i) sum += p.values[i] * p.haircuts[i];
        sum = (sum + 9_999) / 1e4;
    }

    function _filled(uint256 length, uint256 value) private pure returns (uint256[] memory list) {
        list = new uint256[](length);
        for (uint256 i; i < length; ++i) list[i] = value;
    }

    function testFuzz_Haircut_LiesBetweenIndependenceAndTheSum(uint256 seed, uint8 shift) public pure {
        Lists memory p = _lists(seed, type(uint128).max >> (shift % 128));
        uint256 haircut = PortfolioMath.haircutUp(p.values, p.haircuts, p.rho);
        uint256 none = PortfolioMath.haircutUp(p.values, p.haircuts, _filled(p.rho.length, 0));
        uint256 full = PortfolioMath.haircutUp(p.values, p.haircuts, _filled(p.rho.length, 1e4));
        require(none <= haircut && haircut <= full, "outside");
        require(full == _sumUp(p), "a benefit at one");
        require(2 * none >= full, "more than half of the sum forgiven");
    }

    function testFuzz_Haircut_RisesWithEachCorrelation(uint256 seed, uint256 which, uint256 more) public pure {
        Lists memory p = _lists(seed, type(uint112).max);
        if (p.rho.length == 0) return;
        uint256 before = PortfolioMath.haircutUp(p.values, p.haircuts, p.rho);
        which %= p.rho.length;
        p.rho[which] = _between(more, p.rho[which], 1e4);
        require(PortfolioMath.haircutUp(p.values, p.haircuts, p.rho) >= before, "fell");
    }

    function testFuzz_Haircut_MoreCollateralNeverCarriesLess(uint256 seed, uint256 k, uint256 more) public pure {
        Lists memory p = _lists(seed, type(uint112).max);
        k %= p.values.length;
        more = _between(more, 0, type(uint112).max);
        // With every correlation in a possible matrix: here all alike.
        p.rho = _filled(p.rho.length, seed % 10_001);
        uint256 before = PortfolioMath.haircutUp(p.values, p.haircuts, p.rho);
        p.values[k] += more;
        uint256 later = PortfolioMath.haircutUp(p.values, p.haircuts, p.rho);
        require(later <= before + more + 1, "capacity fell");
    }

    function testFuzz_Marginal_IsTheFiniteDifference(uint256 seed, uint256 k) public pure {
        Lists memory p = _lists(seed, 1e24);
        k %= p.values.length;
        for (uint256 i; i < p.values.length; ++i) p.values[i] += 1e22;
        uint256 factor = PortfolioMath.marginalFactorDown(p.values, p.haircuts, p.rho, k);
        uint256 step = 1e16; // a millionth of the smallest value, and far above the rounding of H
        uint256 before = PortfolioMath.haircutUp(p.values, p.haircuts, p.rho);
        p.values[k] += step;
        uint256 slope = ((PortfolioMath.haircutUp(p.values, p.haircuts, p.rho) - before) * 1e18) / step;
        uint256 expected = slope > 1e18 ? 0 : 1e18 - slope;
        uint256 distance = expected > factor ? expected - factor : factor - expected;
        require(distance <= 2e12, "not the slope"); // half the step's relative curvature: 1e-6
    }
}

contract ConfirmedAverageFuzzTest is Bounds {
    function testFuzz_Average_OneOddSampleMovesNothing(uint128 level, uint128 odd, uint32 t1, uint32 t2) public pure {
        uint256 first = ConfirmedAverage.step(level, level, odd, t1, 3_600, t1, 600);
        require(first == level, "moved by it");
        require(ConfirmedAverage.step(first, odd, level, t2, 3_600, t2, 600) == level, "moved after it");
    }

    function testFuzz_Average_StaysBetweenAndDoesNotOvershoot(
        uint128 average,
        uint128 earlier,
        uint128 latest,
        uint32 elapsed,
        uint32 tau
    ) public pure {
        uint256 timeConstant = uint256(tau) + 1;
        uint256 next = ConfirmedAverage.step(average, earlier, latest, elapsed, timeConstant, elapsed, timeConstant);
        uint256 sample = ConfirmedAverage.confirmed(average, earlier, latest);
        if (sample >= average) require(next >= average && next <= sample, "rise");
        else require(next >= sample && next <= average, "fall");
    }

    function testFuzz_Leverage_OneAndItsDebtAreConsistent(uint128 collateral, uint128 debt) public pure {
        uint256 leverage = LeverageAverage.leverageUp(collateral, debt);
        require(leverage >= 1e18 && leverage <= 1_000e18, "outside");
        if (debt < collateral && leverage < 1_000e18) {
            uint256 equity = uint256(collateral) - debt;
            require(leverage * equity >= uint256(collateral) * 1e18, "rounded down");
        }
    }
}

contract FactorRampFuzzTest is Bounds {
    using FactorRamp for FactorRamp.State;

    uint256 private constant T0 = 1_700_000_000;

    /// @dev Eight steps to random targets at random times. In whole: never down by a call, never faster than 2 points a
    /// day down (and one bps of rounding a turn), never faster than half a point a day up.
    function testFuzz_Ramp_KeepsItsSpeeds(uint256 seed) public pure {
        uint256 time = T0;
        FactorRamp.State memory s = FactorRamp.begin(_between(seed, 1_000, 9_800), time);
        for (uint256 i; i < 8; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            uint256 before = s.valueAt(time);
            uint256 elapsed = _between(draw >> 8, 0, 3 days);
            time += elapsed;
            uint256 during = s.valueAt(time);
            uint256 target = _between(draw >> 64, 0, 9_800);
            s.step(target, draw & 3 != 0, time);
            uint256 current = s.valueAt(time);
            require(during <= before, "rises between calls");
            require(before - during <= (elapsed * 200) / 1 days + 1, "falls too fast");
            require(current >= during, "a call lowered it");
            require(current - during <= 50, "rises too far at once");
            if (current > during) require(draw & 3 != 0 && current <= target, "rises beyond its target, or in a storm");
            require(s.toBps <= current || s.toBps == current, "leads upwards");
        }
    }

    /// @dev Steps to one target lead along the same line, however many there are.
    function testFuzz_Ramp_CallsDoNotSlowAFall(uint256 seed, uint256 target) public pure {
        FactorRamp.State memory s = FactorRamp.begin(9_000, T0);
        target = _between(target, 0, 8_999);
        s.step(target, true, T0);
        uint256 time = T0;
        for (uint256 i; i < 8; ++i) {
            time += _between(uint256(keccak256(abi.encode(seed, i))), 0, 1 days);
            s.step(target, true, time);
            uint256 fallen = 9_000 - (time - T0) / 432;
            require(s.valueAt(time) == (fallen > target ? fallen : target), "off the line");
        }
    }
}
