// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {TickPrice} from "./TickPrice.sol";

/// @title Geometric-mean price of a Uniswap v3 pool over a window
library UniswapTwap {
    /// @dev Two binary searches over at most 65 535 observations, all slots cold: 2 × 17 × 2.1k, and some.
    uint256 private constant OBSERVE_GAS = 160_000;

    /// @notice Mean tick over the last `window` seconds, in quote per asset. [rounded towards −∞: Uniswap's convention]
    /// @param pool Uniswap v3 pool.
    /// @param assetIsToken0 Which side of the pool is the asset.
    /// @param window [s, > 0]
    /// @return ok False when the pool does not answer or does not remember that far.
    function meanTick(address pool, bool assetIsToken0, uint32 window) internal view returns (bool ok, int24 tick) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = window;
        bytes memory data;
        (ok, data) = BoundedCall.read(pool, abi.encodeCall(IUniswapV3Pool.observe, (ago)), OBSERVE_GAS, 8);
        // Layout: two offsets, length, first, last, length, …
        if (!ok || data.length < 160) return (false, 0);
        uint256 offset;
        uint256 length;
        int256 first;
        int256 last;
        assembly ("memory-safe") {
            offset := mload(add(data, 32))
            length := mload(add(data, 96))
            first := mload(add(data, 128))
            last := mload(add(data, 160))
        }
        if (offset != 64 || length != 2) return (false, 0);
        if (first < type(int56).min || first > type(int56).max || last < type(int56).min || last > type(int56).max) {
            return (false, 0);
        }
        int256 difference = last - first;
        int256 mean = difference / int256(uint256(window));
        if (difference < 0 && difference % int256(uint256(window)) != 0) --mean;
        if (mean > TickPrice.MAX_TICK || mean < -TickPrice.MAX_TICK) return (false, 0);
        tick = int24(assetIsToken0 ? mean : -mean);
    }
}
