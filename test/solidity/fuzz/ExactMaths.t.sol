// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Basket, BasketMath} from "../../../contracts/libraries/BasketMath.sol";
import {BoundedMath} from "../../../contracts/libraries/BoundedMath.sol";
import {CascadeMath} from "../../../contracts/libraries/CascadeMath.sol";
import {InterestMath} from "../../../contracts/libraries/InterestMath.sol";
import {LiquidationMath} from "../../../contracts/libraries/LiquidationMath.sol";
import {PriceSelection} from "../../../contracts/libraries/PriceSelection.sol";
import {RampMath} from "../../../contracts/libraries/RampMath.sol";
import {SalePace} from "../../../contracts/liquidation/SalePace.sol";

/// @title Values at the very edge, to the unit: mutants that no random value had found
contract ExactMathsTest {
    uint256 private constant WAD = 1e18;

    // --- LiquidationMath ------------------------------------------------------------------------------------------

    function test_Repay_NothingWhereTheTargetIsExactlyMet() external pure {
        require(LiquidationMath.repayToTargetUp(100, 105, 10_500, 0.8e18, 0.95e18) == 0, "105 carry 100 at 1.05");
    }

    function test_Repay_AFractionOfAUnitTooLittleIsTooLittle() external pure {
        require(LiquidationMath.repayToTargetUp(1, 1, 10_001, 0, WAD) == 1, "1.0001 are wanted");
        require(LiquidationMath.repayToTargetUp(10_000, 10_000, 10_001, 0, WAD) == 1, "10 001 are wanted");
    }

    function test_Repay_AnExactQuotientIsNotRaised() external pure {
        require(LiquidationMath.repayToTargetUp(10, 10, 20_000, 0, WAD) == 5, "(20 - 10) / 2");
        require(LiquidationMath.repayToTargetUp(100, 190, 20_000, 0.5e18, 0.5e18) == 10, "(200 - 190) / (2 - 1)");
    }

    function test_Repay_AllWhereSellingHealsNothing() external pure {
        require(LiquidationMath.repayToTargetUp(100, 150, 20_000, WAD, 0.5e18) == 100, "HF* = LT (1 + b)");
    }

    // --- InterestMath ---------------------------------------------------------------------------------------------

    function test_Compound_AtMostESquared() external pure {
        uint256 growth = uint256(FixedPointMathLib.expWad(2e18)) - WAD;
        for (uint256 exponent = 2e18; exponent < 2e18 + 3; ++exponent) {
            require(InterestMath.compoundUp(WAD, exponent, 1) == growth, "beyond e^2");
        }
        require(InterestMath.compoundUp(WAD, 2e18 - 1, 1) < growth, "below it");
    }

    // --- RampMath -------------------------------------------------------------------------------------------------

    function test_Ramp_OfNoLengthIsOver() external pure {
        require(RampMath.valueAt(9_000, 8_000, 100, 100, 100) == 8_000, "no ramp");
        require(RampMath.valueAt(9_000, 8_000, 100, 200, 200) == 8_000, "its end");
        require(RampMath.valueAt(9_000, 8_000, 100, 200, 100) == 9_000, "its start");
    }

    // --- BoundedMath ----------------------------------------------------------------------------------------------

    function test_Bounded_TheLargestPriceIsOne() external pure {
        uint256 largest = BoundedMath.MAX_PRICE36;
        require(BoundedMath.mulDivOrZero(largest, 1, 1) == largest, "kept");
        require(BoundedMath.mulDivOrZero(largest + 1, 1, 1) == 0, "one more is none");
    }

    // --- PriceSelection -------------------------------------------------------------------------------------------

    function test_Confirmed_TwoPerCentEitherWayAgree() external pure {
        uint256[3] memory feeds;
        (feeds[0], feeds[1]) = (10_200, 9_800);
        require(PriceSelection.confirmed(feeds, 10_000), "two per cent");
        feeds[1] = 9_799;
        require(!PriceSelection.confirmed(feeds, 10_000), "one lies beyond");
        (feeds[0], feeds[1]) = (10_201, 9_800);
        require(!PriceSelection.confirmed(feeds, 10_000), "and here the other");
    }

    // --- SalePace -------------------------------------------------------------------------------------------------

    function test_HealingFactor_IsHealthTimesTheMarginalFactor() external pure {
        require(SalePace.healingFactorUp(80, 100, 1_000, 0.9e18, 50, 0) == 0.72e18, "0.8 of health 1.25, times 0.9");
        require(SalePace.healingFactorUp(80, 100, 1_000, 0.9e18, 50, 1_000) == 0.792e18, "and its own impact");
        require(SalePace.healingFactorUp(1, 3, 1_000, WAD, 0, 0) == uint256(WAD) / 3 + 1, "rounded up");
        require(SalePace.healingFactorUp(1, 0, 0, WAD, 0, 0) == type(uint256).max, "none heals");
    }

    function test_HealingFactor_CoversTheDebt() external pure {
        require(SalePace.healingFactorUp(90, 1_000, 100, 0.5e18, 0, 0) == 0.9e18, "90 of 100");
        require(SalePace.healingFactorUp(1, 1_000, 3, 0, 0, 0) == uint256(WAD) / 3 + 1, "rounded up");
    }

    // --- CascadeMath ----------------------------------------------------------------------------------------------

    function test_Leverage_WithoutEquityIsUnbounded() external pure {
        require(CascadeMath.leverageWad(100, 100) == CascadeMath.UNBOUNDED, "no equity");
        require(CascadeMath.leverageWad(101, 100) == 101 * WAD, "one unit of it");
        require(CascadeMath.leverageWad(0, 0) == WAD, "nothing");
    }

    function test_Step_AnAccountOfHealthOneIsHealthy() external pure {
        require(CascadeMath.stepOf(100, 95) == 2, "5 % leave exactly enough");
        require(CascadeMath.stepOf(99, 95) == 1, "and here they do not");
        require(CascadeMath.stepOf(95, 95) == 1, "health is one");
        require(CascadeMath.stepOf(94, 95) == 0, "less than one");
    }

    // --- BasketMath -----------------------------------------------------------------------------------------------

    function test_Basket_AnAmountThatNoBooksHoldEndsDiversification() external pure {
        Basket memory b;
        BasketMath.add(b, 200, 100, 50);
        BasketMath.add(b, 200, 100, 0);
        require(BasketMath.capacityDown(b) > b.capacity, "these two diversify");
        BasketMath.add(b, 1 << 112, 0, 0);
        require(BasketMath.capacityDown(b) == 200, "and now nothing does");
        require(BasketMath.marginalFactorUp(b, 100, 0.5e18, 50) == 0.5e18, "nor at the margin");
    }
}
