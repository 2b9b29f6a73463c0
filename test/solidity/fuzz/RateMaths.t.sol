// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {RateMath} from "../../../contracts/rates/RateMath.sol";

/// @title The maths of the rate models by themselves, in a unit so fine that every digit shows
contract RateMathsTest {
    uint256 private constant WAD = 1e18;
    /// @dev x0 of the paths: one, in 36 decimals.
    uint256 private constant ONE = 1e36;
    /// @dev 1 − 1/e and e − 1, in 36 decimals.
    uint256 private constant MEAN_FALLING = 632120558828557678404476229838539325;
    uint256 private constant MEAN_GROWING = 1718281828459045235360287471352662497;

    /// @dev To a few units of the 18th place, which is what the exponential gives.
    function _requireClose(uint256 a, uint256 b, string memory what) private pure {
        require(FixedPointMathLib.dist(a, b) <= 4 * WAD, what);
    }

    // --- two lines ------------------------------------------------------------------------------------------------

    function testFuzz_Kinked_EndsOfBothLines(uint64 base, uint64 slope, uint64 above, uint256 kink) external pure {
        kink = 1 + (kink % (WAD - 1));
        require(RateMath.kinked(0, base, slope, above, kink) == base, "at zero");
        uint256 sum = uint256(base) + slope;
        require(RateMath.kinked(kink, base, slope, above, kink) == sum, "at the kink");
        require(RateMath.kinked(WAD, base, slope, above, kink) == sum + above, "at full utilisation");
    }

    function test_Kinked_HalfWay() external pure {
        require(RateMath.kinked(0.4e18, 7, 100, 1_000, 0.8e18) == 57, "half of the first");
        require(RateMath.kinked(0.9e18, 7, 100, 1_000, 0.8e18) == 607, "half of the second");
    }

    function testFuzz_Error_IsMinusOneNoneOrOne(uint256 target) external pure {
        target = 1 + (target % (WAD - 1));
        require(RateMath.normalisedError(0, target) == -1e18, "at zero");
        require(RateMath.normalisedError(target, target) == 0, "at the target");
        require(RateMath.normalisedError(WAD, target) == 1e18, "at full utilisation");
    }

    // --- paths ----------------------------------------------------------------------------------------------------

    function test_Path_OneTimeConstant() external pure {
        (uint256 end, uint256 mean) = RateMath.exponentialPath(ONE, 0.1e18, 10, 100 * ONE, 100 * ONE);
        _requireClose(end, ONE + MEAN_GROWING, "e");
        _requireClose(mean, MEAN_GROWING, "e - 1");
        (end, mean) = RateMath.exponentialPath(ONE, -0.1e18, 10, ONE / 100, ONE / 100);
        _requireClose(end, ONE - MEAN_FALLING, "1 / e");
        _requireClose(mean, MEAN_FALLING, "1 - 1 / e");
    }

    function test_Path_HalfOfTheTimeAtItsRest() external pure {
        // Falls to 1/e in a time constant, and has two.
        uint256 bound = ONE - MEAN_FALLING;
        (uint256 end, uint256 mean) = RateMath.exponentialPath(ONE, -0.1e18, 20, bound, bound);
        require(end == bound, "stays at its bound");
        _requireClose(mean, (MEAN_FALLING + bound) / 2, "mean of both halves");
        (end, mean) = RateMath.exponentialPath(ONE, -0.1e18, 20, bound, 0);
        require(end == 0, "ends at its bound");
        _requireClose(mean, MEAN_FALLING / 2, "half of the time nothing");
        bound = ONE + MEAN_GROWING;
        (end, mean) = RateMath.exponentialPath(ONE, 0.1e18, 20, bound, bound);
        require(end == bound, "grows to its bound");
        _requireClose(mean, (MEAN_GROWING + bound) / 2, "mean of both halves, growing");
    }

    /// @dev All of the interval is spent moving: nothing is left of it for the rest.
    function test_Path_MeetsItsBoundAsTheIntervalEnds() external pure {
        uint256 room = uint256(FixedPointMathLib.lnWad(2e18));
        (uint256 end, uint256 mean) = RateMath.exponentialPath(ONE, int256(room), 1, 2 * ONE, 2 * ONE);
        require(end == 2 * ONE, "at its bound");
        _requireClose(mean, (ONE * WAD) / room, "(2 - 1) / ln 2");
        (end, mean) = RateMath.exponentialPath(2 * ONE, -int256(room), 1, ONE, 0);
        require(end == 0, "gone");
        _requireClose(mean, (ONE * WAD) / room, "the same way down");
    }

    function test_Path_StandsStillAtItsBound() external pure {
        for (int256 speed = -1; speed <= 1; speed += 2) {
            (uint256 end, uint256 mean) = RateMath.exponentialPath(ONE, speed, 1_000, ONE, ONE);
            require(end == ONE && mean == ONE, "moved");
        }
    }

    /// @dev The slowest speed there is, for thirty years: a straight line, to all digits.
    function test_Path_TheSlowestSpeedMoves() external pure {
        (uint256 end, uint256 mean) = RateMath.exponentialPath(ONE, 1, 1e9, 2 * ONE, 2 * ONE);
        _requireClose(end, ONE + 1e27, "up");
        _requireClose(mean, ONE + 0.5e27, "half as much on average");
        (end, mean) = RateMath.exponentialPath(ONE, -1, 1e9, ONE / 2, ONE / 2);
        _requireClose(end, ONE - 1e27, "down");
        _requireClose(mean, ONE - 0.5e27, "half as much on average, down");
    }

    /// @dev Who touches a pool every second does not move its rate by a unit each time.
    function test_Path_AFractionOfAUnitIsNoStep() external pure {
        (uint256 end, uint256 mean) = RateMath.exponentialPath(1e6, 1, 1, 2e6, 2e6);
        require(end == 1e6 && mean == 1e6, "a unit more");
    }

    /// @dev x0·(1 + x/2 + x²/6 + …): on either side of the place where the formula changes, x = 1e-6, and there.
    function test_Path_ShortMeansHaveAllDigits() external pure {
        for (uint256 x = 1e12 - 2; x <= 1e12 + 2; ++x) {
            uint256 first = (x * WAD) / 2;
            uint256 second = (x * x) / 6;
            (, uint256 mean) = RateMath.exponentialPath(ONE, int256(x), 1, 2 * ONE, 2 * ONE);
            require(FixedPointMathLib.dist(mean, ONE + first + second) <= 1e24, "growing");
            (, mean) = RateMath.exponentialPath(ONE, -int256(x), 1, ONE / 2, ONE / 2);
            require(FixedPointMathLib.dist(mean, ONE - first + second) <= 1e24, "falling");
        }
        // Well below that, where only the series is exact.
        (, uint256 exact) = RateMath.exponentialPath(ONE, 0.9e12, 1, 2 * ONE, 2 * ONE);
        _requireClose(exact, ONE + 0.45e30 + 0.135e24, "x = 9e-7");
    }
}
