// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {BookWord} from "../../libraries/BookWord.sol";
import {LiquidationModule} from "../../liquidation/LiquidationModule.sol";

// Weakened on purpose, for tests, which must be able to fail: each looks at more of an account than what is sold of it.

/// @title Takes a kick for settled once any of the account's collaterals has been topped up since
contract ToppedUpSales is LiquidationModule {
    /// @dev Of `BookWord`: low bits of the time of the last change.
    uint256 private constant CHANGED_SHIFT = 160;

    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _expired(Account memory record) internal view override returns (bool) {
        for (uint256 mask = record.collateralMask; mask != 0; mask &= mask - 1) {
            BookWord books = _collateral[_collateralList[LibBit.ffs(mask)]].books;
            unchecked {
                uint256 after_ = uint16((BookWord.unwrap(books) >> CHANGED_SHIFT) - record.kickedAt);
                if (after_ != 0 && after_ <= block.timestamp - record.kickedAt) return true;
            }
        }
        return super._expired(record);
    }
}

/// @title Moves all that an account holds when it sells some of it, as a house does that takes everything in first
contract EscrowSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) internal override {
        for (uint256 mask = record.collateralMask; mask != 0; mask &= mask - 1) {
            address token = _collateralList[LibBit.ffs(mask)];
            _push(token, address(this), _collateralAmount[account][token]);
        }
        super._settle(s, a, record, account, collateral);
    }
}
