// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {RampMath} from "../libraries/RampMath.sol";
import {PoolAccounting} from "./PoolAccounting.sol";

/// @title What an account may borrow and when it may be liquidated
abstract contract PoolRisk is PoolAccounting {
    using FixedPointMathLib for uint256;

    /// @dev Collateral at liquidation prices.
    struct Valuation {
        uint256 value; // Σ V_i
        uint256 capacity; // Σ LT_i·V_i
        address stale; // first collateral whose price is remembered rather than fresh; 0: none
    }

    /// @dev Σ BF_i·amount_i·borrow price_i, every term rounded down. Reverts as the oracle reverts.
    function _borrowCapacity(address account, uint256 mask) internal view returns (uint256 capacity) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        while (mask != 0) {
            address token = _collateralList[LibBit.ffs(mask)];
            mask &= mask - 1;
            uint256 value = _collateralAmount[account][token].fullMulDiv(oracle.borrowPrice(token), PRICE_SCALE);
            capacity += (value * _collateral[token].borrowFactorBps) / BPS;
        }
    }

    /// @dev Debt must be covered by borrow capacity. No debt: passes without reading an oracle.
    function _requireBorrowTest(address account, uint256 mask, uint256 debt) internal view {
        if (debt == 0) return;
        uint256 capacity = _borrowCapacity(account, mask);
        if (capacity < debt) revert PoolBorrowTestFailed(account, capacity, debt);
    }

    /// @dev Collateral value and Σ LT_i·V_i at liquidation prices (or the last valid ones), rounded down.
    function _valuation(address account, uint256 mask) internal view returns (Valuation memory v) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        while (mask != 0) {
            address token = _collateralList[LibBit.ffs(mask)];
            mask &= mask - 1;
            (uint256 price, bool fresh) = oracle.liquidationPriceOrLast(token);
            if (!fresh && v.stale == address(0)) v.stale = token;
            uint256 value = _collateralAmount[account][token].fullMulDiv(price, PRICE_SCALE);
            v.value += value;
            v.capacity += (value * _liquidationFactorBps(token)) / BPS;
        }
    }

    function _liquidationFactorBps(address token) internal view returns (uint256) {
        CollateralConfig storage c = _collateral[token];
        return RampMath.valueAt(c.rampFromBps, c.liquidationFactorBps, c.rampStart, c.rampEnd, block.timestamp);
    }

    /// @dev Takes collateral off the books of an account; `record` is updated in memory and, where its mask changed, in
    /// storage.
    function _removeCollateral(Account memory record, address account, address token, uint256 amount) internal {
        CollateralConfig storage config = _collateral[token];
        _requireListed(config, token);
        uint256 held = _collateralAmount[account][token];
        if (amount > held) revert PoolCollateralInsufficient(account, token, held, amount);
        unchecked {
            _collateralAmount[account][token] = held - amount; // checked above
            config.totalSupplied -= uint112(amount); // the total is the sum of all accounts
        }
        if (amount == held) {
            record.collateralMask &= ~uint16(1 << config.index);
            _account[account].collateralMask = record.collateralMask;
        }
    }

    function _requireListed(CollateralConfig storage config, address token) internal view {
        if (!config.listed) revert PoolCollateralUnknown(token);
    }
}
