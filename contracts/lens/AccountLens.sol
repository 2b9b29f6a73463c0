// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
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

    /// @notice Parts of an account's offer that are told at most.
    uint256 public constant MOST_PARTS = 6;

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
            quotes[i] = _quoteOf(pool, collateral, accounts[i], type(uint256).max);
        }
    }

    /// @notice The same in parts, for a seller that asks more for a unit of a larger sale: where the whole costs no more a unit
    /// than the smallest part, it is the only part; otherwise each is four times the one before, and the last is the whole.
    /// @param smallest Size of the first part. [collateral base units]
    /// @param worth36 A unit is worth no more to the caller: an account whose smallest part costs more has no parts, and
    /// parts that cost more than they add are left out, but for the whole.
    /// @return parts Ascending, at most `MOST_PARTS` of each account. What would be dust is no part.
    function offersOf(
        ILiquidationModule pool,
        address collateral,
        address[] calldata accounts,
        uint256 smallest,
        uint256 worth36
    ) external returns (Quote[][] memory parts) {
        parts = new Quote[][](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            parts[i] = _offerOf(pool, collateral, accounts[i], smallest, worth36);
        }
    }

    function _offerOf(
        ILiquidationModule pool,
        address collateral,
        address account,
        uint256 smallest,
        uint256 worth36
    ) private returns (Quote[] memory parts) {
        Quote memory whole = _quoteOf(pool, collateral, account, type(uint256).max);
        if (whole.collateral == 0) return parts;
        // Most accounts are no larger than the smallest part: what a take of that would sell is the whole.
        Quote memory least = whole.collateral <= smallest ? whole : _quoteOf(pool, collateral, account, smallest);
        if (least.repay > _valueOf(least.collateral, worth36)) return parts;
        parts = new Quote[](MOST_PARTS);
        uint256 count;
        if (least.collateral != 0 && least.collateral < whole.collateral && least.price36 != whole.price36) {
            parts[count++] = least;
            for (uint256 size = 4 * smallest; size < whole.collateral && count < MOST_PARTS - 1; size *= 4) {
                Quote memory part = _quoteOf(pool, collateral, account, size);
                if (part.collateral == 0) continue;
                Quote memory before = parts[count - 1];
                if (part.repay - before.repay > _valueOf(part.collateral - before.collateral, worth36)) break;
                parts[count++] = part;
            }
        }
        parts[count++] = whole;
        assembly ("memory-safe") {
            mstore(parts, count)
        }
    }

    function _valueOf(uint256 amount, uint256 price36) private pure returns (uint256) {
        return FixedPointMathLib.fullMulDiv(amount, price36, 1e36);
    }

    function _quoteOf(
        ILiquidationModule pool,
        address collateral,
        address account,
        uint256 most
    ) private returns (Quote memory quote) {
        try pool.quoteTake(account, collateral, most) returns (uint256 amount, uint256 repay, uint256 price36) {
            return Quote(amount, repay, price36);
        } catch {
            return quote; // healthy, empty, dust or without a price: not for sale
        }
    }
}
