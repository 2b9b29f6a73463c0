// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InterestMath} from "../../../contracts/libraries/InterestMath.sol";
import {LiquidationMath} from "../../../contracts/libraries/LiquidationMath.sol";
import {RampMath} from "../../../contracts/libraries/RampMath.sol";
import {SharesMath} from "../../../contracts/libraries/SharesMath.sol";
import {RateMath} from "../../../contracts/rates/RateMath.sol";

abstract contract Bounds {
    function _between(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + (value % (max - min + 1));
    }
}

/// @dev Amounts stay below 2^112 and lender shares below 2^132, so that products of two fit a word.
contract SharesMathFuzzTest is Bounds {
    uint256 private constant MOST_ASSETS = 2 ** 112;
    uint256 private constant MOST_SHARES = 2 ** 132;

    function testFuzz_LenderShares_RoundToTheUnit(uint256 assets, uint256 total, uint256 supply) public pure {
        assets = _between(assets, 0, MOST_ASSETS);
        total = _between(total, 0, MOST_ASSETS);
        supply = _between(supply, 0, MOST_SHARES / 1e6) * 1e6;
        uint256 exact = assets * (supply + 1e6); // ÷ (total + 1)
        uint256 down = SharesMath.lenderSharesDown(assets, total, supply);
        uint256 up = SharesMath.lenderSharesUp(assets, total, supply);
        require(down * (total + 1) <= exact && exact - down * (total + 1) < total + 1, "down");
        require(up == down || (up == down + 1 && down * (total + 1) != exact), "up");
    }

    function testFuzz_Lender_EntryDoesNotLowerThePrice(uint256 assets, uint256 total, uint256 supply) public pure {
        assets = _between(assets, 0, MOST_ASSETS);
        total = _between(total, 0, MOST_ASSETS);
        supply = _between(supply, 0, 2 ** 120);
        // Deposit, and mint of as many shares.
        uint256 shares = SharesMath.lenderSharesDown(assets, total, supply);
        if (shares > 2 ** 140) return; // the products below would not fit
        require((supply + 1e6) * (total + assets + 1) >= (supply + shares + 1e6) * (total + 1), "deposit");
        uint256 cost = SharesMath.lenderAssetsUp(shares, total, supply);
        require(cost <= assets, "a mint costs more than the deposit");
        require((supply + 1e6) * (total + cost + 1) >= (supply + shares + 1e6) * (total + 1), "mint");
    }

    function testFuzz_Lender_ExitDoesNotLowerThePrice(uint256 shares, uint256 total, uint256 supply) public pure {
        total = _between(total, 0, MOST_ASSETS);
        supply = _between(supply, 0, 2 ** 120);
        shares = _between(shares, 0, supply);
        uint256 assets = SharesMath.lenderAssetsDown(shares, total, supply);
        require(assets <= total, "more than there is");
        require((supply + 1e6) * (total - assets + 1) >= (supply - shares + 1e6) * (total + 1), "redeem");
        require(SharesMath.lenderSharesUp(assets, total, supply) <= shares, "a withdrawal burns more");
        if (assets == 0) return;
        uint256 burnt = SharesMath.lenderSharesUp(assets, total, supply);
        require((supply + 1e6) * (total - assets + 1) >= (supply - burnt + 1e6) * (total + 1), "withdraw");
    }

    function testFuzz_Lender_RoundTripNeverGains(uint256 assets, uint256 total, uint256 supply) public pure {
        assets = _between(assets, 0, MOST_ASSETS);
        total = _between(total, 0, MOST_ASSETS);
        supply = _between(supply, 0, MOST_SHARES);
        uint256 shares = SharesMath.lenderSharesDown(assets, total, supply);
        require(SharesMath.lenderAssetsDown(shares, total + assets, supply + shares) <= assets, "gains");
    }

    /// @dev With the first deposit to come, a donation of any size (which here is even counted) earns nothing: the donor
    /// loses at least 10^5 times what the victim loses beyond a unit.
    function testFuzz_Lender_InflationDoesNotPay(uint256 first, uint256 donation, uint256 victim) public pure {
        first = _between(first, 1, 1e12);
        donation = _between(donation, 0, 1e24);
        victim = _between(victim, 1, 1e24);
        uint256 own = SharesMath.lenderSharesDown(first, 0, 0);
        uint256 total = first + donation;
        uint256 shares = SharesMath.lenderSharesDown(victim, total, own);
        uint256 back = SharesMath.lenderAssetsDown(shares, total + victim, own + shares);
        uint256 loot = SharesMath.lenderAssetsDown(own, total + victim, own + shares);
        require(loot <= first + donation + 1, "the attack pays");
        require(
            victim - back <= 1 + (donation + first) / 1e6 + 1,
            "the victim loses more than a millionth of the gift"
        );
    }

    function testFuzz_Debt_RoundsAgainstTheBorrower(uint256 assets, uint256 debt, uint256 shares) public pure {
        assets = _between(assets, 1, MOST_ASSETS);
        shares = _between(shares, 0, MOST_ASSETS);
        debt = _between(debt, shares, MOST_ASSETS * 8); // interest only raises the price of a share
        uint256 minted = SharesMath.debtSharesUp(assets, debt, shares);
        require(SharesMath.debtAssetsUp(minted, debt + assets, shares + minted) >= assets, "owes less than borrowed");
        uint256 sent = SharesMath.debtAssetsDown(minted, debt, shares);
        require(sent + 1 >= assets, "borrowing the shares sends less");
        uint256 burnt = SharesMath.debtSharesDown(assets, debt, shares);
        require(burnt <= minted, "a repayment burns more than the loan minted");
        require(SharesMath.debtAssetsUp(burnt, debt, shares) <= assets, "burnt shares were worth more than was paid");
    }
}

