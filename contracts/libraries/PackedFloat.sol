// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @title Floating-point numbers of any width, for storage
/// @notice Mantissa above a 7-bit binary exponent: `mantissa · 2^exponent`. An average that is stored after each small
/// step needs the same relative precision at every size, which fixed point in as many bits has not.
library PackedFloat {
    uint256 private constant EXPONENT_BITS = 7;
    uint256 private constant EXPONENT_MASK = 127;

    /// @notice Nearest number with a mantissa of `mantissaBits`, ties upwards: relative error ≤ 2^−mantissaBits; exact
    /// below 2^mantissaBits. Never rounds to a number below a smaller one (monotone).
    /// @param value Below 2^(mantissaBits + 126).
    /// @return packed `mantissaBits + 7` bits wide.
    function pack(uint256 value, uint256 mantissaBits) internal pure returns (uint256 packed) {
        if (value >> mantissaBits == 0) return value << EXPONENT_BITS;
        unchecked {
            uint256 exponent = LibBit.fls(value) + 1 - mantissaBits;
            uint256 mantissa = (value + (1 << (exponent - 1))) >> exponent;
            // Rounded up to the next power of two: one bit too wide, and its last bit is zero.
            if (mantissa >> mantissaBits != 0) {
                mantissa >>= 1;
                ++exponent;
            }
            packed = (mantissa << EXPONENT_BITS) | exponent;
        }
    }

    /// @notice The number, exactly.
    function unpack(uint256 packed) internal pure returns (uint256 value) {
        value = (packed >> EXPONENT_BITS) << (packed & EXPONENT_MASK);
    }
}
