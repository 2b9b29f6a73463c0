// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ITakeCallback} from "../interfaces/IPoolCallbacks.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolAccounting} from "../pool/PoolAccounting.sol";
import {Unwinding} from "./Unwinding.sol";

/// @title Sale of the collateral of unhealthy accounts, at a price that a curve sets
/// @notice Runs by delegatecall on the pool's storage; acting on it directly does nothing useful.
/// @dev No pause reaches this code and no function here can be refused for the state of an oracle once an account has
/// been kicked: prices come from `liquidationPriceOrLast`.
contract LiquidationModule is Unwinding, ILiquidationModule, IPoolModule {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;

    /// @notice An unsold account goes back to the start of its curve this long after the curve's floor. [s]
    uint256 public constant KICK_GRACE_SECONDS = 30 minutes;
    /// @notice Health factor from which an account is no longer for sale. [bps]
    uint256 public constant UNKICK_HEALTH_BPS = 10_200;
    /// @notice Health factor below which an account is put up for sale even in the grace period after an outage. [bps]
    uint256 public constant GRACE_HEALTH_BPS = 9_500;
    /// @notice Gas that the risk engine is given before an account is put up for sale. [gas]
    uint256 public constant REFRESH_GAS = 1_500_000;
    /// @notice The engine is asked before a sale when it has not looked at a collateral for so long. [s]
    uint256 public constant REFRESH_AGE = 10 minutes;
    /// @dev What is left for the sale itself.
    uint256 private constant SALE_GAS = 300_000;

    /// @dev One sale, worked out in memory before anything is written.
    struct Sale {
        uint256 debt; // before the sale [loan base units]
        uint256 capacity; // of all collaterals together, before the sale [loan base units]
        Valuation v; // of all collaterals, before the sale
        Position position; // the one sold, before the sale
        uint256 price36; // sale price
        uint256 priceFactorWad; // sale price ÷ liquidation price
        uint256 factorWad; // what one more unit of the collateral adds to capacity [rounded up]
        uint256 held; // collateral on the account before the sale
        uint256 amount; // collateral to sell
        uint256 repay; // loan assets to pay
    }

    constructor(address loanAsset_) PoolAccounting(loanAsset_) {}

    /// @inheritdoc IPoolModule
    function loanAsset() external view returns (address) {
        return _loanAsset;
    }

    /// @inheritdoc ILiquidationModule
    function kick(address account) external lock {
        Account memory record = _account[account];
        _tryRefreshAll(record, address(0));
        (uint256 debt, uint256 capacity, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        if (capacity >= debt) revert LiquidationAccountHealthy(account, capacity, debt);
        if (record.kickedAt != 0 && !_expired(record)) revert LiquidationAlreadyKicked(account, record.kickedAt);
        _requireNoGrace(v.isGrace, account, capacity, debt);
        record.kickedAt = uint40(block.timestamp);
        _setProvision(account, record, _shortfall(debt, v.basket.value, capacity));
        _recordBacklog(debt);
        _account[account] = record;
        emit AccountKicked(account, msg.sender, debt);
    }

    /// @inheritdoc ILiquidationModule
    function unkick(address account) external lock {
        Account memory record = _account[account];
        if (record.kickedAt == 0) revert LiquidationNotKicked(account);
        (uint256 debt, uint256 capacity, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        uint256 required = debt.mulDivUp(UNKICK_HEALTH_BPS, BPS);
        if (capacity < required) revert LiquidationStillUnhealthy(account, capacity, required);
        _account[account].kickedAt = 0;
        emit AccountUnkicked(account, msg.sender);
    }

    /// @inheritdoc ILiquidationModule
    function mark(address account) external lock {
        Account memory record = _account[account];
        (uint256 debt, uint256 capacity, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        _setProvision(account, record, _shortfall(debt, v.basket.value, capacity));
        _account[account].provisioned = record.provisioned;
    }

    /// @inheritdoc ILiquidationModule
    function take(
        address account,
        address collateral,
        uint256 maxCollateral,
        uint256 maxRepay,
        address receiver,
        bytes calldata data
    ) external lock returns (uint256, uint256) {
        _requireAddress(receiver);
        Account memory record = _account[account];
        if (record.kickedAt == 0) _tryRefreshAll(record, collateral);
        Accrual memory a = _accrue();
        Sale memory s = _planSale(a, record, account, collateral, maxCollateral);
        if (s.repay > maxRepay) revert LiquidationRepayTooHigh(maxRepay, s.repay);
        _settle(s, a, record, account, collateral);

        _push(collateral, receiver, s.amount);
        if (data.length != 0) {
            _locked = UNLOCKED;
            ITakeCallback(msg.sender).onTake(account, collateral, s.amount, s.repay, data);
            _locked = LOCKED;
        }
        if (s.repay != 0) _pull(_loanAsset, s.repay, 0);
        return (s.amount, s.repay);
    }

    /// @inheritdoc ILiquidationModule
    function unwind(
        uint256 assets,
        uint256 shares,
        address collateral,
        uint256 amount,
        address account,
        address receiver,
        bytes calldata data
    ) external lock returns (uint256, uint256) {
        return _unwind(assets, shares, collateral, amount, account, receiver, data);
    }

    /// @inheritdoc ILiquidationModule
    function quoteTake(
        address account,
        address collateral,
        uint256 maxCollateral
    ) external lock returns (uint256, uint256, uint256) {
        Account memory record = _account[account];
        if (record.kickedAt == 0) _tryRefreshAll(record, collateral);
        Sale memory s = _planSale(_accrued(), record, account, collateral, maxCollateral);
        return (s.amount, s.repay, s.price36);
    }

    // --- the engine -----------------------------------------------------------------------------------------------

    /// @dev Has the engine look at collaterals that it has not looked at lately, so that an account is not put up for sale past a
    /// grace period that nobody has told the pool of. A broken engine does not stop a sale, and neither can a caller keep it
    /// from being asked by sending little gas. One failure is enough: gas for more may not be there.
    /// @param first Needs no look-up in the list; 0: none.
    function _tryRefreshAll(Account memory record, address first) private {
        uint256 mask = record.collateralMask;
        if (first != address(0)) {
            mask &= ~(1 << _collateral[first].index);
            if (!_tryRefresh(first)) return;
        }
        for (; mask != 0; mask &= mask - 1) if (!_tryRefresh(_collateralList[LibBit.ffs(mask)])) return;
    }

    /// @return ok False if the engine was asked and failed.
    function _tryRefresh(address token) private returns (bool ok) {
        if (!_collateral[token].risk.isOlderAt(REFRESH_AGE, block.timestamp)) return true;
        uint256 required = (REFRESH_GAS * 64) / 63 + SALE_GAS;
        if (gasleft() < required) revert PoolGasTooLow(gasleft(), required);
        // Its answer is what it writes to the pool; what it returns is not even copied.
        bytes memory data = abi.encodeCall(IRiskEngine.refresh, (token));
        address engine = _riskEngine;
        assembly ("memory-safe") {
            ok := call(REFRESH_GAS, engine, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _requireNoGrace(bool isGrace, address account, uint256 capacity, uint256 debt) private pure {
        if (isGrace && capacity >= debt.mulDiv(GRACE_HEALTH_BPS, BPS)) {
            revert LiquidationInGrace(account, capacity, debt);
        }
    }

    /// @dev What was kicked lately fades over an hour.
    function _recordBacklog(uint256 debt) private {
        _backlog = uint96((_backlogNow() + debt).min(type(uint96).max));
        _backlogAt = uint32(block.timestamp);
    }

    // --- planning: reads only -------------------------------------------------------------------------------------

    function _appraise(
        address account,
        Account memory record
    ) private view returns (uint256 debt, uint256 capacity, Valuation memory v) {
        debt = _debtAssetsOf(_accrued(), record.debtShares);
        v = _valuation(account, record.collateralMask);
        capacity = v.basket.capacityDown();
    }

    /// @dev `record.kickedAt` is set in memory where the sale starts now.
    function _planSale(
        Accrual memory a,
        Account memory record,
        address account,
        address collateral,
        uint256 maxCollateral
    ) private view returns (Sale memory s) {
        if (maxCollateral == 0) revert PoolZeroAmount();
        s.held = _collateralAmount[account][collateral];
        if (s.held == 0) revert PoolCollateralInsufficient(account, collateral, 0, maxCollateral);
        s.debt = _debtAssetsOf(a, record.debtShares);

        Collateral storage config = _collateral[collateral];
        _value(s, record, account, collateral, config.index);
        if (s.capacity >= s.debt) revert LiquidationAccountHealthy(account, s.capacity, s.debt);
        if (record.kickedAt == 0) {
            if (s.v.stale != address(0)) revert LiquidationNoFreshPrice(s.v.stale);
            _requireNoGrace(s.v.isGrace, account, s.capacity, s.debt);
        }
        if (record.kickedAt == 0 || _expired(record)) record.kickedAt = uint40(block.timestamp);

        s.priceFactorWad = ILiquidationCurve(config.curve).priceFactorWad(block.timestamp - record.kickedAt);
        s.price36 = s.position.price36.fullMulDivUp(s.priceFactorWad, 1e18);
        _size(s, maxCollateral);
    }

    /// @dev Values the account before the sale.
    function _value(
        Sale memory s,
        Account memory record,
        address account,
        address collateral,
        uint256 index
    ) private view {
        uint256 others = record.collateralMask & ~(1 << index);
        if (others != 0) s.v = _valuation(account, others);
        Position memory p = _positionIn(IPriceOracle(_oracle), collateral, s.held);
        _count(s.v, collateral, p);
        s.position = p;
        s.capacity = s.v.basket.capacityDown();
        s.factorWad = s.v.basket.marginalFactorUp(p.value - p.capacity, p.factorBps * 1e14, p.loading);
    }

    /// @dev Chooses the amount. First the largest sale allowed: what restores the target health factor, widened to the
    /// whole debt or the whole holding where the rest would be dust. Then the taker's own limit, which must not leave or
    /// be dust either.
    function _size(Sale memory s, uint256 maxCollateral) private view {
        uint256 minDebt = _minDebt;
        uint256 repay = LiquidationMath.repayToTargetUp(
            s.debt,
            s.capacity,
            _targetHealthBps,
            s.factorWad,
            s.priceFactorWad
        );
        if (s.debt - repay < minDebt) repay = s.debt;
        uint256 amount = _collateralFor(repay, s.price36);
        bool pays = amount <= s.held; // this collateral alone pays for `repay`
        // A rest of this collateral worth less than the minimum debt would not be worth anybody's gas.
        if (!pays || (repay < s.debt && _cost(s.held - amount, s.price36) < minDebt)) {
            amount = s.held;
            pays = false;
        }
        if (maxCollateral < amount) {
            uint256 cost = _cost(maxCollateral, s.price36);
            bool dust =
                cost < minDebt ||
                    s.debt.zeroFloorSub(cost) < minDebt ||
                    _cost(s.held - maxCollateral, s.price36) < minDebt;
            if (dust) revert LiquidationDust(maxCollateral, amount);
            amount = maxCollateral;
            pays = false;
        }
        s.amount = amount;
        // `amount` was rounded down from `repay`; paying its own cost instead could leave a unit of debt behind.
        s.repay = pays ? repay : _cost(amount, s.price36).min(s.debt);
    }

    /// @dev Rounded up: against the taker.
    function _cost(uint256 amount, uint256 price36) private pure returns (uint256) {
        return amount.fullMulDivUp(price36, PRICE_SCALE);
    }

    /// @dev Rounded down, but at least one unit: never more than needed. Anything buys everything once the price is zero.
    function _collateralFor(uint256 repay, uint256 price36) private pure returns (uint256) {
        return price36 == 0 ? type(uint256).max : repay.mulDiv(PRICE_SCALE, price36).max(1);
    }

    /// @dev True when the sale has been at the floor of every curve involved for `KICK_GRACE_SECONDS`.
    function _expired(Account memory record) private view returns (bool) {
        uint256 lag = block.timestamp - record.kickedAt;
        if (lag <= KICK_GRACE_SECONDS) return false;
        uint256 longest;
        for (uint256 mask = record.collateralMask; mask != 0; mask &= mask - 1) {
            address curve = _collateral[_collateralList[LibBit.ffs(mask)]].curve;
            longest = longest.max(ILiquidationCurve(curve).secondsToFloor());
        }
        return lag > longest + KICK_GRACE_SECONDS;
    }

    // --- settling: writes -----------------------------------------------------------------------------------------

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) private {
        uint256 shares = record.debtShares;
        uint256 burnt =
            s.repay >= s.debt ? shares : SharesMath.debtSharesDown(s.repay, a.debtAssets, a.debtShares).min(shares);
        _removeCollateral(record, account, collateral, s.held, s.amount);
        _reduceDebt(a, s.repay, burnt);
        _addCash(a, s.repay);
        emit CollateralTaken(account, msg.sender, collateral, s.amount, s.repay, burnt, s.price36);

        shares -= burnt;
        if (shares != 0 && record.collateralMask == 0) {
            _realizeBadDebt(a, account, shares);
            shares = 0;
        }
        _book(a);
        record.debtShares = uint128(shares);
        if (shares == 0) {
            record.kickedAt = 0;
            _setProvision(account, record, 0);
        } else {
            _reassess(s, record, account, _debtAssetsOf(a, shares));
        }
        _account[account] = record;
    }

    /// @dev Ends the sale of an account that has healed by `UNKICK_HEALTH_BPS`, and renews its provision.
    /// @param debt After the sale. [loan base units]
    function _reassess(Sale memory s, Account memory record, address account, uint256 debt) private {
        Position memory p = s.position;
        Basket memory b = s.v.basket;
        uint256 left = p.value.zeroFloorSub(s.amount.fullMulDivUp(p.price36, PRICE_SCALE));
        b.replace(p.value, p.capacity, left, (left * p.factorBps) / BPS, p.loading);
        uint256 capacity = b.capacityDown();
        if (capacity >= debt.mulDivUp(UNKICK_HEALTH_BPS, BPS)) record.kickedAt = 0;
        _setProvision(account, record, _shortfall(debt, b.value, capacity));
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
