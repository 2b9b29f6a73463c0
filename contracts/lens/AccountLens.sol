// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";

/// @title Positions of many accounts in one call
/// @notice For keepers, liquidators and the shock lab, which must see a pool as it is without a call per account.
/// @dev Holds nothing and is trusted with nothing. Callers page through long lists themselves.
contract AccountLens {
    /// @dev State of a pool and of one of its collaterals, with interest up to the call's block.
    struct Market {
        uint256 timestamp; // [unix s]
        IPoolTypes.Totals totals;
        uint256 lenderShares; // supply of the pool's ERC-4626 shares
        uint256 liquidationFactorBps;
        uint256 borrowFactorBps;
        uint256 liquidationPrice36; // fresh, or the last valid one. [loan per collateral base unit × 1e36]
        bool priceFresh;
        uint256 borrowPrice36; // 0: nothing may be borrowed now
        IPoolRisk.RiskView risk;
        ICircuitBreaker.Level breakerLevel; // of the collateral; Normal without a breaker
        ICircuitBreaker.Level poolBreakerLevel;
    }

    struct Position {
        uint256 collateral; // [collateral base units]
        uint256 debtShares;
        uint256 kickedAt; // [unix s] 0: not for sale
    }

    /// @dev All zero when the account cannot be sold now.
    struct Quote {
        uint256 collateral; // [collateral base units] most that one take would sell
        uint256 repay; // [loan base units] for all of it, rounded up
        uint256 price36; // sale price
    }

    /// @dev An account as it is judged by.
    struct Standing {
        uint256 debt; // [loan base units] with interest up to the call's block
        uint256 capacity; // [loan base units] health factor = capacity ÷ debt
        uint256 kickedAt; // [unix s] 0: not for sale
        bool pricesFresh; // false: at least one price is remembered
    }

    /// @dev How `pokeRewardOf` answers: it never returns.
    error LensPokeReward(uint256 reward);

    function marketOf(ILendingPool pool, address collateral) external view returns (Market memory m) {
        IPriceOracle oracle = IPriceOracle(pool.poolConfig().oracle);
        m.timestamp = block.timestamp;
        m.totals = pool.totals();
        m.lenderShares = pool.totalSupply();
        m.liquidationFactorBps = pool.liquidationFactorBps(collateral);
        m.borrowFactorBps = pool.collateralConfig(collateral).borrowFactorBps;
        (m.liquidationPrice36, m.priceFresh) = oracle.liquidationPriceOrLast(collateral);
        try oracle.borrowPrice(collateral) returns (uint256 price36) {
            m.borrowPrice36 = price36;
        } catch {
            m.borrowPrice36 = 0; // no price to lend on
        }
        m.risk = IPoolRisk(address(pool)).riskOf(collateral);
        (address engine, ) = IPoolRisk(address(pool)).riskEngine();
        if (engine == address(0)) return m;
        ICircuitBreaker breaker = ICircuitBreaker(IRiskEngine(engine).modules().breaker);
        if (address(breaker) == address(0)) return m;
        m.breakerLevel = breaker.assessmentOf(engine, collateral).level;
        m.poolBreakerLevel = breaker.assessmentOf(engine, address(pool)).level;
    }

    function positionsOf(
        ILendingPool pool,
        address collateral,
        address[] calldata accounts
    ) external view returns (Position[] memory positions) {
        positions = new Position[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            IPoolTypes.Account memory record = pool.accountOf(accounts[i]);
            positions[i] = Position(pool.collateralOf(accounts[i], collateral), record.debtShares, record.kickedAt);
        }
    }

    /// @notice How near to liquidation accounts are.
    function standingsOf(
        ILendingPool pool,
        address[] calldata accounts
    ) external view returns (Standing[] memory standings) {
        standings = new Standing[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            IPoolTypes.Health memory health = pool.healthOf(accounts[i]);
            standings[i] = Standing(
                health.debt,
                health.liquidationCapacity,
                pool.accountOf(accounts[i]).kickedAt,
                health.pricesFresh
            );
        }
    }

    /// @notice What whoever pokes a collateral's risk now would earn. [loan base units]
    /// @dev Answers by `LensPokeReward`, so that the reward is never really paid to this contract. Meant for `eth_call`.
    function pokeRewardOf(IRiskEngine engine, address collateral) external {
        uint256 before = engine.rewardOf(address(this));
        engine.poke(collateral);
        revert LensPokeReward(engine.rewardOf(address(this)) - before);
    }

    /// @notice Balances of one token. [its base units]
    function balancesOf(IERC20 token, address[] calldata owners) external view returns (uint256[] memory balances) {
        balances = new uint256[](owners.length);
        for (uint256 i; i < owners.length; ++i) balances[i] = token.balanceOf(owners[i]);
    }

    /// @notice What a take of each account would sell and cost now.
    /// @dev Not a view because `quoteTake` is not; changes nothing. Meant for `eth_call`.
    function quotesOf(
        ILiquidationModule pool,
        address collateral,
        address[] calldata accounts
    ) external returns (Quote[] memory quotes) {
        quotes = new Quote[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            try pool.quoteTake(accounts[i], collateral, type(uint256).max) returns (
                uint256 amount,
                uint256 repay,
                uint256 price36
            ) {
                quotes[i] = Quote(amount, repay, price36);
            } catch {
                continue; // healthy, empty or without a price: not for sale
            }
        }
    }
}
