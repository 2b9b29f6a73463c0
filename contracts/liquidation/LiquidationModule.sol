// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ITakeCallback} from "../interfaces/IPoolCallbacks.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolAccounting} from "../pool/PoolAccounting.sol";
import {PoolProvision} from "../pool/PoolProvision.sol";

/// @title Sale of the collateral of unhealthy accounts, at a price that a curve sets
/// @notice Runs by delegatecall on the pool's storage; acting on it directly does nothing useful.
/// @dev No pause reaches this code and no function here can be refused for the state of an oracle once an account has
/// been kicked: prices come from `liquidationPriceOrLast`.
contract LiquidationModule is PoolProvision, ILiquidationModule, IPoolModule {
    using FixedPointMathLib for uint256;

    /// @notice An unsold account goes back to the start of its curve this long after the curve's floor. [s]
    uint256 public constant KICK_GRACE_SECONDS = 30 minutes;
    /// @notice Health factor from which an account is no longer for sale. [bps]
    uint256 public constant UNKICK_HEALTH_BPS = 10_200;

    /// @dev One sale, worked out in memory before anything is written.
    struct Sale {
        uint256 debt; // before the sale [loan base units]
        uint256 value; // Σ V_i before the sale [loan base units]
        uint256 capacity; // Σ LT_i·V_i before the sale [loan base units]
        uint256 liquidationPrice36;
        uint256 price36; // sale price
        uint256 priceFactorWad; // sale price ÷ liquidation price
        uint256 factorBps; // liquidation factor of the collateral
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
        (uint256 debt, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        if (v.capacity >= debt) revert LiquidationAccountHealthy(account, v.capacity, debt);
        if (record.kickedAt != 0 && !_expired(record)) revert LiquidationAlreadyKicked(account, record.kickedAt);
        record.kickedAt = uint40(block.timestamp);
        _setProvision(account, record, _shortfall(debt, v.value, v.capacity));
        _account[account] = record;
        emit AccountKicked(account, msg.sender, debt);
    }

    /// @inheritdoc ILiquidationModule
    function unkick(address account) external lock {
        Account memory record = _account[account];
        if (record.kickedAt == 0) revert LiquidationNotKicked(account);
        (uint256 debt, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        uint256 required = debt.mulDivUp(UNKICK_HEALTH_BPS, BPS);
        if (v.capacity < required) revert LiquidationStillUnhealthy(account, v.capacity, required);
        _account[account].kickedAt = 0;
        emit AccountUnkicked(account, msg.sender);
    }

    /// @inheritdoc ILiquidationModule
    function mark(address account) external lock {
        Account memory record = _account[account];
        (uint256 debt, Valuation memory v) = _appraise(account, record);
        if (v.stale != address(0)) revert LiquidationNoFreshPrice(v.stale);
        _setProvision(account, record, _shortfall(debt, v.value, v.capacity));
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
        Accrual memory a = _accrue();
        Account memory record = _account[account];
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
    function quoteTake(
        address account,
        address collateral,
        uint256 maxCollateral
    ) external lock returns (uint256, uint256, uint256) {
        Sale memory s = _planSale(_accrued(), _account[account], account, collateral, maxCollateral);
        return (s.amount, s.repay, s.price36);
    }

    // --- planning: reads only -------------------------------------------------------------------------------------

    function _appraise(address account, Account memory record) private view returns (uint256 debt, Valuation memory v) {
        debt = _debtAssetsOf(_accrued(), record.debtShares);
        v = _valuation(account, record.collateralMask);
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

        CollateralConfig storage config = _collateral[collateral];
        Position memory p = _positionIn(IPriceOracle(_oracle), collateral, s.held);
        s.factorBps = p.factorBps;
        s.liquidationPrice36 = p.price36;
        s.value = p.value;
        s.capacity = p.capacity;
        address stale = p.fresh ? address(0) : collateral;
        uint256 others = record.collateralMask & ~(1 << config.index);
        if (others != 0) {
            Valuation memory v = _valuation(account, others);
            s.value += v.value;
            s.capacity += v.capacity;
            if (stale == address(0)) stale = v.stale;
        }
        if (s.capacity >= s.debt) revert LiquidationAccountHealthy(account, s.capacity, s.debt);
        if (record.kickedAt == 0 && stale != address(0)) revert LiquidationNoFreshPrice(stale);
        if (record.kickedAt == 0 || _expired(record)) record.kickedAt = uint40(block.timestamp);

        s.priceFactorWad = ILiquidationCurve(config.curve).priceFactorWad(block.timestamp - record.kickedAt);
        s.price36 = p.price36.fullMulDivUp(s.priceFactorWad, 1e18);
        _size(s, maxCollateral);
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
            s.factorBps,
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
        uint256 sold = s.amount.fullMulDivUp(s.liquidationPrice36, PRICE_SCALE);
        uint256 capacity = s.capacity.zeroFloorSub(sold.fullMulDivUp(s.factorBps, BPS));
        if (capacity >= debt.mulDivUp(UNKICK_HEALTH_BPS, BPS)) record.kickedAt = 0;
        _setProvision(account, record, _shortfall(debt, s.value.zeroFloorSub(sold), capacity));
    }

    /// @dev A loss is final when nothing is left to sell: reserves pay first, then lenders through the share price.
    function _realizeBadDebt(Accrual memory a, address account, uint256 shares) private {
        uint256 before = a.debtAssets;
        // Rounded down: what rounding leaves is owed by the remaining borrowers, not lost by lenders.
        _reduceDebt(a, SharesMath.debtAssetsDown(shares, a.debtAssets, a.debtShares), shares);
        uint256 loss = before - a.debtAssets;
        uint256 paidByReserves = loss.min(a.reserves);
        a.reserves -= paidByReserves;
        emit BadDebtRealized(account, loss, shares, paidByReserves, loss - paidByReserves);
    }
}
