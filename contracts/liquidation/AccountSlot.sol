// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolTypes} from "../interfaces/IPoolTypes.sol";

/// @title An account read and written as the one slot that it is
/// @dev The compiler reads and writes a structure field by field. Shifts are those of `IPoolTypes.Account`, which
/// `test/unit/pool/layout.test.ts` asserts from the compiler's output.
library AccountSlot {
    function read(IPoolTypes.Account storage from) internal view returns (IPoolTypes.Account memory a) {
        assembly ("memory-safe") {
            let word := sload(from.slot)
            mstore(a, and(word, 0xffffffffffffffffffffffffffffffff)) // debtShares
            mstore(add(a, 0x20), and(shr(128, word), 0xffff)) // collateralMask
            mstore(add(a, 0x40), and(shr(144, word), 0xffffffff)) // kickedAt
            mstore(add(a, 0x60), and(shr(176, word), 0xff)) // provisioned
            mstore(add(a, 0x80), and(shr(184, word), 0xffffffffff)) // saleDebtOrEasedAt
            mstore(add(a, 0xa0), and(shr(224, word), 0xff)) // saleIndex
            mstore(add(a, 0xc0), shr(232, word)) // keeperOrLag
        }
    }

    /// @dev Fields in memory are within their bits: the compiler cleans what it writes there.
    function write(IPoolTypes.Account storage to, IPoolTypes.Account memory a) internal {
        assembly ("memory-safe") {
            let low := or(mload(a), or(shl(128, mload(add(a, 0x20))), shl(144, mload(add(a, 0x40)))))
            let middle := or(shl(176, mload(add(a, 0x60))), shl(184, mload(add(a, 0x80))))
            let high := or(shl(224, mload(add(a, 0xa0))), shl(232, mload(add(a, 0xc0))))
            sstore(to.slot, or(low, or(middle, high)))
        }
    }
}
