// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IRepayCallback} from "../interfaces/IPoolCallbacks.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolProvision} from "../pool/PoolProvision.sol";

/// @title Repaying out of the own collateral
/// @notice Whoever repays a share of the debt may take out at most the same share of a collateral. At whatever prices and
/// factors, health is then no lower than before: so no price is asked for, and neither breaker nor oracle can stand in the way
/// of somebody who leaves by himself before he is liquidated.
abstract contract Unwinding is PoolProvision {
    using FixedPointMathLib for uint256;

    /// @dev See `ILiquidationModule.unwind`.
    function _unwind(
        uint256 assets,
        uint256 shares,
        address collateral,
        uint256 amount,
        address account,
        address receiver,
        bytes calldata data
    ) internal returns (uint256, uint256) {
        if (msg.sender != account && !_isOperator[account][msg.sender]) revert PoolUnauthorized(msg.sender, account);
        _requireAddress(receiver);
        if (amount == 0) revert PoolZeroAmount();
        (assets, shares) = _repayWithCollateral(assets, shares, collateral, amount, account);
        emit Repaid(msg.sender, account, assets, shares);
        emit CollateralWithdrawn(msg.sender, account, collateral, receiver, amount);
        _push(collateral, receiver, amount);
        if (data.length != 0) {
            _locked = UNLOCKED;
            IRepayCallback(msg.sender).onRepay(assets, data);
            _locked = LOCKED;
        }
        _pull(_loanAsset, assets, 0);
        return (assets, shares);
    }

    function _repayWithCollateral(
        uint256 assets,
        uint256 shares,
        address collateral,
        uint256 amount,
        address account
    ) private returns (uint256, uint256) {
        if ((assets == 0) == (shares == 0)) revert PoolExactlyOneAmount(assets, shares);
        Accrual memory a = _accrue();
        Account memory record = _account[account];
        uint256 owned = record.debtShares;
        uint256 debt = _debtAssetsOf(a, owned);
        if (assets != 0) shares = SharesMath.debtSharesDown(assets.min(MAX_AMOUNT), a.debtAssets, a.debtShares);
        if (shares == 0) revert PoolZeroAmount();
        if (shares > owned) revert PoolDebtInsufficient(account, owned, shares);
        if (assets == 0) assets = _debtAssetsOf(a, shares);

        owned -= shares;
        _reduceDebt(a, assets, shares);
        uint256 left = owned == 0 ? 0 : _debtAssetsOf(a, owned);
        _requireProportion(account, collateral, amount, left, debt);
        if (owned != 0) {
            if (_pauseFlags & PAUSE_COLLATERAL_EXIT != 0) revert PoolPaused(PAUSE_COLLATERAL_EXIT);
            if (left < _minDebt && debt >= _minDebt - (_minDebt >> MIN_DEBT_SLACK_SHIFT)) {
                revert PoolDebtBelowMinimum(_minDebt, left);
            }
        }
        record.debtShares = uint128(owned);
        _shrinkSale(record, owned, owned + shares);
        if (record.provisioned) {
            _setProvision(account, record, owned == 0 ? 0 : _provisionOf[account].zeroFloorSub(assets));
        }
        _removeCollateral(record, account, collateral, _collateralAmount[account][collateral], amount);
        _account[account] = record;
        _addCash(a, assets);
        _book(a);
        return (assets, shares);
    }

    /// @dev `(held − amount) ÷ held ≥ left ÷ debt`.
    function _requireProportion(
        address account,
        address collateral,
        uint256 amount,
        uint256 left,
        uint256 debt
    ) private view {
        uint256 held = _collateralAmount[account][collateral];
        if (amount > held) revert PoolCollateralInsufficient(account, collateral, held, amount);
        uint256 most = held - held.fullMulDivUp(left, debt);
        if (amount > most) revert UnwindOutOfProportion(account, most, amount);
    }
}
