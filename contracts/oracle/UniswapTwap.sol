// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title Geometric-mean price of a Uniswap v3 pool over a window
library UniswapTwap {
    using BoundedCall for bytes;

    /// @dev Two binary searches over at most 65 535 observations, all slots cold: 2 × 17 × 2.1k, and some.
    uint256 private constant OBSERVE_GAS = 160_000;
    /// @dev One such search.
    uint256 private constant ACCUMULATOR_GAS = 90_000;

    /// @notice Mean tick over the last `window` seconds, in quote per asset. [rounded towards −∞ in that direction, so
    /// that the price is rounded down whichever side of the pool the asset is]
    /// @param pool Uniswap v3 pool.
    /// @param assetIsToken0 Which side of the pool is the asset.
    /// @param window [s, > 0]
    /// @return ok False when the pool does not answer or does not remember that far.
    function meanTick(address pool, bool assetIsToken0, uint32 window) internal view returns (bool ok, int24 tick) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = window;
        bytes memory data;
        (ok, data) = BoundedCall.read(pool, abi.encodeCall(IUniswapV3Pool.observe, (ago)), OBSERVE_GAS, 5);
        // Layout: offset of the first array, offset of the second, length 2, earlier, now, …
        if (!ok || data.length < 160 || data.word(0) != 64 || data.word(2) != 2) return (false, 0);
        // Uniswap lets the accumulators wrap: so does the difference, once each is cut to its 56 bits.
        int56 difference;
        unchecked {
            difference = int56(uint56(data.word(4))) - int56(uint56(data.word(3)));
        }
        return meanOf(difference, assetIsToken0, window);
    }

    /// @notice The same of what the sum of ticks grew by.
    /// @param window [s, > 0]
    /// @return ok False when no tick that a pool knows is the mean.
    function meanOf(int56 difference, bool assetIsToken0, uint256 window) internal pure returns (bool ok, int24 tick) {
        unchecked {
            int256 change = assetIsToken0 ? int256(difference) : -int256(difference);
            int256 mean = change / int256(window);
            if (change < 0 && mean * int256(window) != change) --mean; // a quotient is rounded towards zero
            if (mean > TickPrice.MAX_TICK || mean < -TickPrice.MAX_TICK) return (false, 0);
            return (true, int24(mean));
        }
    }

    /// @notice Sum of ticks over time, as of `secondsAgo`. [tick · s, wraps; token1 per token0, as the pool counts]
    /// @dev What happens within a block does not show: the pool counts the tick with which a block begins until the next.
    /// @return ok False when the pool does not answer or does not remember that far.
    function accumulator(address pool, uint32 secondsAgo) internal view returns (bool ok, int56 sum) {
        uint32[] memory ago = new uint32[](1);
        ago[0] = secondsAgo;
        bytes memory data;
        (ok, data) = BoundedCall.read(pool, abi.encodeCall(IUniswapV3Pool.observe, (ago)), ACCUMULATOR_GAS, 4);
        // Layout: offset of the first array, offset of the second, length 1, sum, …
        if (!ok || data.length < 128 || data.word(0) != 64 || data.word(2) != 1) return (false, 0);
        sum = int56(uint56(data.word(3)));
    }
}
