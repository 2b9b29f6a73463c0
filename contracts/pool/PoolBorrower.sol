// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ISupplyCollateralCallback, IRepayCallback} from "../interfaces/IPoolCallbacks.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {RiskWord} from "../libraries/RiskWord.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolLender} from "./PoolLender.sol";

/// @title The borrower side: collateral, debt and operators
/// @dev Order in every function: checks, books, event, callback, tokens.
abstract contract PoolBorrower is PoolLender {
    using FixedPointMathLib for uint256;

    bytes32 private constant SET_OPERATOR_TYPEHASH = keccak256(
        "SetOperator(address owner,address operator,bool approved,uint256 nonce,uint256 deadline)"
    );

    modifier onlyFor(address account) {
        _requireAuthorized(account);
        _;
    }

    // --- collateral -----------------------------------------------------------------------------------------------

    /// @inheritdoc ILendingPool
    function supplyCollateral(address token, uint256 amount, address account, bytes calldata data) external lock {
        if (amount == 0) revert PoolZeroAmount();
        BookWord books = _collateral[token].books;
        if (!books.isListed()) revert PoolCollateralUnknown(token);
        uint256 total = books.totalSupplied().saturatingAdd(amount);
        uint256 cap = books.supplyCap(UNCAPPED);
        if (total > cap) {
            if (cap == UNCAPPED) revert PoolAmountTooLarge(amount);
            revert PoolSupplyCapExceeded(token, cap, total);
        }
        _collateral[token].books = books.withTotal(total, block.timestamp);

        uint256 held = _collateralAmount[account][token];
        if (held == 0) {
            _requireAuthorized(account);
            Account storage record = _account[account];
            uint256 mask = record.collateralMask | books.bit();
            uint256 count = LibBit.popCount(mask);
            // One is always allowed.
            if (count > 1 && count > _maxCollateralsPerAccount) {
                revert PoolTooManyCollaterals(count, _maxCollateralsPerAccount);
            }
            record.collateralMask = uint16(mask);
        }
        unchecked {
            _collateralAmount[account][token] = held + amount; // at most the total
        }
        emit CollateralSupplied(msg.sender, account, token, amount);

        if (data.length != 0) {
            _locked = UNLOCKED;
            ISupplyCollateralCallback(msg.sender).onSupplyCollateral(token, amount, data);
            _locked = LOCKED;
            total = _collateral[token].books.totalSupplied(); // the books may have moved in the callback
        }
        _pull(token, amount, total);
    }

    /// @inheritdoc ILendingPool
    function withdrawCollateral(
        address token,
        uint256 amount,
        address account,
        address receiver
    ) external lock onlyFor(account) {
        if (amount == 0) revert PoolZeroAmount();
        _requireAddress(receiver);
        BookWord books = _collateral[token].books;
        if (!books.isListed()) revert PoolCollateralUnknown(token);
        uint256 held = _collateralAmount[account][token];
        if (amount > held) revert PoolCollateralInsufficient(account, token, held, amount);
        Account memory record = _account[account];
        if (record.debtShares != 0) {
            // The token at hand needs no look-up in the list.
            _refreshIfStale(token);
            _refreshStale(record.collateralMask & ~books.bit());
        }
        _collateral[token].books = _withoutCollateral(books, record, account, token, held, amount);
        if (amount == held) _account[account].collateralMask = record.collateralMask;
        if (record.debtShares != 0) {
            _requireOpen(PAUSE_COLLATERAL_EXIT);
            uint256 others = record.collateralMask & ~books.bit();
            uint256 debt = _debtAssetsOf(_accrued(), record.debtShares);
            _requireCovered(account, others, token, held - amount, debt);
        }
        emit CollateralWithdrawn(msg.sender, account, token, receiver, amount);
        _push(token, receiver, amount);
    }

    // --- debt -----------------------------------------------------------------------------------------------------

    /// @inheritdoc ILendingPool
    function borrow(
        uint256 assets,
        uint256 shares,
        address account,
        address receiver
    ) public virtual lock onlyFor(account) returns (uint256, uint256) {
        _requireOneAmount(assets, shares);
        _requireAddress(receiver);
        Account storage record = _account[account];
        uint256 mask = record.collateralMask;
        _refreshStale(mask);
        _requireOpen(PAUSE_BORROW);
        Accrual memory a = _accrue();
        if (assets != 0) shares = SharesMath.debtSharesUp(assets, a.debtAssets, a.debtShares);
        else assets = SharesMath.debtAssetsDown(shares, a.debtAssets, a.debtShares);
        if (assets == 0) revert PoolZeroAmount();

        uint256 owned = record.debtShares + shares;
        a.debtAssets += assets;
        a.debtShares += shares;
        if (a.debtShares > MAX_AMOUNT || a.debtAssets > MAX_AMOUNT) revert PoolAmountTooLarge(assets);
        if (_hasBorrowCap && a.debtAssets > _borrowCap) revert PoolBorrowCapExceeded(_borrowCap, a.debtAssets);
        _subtractCash(a, assets);
        _book(a);
        record.debtShares = uint128(owned);

        uint256 debt = _debtAssetsOf(a, owned);
        if (debt < _minDebt) revert PoolDebtBelowMinimum(_minDebt, debt);
        _requireCovered(account, mask, address(0), 0, debt);
        emit Borrowed(msg.sender, account, receiver, assets, shares);
        _push(_loanAsset, receiver, assets);
        return (assets, shares);
    }

    /// @inheritdoc ILendingPool
    /// @dev An account that already owes less than the minimum, by a thousandth or more (because it was raised), may repay any part.
    function repay(
        uint256 assets,
        uint256 shares,
        address account,
        bytes calldata data
    ) external lock returns (uint256, uint256) {
        _requireOneAmount(assets, shares);
        Accrual memory a = _accrue();
        if (assets != 0) shares = SharesMath.debtSharesDown(assets, a.debtAssets, a.debtShares);
        else assets = _debtAssetsOf(a, shares);
        if (shares == 0) revert PoolZeroAmount();

        uint256 owned = _account[account].debtShares;
        if (shares > owned) revert PoolDebtInsufficient(account, owned, shares);
        uint256 before = _debtAssetsOf(a, owned);
        unchecked {
            owned -= shares; // checked above
        }
        _reduceDebt(a, assets, shares);
        uint256 minDebt = _minDebt;
        if (owned != 0 && minDebt != 0) {
            uint256 left = _debtAssetsOf(a, owned);
            if (left < minDebt && before >= minDebt - (minDebt >> MIN_DEBT_SLACK_SHIFT)) {
                revert PoolDebtBelowMinimum(minDebt, left);
            }
        }
        _account[account].debtShares = uint128(owned);
        if (_account[account].kickedAt != 0) _reduceSale(account, owned, owned + shares);
        if (_account[account].provisioned) _releaseProvision(account, owned == 0 ? MAX_AMOUNT : assets);
        _addCash(a, assets);
        _book(a);
        emit Repaid(msg.sender, account, assets, shares);

        if (data.length != 0) {
            _locked = UNLOCKED;
            IRepayCallback(msg.sender).onRepay(assets, data);
            _locked = LOCKED;
        }
        _pull(_loanAsset, assets, 0);
        return (assets, shares);
    }

    function _reduceSale(address account, uint256 sharesLeft, uint256 sharesBefore) private {
        Account memory record = _account[account];
        _shrinkSale(record, sharesLeft, sharesBefore);
        _account[account] = record;
    }

    /// @dev What is repaid is not lost; a new price waits for the next mark.
    function _releaseProvision(address account, uint256 assets) private {
        Account memory record = _account[account];
        uint256 recorded = _provisionOf[account];
        _setProvision(account, record, recorded > assets ? recorded - assets : 0);
        _account[account].provisioned = record.provisioned;
    }

    /// @inheritdoc ILendingPool
    function accrue() external lock {
        _book(_accrue());
    }

    // --- operators ------------------------------------------------------------------------------------------------

    /// @inheritdoc ILendingPool
    function setOperator(address operator, bool approved) external {
        _setOperator(msg.sender, operator, approved);
    }

    /// @inheritdoc ILendingPool
    function setOperatorWithSig(
        address owner,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (block.timestamp > deadline) revert PoolSignatureExpired(deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(SET_OPERATOR_TYPEHASH, owner, operator, approved, _useNonce(owner), deadline))
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature)) revert PoolSignatureInvalid(owner);
        _setOperator(owner, operator, approved);
    }

    /// @inheritdoc ILendingPool
    function isOperator(address owner, address operator) external view returns (bool) {
        return _isOperator[owner][operator];
    }

    function _setOperator(address owner, address operator, bool approved) private {
        _isOperator[owner][operator] = approved;
        emit OperatorSet(owner, operator, approved);
    }

    function _requireAuthorized(address account) internal view virtual {
        if (msg.sender != account && !_isOperator[account][msg.sender]) revert PoolUnauthorized(msg.sender, account);
    }

    /// @dev Neither paused nor restricted as a whole.
    function _requireOpen(uint8 pauseFlag) private view {
        uint256 flags = _pauseFlags;
        if (flags & pauseFlag != 0) revert PoolPaused(pauseFlag);
        if (flags & RESTRICTED != 0) revert PoolRestricted(address(this));
    }

    /// @dev The borrow test.
    function _requireCovered(
        address account,
        uint256 mask,
        address extraToken,
        uint256 extraAmount,
        uint256 debt
    ) internal virtual {
        (uint256 capacity, address restricted) = _borrowCapacity(account, mask, extraToken, extraAmount);
        if (capacity >= debt) return;
        if (restricted != address(0)) revert PoolRestricted(restricted);
        revert PoolBorrowTestFailed(account, capacity, debt);
    }

    function _refreshStale(uint256 mask) private {
        for (; mask != 0; mask &= mask - 1) _refreshIfStale(_collateralList[LibBit.ffs(mask)]);
    }

    /// @dev Has the engine renew a snapshot that is too old. Whatever fails there fails here, for want of gas too: stale risk
    /// is never lent on. Nothing of the books is open while the engine looks at them.
    function _refreshIfStale(address token) private {
        if (!_collateral[token].risk.isStaleAt(block.timestamp)) return;
        IRiskEngine(_riskEngine).refresh(token);
        RiskWord risk = _collateral[token].risk;
        if (risk.isStaleAt(block.timestamp)) revert PoolRiskStale(token, risk.freshUntil());
    }

    function _requireOneAmount(uint256 assets, uint256 shares) private pure {
        if ((assets == 0) == (shares == 0)) revert PoolExactlyOneAmount(assets, shares);
        if (assets + shares > MAX_AMOUNT) revert PoolAmountTooLarge(assets + shares);
    }
}
