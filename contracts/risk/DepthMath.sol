// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Depth and reserve: two measures of one market
/// @notice `depth_p` is what a sale obtains until the price has fallen by p. The equivalent constant-product reserve on
/// the side of the loan asset is `y = depth_p / (1 − √(1−p))`: 99.5 times the 2 % depth, 39.5 times the 5 % depth. The
/// collateral factors want y; what can be sold is depth. Keep the two apart.
library DepthMath {
    using FixedPointMathLib for uint256;

    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 1e4;

    /// @notice `√(1−p)`: what is left of the square-root price. [WAD, rounded up]
    /// @param impactBps p. [bps, in 1 … 9999]
    function keptRootUp(uint256 impactBps) internal pure returns (uint256) {
        uint256 kept = (BPS - impactBps) * 1e14;
        uint256 root = kept.sqrtWad();
        return root * root == kept * WAD ? root : root + 1;
    }

    /// @notice `y = depth / (1 − √(1−p))`. [loan base units, rounded down]
    /// @param depth [loan base units, < 2^128]
    /// @param impactBps p. [bps, in 1 … 9999]
    function reserveDown(uint256 depth, uint256 impactBps) internal pure returns (uint256) {
        unchecked {
            // The root is rounded down here, so that the divisor is rounded up. It is below one.
            return (depth * WAD) / (WAD - ((BPS - impactBps) * 1e14).sqrtWad());
        }
    }

    /// @notice Square-root price at which a sale stops, rounded so that it stops early. [Q96]
    /// @param sqrtX96 Where it starts. [Q96, < 2^160]
    /// @param rootWad `keptRootUp`. [WAD]
    /// @param falls True: token0 is sold, so that the pool's price falls. False: token1 is, and it rises.
    function targetX96(uint256 sqrtX96, uint256 rootWad, bool falls) internal pure returns (uint256) {
        return falls ? (sqrtX96 * rootWad).divUp(WAD) : (sqrtX96 * WAD) / rootWad;
    }

    /// @notice What constant liquidity pays out while the price moves. [base units of the token bought, rounded down]
    /// @dev Token1: `L·(√a − √b)`; token0: `L·(1/√a − 1/√b)`. Uniswap v3 whitepaper, §6.2.3. Fees are taken from what is
    /// sold, not from this.
    /// @param liquidity L. [< 2^160]
    /// @param fromX96 √ price before. [Q96, in 1 … 2^160 − 1]
    /// @param toX96 √ price after. [Q96, in 1 … 2^160 − 1] On the other side of `fromX96` it pays nothing.
    function paidDown(uint256 liquidity, uint256 fromX96, uint256 toX96, bool falls) internal pure returns (uint256) {
        unchecked {
            if (falls) return toX96 >= fromX96 ? 0 : liquidity.fullMulDivN(fromX96 - toX96, 96);
            return toX96 <= fromX96 ? 0 : (liquidity << 96).fullMulDiv(toX96 - fromX96, toX96) / fromX96;
        }
    }
}
