// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {BasketMath, Basket} from "../libraries/BasketMath.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {InterestMath} from "../libraries/InterestMath.sol";
import {Risk} from "../libraries/RiskWord.sol";
import {PoolRisk} from "./PoolRisk.sol";

/// @title What is only ever read
/// @notice Runs by delegatecall on the pool's storage: the pool has no room for it. See `ILendingPool`.
abstract contract PoolViews is PoolRisk {
    using BasketMath for Basket;

    function collateralsOf(address account) external view returns (address[] memory tokens) {
        return _tokensIn(_account[account].collateralMask);
    }

    function collateralList() external view returns (address[] memory) {
        return _tokensIn((1 << _collateralCount) - 1);
    }

    function collateralConfig(address token) external view returns (CollateralConfig memory) {
        Collateral storage c = _collateral[token];
        BookWord books = c.books;
        Risk memory r = c.risk.unpack();
        bool listed = books.isListed();
        return
            CollateralConfig({
                totalSupplied: books.totalSupplied(),
                supplyCap: books.supplyCap(UNCAPPED),
                index: listed ? books.index() : 0,
                listed: listed,
                curve: _curveOf[token],
                borrowFactorBps: r.borrowFactorBps,
                liquidationFactorBps: r.rampToBps,
                rampFromBps: r.rampFromBps,
                rampStart: r.rampStart,
                rampEnd: r.rampEnd,
                borrowCapBps: c.borrowCapBps,
                liquidationCapBps: c.liquidationCapBps
            });
    }

    function borrowRatePerSecondWad() external view returns (uint256) {
        Accrual memory a = _accrued();
        uint256 utilisation = InterestMath.utilisationWad(a.debtAssets, _lenderAssets(a));
        uint56 state = a.rateStateChanged ? a.rateState : _rateState;
        return IInterestRateModel(_interestRateModel).ratePerSecondWad(utilisation, state);
    }

    function poolConfig() external view returns (PoolConfig memory) {
        return
            PoolConfig({
                oracle: _oracle,
                interestRateModel: _interestRateModel,
                supplyCap: _supplyCap,
                borrowCap: _borrowCap,
                minDebt: _minDebt,
                reserveFactorBps: _reserveFactorBps,
                flashFeeBps: _flashFeeBps,
                pauseFlags: _pauseFlags & PAUSE_ALL,
                targetHealthBps: _targetHealthBps,
                maxCollateralsPerAccount: _maxCollateralsPerAccount
            });
    }

    function healthOf(address account) external view returns (Health memory h) {
        Account memory record = _account[account];
        h.debt = _debtAssetsOf(_accrued(), record.debtShares);
        Valuation memory v = _valuation(account, record.collateralMask);
        h.collateralValue = v.basket.value;
        h.liquidationCapacity = v.basket.capacityDown();
        h.pricesFresh = v.stale == address(0);
        try ILendingPool(address(this)).borrowCapacityOf(account) returns (uint256 capacity) {
            h.borrowCapacity = capacity;
        } catch {
            h.borrowCapacity = 0; // no price to lend on: nothing can be borrowed
        }
    }

    function provisionOf(address account) external view returns (uint256) {
        return _provisionOf[account];
    }

    function _tokensIn(uint256 mask) private view returns (address[] memory tokens) {
        tokens = new address[](LibBit.popCount(mask));
        for (uint256 i; mask != 0; ++i) {
            tokens[i] = _collateralList[LibBit.ffs(mask)];
            mask &= mask - 1;
        }
    }
}
