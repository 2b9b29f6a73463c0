// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A bound that does not hold: `npm run audit:smt -- scripts/audit/planted/Overflow.sol` must report it
contract OverflowSmt {
    /// @dev Twice a value of 128 bits needs 129.
    function twice(uint128 value) external pure returns (uint128) {
        unchecked {
            return 2 * value;
        }
    }

    function average(uint128 a, uint128 b) external pure {
        assert((uint256(a) + b) / 2 <= a);
    }
}
