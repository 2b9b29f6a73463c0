// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICircuitBreaker} from "./ICircuitBreaker.sol";

/// @title Joins oracle, volatility, depth, factors and breaker into one snapshot per collateral
/// @notice One engine serves one pool.
interface IRiskEngine {
    /// @dev The parts. All but the pool can be replaced behind the governor's delay.
    struct Modules {
        address volatilityOracle; // IVolatilityOracle
        address liquidityOracle; // ILiquidityOracle
        address factorModel; // ICollateralFactorModel
        address breaker; // ICircuitBreaker; 0: none
    }

    struct AssetConfig {
        uint32 turnoverPerDayHundredths; // depths that the auction can sell in a day × 100. [1..10 000 000]
        uint16 sliceBps; // q: share of the depth sold at a time. [bps, 1..10 000]
        uint32 depthMaxAge; // [s, 60..86 400] what is older does not count
    }

    struct RewardConfig {
        uint96 perPoke; // [loan base units]
        uint96 perDay; // cap of all together. [loan base units]
        uint32 interval; // least time between two rewarded pokes of a collateral. [s, 60..86 400]
    }

    struct FlowConfig {
        uint16 exitShareBps; // share of lenders' shares that may leave in a window. [bps, 500..10 000]
        uint32 leverageTau; // τ of the pool's average leverage. [s, 3600..604 800]
        uint32 outageGrace; // [s, 0..86 400] after prices were gone
    }

    event ModulesSet(Modules modules);
    event AssetConfigured(address indexed asset, AssetConfig config);
    event RewardsSet(RewardConfig config);
    event FlowSet(FlowConfig config);
    event RiskRefreshed(
        address indexed asset,
        uint256 sigmaWad,
        uint256 reserve,
        uint256 leverageWad,
        ICircuitBreaker.Level level,
        ICircuitBreaker.Level poolLevel
    );
    event CorrelationsRefreshed(address indexed asset, uint256 highestWad);
    event KeeperRewarded(address indexed keeper, address indexed asset, uint256 assets);

    error EngineAssetUnknown(address asset);
    error EngineConfigOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error EngineModuleMismatch(address module);

    /// @notice Refreshes everything about a collateral and writes it to the pool. Permissionless; the caller earns a
    /// reward, at most once per interval, day's cap and what reserves hold. Does nothing within 12 s of the last time.
    function poke(address asset) external;

    /// @notice The same without reward: what the pool calls by itself when its snapshot is too old.
    function refresh(address asset) external;

    /// @notice Samples the correlations of a collateral with all others of the pool. A call of its own, because its gas
    /// grows with their number. What is older than a day counts as one.
    function pokeCorrelations(address asset) external;

    /// @notice Pays out what a keeper has earned, as far as reserves go.
    function claim(address keeper) external returns (uint256 paid);

    function rewardOf(address keeper) external view returns (uint256);

    function pool() external view returns (address);

    function modules() external view returns (Modules memory);

    function setModules(Modules calldata modules_) external;

    function setAsset(address asset, AssetConfig calldata config) external;

    function setRewards(RewardConfig calldata config) external;

    function setFlow(FlowConfig calldata config) external;
}
