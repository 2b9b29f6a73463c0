// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Scaling that cannot revert
/// @notice The inputs come from feeds and vaults that may answer anything. A number too large to be a price is treated
/// as no price, because a revert would block the liquidation that reads it.
library BoundedMath {
    /// @notice Largest price that is kept. [36-decimal scale] Times any `uint128` amount it stays within the 512 bits of
    /// `fullMulDiv`, and it leaves 48 bits of its slot for a timestamp.
    uint256 internal constant MAX_PRICE36 = type(uint208).max;

    /// @notice `⌊x·y/d⌋`, or zero when `d` is zero or the quotient exceeds `MAX_PRICE36`. Rounded down.
    function mulDivOrZero(uint256 x, uint256 y, uint256 d) internal pure returns (uint256 quotient) {
        uint256 high; // upper 256 bits of the 512-bit product
        uint256 low;
        assembly ("memory-safe") {
            let modulo := mulmod(x, y, not(0))
            low := mul(x, y)
            high := sub(sub(modulo, low), lt(modulo, low))
        }
        if (high >= d) return 0; // also d = 0
        quotient = high == 0 ? low / d : FixedPointMathLib.fullMulDiv(x, y, d);
        if (quotient > MAX_PRICE36) quotient = 0;
    }
}
