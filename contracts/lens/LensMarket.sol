// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {SharesMath} from "../libraries/SharesMath.sol";

/// @title What accounts of a pool are judged by, read once for many of them
abstract contract LensMarket {
    using FixedPointMathLib for uint256;

    uint256 internal constant BPS = 1e4;
    uint256 internal constant PRICE_SCALE = 1e36;
    /// @dev No debt is larger, so that a value beyond it, which only an absurd price makes, need not be told apart: squares
    /// then add up without overflow.
    uint256 internal constant MAX_VALUE = type(uint112).max;

    /// @dev One collateral.
    struct Terms {
        address token;
        uint256 price36; // liquidation price, or the last valid one; 0: none
        bool fresh;
        uint256 factorBps; // LT, in force
        uint256 loading; // λ, in force [%]
        uint256 floorWad; // lowest sale price ÷ liquidation price
    }

    struct Market {
        ILendingPool pool;
        uint256 debtAssets; // with interest up to now
        uint256 debtShares;
        uint256 minDebt;
        uint256 targetHealthBps;
        Terms[] terms; // in the order of their bits
    }

    function _marketOf(address pool_) internal view returns (Market memory m) {
        ILendingPool pool = ILendingPool(pool_);
        IPoolTypes.Totals memory totals = pool.totals();
        IPoolTypes.PoolConfig memory config = pool.poolConfig();
        (m.pool, m.debtAssets, m.debtShares) = (pool, totals.debtAssets, totals.debtShares);
        (m.minDebt, m.targetHealthBps) = (config.minDebt, config.targetHealthBps);
        address[] memory tokens = pool.collateralList();
        m.terms = new Terms[](tokens.length);
        for (uint256 i; i < tokens.length; ++i) {
            Terms memory t = m.terms[i];
            IPoolRisk.RiskView memory risk = IPoolRisk(pool_).riskOf(tokens[i]);
            t.token = tokens[i];
            (t.price36, t.fresh) = _priceOf(IPriceOracle(config.oracle), tokens[i]);
            (t.factorBps, t.loading) = (risk.liquidationFactorBps, risk.liquidationLoadingPercent);
            t.floorWad = uint256(1e22).divUp(BPS + _maxBonusBps(pool, tokens[i]));
        }
    }

    /// @dev A report must not fail because one price does: it says so instead.
    function _priceOf(IPriceOracle oracle, address token) internal view returns (uint256 price36, bool fresh) {
        try oracle.liquidationPriceOrLast(token) returns (uint256 price, bool fresh_) {
            return (price, fresh_ && price != 0);
        } catch {
            return (0, false);
        }
    }

    function _maxBonusBps(ILendingPool pool, address token) internal view returns (uint256) {
        return ILiquidationCurve(pool.collateralConfig(token).curve).parameters().maxBonusBps;
    }

    /// @dev As the pool reckons: rounded up, and who holds all shares owes all.
    function _debtOf(Market memory m, uint256 shares) internal pure returns (uint256) {
        if (shares == m.debtShares) return m.debtAssets;
        return SharesMath.debtAssetsUp(shares, m.debtAssets, m.debtShares);
    }

    /// @dev Rounded down. [loan base units]
    function _valueOf(uint256 amount, uint256 price36) internal pure returns (uint256) {
        return amount.fullMulDiv(price36, PRICE_SCALE).min(MAX_VALUE);
    }
}
