// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {IRiskLens} from "../interfaces/IRiskLens.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {CascadeMath} from "../libraries/CascadeMath.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {LensMarket} from "./LensMarket.sol";

/// @title Accounts one by one, and what they add up to
/// @dev Values them as the pool does, from terms that are read once for all: the pool, asked for the health of each, would ask
/// the oracle again and again.
abstract contract AccountSums is LensMarket, IRiskLens {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;

    uint256 private constant MAX_COLLATERALS = 16;

    /// @dev What an account has. One is used for all accounts.
    struct Holding {
        uint256 debt;
        uint256 mask;
        uint256 kickedAt;
        bool stale; // a price is remembered, or there is none
        uint256[MAX_COLLATERALS] values; // only those in the mask are of this account
        Basket basket;
        Basket others; // all but one
        Basket fallen; // with that one at a lower price
    }

    function accountsOf(address pool, address[] calldata accounts) external view returns (AccountRisk[] memory risks) {
        Market memory m = _marketOf(pool);
        Holding memory h;
        risks = new AccountRisk[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            _read(m, h, m.pool.accountOf(accounts[i]), accounts[i]);
            uint256 value = h.basket.value;
            uint256 capacity = h.basket.capacityDown();
            risks[i] = AccountRisk({
                debt: h.debt,
                value: value,
                capacity: capacity,
                leverageWad: CascadeMath.leverageWad(value, h.debt),
                healthWad: h.debt == 0 ? CascadeMath.UNBOUNDED : capacity.fullMulDiv(1e18, h.debt),
                kickedAt: h.kickedAt,
                pricesFresh: !h.stale
            });
        }
    }

    function sumsOf(
        address pool,
        address[] calldata accounts
    ) external view returns (Sums memory s, uint256[] memory healthWad) {
        Market memory m = _marketOf(pool);
        Holding memory h;
        s.accounts = accounts.length;
        healthWad = new uint256[](accounts.length);
        s.collaterals = new CollateralSums[](m.terms.length);
        for (uint256 i; i < accounts.length; ++i) {
            IPoolTypes.Account memory record = m.pool.accountOf(accounts[i]);
            if (record.debtShares == 0) {
                healthWad[i] = CascadeMath.UNBOUNDED;
                continue;
            }
            _read(m, h, record, accounts[i]);
            s.debtShares += record.debtShares;
            uint256 capacity = h.basket.capacityDown();
            healthWad[i] = capacity.fullMulDiv(1e18, h.debt);
            _addAccount(s, h, capacity);
            for (uint256 mask = h.mask; mask != 0; mask &= mask - 1) {
                uint256 k = LibBit.ffs(mask);
                _addCollateral(s.collaterals[k], m, h, m.terms[k], h.values[k]);
            }
        }
    }

    function _read(Market memory m, Holding memory h, IPoolTypes.Account memory record, address account) private view {
        h.debt = _debtOf(m, record.debtShares);
        (h.mask, h.kickedAt, h.stale) = (record.collateralMask, record.kickedAt, false);
        Basket memory b = h.basket;
        (b.value, b.capacity, b.weight, b.loaded, b.own, b.tooLarge) = (0, 0, 0, 0, 0, false);
        for (uint256 mask = h.mask; mask != 0; mask &= mask - 1) {
            uint256 k = LibBit.ffs(mask);
            Terms memory t = m.terms[k];
            if (!t.fresh) h.stale = true;
            uint256 value = _valueOf(m.pool.collateralOf(account, t.token), t.price36);
            h.values[k] = value;
            b.add(value, _capacityOf(value, t.factorBps), t.loading);
        }
    }

    function _addAccount(Sums memory s, Holding memory h, uint256 capacity) private pure {
        unchecked {
            // Debts and values have 112 bits each.
            (uint256 debt, uint256 value) = (h.debt, h.basket.value);
            ++s.debtors;
            s.debt += debt;
            s.pledged += value;
            s.capacity += capacity;
            if (capacity < debt) ++s.liquidatable;
            if (value < debt) {
                ++s.insolvent;
                s.shortfall += debt - value;
            }
            if (h.kickedAt != 0) ++s.forSale;
            if (h.stale) {
                ++s.stale;
                s.staleDebt += debt;
            }
            s.debtSquares += debt * debt;
            s.pledgedSquares += value * value;
            uint256 bucket = CascadeMath.bucketOf(capacity, debt);
            ++s.bucketAccounts[bucket];
            s.bucketDebt[bucket] += debt;
            uint256 step = CascadeMath.stepOf(capacity, debt);
            if (step == CascadeMath.STEPS) return;
            ++s.stepAccounts[step];
            s.stepDebt[step] += debt;
            s.stepValue[step] += value;
        }
    }

    /// @dev What a fall of this collateral alone would do to the account: from the deepest fall on to the first that it survives.
    function _addCollateral(
        CollateralSums memory sums,
        Market memory m,
        Holding memory h,
        Terms memory t,
        uint256 value
    ) private pure {
        sums.pledged += value;
        sums.squares += value * value;
        // Of a single collateral nothing diversifies: it carries its factor times its value.
        bool isOnly = h.mask & (h.mask - 1) == 0;
        if (!isOnly) {
            _copy(h.basket, h.others);
            h.others.replace(value, _capacityOf(value, t.factorBps), 0, 0, t.loading);
        }
        uint256 step = CascadeMath.STEPS;
        uint256 factorWad = t.factorBps * 1e14;
        while (step != 0) {
            uint256 left = _after(value, step - 1);
            uint256 capacity = _capacityOf(left, t.factorBps);
            uint256 marginalWad = factorWad;
            if (!isOnly) {
                _copy(h.others, h.fallen);
                h.fallen.add(left, capacity, t.loading);
                uint256 weight = left - capacity;
                capacity = h.fallen.capacityDown();
                if (capacity < h.debt) marginalWad = h.fallen.marginalFactorUp(weight, factorWad, t.loading);
            }
            if (capacity >= h.debt) break;
            --step;
            uint256 sold = _sold(m, h.debt, capacity, marginalWad, t.floorWad, left);
            unchecked {
                // Values have 112 bits, and at most half of a price is gone.
                sums.released[step] += sold == left ? value : (sold * 100) / (100 - CascadeMath.STEP_PERCENT * step);
            }
        }
        if (step == CascadeMath.STEPS) return;
        sums.debt[step] += h.debt;
        sums.value[step] += value;
    }

    /// @dev What the pool lets one sale of a collateral have, at the largest discount of its curve (`SalePlan._size`).
    /// @param left Value of what is held of it. [loan base units]
    /// @return sold [loan base units]
    function _sold(
        Market memory m,
        uint256 debt,
        uint256 capacity,
        uint256 factorWad,
        uint256 floorWad,
        uint256 left
    ) private pure returns (uint256 sold) {
        uint256 repay = LiquidationMath.repayToTargetUp(debt, capacity, m.targetHealthBps, factorWad, floorWad);
        unchecked {
            // No more is repaid than is owed, in 112 bits, and a floor has 60.
            if (debt - repay < m.minDebt) repay = debt;
            sold = (repay * 1e18) / floorWad;
            // What is left of it would be dust.
            if (sold >= left) return left;
            if (repay < debt && ((left - sold) * floorWad + (1e18 - 1)) / 1e18 < m.minDebt) return left;
        }
    }

    /// @dev Rounded down. [loan base units]
    function _capacityOf(uint256 value, uint256 factorBps) private pure returns (uint256) {
        unchecked {
            return (value * factorBps) / BPS; // 112 and 14 bits
        }
    }

    function _after(uint256 value, uint256 step) private pure returns (uint256) {
        unchecked {
            return (value * (100 - CascadeMath.STEP_PERCENT * step)) / 100; // 112 bits, and at most 50 %
        }
    }

    function _copy(Basket memory from, Basket memory to) private pure {
        (to.value, to.capacity, to.weight) = (from.value, from.capacity, from.weight);
        (to.loaded, to.own, to.tooLarge) = (from.loaded, from.own, from.tooLarge);
    }
}
