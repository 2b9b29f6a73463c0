// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Decimal floating-point numbers in 40 bits, for limits that people set
/// @notice `mantissa · 10^exponent`, mantissa below 2^34 (ten digits, about), exponent below 2^6. What people set has few
/// digits and is kept exactly; of what has more, the rest is dropped: a limit becomes no looser.
library PackedDecimal {
    uint256 internal constant BITS = 40;
    /// @dev Stands for "no limit".
    uint256 internal constant NONE = (1 << BITS) - 1;
    uint256 private constant MANTISSA_BITS = 34;
    uint256 private constant EXPONENT_MASK = 63;

    /// @notice The number with its last digits dropped until it fits, never above `value`; `NONE` if that is `none`. Less than 6e-10 of it
    /// is lost, and nothing of up to ten digits below 2^34 with zeros behind them.
    /// @param value Below 2^112.
    function packDown(uint256 value, uint256 none) internal pure returns (uint256) {
        if (value == none) return NONE;
        uint256 exponent;
        while (value >> MANTISSA_BITS != 0) {
            value /= 10;
            ++exponent;
        }
        return (value << 6) | exponent;
    }

    /// @notice The number, exactly; `none` if it is `NONE`.
    function unpack(uint256 packed, uint256 none) internal pure returns (uint256) {
        if (packed == NONE) return none;
        unchecked {
            return (packed >> 6) * 10 ** (packed & EXPONENT_MASK); // below 2^112: `packDown` made it
        }
    }
}
