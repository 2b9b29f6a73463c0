// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RiskWord} from "../libraries/RiskWord.sol";

/// @title A pool's side of its risk engine, answered at the pool's address
/// @notice The engine says where factors should be; the pool moves them, and no faster than is safe for those who owe
/// already. So no engine, however broken, can make a healthy account liquidatable in one block.
interface IPoolRisk {
    /// @dev What the engine writes for a collateral. What is larger than it may be counts as the most that it may be.
    struct RiskUpdate {
        uint256 liquidationFactorBps; // target of the ramp
        uint256 borrowFactorBps; // in force at once, as far as governance's bound and the liquidation factor let it
        bool calm; // false: the liquidation factor does not rise
        uint256 level; // ICircuitBreaker.Level of the collateral. [0..3]
        uint256 loadingPercent; // λ of the one-factor correlation, ρᵢⱼ = λᵢ·λⱼ. [%, 0..100]
        uint256 discountTenBps; // β, largest liquidation discount. [10 bps, 0..255]
        bool grace; // until the snapshot is stale, only deeply unhealthy accounts are put up for sale
        uint256 reserve; // y: equivalent constant-product reserve of the market. [loan base units]
    }

    /// @dev What it writes for the pool. With the largest `exitFloorShares` it says nothing: all stays as it is.
    struct PoolUpdate {
        bool restricted; // nothing may be borrowed
        uint136 exitFloorShares; // lenders' shares that must stay for now; 0: no limit
        uint88 exitRefillPerSecond; // by how much that falls on its own. [shares a second]
    }

    /// @dev What the engine needs to know of the pool. From `lenderAssets` to `badDebt` zero unless the whole was asked for.
    struct RiskInputs {
        uint256 oracleTag; // low 64 bits of the pool's oracle
        uint256 totalSupplied; // of the collateral. [collateral base units]
        uint256 liquidationFactorBps; // in force now
        uint256 debtAssets; // with interest up to the last time that the pool was used, as `lenderAssets`
        uint256 backlog; // debt of the accounts for sale that is counted with this collateral. [loan base units]
        uint256 lenderAssets;
        uint256 lenderShares; // how many there are
        uint256 exitFloorShares; // in force now
        uint256 provision; // [loan base units]
        uint256 badDebt; // written off since the beginning. [loan base units]
        bool touched; // debt, lenders' assets or the collateral have changed in this block
    }

    /// @dev A collateral's snapshot as it is stored.
    struct RiskView {
        uint256 borrowFactorBps; // in force
        uint256 liquidationFactorBps; // in force now
        uint256 liquidationTargetBps; // where its ramp leads
        uint256 level; // ICircuitBreaker.Level
        uint256 freshUntil; // [unix s] 0: no engine governs this collateral
        uint256 updatedAt; // [unix s] 0: never, or the engine was replaced
        uint256 loadingPercent; // λ, for borrowing
        uint256 liquidationLoadingPercent; // λ, for health, in force now
        uint256 discountBps;
        bool grace; // in force now
        uint256 reserve; // [loan base units]
        bool poolRestricted;
        uint256 exitFloorShares; // in force now
    }

    /// @param risk What is stored from now on, for `RiskWordLib`.
    event RiskUpdated(address indexed collateral, RiskWord risk);
    event PoolRiskUpdated(bool restricted, uint256 exitFloorShares, uint256 exitRefillPerSecond);
    event RiskEngineSet(address engine, uint256 maxAge);
    event KeeperPaid(address indexed keeper, uint256 assets);

    error RiskCallerNotEngine(address caller, address engine);

    /// @notice Takes in what the engine found. The engine alone.
    function applyRisk(address collateral, RiskUpdate calldata update, PoolUpdate calldata poolUpdate) external;

    /// @notice Pays a keeper out of reserves that no provision needs, as far as they and the cash go. The engine alone.
    /// @return paid [loan base units]
    function payKeeper(address keeper, uint256 assets) external returns (uint256 paid);

    /// @notice What there is to know of a collateral, and of the pool as a whole.
    /// @dev The interest model is not asked. Interest of the time since the pool was last used is small beside what is judged
    /// by these numbers: leverage, exposure and losses.
    /// @param whole False: of the pool no more than its debt.
    function riskInputs(address collateral, bool whole) external view returns (RiskInputs memory);

    function riskOf(address collateral) external view returns (RiskView memory);

    /// @notice The engine, and the age beyond which its snapshot must be refreshed. 0: factors are what governance set.
    function riskEngine() external view returns (address engine, uint256 maxAge);

    /// @notice Governor. Liquidation factors in force do not change by it.
    /// @param engine 0: none; liquidation factors stay where they are, diversification fades.
    /// @param maxAge Age beyond which a snapshot must be refreshed before anything is borrowed. [s, 60..86 400]
    function setRiskEngine(address engine, uint32 maxAge) external;
}