contract InterestMathFuzzTest is Bounds {
    uint256 private constant MOST = type(uint112).max;
    /// @dev Below this, growth by e² stays below `MOST`.
    uint256 private constant UNCUT = 2 ** 109;

    function testFuzz_Utilisation_WithinBoundsAndExact(uint256 debt, uint256 lenders) public pure {
        debt = _between(debt, 0, MOST);
        lenders = _between(lenders, 0, MOST);
        uint256 u = InterestMath.utilisationWad(debt, lenders);
        require(u <= 1e18, "above one");
        require((u == 0) == (debt == 0 || debt * 1e18 < lenders), "zero");
        if (debt < lenders) require(u * lenders <= debt * 1e18 && debt * 1e18 - u * lenders < lenders, "inexact");
    }

    function testFuzz_CompoundUp_NeverOverflowsNorReverts(uint256 debt, uint256 rate, uint256 elapsed) public pure {
        debt = _between(debt, 0, MOST);
        require(debt + InterestMath.compoundUp(debt, rate, elapsed) <= MOST, "out of 112 bits");
    }

    function testFuzz_CompoundUp_AtLeastSimpleInterest(uint256 debt, uint256 rate, uint256 elapsed) public pure {
        debt = _between(debt, 0, UNCUT);
        rate = _between(rate, 0, 1e12); // 31.5 a year
        elapsed = _between(elapsed, 0, 1e6); // so that the exponent is below its limit
        uint256 interest = InterestMath.compoundUp(debt, rate, elapsed);
        // The exponential itself is truncated to 1e-18.
        require(interest + debt / 1e18 + 1 >= (debt * rate * elapsed) / 1e18, "less than simple interest");
        if (rate * elapsed == 0 || debt == 0) require(interest == 0, "interest on nothing");
        else if (rate * elapsed > 2) require(interest != 0, "rounded away");
    }

    function testFuzz_CompoundUp_Rises(uint256 debt, uint256 rate, uint256 elapsed, uint256 more) public pure {
        debt = _between(debt, 0, UNCUT);
        rate = _between(rate, 0, 1e14);
        elapsed = _between(elapsed, 0, 3650 days);
        more = _between(more, 0, 1e9);
        uint256 interest = InterestMath.compoundUp(debt, rate, elapsed);
        require(InterestMath.compoundUp(debt, rate, elapsed + more) >= interest, "time");
        require(InterestMath.compoundUp(debt, rate + more, elapsed) >= interest, "rate");
        require(InterestMath.compoundUp(debt + more, rate, elapsed) >= interest, "debt");
    }

    /// @dev Two touches cost what one costs, to 1e-17 and a unit each.
    function testFuzz_CompoundUp_SplitIntervalIsOneInterval(
        uint256 debt,
        uint256 rate,
        uint256 t1,
        uint256 t2
    ) public pure {
        debt = _between(debt, 0, UNCUT);
        rate = _between(rate, 0, 1e12);
        t1 = _between(t1, 0, 1e6);
        t2 = _between(t2, 0, 1e6);
        uint256 whole = debt + InterestMath.compoundUp(debt, rate, t1 + t2);
        uint256 split = debt + InterestMath.compoundUp(debt, rate, t1);
        split += InterestMath.compoundUp(split, rate, t2);
        uint256 slack = whole / 1e17 + 8;
        require(split <= whole + slack && whole <= split + slack, "depends on touches");
    }
}

contract RampMathFuzzTest is Bounds {
    function testFuzz_Fall_IsMonotoneAndSlow(
        uint256 from,
        uint256 to,
        uint256 extra,
        uint256 t1,
        uint256 t2
    ) public pure {
        from = _between(from, 1, 9_800);
        to = _between(to, 0, from - 1);
        uint256 start = 1_700_000_000;
        uint256 end = start + RampMath.minimumDuration(from, to) + _between(extra, 0, 30 days);
        require(RampMath.valueAt(from, to, start, end, start) == from, "falls in its own block");
        require(RampMath.valueAt(from, to, start, end, end) == to, "does not arrive");
        t1 = _between(t1, start, end);
        t2 = _between(t2, t1, end + 1 days);
        uint256 v1 = RampMath.valueAt(from, to, start, end, t1);
        uint256 v2 = RampMath.valueAt(from, to, start, end, t2);
        require(from >= v1 && v1 >= v2 && v2 >= to, "not monotone");
        // 2 percentage points a day, and the rounding of one value.
        require(v1 - v2 <= ((t2 - t1) * 200) / 1 days + 1, "too fast");
        // Rounded up: on or above the straight line.
        if (t1 < end) require((v1 - to) * (end - start) >= (from - to) * (end - t1), "below the line");
    }

    function testFuzz_Rise_IsImmediate(uint256 from, uint256 to, uint256 start, uint256 end, uint256 t) public pure {
        to = _between(to, 0, 9_800);
        from = _between(from, 0, to);
        require(RampMath.valueAt(from, to, start, end, t) == to, "waits");
        require(RampMath.minimumDuration(from, to) == 0, "needs time");
    }
}

