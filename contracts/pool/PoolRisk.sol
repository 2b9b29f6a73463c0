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

    /// @dev One position at its liquidation price.
    struct Position {
        uint256 value; // V_i
        uint256 capacity; // LT_i·V_i
        uint256 price36;
        uint256 factorBps; // LT_i
        bool fresh; // false: the price is remembered
    }

    /// @dev Σ BF_i·amount_i·borrow price_i, every term rounded down. Reverts as the oracle reverts.
    function _borrowCapacity(address account, uint256 mask) internal view returns (uint256 capacity) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        for (; mask != 0; mask &= mask - 1) {
            address token = _collateralList[LibBit.ffs(mask)];
            capacity += _borrowCapacityIn(oracle, token, _collateralAmount[account][token]);
        }
    }

    /// @dev Of one position, rounded down.
    function _borrowCapacityIn(IPriceOracle oracle, address token, uint256 amount) internal view returns (uint256) {
        return (amount.fullMulDiv(oracle.borrowPrice(token), PRICE_SCALE) * _collateral[token].borrowFactorBps) / BPS;
    }

    /// @dev Collateral value and Σ LT_i·V_i at liquidation prices (or the last valid ones), rounded down.
    function _valuation(address account, uint256 mask) internal view returns (Valuation memory v) {
        IPriceOracle oracle = IPriceOracle(_oracle);
        for (; mask != 0; mask &= mask - 1) {
            address token = _collateralList[LibBit.ffs(mask)];
            Position memory p = _positionIn(oracle, token, _collateralAmount[account][token]);
            if (!p.fresh && v.stale == address(0)) v.stale = token;
            v.value += p.value;
            v.capacity += p.capacity;
        }
    }

    /// @dev Rounded down.
    function _positionIn(IPriceOracle oracle, address token, uint256 amount) internal view returns (Position memory p) {
        (p.price36, p.fresh) = oracle.liquidationPriceOrLast(token);
        p.factorBps = _liquidationFactorBps(token);
        p.value = amount.fullMulDiv(p.price36, PRICE_SCALE);
        p.capacity = (p.value * p.factorBps) / BPS;
    }

    function _liquidationFactorBps(address token) internal view returns (uint256) {
        CollateralConfig storage c = _collateral[token];
        return RampMath.valueAt(c.rampFromBps, c.liquidationFactorBps, c.rampStart, c.rampEnd, block.timestamp);
    }

    /// @dev Takes collateral off the books. `record` is changed in memory only.
    /// @param held What the account has of it, at least `amount`.
    function _removeCollateral(
        Account memory record,
        address account,
        address token,
        uint256 held,
        uint256 amount
    ) internal {
        CollateralConfig storage config = _collateral[token];
        if (amount == held) record.collateralMask &= ~uint16(1 << config.index);
        unchecked {
            _collateralAmount[account][token] = held - amount;
            config.totalSupplied -= uint112(amount); // the total is the sum of all accounts
        }
    }

    function _requireListed(CollateralConfig storage config, address token) internal view {
        if (!config.listed) revert PoolCollateralUnknown(token);
    }
}
