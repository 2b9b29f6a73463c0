// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {AccountSlot} from "./AccountSlot.sol";
import {SaleCurve} from "./SaleCurve.sol";
import {SalePlan} from "./SalePlan.sol";

/// @title What a sale changes
/// @dev Writes the account and the collateral's books; the pool's totals stay in memory, for the caller to book once.
abstract contract SaleSettlement is SalePlan {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;
    using AccountSlot for Account;

    /// @dev Health factor from which an account is no longer for sale. [bps]
    uint256 internal constant UNKICK_HEALTH_BPS = 10_200;

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) internal virtual {
        uint256 shares = record.debtShares;
        uint256 burnt =
            s.repay >= s.debt ? shares : SharesMath.debtSharesDown(s.repay, a.debtAssets, a.debtShares).min(shares);
        BookWord books = _withoutCollateral(s.books, record, account, collateral, s.held, s.amount);
        if (s.rate != 0) books = _advance(s, books);
        _reduceDebt(a, s.repay, burnt);
        _addCash(a, s.repay);
        emit CollateralTaken(account, msg.sender, collateral, s.amount, s.repay, burnt, s.price36);

        shares -= burnt;
        if (shares != 0 && record.collateralMask == 0) {
            _realizeBadDebt(a, account, shares);
            shares = 0;
        }
        record.debtShares = uint128(shares);
        uint256 debt;
        if (shares == 0) _setProvision(account, record, 0);
        else debt = _reassess(s, record, account, _debtAssetsOf(a, shares));
        _collateral[collateral].books = _carryOver(record, books, debt);
        _account[account].write(record);
    }

    /// @dev The schedule moves on by what was sold, from where it was and not from when this account came up for sale: else
    /// tiny sales of fresh accounts would take everybody else's price back to its start. It is never so far ahead that
    /// sales stand still for long, and never goes back.
    function _advance(Sale memory s, BookWord books) internal view virtual returns (BookWord) {
        uint256 ahead;
        unchecked {
            ahead = (block.timestamp + uint256(SaleCurve.MAX_LEAD) / SaleCurve.TICKS) * SaleCurve.TICKS; // 40 bits
        }
        return books.withClock((s.clock + _ticks(s, s.amount)).min(ahead));
    }

    /// @dev Brings the account's part of the backlog up to date, and ends its sale where nothing is left to sell for.
    /// @param books Of the collateral sold, with all its other changes.
    /// @param debt Left, and for sale; 0: the sale ends. [loan base units]
    function _carryOver(Account memory record, BookWord books, uint256 debt) private returns (BookWord) {
        uint256 sold = books.index();
        uint256 before = record.saleDebtOrEasedAt; // 0: the sale has just begun
        uint256 inForce = debt == 0 ? 0 : _toUnits(debt);
        uint256 from = before == 0 ? sold : record.saleIndex;
        uint256 to = from;
        // Counted with a collateral that it still has.
        if (debt != 0 && record.collateralMask & (1 << from) == 0) to = LibBit.ffs(record.collateralMask);
        (record.saleIndex, record.saleDebtOrEasedAt) = (uint8(to), uint40(inForce));
        if (debt == 0) (record.kickedAt, record.keeperOrLag) = (0, 0);
        if (from == to && from == sold) return books.withBacklog(_changed(books.backlog(), before, inForce));
        if (from == sold) books = books.withBacklog(_changed(books.backlog(), before, 0));
        else _changeBacklog(from, before, 0);
        if (to == sold) return books.withBacklog(_changed(books.backlog(), 0, inForce));
        _changeBacklog(to, 0, inForce);
        return books;
    }

    /// @dev Renews the provision of an account, and says what of its debt is still for sale: nothing once it has healed by
    /// `UNKICK_HEALTH_BPS`.
    /// @param debt After the sale. [loan base units]
    function _reassess(
        Sale memory s,
        Account memory record,
        address account,
        uint256 debt
    ) private returns (uint256 forSale) {
        Position memory p = s.position;
        uint256 value = p.value.zeroFloorSub(s.amount.fullMulDivUp(p.price36, PRICE_SCALE));
        uint256 capacity;
        unchecked {
            capacity = (value * p.factorBps) / BPS; // no more than it was
        }
        if (s.basket.length != 0) {
            Basket memory b = s.basket[0];
            b.replace(p.value, p.capacity, value, capacity, p.loading);
            (value, capacity) = (b.value, b.capacityDown());
        }
        if (capacity < debt.mulDivUp(UNKICK_HEALTH_BPS, BPS)) forSale = debt;
        _setProvision(account, record, _shortfall(debt, value, capacity));
    }

    /// @dev A loss is final when nothing is left to sell: reserves pay first, then lenders through the share price.
    function _realizeBadDebt(Accrual memory a, address account, uint256 shares) private {
        uint256 before = a.debtAssets;
        // Rounded down: what rounding leaves is owed by the remaining borrowers, not lost by lenders.
        _reduceDebt(a, SharesMath.debtAssetsDown(shares, a.debtAssets, a.debtShares), shares);
        uint256 loss = before - a.debtAssets;
        uint256 paidByReserves = loss.min(a.reserves);
        a.reserves -= paidByReserves;
        _pauseFlags |= LOST;
        _badDebtTotal = uint112(uint256(_badDebtTotal).saturatingAdd(loss).min(MAX_AMOUNT));
        emit BadDebtRealized(account, loss, shares, paidByReserves, loss - paidByReserves);
    }
}
