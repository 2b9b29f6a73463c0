// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILiquidationSales} from "../interfaces/ILiquidationSales.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ITakeBatchCallback, ITakeCallback} from "../interfaces/IPoolCallbacks.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {RiskWord} from "../libraries/RiskWord.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolAccounting} from "../pool/PoolAccounting.sol";
import {PoolBacklog} from "../pool/PoolBacklog.sol";
import {AccountSlot} from "./AccountSlot.sol";
import {KeeperTips} from "./KeeperTips.sol";
import {SaleSettlement} from "./SaleSettlement.sol";

/// @title Sale of the collateral of unhealthy accounts: an auction that follows the market's depth
/// @notice Runs by delegatecall on the pool's storage; acting on it directly does nothing useful. `docs/liquidation.md` has the
/// rules and why.
/// @dev No pause reaches this code and no function here can be refused for the state of an oracle once an account has
/// been kicked: prices come from `liquidationPriceOrLast`.
contract LiquidationModule is SaleSettlement, KeeperTips, ILiquidationSales, IPoolModule {
    using FixedPointMathLib for uint256;
    using BasketMath for Basket;
    using AccountSlot for Account;

    /// @dev Gas that the risk engine is given before an account is put up for sale. [gas]
    uint256 internal constant REFRESH_GAS = 1_500_000;
    /// @dev The engine is asked before a sale when it has not looked at a collateral for so long. [s]
    uint256 internal constant REFRESH_AGE = 10 minutes;
    /// @dev What is left for the sale itself.
    uint256 private constant SALE_GAS = 300_000;

    /// @dev An account at liquidation prices.
    struct Appraisal {
        uint256 value; // [loan base units]
        uint256 capacity; // [loan base units]
        address stale; // as in `Valuation`
        bool isGrace; // as in `Valuation`
        uint256 largest; // place of its collateral of the highest value
    }

    constructor(address loanAsset_) PoolAccounting(loanAsset_) PoolBacklog(loanAsset_) {}

    /// @inheritdoc IPoolModule
    function loanAsset() external view returns (address) {
        return _loanAsset;
    }

    // --- on and off sale ------------------------------------------------------------------------------------------

    /// @inheritdoc ILiquidationSales
    function kick(address account) external lock {
        _kick(account, address(0), 0);
    }

    /// @inheritdoc ILiquidationSales
    function kickFor(address account, address collateral, uint24 keeper) external lock {
        if (keeper != 0) _requireKeeper(keeper);
        _kick(account, collateral, keeper);
    }

    /// @dev Judges by the debt as it was last booked, and by all interest only where that is not enough: a kick books nothing.
    /// @param hint As in `kickFor`.
    function _kick(address account, address hint, uint24 keeper) private {
        Account storage slot = _account[account];
        Account memory record = slot.read();
        (
            uint256 value,
            uint256 capacity,
            bool isGrace,
            uint256 largest,
            Collateral storage c,
            BookWord books
        ) = _appraiseRefreshed(account, record, hint);
        uint256 debt = SharesMath.debtAssetsUp(record.debtShares, _debtAssets, _debtShares);
        if (capacity >= debt) {
            debt = _debtAssetsOf(_accrued(), record.debtShares);
            if (capacity >= debt) revert LiquidationAccountHealthy(account, capacity, debt);
        }
        uint256 before;
        uint256 from = record.saleIndex;
        if (record.kickedAt == 0) {
            _startSale(record);
        } else {
            before = record.saleDebtOrEasedAt;
            if (_expired(record)) record.kickedAt = uint32(block.timestamp);
            else if (before != 0) revert LiquidationAlreadyKicked(account, record.kickedAt);
            else keeper = record.keeperOrLag; // it rested: its price goes on, and its tip is whose it was
        }
        _requireNoGrace(isGrace, account, capacity, debt);
        uint256 inForce = _toUnits(debt);
        if (before != 0 && from != largest) {
            _changeBacklog(from, before, 0);
            before = 0;
        }
        c.books = books.withBacklog(_changed(books.backlog(), before, inForce));
        (record.saleDebtOrEasedAt, record.saleIndex) = (uint40(inForce), uint8(largest));
        record.keeperOrLag = keeper;
        _setProvision(account, record, _shortfall(debt, value, capacity));
        slot.write(record);
        emit AccountKicked(account, msg.sender, debt);
    }

    /// @inheritdoc ILiquidationSales
    function unkick(address account) external lock {
        Account memory record = _account[account].read();
        if (record.kickedAt == 0) revert LiquidationNotKicked(account);
        Appraisal memory p = _appraise(account, record.collateralMask);
        if (p.stale != address(0)) revert LiquidationNoFreshPrice(p.stale);
        bool expired = _expired(record);
        uint256 debt = _debtAssetsOf(_accrued(), record.debtShares);
        uint256 required = expired ? debt : debt.mulDivUp(UNKICK_HEALTH_BPS, BPS);
        if (p.capacity < required) {
            if (p.capacity >= debt && record.saleDebtOrEasedAt != 0) return _rest(account, record);
            revert LiquidationStillUnhealthy(account, p.capacity, required);
        }
        uint256 lag = expired ? 0 : (block.timestamp - record.kickedAt).min(type(uint24).max);
        _endSale(record);
        (record.saleDebtOrEasedAt, record.keeperOrLag) = (uint40(block.timestamp), uint24(lag));
        _account[account].write(record);
        emit AccountUnkicked(account, msg.sender);
    }

    /// @dev Between healthy and unkicked nobody can buy of an account, so nobody's sale need wait for it.
    function _rest(address account, Account memory record) internal virtual {
        _changeBacklog(record.saleIndex, record.saleDebtOrEasedAt, 0);
        _account[account].saleDebtOrEasedAt = 0;
        emit AccountRested(account, msg.sender);
    }

    /// @inheritdoc ILiquidationSales
    function mark(address account) external lock {
        Account memory record = _account[account].read();
        Appraisal memory p = _appraise(account, record.collateralMask);
        if (p.stale != address(0)) revert LiquidationNoFreshPrice(p.stale);
        uint256 debt = _debtAssetsOf(_accrued(), record.debtShares);
        _setProvision(account, record, _shortfall(debt, p.value, p.capacity));
        _account[account].provisioned = record.provisioned;
    }

    // --- sales ----------------------------------------------------------------------------------------------------

    /// @inheritdoc ILiquidationSales
    function take(
        address account,
        address collateral,
        uint256 maxCollateral,
        uint256 maxRepay,
        address receiver,
        bytes calldata data
    ) external lock returns (uint256 amount, uint256 repay) {
        _requireAddress(receiver);
        Accrual memory a = _accrue();
        (amount, repay) = _sell(a, account, collateral, maxCollateral);
        if (repay > maxRepay) revert LiquidationRepayTooHigh(maxRepay, repay);
        _book(a);

        _push(collateral, receiver, amount);
        if (data.length != 0) {
            _locked = UNLOCKED;
            ITakeCallback(msg.sender).onTake(account, collateral, amount, repay, data);
            _locked = LOCKED;
        }
        _pull(_loanAsset, repay, 0);
    }

    /// @inheritdoc ILiquidationSales
    function takeBatch(
        TakeOrder[] calldata orders,
        uint256 maxRepay,
        address receiver,
        bytes calldata data
    ) external lock returns (uint256[] memory amounts, uint256 repay) {
        _requireAddress(receiver);
        Accrual memory a = _accrue();
        amounts = new uint256[](orders.length);
        for (uint256 i; i < orders.length; ++i) {
            uint256 cost;
            (amounts[i], cost) = _sell(a, orders[i].account, orders[i].collateral, orders[i].maxCollateral);
            repay += cost;
        }
        if (repay > maxRepay) revert LiquidationRepayTooHigh(maxRepay, repay);
        _book(a);

        for (uint256 i; i < orders.length; ++i) _push(orders[i].collateral, receiver, amounts[i]);
        if (data.length != 0) {
            _locked = UNLOCKED;
            ITakeBatchCallback(msg.sender).onTakeBatch(orders, amounts, repay, data);
            _locked = LOCKED;
        }
        _pull(_loanAsset, repay, 0);
    }

    /// @inheritdoc ILiquidationSales
    function quoteTake(
        address account,
        address collateral,
        uint256 maxCollateral
    ) external lock returns (uint256, uint256, uint256) {
        Account memory record = _account[account].read();
        bool begins = _begins(record, collateral);
        Accrual memory a = _accrued();
        uint256 owed = _debtAssetsOf(a, record.debtShares);
        _chargeTip(a, record);
        Sale memory s = _planSale(
            _debtAssetsOf(a, record.debtShares),
            record,
            begins,
            owed,
            account,
            collateral,
            maxCollateral
        );
        return (s.amount, s.repay, s.price36);
    }

    function _sell(
        Accrual memory a,
        address account,
        address collateral,
        uint256 maxCollateral
    ) private returns (uint256, uint256) {
        Account memory record = _account[account].read();
        bool begins = _begins(record, collateral);
        uint256 owed = _debtAssetsOf(a, record.debtShares);
        (uint24 keeper, uint256 tip) = _chargeTip(a, record);
        Sale memory s = _planSale(
            tip == 0 ? owed : _debtAssetsOf(a, record.debtShares),
            record,
            begins,
            owed,
            account,
            collateral,
            maxCollateral
        );
        _settle(s, a, record, account, collateral);
        // Out of what is paid: what a sale of nothing's worth does not bring in is not handed out.
        if (keeper != 0) _creditTip(a, keeper, tip.min(s.repay), account);
        return (s.amount, s.repay);
    }

    /// @dev Whether the account was not for sale until now, or had been forgotten: the engine is asked first then.
    function _begins(Account memory record, address collateral) private returns (bool begins) {
        begins = record.kickedAt == 0 || _expired(record);
        if (begins) _tryRefreshAll(record, collateral);
    }

    // --- the engine -----------------------------------------------------------------------------------------------

    /// @dev Has the engine look at collaterals that it has not looked at lately, so that an account is not put up for sale past a
    /// grace period that nobody has told the pool of. A broken engine does not stop a sale, and neither can a caller keep it
    /// from being asked by sending little gas. One failure is enough: gas for more may not be there.
    /// @param first Needs no look-up in the list; 0: none.
    function _tryRefreshAll(Account memory record, address first) private {
        uint256 mask = record.collateralMask;
        if (first != address(0)) {
            BookWord books = _collateral[first].books;
            if (!books.isListed()) return; // the sale will be refused
            mask &= ~books.bit();
            if (!_tryRefresh(first)) return;
        }
        for (; mask != 0; mask &= mask - 1) if (!_tryRefresh(_collateralList[LibBit.ffs(mask)])) return;
    }

    /// @return ok False if the engine was asked and failed.
    function _tryRefresh(address token) private returns (bool ok) {
        return !_collateral[token].risk.isOlderAt(REFRESH_AGE, block.timestamp) || _ask(token);
    }

    /// @return ok False if the engine failed.
    function _ask(address token) private returns (bool ok) {
        uint256 required = (REFRESH_GAS * 64) / 63 + SALE_GAS;
        if (gasleft() < required) revert PoolGasTooLow(gasleft(), required);
        // Its answer is what it writes to the pool; what it returns is not even copied.
        bytes memory data = abi.encodeCall(IRiskEngine.refresh, (token));
        address engine = _riskEngine;
        assembly ("memory-safe") {
            ok := call(REFRESH_GAS, engine, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _appraise(address account, uint256 mask) private view returns (Appraisal memory p) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        Valuation memory v;
        uint256 highest;
        for (; mask != 0; mask &= mask - 1) {
            uint256 index = LibBit.ffs(mask);
            address token = _collateralList[index];
            Position memory position = _positionIn(oracle, token, _collateralAmount[account][token]);
            _count(v, token, position);
            if (position.value >= highest) (highest, p.largest) = (position.value, index);
        }
        (p.value, p.capacity, p.stale, p.isGrace) = (v.basket.value, v.basket.capacityDown(), v.stale, v.isGrace);
    }

    /// @dev The same at fresh prices only, after the engine was asked where it must be. `c` is the collateral of the highest
    /// value, `largest` its place, `books` its books.
    function _appraiseRefreshed(
        address account,
        Account memory record,
        address hint
    )
        private
        returns (uint256 value, uint256 capacity, bool isGrace, uint256 largest, Collateral storage c, BookWord books)
    {
        uint256 mask = record.collateralMask;
        unchecked {
            if (mask == 0 || mask & (mask - 1) != 0) {
                _tryRefreshAll(record, address(0));
                Appraisal memory p = _appraise(account, mask);
                if (p.stale != address(0)) revert LiquidationNoFreshPrice(p.stale);
                c = _collateral[_collateralList[p.largest]];
                return (p.value, p.capacity, p.isGrace, p.largest, c, c.books);
            }
        }
        // One collateral is all that there is to add up: see `SalePlan._value`.
        largest = LibBit.ffs(mask);
        address token = hint;
        c = _collateral[token];
        if (token != address(0)) books = c.books;
        if (!books.isAt(largest)) {
            token = _collateralList[largest];
            c = _collateral[token];
            books = c.books;
        }
        RiskWord risk = c.risk;
        if (risk.isOlderAt(REFRESH_AGE, block.timestamp)) {
            _ask(token);
            (risk, books) = (c.risk, c.books);
        }
        (value, capacity) = _appraiseOnly(account, token, risk);
        isGrace = risk.isGraceAt(block.timestamp);
    }

    function _appraiseOnly(
        address account,
        address token,
        RiskWord risk
    ) private view returns (uint256 value, uint256 capacity) {
        (uint256 price36, bool fresh) = IPriceOracle(_oracle).liquidationPriceOrLast(token);
        value = _collateralAmount[account][token].fullMulDiv(price36, PRICE_SCALE);
        capacity = (value * risk.liquidationFactorBpsAt(block.timestamp)) / BPS;
        if (!fresh) revert LiquidationNoFreshPrice(token);
    }
}
