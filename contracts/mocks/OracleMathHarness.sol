// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TickPrice} from "../libraries/TickPrice.sol";
import {UniswapObservations} from "../oracle/UniswapObservations.sol";
import {UniswapTwap} from "../oracle/UniswapTwap.sol";

/// @title The oracle's internal libraries, callable from TypeScript tests
contract OracleMathHarness {
    function price36s(int24[] calldata ticks) external pure returns (uint256[] memory prices) {
        prices = new uint256[](ticks.length);
        for (uint256 i; i < ticks.length; ++i) prices[i] = TickPrice.price36(ticks[i]);
    }

    function sqrtPriceX96s(int24[] calldata ticks) external pure returns (uint256[] memory prices) {
        prices = new uint256[](ticks.length);
        for (uint256 i; i < ticks.length; ++i) prices[i] = TickPrice.sqrtPriceX96(ticks[i]);
    }

    function tickE6s(uint256[] calldata prices) external pure returns (int56[] memory ticks) {
        ticks = new int56[](prices.length);
        for (uint256 i; i < prices.length; ++i) ticks[i] = TickPrice.tickE6(prices[i]);
    }

    function meanTick(address pool, bool assetIsToken0, uint32 window) external view returns (bool ok, int24 tick) {
        return UniswapTwap.meanTick(pool, assetIsToken0, window);
    }

    /// @return oks Whether the pool remembers so many seconds ago; and the sums of ticks then.
    function accumulators(
        address pool,
        uint32[] calldata ago
    ) external view returns (bool[] memory oks, int56[] memory sums) {
        (oks, sums) = (new bool[](ago.length), new int56[](ago.length));
        for (uint256 i; i < ago.length; ++i) (oks[i], sums[i]) = UniswapObservations.accumulator(pool, ago[i]);
    }
}
