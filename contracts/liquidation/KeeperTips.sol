// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolAccounting} from "../pool/PoolAccounting.sol";

/// @title What whoever puts an account up for sale earns
/// @notice The tip is charged to the account's debt when it is first sold, and credited to the keeper, who fetches it. So a kick
/// that leads to no sale earns nothing, one account pays once a sale, and whoever kicks his own pays himself.
/// @dev Keepers register once: an account's slot has room for a number, not for an address.
abstract contract KeeperTips is PoolAccounting {
    using FixedPointMathLib for uint256;

    /// @dev The tip is at most this part of the debt. [1/n]
    uint256 internal constant TIP_SHARE = 200;

    function _requireKeeper(uint24 keeper) internal view {
        if (keeper > _keeperCount) revert LiquidationKeeperUnknown(keeper);
    }

    /// @dev Adds the tip to the account's debt, in memory.
    /// @return keeper Who is to be paid; 0: nobody.
    /// @return tip [loan base units]
    function _chargeTip(
        Accrual memory a,
        Account memory record
    ) internal view virtual returns (uint24 keeper, uint256 tip) {
        if (record.kickedAt == 0 || record.keeperOrLag == 0) return (0, 0);
        keeper = record.keeperOrLag;
        record.keeperOrLag = 0;
        tip = uint256(_kickTip).min(_debtAssetsOf(a, record.debtShares) / TIP_SHARE);
        if (tip > MAX_AMOUNT - a.debtAssets) return (0, 0);
        uint256 shares = SharesMath.debtSharesUp(tip, a.debtAssets, a.debtShares);
        a.debtAssets += tip;
        a.debtShares += shares;
        record.debtShares += uint128(shares);
    }

    /// @dev Out of what the taker pays.
    function _creditTip(Accrual memory a, uint24 keeper, uint256 tip, address account) internal virtual {
        tip = tip.min(a.cash);
        if (keeper == 0 || tip == 0) return;
        a.cash -= tip;
        Keeper storage k = _keeper[keeper];
        k.owed = uint96(uint256(k.owed).saturatingAdd(tip).min(type(uint96).max));
        emit TipCredited(keeper, account, tip);
    }
}
