// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationDesk} from "../interfaces/ILiquidationDesk.sol";
import {ILiquidityOracle} from "../interfaces/ILiquidityOracle.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IRiskLens} from "../interfaces/IRiskLens.sol";
import {CascadeMath} from "../libraries/CascadeMath.sol";
import {BoundedCall} from "../oracle/BoundedCall.sol";
import {LensMarket} from "./LensMarket.sol";

/// @title A pool without its accounts
abstract contract PoolStates is LensMarket, IRiskLens {
    using BoundedCall for bytes;

    /// @notice Shares of shares are followed no deeper than this.
    uint256 public constant MOST_SHARE_DEPTH = 4;
    /// @dev Of a question that most tokens do not understand. WETH takes whatever it does not know for a deposit, and burns all
    /// gas that it is given.
    uint256 private constant ASSET_GAS = 30_000;
    uint256 private constant LIST_GAS = 200_000;
    uint256 private constant MAX_COLLATERALS = 16;

    /// @dev What a pool asks before it lends.
    struct Engine {
        address engine; // 0: none
        ILiquidityOracle liquidity;
        ICircuitBreaker breaker; // 0: none
    }

    function poolOf(address pool_) external view returns (PoolState memory s) {
        ILendingPool pool = ILendingPool(pool_);
        IPoolTypes.Totals memory totals = pool.totals();
        IPoolTypes.PoolConfig memory config = pool.poolConfig();
        (s.timestamp, s.loanAsset) = (block.timestamp, pool.asset());
        (s.debt, s.debtShares, s.cash, s.reserves) = (
            totals.debtAssets,
            totals.debtShares,
            totals.cash,
            totals.reserves
        );
        // After a loss reserves may claim more than there is.
        s.lenderAssets = s.cash + s.debt > s.reserves ? s.cash + s.debt - s.reserves : 0;
        s.provision = pool.totalProvision();
        s.utilisationWad = CascadeMath.ratioWad(s.debt, s.lenderAssets);
        (s.minDebt, s.targetHealthBps) = (config.minDebt, config.targetHealthBps);
        Engine memory e = _engineOf(pool_);
        if (address(e.breaker) != address(0)) s.breaker = e.breaker.assessmentOf(e.engine, pool_);
        _addCollaterals(s, pool, IPriceOracle(config.oracle), e);
        s.leverageWad = CascadeMath.leverageWad(s.collateralValue, s.debt);
    }

    function _addCollaterals(PoolState memory s, ILendingPool pool, IPriceOracle oracle, Engine memory e) private view {
        address[] memory tokens = pool.collateralList();
        s.collaterals = new CollateralState[](tokens.length);
        for (uint256 i; i < tokens.length; ++i) {
            CollateralState memory c = _collateralOf(pool, oracle, e, tokens[i]);
            s.collaterals[i] = c;
            s.collateralValue += c.value;
            s.backlog += c.backlog;
            if (c.shareDepth != 0) s.shareValue += c.value;
            if (c.shareDepth > s.shareDepth) s.shareDepth = c.shareDepth;
            if (IPoolRisk(address(pool)).riskInputs(tokens[i], false).touched) s.touched = true;
            if (i == 0) s.restricted = IPoolRisk(address(pool)).riskOf(tokens[i]).poolRestricted;
        }
    }

    function _collateralOf(
        ILendingPool pool,
        IPriceOracle oracle,
        Engine memory e,
        address token
    ) private view returns (CollateralState memory c) {
        c.token = token;
        IPoolTypes.CollateralConfig memory config = pool.collateralConfig(token);
        (c.supplied, c.rampEnd) = (config.totalSupplied, config.rampEnd);
        (c.price36, c.priceFresh) = _priceOf(oracle, token);
        c.value = _valueOf(c.supplied, c.price36);
        IPoolRisk.RiskView memory risk = IPoolRisk(address(pool)).riskOf(token);
        c.borrowFactorBps = risk.borrowFactorBps;
        c.liquidationFactorBps = risk.liquidationFactorBps;
        c.liquidationTargetBps = risk.liquidationTargetBps;
        c.loadingPercent = risk.liquidationLoadingPercent;
        (c.grace, c.freshUntil) = (risk.grace, risk.freshUntil);
        c.maxBonusBps = _maxBonusBps(pool, token);
        ILiquidationDesk.SaleState memory sale = ILiquidationDesk(address(pool)).saleOf(token);
        (c.backlog, c.reserve) = (sale.backlog, sale.reserve);
        c.shareDepth = _shareDepth(token, MOST_SHARE_DEPTH);
        if (e.engine == address(0)) return c;
        if (address(e.breaker) != address(0)) c.breaker = e.breaker.assessmentOf(e.engine, token);
        try e.liquidity.depthOf(token) returns (uint256 depth, uint256 updatedAt) {
            (c.depth, c.depthAt) = (depth, updatedAt);
        } catch {
            return c; // the engine does not govern it
        }
    }

    function _engineOf(address pool) private view returns (Engine memory e) {
        (address engine, ) = IPoolRisk(pool).riskEngine();
        if (engine == address(0)) return e;
        try IRiskEngine(engine).modules() returns (IRiskEngine.Modules memory modules) {
            e.engine = engine;
            e.liquidity = ILiquidityOracle(modules.liquidityOracle);
            e.breaker = ICircuitBreaker(modules.breaker);
        } catch {
            return e; // an engine of another make: neither depth nor breaker is known
        }
    }

    /// @dev A share is a claim on what its vault holds; of a pool, on what its borrowers have put up.
    function _shareDepth(address token, uint256 most) private view returns (uint256 depth) {
        (bool isShare, address asset) = _wordOf(token, IERC4626.asset.selector);
        if (!isShare || most == 0) return 0;
        depth = _shareDepth(asset, most - 1);
        (bool isPool, bytes memory list) = BoundedCall.read(
            token,
            abi.encodeCall(ILendingPool.collateralList, ()),
            LIST_GAS,
            2 + MAX_COLLATERALS
        );
        if (isPool && list.length >= 64) {
            uint256 count = list.word(1);
            for (uint256 i; i < count && 64 + 32 * i < list.length; ++i) {
                uint256 below = _shareDepth(address(uint160(list.word(2 + i))), most - 1);
                if (below > depth) depth = below;
            }
        }
        return depth + 1;
    }

    function _wordOf(address target, bytes4 selector) private view returns (bool ok, address answer) {
        uint256 first;
        (ok, first, ) = BoundedCall.readWords(target, selector, 0, ASSET_GAS, 1);
        ok = ok && first != 0 && first <= type(uint160).max;
        answer = address(uint160(first));
    }
}
