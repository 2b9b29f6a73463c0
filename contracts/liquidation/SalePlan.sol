// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {CurveKind, CurveTerms} from "../libraries/CurveTerms.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {PoolBacklog} from "../pool/PoolBacklog.sol";
import {PoolProvision} from "../pool/PoolProvision.sol";
import {SaleCurve} from "./SaleCurve.sol";
import {SalePace} from "./SalePace.sol";

/// @title What a sale would be: price, size and where it leaves the schedule
/// @dev Reads only. `docs/liquidation.md` has the rules.
abstract contract SalePlan is PoolProvision, PoolBacklog {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;

    /// @notice An unsold account goes back to the start of its curve this long after the curve's floor. [s]
    uint256 public constant KICK_GRACE_SECONDS = 30 minutes;
    /// @dev An account that was taken off sale and comes back within this time goes on where its price was. [s]
    uint256 internal constant MEMORY_SECONDS = 1 hours;
    /// @dev From then on what else is sold of the collateral does not count: a kick is forgotten. [s]
    uint256 internal constant MAX_KICK_SECONDS = 6 hours;
    /// @dev Health factor below which an account is put up for sale even in the grace period after an outage. [bps]
    uint256 internal constant GRACE_HEALTH_BPS = 9_500;

    /// @dev One sale, worked out in memory before anything is written.
    struct Sale {
        uint256 debt; // before the sale [loan base units]
        uint256 value; // of all collaterals together, before the sale [loan base units]
        uint256 capacity; // the same of what they carry [loan base units]
        Basket[] basket; // of all collaterals, before the sale; none where the one sold is the only one
        Position position; // the one sold, before the sale
        uint256 factorWad; // what one more unit of the collateral adds to capacity [rounded up]
        uint256 meanFactorWad; // and what a unit of all of it adds on average: no less [rounded up]
        uint256 held; // collateral on the account before the sale
        uint256 amount; // collateral to sell
        uint256 repay; // loan assets to pay
        BookWord books; // of the collateral
        CurveTerms terms;
        uint256 floorWad; // lowest price ÷ liquidation price for this account
        int256 lag; // at which the sale begins [ticks]
        uint256 free; // sold at that lag before the schedule catches up with the kick [ticks]
        uint256 rate; // value that the schedule sells a second; 0: there is none [loan base units]
        uint256 clock; // of the schedule, before the sale [ticks]
        uint256 first; // price ÷ liquidation price at which the sale begins
        uint256 meanWad; // and over all of it
        uint256 price36; // the same [loan base units per collateral base unit × 1e36]
        uint256 minDebt; // of the pool [loan base units]
        uint256 targetHealthBps; // of the pool [bps]
    }

    /// @dev `record.kickedAt` is set in memory where the sale starts now.
    /// @param begins It was not for sale until now, or had been forgotten.
    /// @param debt To be sold for. [loan base units]
    /// @param owed The same before a tip was charged: what the account is judged by. [loan base units]
    function _planSale(
        uint256 debt,
        Account memory record,
        bool begins,
        uint256 owed,
        address account,
        address collateral,
        uint256 maxCollateral
    ) internal view returns (Sale memory s) {
        if (maxCollateral == 0) revert PoolZeroAmount();
        s.held = _collateralAmount[account][collateral];
        if (s.held == 0) revert PoolCollateralInsufficient(account, collateral, 0, maxCollateral);
        s.debt = debt;
        s.books = _collateral[collateral].books;
        s.terms = _collateral[collateral].terms;
        (address stale, bool isGrace) = _value(s, record, account, collateral);
        if (s.capacity >= owed) revert LiquidationAccountHealthy(account, s.capacity, owed);
        if (begins) {
            if (record.kickedAt == 0 && stale != address(0)) revert LiquidationNoFreshPrice(stale);
            _requireNoGrace(isGrace, account, s.capacity, owed);
            if (record.kickedAt == 0) _startSale(record);
            else record.kickedAt = uint32(block.timestamp);
        }
        _schedule(s, record);
        _size(s, maxCollateral);
    }

    /// @dev An account that comes back soon goes on where its price was: a top-up that makes it healthy for a moment does not
    /// put the price back. In memory only.
    function _startSale(Account memory record) internal view virtual {
        uint256 start = block.timestamp;
        if (start - record.saleDebtOrEasedAt <= MEMORY_SECONDS) start -= record.keeperOrLag;
        (record.kickedAt, record.saleDebtOrEasedAt, record.keeperOrLag) = (uint32(start), 0, 0);
    }

    function _requireNoGrace(bool isGrace, address account, uint256 capacity, uint256 debt) internal pure {
        if (isGrace && capacity >= debt.mulDiv(GRACE_HEALTH_BPS, BPS)) {
            revert LiquidationInGrace(account, capacity, debt);
        }
    }

    /// @dev Values the account before the sale.
    /// @return stale As in `Valuation`.
    /// @return isGrace As in `Valuation`.
    function _value(
        Sale memory s,
        Account memory record,
        address account,
        address collateral
    ) private view returns (address stale, bool isGrace) {
        address oracle = _oracle;
        (s.minDebt, s.targetHealthBps) = (_minDebt, _targetHealthBps); // the same slot
        uint256 others = record.collateralMask & ~s.books.bit();
        if (others != 0) return _valueSeveral(s, account, collateral, others);
        // One collateral has nothing to diversify with: whatever its loading, the root of its basket is its own weight. So it
        // carries its own capacity, and what one more unit of it adds is its own factor.
        Position memory p = _positionIn(IPriceOracle(oracle), collateral, s.held);
        s.position = p;
        (s.value, s.capacity) = (p.value, p.capacity);
        unchecked {
            s.factorWad = p.factorBps * 1e14; // 16 bits
        }
        s.meanFactorWad = s.factorWad;
        if (!p.fresh) stale = collateral;
        isGrace = p.isGrace;
    }

    function _valueSeveral(
        Sale memory s,
        address account,
        address collateral,
        uint256 others
    ) private view returns (address, bool) {
        Valuation memory v = _valuation(account, others);
        uint256 carried = v.basket.capacityDown();
        Position memory p = _positionIn(IPriceOracle(_oracle), collateral, s.held);
        _count(v, collateral, p);
        s.position = p;
        (s.basket = new Basket[](1))[0] = v.basket;
        (s.value, s.capacity) = (v.basket.value, v.basket.capacityDown());
        s.factorWad = v.basket.marginalFactorUp(p.value - p.capacity, p.factorBps * 1e14, p.loading);
        s.meanFactorWad = s.factorWad;
        // Of next to nothing the rounded capacities may differ the other way.
        if (p.value != 0) s.meanFactorWad = s.factorWad.max(s.capacity.zeroFloorSub(carried).divWadUp(p.value));
        return (v.stale, v.isGrace);
    }

    // --- price ----------------------------------------------------------------------------------------------------

    /// @dev Where the sale begins on its curve, and how low it may go.
    function _schedule(Sale memory s, Account memory record) private view {
        CurveTerms t = s.terms;
        uint256 clock = s.books.clock();
        uint256 base;
        unchecked {
            base = uint256(record.kickedAt) * SaleCurve.TICKS; // 32 + 8 bits
        }
        if (t.kind() == CurveKind.Paced) {
            s.floorWad = _guarded(s, t);
            uint256 backlog = s.books.backlog();
            // Who was never kicked waits to be counted until it is sold.
            if (record.saleDebtOrEasedAt == 0) backlog += _toUnits(s.debt);
            s.rate = SalePace.perSecond(t, s.position.reserve, backlog * _backlogUnit);
            if (s.rate != 0) {
                unchecked {
                    // Credit has 16 bits: no block is so close to 1970.
                    clock = clock.max((block.timestamp - t.creditSeconds()) * SaleCurve.TICKS);
                    if (base < clock) base = clock;
                    else s.free = base - clock;
                }
            }
        } else {
            s.floorWad = t.floorWad();
        }
        s.clock = clock;
        unchecked {
            s.lag = int256(block.timestamp * SaleCurve.TICKS) - int256(base); // 40 bits each
        }
        s.first = SaleCurve.factorUp(t, s.floorWad, s.lag);
    }

    /// @dev The guard caps the discount, it never refuses a sale: where not even the least bonus heals, the account can only
    /// be wound up, and the discount may grow to its largest. Capacity is concave in what is sold: a discount that heals where all of
    /// the collateral is sold heals where a part is, so the factor is that of all of it.
    function _guarded(Sale memory s, CurveTerms t) internal pure virtual returns (uint256 floor) {
        floor = t.floorWad();
        uint256 guard = t.guardWad();
        uint256 heals = _healing(s, s.meanFactorWad);
        // The least bonus where it heals only as long as not all is sold.
        if (heals > guard && s.meanFactorWad != s.factorWad && _healing(s, s.factorWad) <= guard) heals = guard;
        if (heals <= guard && heals > floor) floor = heals;
    }

    function _healing(Sale memory s, uint256 factorWad) private pure returns (uint256) {
        return SalePace.healingFactorUp(s.debt, s.capacity, s.value, factorWad, s.position.value, s.position.reserve);
    }

    /// @dev Mean price of so much of the collateral, and the ticks of the schedule that it takes.
    function _mean(Sale memory s, uint256 amount) internal pure virtual returns (uint256) {
        if (s.rate == 0) return s.first;
        uint256 ticks = _ticks(s, amount);
        uint256 free = s.free.min(ticks);
        return SaleCurve.meanUp(s.terms, s.floorWad, s.lag, free, ticks - free, s.first);
    }

    /// @dev Rounded up, at least one.
    function _ticks(Sale memory s, uint256 amount) internal pure returns (uint256) {
        uint256 value = amount.fullMulDivUp(s.position.price36, PRICE_SCALE);
        return (value * SaleCurve.TICKS).divUp(s.rate).max(1).min(type(uint64).max);
    }

    /// @dev True when the sale has been at the floor of every curve involved for `KICK_GRACE_SECONDS`. A paced one is at its floor
    /// only when nothing else of the collateral was sold either; but sales of others do not keep a kick alive for ever.
    function _expired(Account memory record) internal view virtual returns (bool) {
        uint256 kickedAt = record.kickedAt;
        if (block.timestamp <= kickedAt + KICK_GRACE_SECONDS) return false;
        for (uint256 mask = record.collateralMask; mask != 0; mask &= mask - 1) {
            Collateral storage c = _collateral[_collateralList[LibBit.ffs(mask)]];
            CurveTerms t = c.terms;
            uint256 from = kickedAt;
            if (t.kind() == CurveKind.Paced) {
                from = from.max((c.books.clock() / SaleCurve.TICKS).min(kickedAt + MAX_KICK_SECONDS));
            }
            if (block.timestamp <= from + t.secondsToFloor() + KICK_GRACE_SECONDS) return false;
        }
        return true;
    }

    // --- size -----------------------------------------------------------------------------------------------------

    /// @dev Chooses the amount. First the largest sale allowed: what restores the target health factor, widened to the
    /// whole debt or the whole holding where the rest would be dust. Then the taker's own limit, which must not leave or
    /// be dust either.
    /// What restores the target depends on the mean price, and that on the amount: the amount is found at the price at which the
    /// sale begins, which is the lowest and makes it too large; its mean price, which is then a little too high, is what is
    /// charged. So the target is met exactly and the sale is never larger than that takes.
    function _size(Sale memory s, uint256 maxCollateral) private pure {
        (uint256 held, uint256 debt, uint256 minDebt) = (s.held, s.debt, s.minDebt);
        s.meanWad = s.first;
        uint256 repay = _repayToTarget(s);
        uint256 price36 = _price36(s);
        uint256 amount = _collateralFor(repay, price36);
        if (s.rate != 0) {
            s.meanWad = _mean(s, amount.min(held));
            price36 = _price36(s);
            repay = _repayToTarget(s);
            amount = _collateralFor(repay, price36);
        }
        bool pays = amount <= held; // this collateral alone pays for `repay`
        // A rest of this collateral worth less than the minimum debt would not be worth anybody's gas.
        if (!pays || (repay < debt && _cost(held - amount, price36) < minDebt)) {
            amount = held;
            s.meanWad = _mean(s, amount);
            price36 = _price36(s);
            pays = false;
        }
        if (maxCollateral < amount) {
            s.meanWad = _mean(s, maxCollateral);
            price36 = _price36(s);
            if (_isDust(s, maxCollateral, price36, minDebt)) revert LiquidationDust(maxCollateral, amount);
            amount = maxCollateral;
            pays = false;
        }
        // `amount` was rounded down from `repay`; paying its own cost instead could leave a unit of debt behind.
        uint256 cost = _cost(amount, price36);
        if (pays) cost = cost.max(repay);
        (s.amount, s.price36, s.repay) = (amount, price36, cost.min(debt));
    }

    function _isDust(
        Sale memory s,
        uint256 amount,
        uint256 price36,
        uint256 minDebt
    ) internal pure virtual returns (bool) {
        uint256 cost = _cost(amount, price36);
        if (cost < minDebt || s.debt.zeroFloorSub(cost) < minDebt) return true;
        return _cost(s.held - amount, price36) < minDebt;
    }

    function _repayToTarget(Sale memory s) private pure returns (uint256 repay) {
        uint256 debt = s.debt;
        repay = LiquidationMath.repayToTargetUp(debt, s.capacity, s.targetHealthBps, s.factorWad, s.meanWad);
        unchecked {
            if (debt - repay < s.minDebt) repay = debt; // it is at most the debt
        }
    }

    function _price36(Sale memory s) private pure returns (uint256) {
        return s.position.price36.fullMulDivUp(s.meanWad, 1e18);
    }

    /// @dev Rounded up: against the taker.
    function _cost(uint256 amount, uint256 price36) private pure returns (uint256) {
        return amount.fullMulDivUp(price36, PRICE_SCALE);
    }

    /// @dev Rounded down, but at least one unit: never more than needed. Anything buys everything once the price is zero.
    function _collateralFor(uint256 repay, uint256 price36) private pure returns (uint256) {
        if (price36 == 0) return type(uint256).max;
        unchecked {
            return ((repay * PRICE_SCALE) / price36).max(1); // 112 + 120 bits
        }
    }
}