contract LiquidationMathFuzzTest is Bounds {
    struct Case {
        uint256 debt;
        uint256 capacity;
        uint256 target;
        uint256 factor;
        uint256 price;
    }

    function _case(uint256[5] memory raw) private pure returns (Case memory c) {
        c.debt = _between(raw[0], 1, 2 ** 100);
        c.capacity = _between(raw[1], 0, c.debt - 1); // unhealthy
        c.target = _between(raw[2], 10_200, 12_000);
        c.factor = _between(raw[3], 1, 9_800);
        c.price = _between(raw[4], 0.5e18, 2e18);
    }

    function _repay(Case memory c) private pure returns (uint256) {
        return LiquidationMath.repayToTargetUp(c.debt, c.capacity, c.target, c.factor * 1e14, c.price);
    }

    /// @dev target × (debt − Δ) − (capacity − factor × Δ ÷ price), times 1e4 × price: positive while Δ is too small.
    function _missing(Case memory c, uint256 repay) private pure returns (int256) {
        return
            int256(c.target * (c.debt - repay) * c.price) -
            int256(c.capacity * 1e4 * c.price) +
            int256(c.factor * repay * 1e18);
    }

    function testFuzz_Repay_ReachesTheTarget(uint256[5] memory raw) public pure {
        Case memory c = _case(raw);
        uint256 repay = _repay(c);
        require(repay != 0 && repay <= c.debt, "out of range");
        if (repay < c.debt) require(_missing(c, repay) <= 0, "target missed");
    }

    function testFuzz_Repay_IsTheLeast(uint256[5] memory raw) public pure {
        Case memory c = _case(raw);
        uint256 lost = (c.factor * 1e36) / c.price;
        if (lost + 1e20 > c.target * 1e18) return; // hardly heals: the quotient is too steep to compare
        uint256 repay = _repay(c);
        // The unit by which the target debt is rounded up is worth 1 ÷ (target − lost) units of repayment.
        uint256 slack = repay / 1e18 + 1e22 / (c.target * 1e18 - lost) + 2;
        if (repay > slack) require(_missing(c, repay - slack) > 0, "more than needed");
    }

    function testFuzz_Repay_IsNothingAtTheTarget(uint256[5] memory raw, uint256 above) public pure {
        Case memory c = _case(raw);
        c.capacity = (c.debt * c.target + 9_999) / 1e4 + _between(above, 0, 2 ** 100);
        require(_repay(c) == 0, "sells a healthy account");
    }

    /// @dev A larger discount or a lower capacity never asks for less.
    function testFuzz_Repay_RisesWithDiscountAndDistress(uint256[5] memory raw, uint256 cheaper) public pure {
        Case memory c = _case(raw);
        uint256 repay = _repay(c);
        c.price = _between(cheaper, 0.5e18, c.price);
        uint256 atDiscount = _repay(c);
        require(atDiscount >= repay, "discount");
        c.capacity = _between(cheaper, 0, c.capacity);
        require(_repay(c) >= atDiscount, "distress");
    }
}

contract RateMathFuzzTest is Bounds {
    function testFuzz_NormalisedError_WithinOne(uint256 u, uint256 target) public pure {
        u = _between(u, 0, 1e18);
        target = _between(target, 1, 1e18 - 1);
        int256 e = RateMath.normalisedError(u, target);
        require(e >= -1e18 && e <= 1e18, "out of range");
        require(u != target || e == 0, "not zero at the target");
        require(u >= target ? e >= 0 : e <= 0, "sign");
        require(RateMath.normalisedError(0, target) == -1e18 && RateMath.normalisedError(1e18, target) == 1e18, "ends");
    }

    function testFuzz_ExponentialPath_StaysBetweenStartAndBound(
        uint256 start,
        uint256 bound,
        uint256 speed,
        uint256 elapsed
    ) public pure {
        start = _between(start, 1, 2 ** 56);
        bound = _between(bound, 1, 2 ** 56);
        speed = _between(speed, 0, 1e15);
        int256 signed = bound >= start ? int256(speed) : -int256(speed);
        (uint256 end, uint256 mean) = RateMath.exponentialPath(start, signed, elapsed, bound, bound);
        (uint256 low, uint256 high) = start < bound ? (start, bound) : (bound, start);
        require(end >= low && end <= high, "end");
        require(mean >= low && mean <= high, "mean");
        // The mean of a monotone path lies between its ends.
        require(bound >= start ? mean <= end : mean >= end, "mean beyond the end");
    }
}
