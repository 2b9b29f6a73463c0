// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {BookWord, BookWordLib} from "../libraries/BookWord.sol";
import {RiskWord} from "../libraries/RiskWord.sol";
import {CollateralFactorMath} from "../risk/CollateralFactorMath.sol";
import {PoolAccounting} from "./PoolAccounting.sol";

/// @title What an account may borrow and when it may be liquidated
abstract contract PoolRisk is PoolAccounting {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;

    /// @dev A reserve or a value beyond this is none that any market has; below it, products fit.
    uint256 private constant MAX_VALUE = type(uint128).max;

    /// @dev Collateral at liquidation prices.
    struct Valuation {
        Basket basket; // Σ V_i, Σ LT_i·V_i and how they move together
        address stale; // first collateral whose price is remembered rather than fresh; 0: none
        bool isGrace; // one of them has been priced again only for a while
    }

    /// @dev One position at its liquidation price.
    struct Position {
        uint256 value; // V_i
        uint256 capacity; // LT_i·V_i
        uint256 price36;
        uint256 factorBps; // LT_i
        uint256 loading; // λ_i [%]
        uint256 reserve; // y of its market; 0: not known [loan base units]
        bool fresh; // false: the price is remembered
        bool isGrace;
    }

    // --- borrowing ------------------------------------------------------------------------------------------------

    /// @dev What an account may owe for all its collaterals but those left out of `mask`. Every term is rounded down.
    /// Reverts as the oracle reverts.
    /// @param extraToken Collateral that is counted besides, with `extraAmount`; 0: none.
    /// @return capacity [loan base units]
    /// @return restricted First collateral that counts for nothing because the breaker has restricted it; 0: none.
    function _borrowCapacity(
        address account,
        uint256 mask,
        address extraToken,
        uint256 extraAmount
    ) internal view virtual returns (uint256 capacity, address restricted) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        Basket memory b;
        if (extraAmount != 0) restricted = _addCredit(b, oracle, extraToken, extraAmount);
        for (; mask != 0; mask &= mask - 1) {
            address token = _collateralList[LibBit.ffs(mask)];
            address found = _addCredit(b, oracle, token, _collateralAmount[account][token]);
            if (restricted == address(0)) restricted = found;
        }
        capacity = b.capacityDown();
    }

    /// @dev A restricted collateral counts for nothing: neither what it was nor what is added now. Of any other, the lower of
    /// its factor and of what a liquidation that heals could carry: the larger the position, the less (see
    /// `CollateralFactorMath.healingDebtDown`; of several collaterals the sum says that the sale of one at least heals).
    function _addCredit(
        Basket memory b,
        IPriceOracle oracle,
        address token,
        uint256 amount
    ) private view returns (address restricted) {
        RiskWord risk = _collateral[token].risk;
        if (risk.level() == LEVEL_RESTRICTED) return token;
        uint256 value = amount.fullMulDiv(oracle.borrowPrice(token), PRICE_SCALE);
        uint256 factor = risk.borrowFactorBps();
        uint256 credit = (value * factor) / BPS;
        if (risk.freshUntil() != 0 && value <= MAX_VALUE) {
            (uint256 reserve, uint256 discount) = (risk.reserve(), risk.discountBps());
            unchecked {
                // Nearly always the factor is the lower one, D < c·y/((1+b)(y+2c)); exactly, and in fewer than 170 bits.
                if (reserve * (BPS * BPS) <= factor * (BPS + discount) * (reserve + 2 * value)) {
                    credit = credit.min(CollateralFactorMath.healingDebtDown(value, reserve, discount * 1e14));
                }
            }
        }
        b.add(value, credit, risk.loading());
    }

    // --- health ---------------------------------------------------------------------------------------------------

    /// @dev Collateral at liquidation prices (or the last valid ones), rounded down.
    function _valuation(address account, uint256 mask) internal view returns (Valuation memory v) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        for (; mask != 0; mask &= mask - 1) {
            address token = _collateralList[LibBit.ffs(mask)];
            _count(v, token, _positionIn(oracle, token, _collateralAmount[account][token]));
        }
    }

    function _count(Valuation memory v, address token, Position memory p) internal pure {
        if (!p.fresh && v.stale == address(0)) v.stale = token;
        if (p.isGrace) v.isGrace = true;
        v.basket.add(p.value, p.capacity, p.loading);
    }

    /// @dev Rounded down.
    function _positionIn(IPriceOracle oracle, address token, uint256 amount) internal view returns (Position memory p) {
        RiskWord risk = _collateral[token].risk;
        (p.price36, p.fresh) = oracle.liquidationPriceOrLast(token);
        p.value = amount.fullMulDiv(p.price36, PRICE_SCALE);
        p.factorBps = risk.liquidationFactorBpsAt(block.timestamp);
        p.capacity = (p.value * p.factorBps) / BPS;
        p.loading = risk.liquidationLoadingAt(block.timestamp);
        p.isGrace = risk.isGraceAt(block.timestamp);
        if (risk.freshUntil() != 0) p.reserve = risk.reserve();
    }

    // --- books ----------------------------------------------------------------------------------------------------

    /// @dev Takes collateral off the books. `record` is changed in memory only.
    /// @param held What the account has of it, at least `amount`.
    function _removeCollateral(
        Account memory record,
        address account,
        address token,
        uint256 held,
        uint256 amount
    ) internal {
        BookWord books = _collateral[token].books;
        _collateral[token].books = _withoutCollateral(books, record, account, token, held, amount);
    }

    /// @dev The same, but for the books, which the caller changes further and writes once.
    function _withoutCollateral(
        BookWord books,
        Account memory record,
        address account,
        address token,
        uint256 held,
        uint256 amount
    ) internal returns (BookWord) {
        if (amount == held) record.collateralMask &= ~uint16(books.bit());
        unchecked {
            _collateralAmount[account][token] = held - amount;
            return books.withTotal(books.totalSupplied() - amount, block.timestamp); // the total is the sum of all accounts
        }
    }

    /// @dev After a repayment: what was repaid is no longer for sale, and an account without debt is not. In memory only, but for
    /// the backlog.
    function _shrinkSale(Account memory record, uint256 sharesLeft, uint256 sharesBefore) internal {
        if (sharesLeft == 0) return _endSale(record);
        if (record.kickedAt == 0) return;
        uint256 counted = record.saleDebtOrEasedAt;
        uint256 kept = counted.mulDivUp(sharesLeft, sharesBefore);
        _changeBacklog(record.saleIndex, counted, kept);
        record.saleDebtOrEasedAt = uint40(kept);
    }

    /// @dev Takes an account off sale, and its debt out of the backlog. `record` is changed in memory only.
    function _endSale(Account memory record) internal {
        if (record.kickedAt == 0) return;
        _changeBacklog(record.saleIndex, record.saleDebtOrEasedAt, 0);
        (record.kickedAt, record.saleDebtOrEasedAt, record.keeperOrLag) = (0, 0, 0);
    }

    /// @dev Puts an account's part of a backlog in the place of what it was.
    function _changeBacklog(uint256 index, uint256 before, uint256 inForce) internal {
        Collateral storage c = _collateral[_collateralList[index]];
        BookWord books = c.books;
        c.books = books.withBacklog(_changed(books.backlog(), before, inForce));
    }

    function _changed(uint256 backlog, uint256 before, uint256 inForce) internal pure returns (uint256) {
        return (backlog.zeroFloorSub(before) + inForce).min(BookWordLib.MAX_BACKLOG);
    }
}
