// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A pool's side of its risk engine, answered at the pool's address
/// @notice The engine says where factors should be; the pool moves them, and no faster than is safe for those who owe
/// already. So no engine, however broken, can make a healthy account liquidatable in one block.
interface IPoolRisk {
    /// @dev What the engine writes for a collateral.
    struct RiskUpdate {
        uint16 liquidationFactorBps; // target of the ramp
        uint16 borrowFactorBps; // in force at once
        bool calm; // false: the liquidation factor does not rise
        uint8 level; // ICircuitBreaker.Level of the collateral
        uint8 diversificationPercent; // 100 − ρ: ρ the highest correlation with any other collateral
        uint8 discountTenBps; // β, largest liquidation discount. [10 bps]
        uint32 graceUntil; // [unix s] until then only deeply unhealthy accounts are for sale
        uint128 reserve; // y: equivalent constant-product reserve of the market. [loan base units]
    }

    /// @dev What it writes for the pool.
    struct PoolUpdate {
        bool restricted; // nothing may be borrowed
        uint256 exitFloorShares; // lenders' shares that must stay for now
    }

    /// @dev What the engine needs to know of the pool.
    struct RiskInputs {
        uint256 totalSupplied; // of the collateral. [collateral base units]
        uint256 liquidationFactorBps; // in force now
        uint256 debtAssets; // with interest up to now
        uint256 lenderAssets;
        uint256 lenderShares;
        uint256 exitFloorShares; // in force now
        uint256 backlog; // debt kicked lately. [loan base units]
        uint256 provision;
        uint256 badDebt; // written off since the beginning. [loan base units]
        uint256 riskUpdatedAt; // [unix s]
        bool touched; // the books have changed in this block
    }

    /// @dev A collateral's snapshot as it is stored.
    struct RiskView {
        uint256 borrowFactorBps;
        uint256 liquidationCapBps; // governance's: the engine stays below it
        uint256 level;
        uint256 updatedAt; // [unix s] 0: never
        uint256 maxAge; // [s] 0: no engine governs this collateral
        uint256 diversificationPercent; // for borrowing
        uint256 diversificationLiquidationPercent; // for health, in force now
        uint256 discountBps;
        uint256 graceUntil;
        uint256 reserve;
    }

    event RiskUpdated(address indexed collateral, RiskUpdate update, uint256 liquidationFactorBps);
    event PoolRiskUpdated(bool restricted, uint256 exitFloorShares);
    event RiskEngineSet(address engine, uint256 maxAge);
    event KeeperPaid(address indexed keeper, uint256 assets);

    /// @notice Takes in what the engine found. The engine alone.
    function applyRisk(address collateral, RiskUpdate calldata update, PoolUpdate calldata poolUpdate) external;

    /// @notice Pays a keeper out of reserves, as far as they and the cash go. The engine alone.
    /// @return paid [loan base units]
    function payKeeper(address keeper, uint256 assets) external returns (uint256 paid);

    function riskInputs(address collateral) external returns (RiskInputs memory);

    function riskOf(address collateral) external returns (RiskView memory);

    /// @notice The engine; 0: factors are what governance set.
    function riskEngine() external returns (address);

    /// @notice Governor. Factors in force do not change by it.
    /// @param engine 0: none; factors stay where they are.
    /// @param maxAge Age beyond which a snapshot must be refreshed before anything is borrowed. [s, 60..86 400]
    function setRiskEngine(address engine, uint16 maxAge) external;
}
