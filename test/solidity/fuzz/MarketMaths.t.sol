// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceConditions} from "../../../contracts/interfaces/IPriceConditions.sol";
import {MarketMath} from "../../../contracts/risk/MarketMath.sol";
import {VolatilityMath} from "../../../contracts/risk/VolatilityMath.sol";

/// @title What the risk engine makes of prices and books, value by value
contract MarketMathsTest {
    uint256 private constant WAD = 1e18;
    uint256 private constant MOST = type(uint128).max;

    function test_Value_IsAtMostWhatFits() external pure {
        require(MarketMath.valueOf(3, 0.5e36) == 1, "rounded down");
        require(MarketMath.valueOf(MOST, 1e36) == MOST, "all that fits");
        require(MarketMath.valueOf(MOST, 1e36 + 1e9) == MOST, "and no more");
    }

    function test_Move_InStandardDeviations() external pure {
        require(MarketMath.moveWad(100, 100, 1 days, 0.01e18) == 0, "stood still");
        // 100 ticks are a log of 0.9999500033 %: with 1 % a day one standard deviation, less that.
        require(MarketMath.moveWad(100, 0, 1 days, 0.01e18) == 0.99995000333308e18, "down, in a day");
        require(MarketMath.moveWad(-50, 50, 1 days, 0.01e18) == 0.99995000333308e18, "up");
        require(
            MarketMath.moveWad(0, 100, 6 hours, 0.01e18) == 1.99990000666616e18,
            "twice as many in a quarter of it"
        );
        require(MarketMath.moveWad(0, 1, 1 days, 0) == MOST, "without any volatility");
        require(MarketMath.moveWad(0, 1, 0, 0.01e18) == MOST, "without any time");
    }

    function test_Divergence_EitherWay() external pure {
        require(MarketMath.divergenceWad(103, 100) == 0.03e18, "above");
        require(MarketMath.divergenceWad(97, 100) == 0.03e18, "below");
        require(MarketMath.divergenceWad(100, 100) == 0, "none");
        require(MarketMath.divergenceWad(3, 1) == 2e18 && MarketMath.divergenceWad(1, 2) == 0.5e18, "of single units");
        require(MarketMath.divergenceWad(0, 100) == 0 && MarketMath.divergenceWad(100, 0) == 0, "one is missing");
    }

    function test_Ratio_WithoutADivisor() external pure {
        require(MarketMath.ratioWad(1, 2) == 0.5e18, "half");
        require(MarketMath.ratioWad(0, 0) == 0 && MarketMath.ratioWad(0, 1) == 0, "of nothing");
        require(MarketMath.ratioWad(1, 0) == MOST, "by nothing");
        uint256 tooMany = MOST / WAD;
        require(MarketMath.ratioWad(tooMany - 1, 1) == (tooMany - 1) * WAD, "the last that fits");
        require(MarketMath.ratioWad(tooMany, 1) == MOST, "the most there is");
        require(MarketMath.ratioWad(type(uint256).max, 1) == MOST, "whatever it is");
    }

    function test_Used_OfAnAllowance() external pure {
        require(MarketMath.usedWad(100, 100) == 0 && MarketMath.usedWad(100, 101) == 0, "nothing");
        require(MarketMath.usedWad(100, 99) == 0.01e18, "a hundredth");
        require(MarketMath.usedWad(100, 0) == WAD, "all");
        require(MarketMath.usedWad(0, 0) == 0, "of none");
    }

    function test_Rise_AboveTheSlowAverage() external pure {
        IPriceConditions.Conditions memory c;
        (c.feedPrice36, c.twap36, c.ema36) = (150, 120, 100);
        require(MarketMath.riseWad(c) == 0.2e18, "by the average of the market");
        c.twap36 = 0;
        require(MarketMath.riseWad(c) == 0.5e18, "by the feed where there is none");
        c.feedPrice36 = 101;
        require(MarketMath.riseWad(c) == 0.01e18, "by a unit");
        c.feedPrice36 = 100;
        require(MarketMath.riseWad(c) == 0, "at the average");
        c.feedPrice36 = 99;
        require(MarketMath.riseWad(c) == 0, "below it");
        (c.feedPrice36, c.ema36) = (100, 0);
        require(MarketMath.riseWad(c) == 0, "no slow average");
    }

    function test_Exposure_IsTheLowerOfAllAndOfWhatCarriesTheDebt() external pure {
        require(MarketMath.exposureUp(1e30, 8e24, 8_000) == 1e25, "carries the debt");
        require(MarketMath.exposureUp(1e30, 81, 8_000) == 102, "rounded up");
        require(MarketMath.exposureUp(99, 80, 8_000) == 99, "all that is there");
        require(MarketMath.exposureUp(99, 1, 0) == 99, "where nothing carries");
    }

    function test_Loading_IsTheRootInWholePerCent() external pure {
        require(MarketMath.loadingPercentUp(0) == 0, "of none");
        require(MarketMath.loadingPercentUp(1) == 1, "of the least");
        for (uint256 percent = 1; percent <= 100; ++percent) {
            uint256 rho = percent * percent * 1e14;
            require(MarketMath.loadingPercentUp(rho) == percent, "exact");
            require(MarketMath.loadingPercentUp(rho - 1) == percent, "not quite");
            require(MarketMath.loadingPercentUp(rho + 1) == (percent == 100 ? 100 : percent + 1), "a little more");
        }
        require(MarketMath.loadingPercentUp(type(uint256).max) == 100, "of more than one");
    }

    // --- volatility -----------------------------------------------------------------------------------------------

    function test_Volatility_ADayIsADay() external pure {
        // A return of 1 % over a day: a variance of 1e-4 a day; over six hours four times as much.
        require(VolatilityMath.ratePerDay36(1e25, 1e25, 6 days) == 1e32, "in a day");
        require(VolatilityMath.ratePerDay36(1e25, -1e25, 6 * 6 hours) == -4e32, "in six hours, and opposed");
        require(VolatilityMath.clampReturnRay(1e27, 0.01e18, 6 days) == 1e25, "clamped to 1 % a day");
        require(VolatilityMath.clampReturnRay(-1e27, 0.01e18, 6 * 6 hours) == -0.5e25, "half in a quarter");
        require(VolatilityMath.clampReturnRay(1e25 - 1, 0.01e18, 6 days) == 1e25 - 1, "within");
    }
}
