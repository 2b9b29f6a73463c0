// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TickPrice} from "../../../contracts/libraries/TickPrice.sol";
import {DepthMath} from "../../../contracts/risk/DepthMath.sol";
import {Bounds} from "./PoolMaths.t.sol";

contract DepthMathFuzzTest is Bounds {
    function test_Reserve_IsTheVectorsOfTheDesign() public pure {
        // 99.4975 × the 2 % depth, 39.4936 × the 5 % depth
        require(DepthMath.reserveDown(1e6, 200) == 99_497_474, "2 %");
        require(DepthMath.reserveDown(1e6, 500) == 39_493_588, "5 %");
    }

    /// @dev A constant product of reserve y pays out the depth it was computed from, and no more.
    function testFuzz_Reserve_IsAsDeep(uint256 depth, uint256 impact) public pure {
        depth = _between(depth, 0, type(uint104).max);
        impact = _between(impact, 1, 9_999);
        uint256 reserve = DepthMath.reserveDown(depth, impact);
        uint256 paid = (reserve * (1e18 - DepthMath.keptRootUp(impact))) / 1e18;
        require(paid <= depth, "deeper");
        require(depth - paid <= 2 + depth / 1e13, "shallower"); // 1 − √(1−p) ≥ 5e-5, to 1e-18
    }

    function testFuzz_KeptRoot_IsTheLeastAbove(uint256 impact) public pure {
        impact = _between(impact, 1, 9_999);
        uint256 root = DepthMath.keptRootUp(impact);
        uint256 kept = (1e4 - impact) * 1e32;
        require(root * root >= kept && (root - 1) * (root - 1) < kept, "not the root");
    }

    /// @dev Two halves of a way pay what the whole does, to two units of rounding, whichever token is bought.
    function testFuzz_Paid_AddsUp(uint128 liquidity, int24 a, int24 b, uint256 between_, bool falls) public pure {
        uint256 from = TickPrice.sqrtPriceX96(a % 400_000);
        uint256 to = TickPrice.sqrtPriceX96(b % 400_000);
        if (falls == (from < to)) (from, to) = (to, from);
        uint256 middle = from < to ? _between(between_, from, to) : _between(between_, to, from);
        uint256 whole = DepthMath.paidDown(liquidity, from, to, falls);
        uint256 halves = DepthMath.paidDown(liquidity, from, middle, falls);
        halves += DepthMath.paidDown(liquidity, middle, to, falls);
        require(halves <= whole && whole - halves <= 3, "does not add up");
        require(DepthMath.paidDown(liquidity, to, from, falls) == 0, "pays backwards");
    }

    function testFuzz_Target_StopsEarly(int24 tick, uint256 impact) public pure {
        uint256 from = TickPrice.sqrtPriceX96(tick % 400_000);
        impact = _between(impact, 10, 2_000);
        uint256 root = DepthMath.keptRootUp(impact);
        uint256 low = DepthMath.targetX96(from, root, true);
        uint256 high = DepthMath.targetX96(from, root, false);
        require(low < from && high > from, "no way");
        require(low * 1e18 >= from * root && high * root <= from * 1e18, "too far");
    }
}
