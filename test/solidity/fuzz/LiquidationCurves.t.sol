// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DutchCurve} from "../../../contracts/liquidation/DutchCurve.sol";
import {FixedBonusCurve} from "../../../contracts/liquidation/FixedBonusCurve.sol";

contract LiquidationCurvesFuzzTest {
    function _between(uint256 value, uint256 min, uint256 max) private pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    function testFuzz_FixedBonus_PaysTheBonusAndNoMore(uint256 bonusBps, uint256 lag) public {
        bonusBps = _between(bonusBps, 0, 5_000);
        FixedBonusCurve curve = new FixedBonusCurve(bonusBps);
        uint256 factor = curve.priceFactorWad(lag);
        // Smallest factor with factor × (1 + bonus) ≥ 1.
        require(factor * (1e4 + bonusBps) >= 1e22, "pays more than the bonus");
        require((factor - 1) * (1e4 + bonusBps) < 1e22, "pays less than it could");
        require(curve.secondsToFloor() == 0, "has a clock");
    }

    function testFuzz_Dutch_FallsFromStartToFloor(
        uint256 premiumBps,
        uint256 bonusBps,
        uint256 duration,
        uint256 lag1,
        uint256 lag2
    ) public {
        premiumBps = _between(premiumBps, 0, 1e4);
        bonusBps = _between(bonusBps, premiumBps == 0 ? 1 : 0, 5_000);
        duration = _between(duration, 60, 1 days);
        DutchCurve curve = new DutchCurve(premiumBps, bonusBps, duration);
        uint256 start = 1e18 + premiumBps * 1e14;
        uint256 floor = curve.floorFactorWad();
        require(floor * (1e4 + bonusBps) >= 1e22, "floor pays more than the bonus");
        require(curve.priceFactorWad(0) == start, "start");

        // The floor is reached at `secondsToFloor`, not a second before, and for ever.
        require(curve.secondsToFloor() == duration, "duration");
        require(curve.priceFactorWad(duration - 1) > floor, "floor too early");
        require(curve.priceFactorWad(duration) == floor, "floor too late");
        require(curve.priceFactorWad(_between(lag1, duration, type(uint256).max)) == floor, "floor left");

        lag1 = _between(lag1, 0, duration - 1);
        lag2 = _between(lag2, lag1 + 1, duration);
        require(curve.priceFactorWad(lag1) > curve.priceFactorWad(lag2), "does not fall");
    }
}
