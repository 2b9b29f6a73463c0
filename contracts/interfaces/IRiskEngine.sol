// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

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
        uint32 sliceBps; // q: share of the depth sold at a time. [bps, 1..1 000 000]
        uint32 depthMaxAge; // [s, 60..86 400] what is older does not count
    }

    struct RewardConfig {
        uint96 perPoke; // [loan base units]
        uint96 perDay; // cap of all together, each UTC day. [loan base units]
        uint32 interval; // least time between two rewarded pokes of a collateral. [s, 60..86 400]
    }

    struct FlowConfig {
        uint16 exitShareBps; // share of lenders' shares that may leave in a window; 10 000: no limit. [bps, 500..10 000]
        uint32 exitWindow; // [s, 600..604 800]
        uint32 leverageTau; // τ of the pool's average leverage. [s, 3600..604 800]
        uint32 outageGrace; // after prices were gone. [s, 0..86 400]
    }

    event ModulesSet(Modules modules);
    event AssetConfigured(address indexed asset, AssetConfig config);
    event RewardsSet(RewardConfig config);
    event FlowSet(FlowConfig config);
    /// @dev What was found besides what the pool was told (`IPoolRisk.RiskUpdated`).
    /// @param moveWad Since five minutes ago or longer, in standard deviations of that time.
    /// @param reward What the caller has earned by it; 0: nothing. [loan base units] Who that was, the latest `KeeperRewarded` says.
    event RiskRefreshed(address indexed asset, uint256 sigmaWad, uint256 leverageWad, uint256 moveWad, uint256 reward);
    event CorrelationsRefreshed(address indexed asset, uint256 highestWad);
    /// @dev Another keeper than before is rewarded. The rewards of all `RiskRefreshed` from here on, the next one first, are
    /// his, until the next event of this kind: a row of pokes by one keeper needs it once.
    event KeeperRewarded(address indexed keeper);
    event RewardClaimed(address indexed keeper, uint256 assets);

    error EngineAssetUnknown(address asset);
    error EngineConfigOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error EngineModuleMismatch(address module);

    /// @notice Refreshes everything about a collateral and writes it to the pool. Permissionless; the caller earns a
    /// reward, at most once per interval and within the day's cap. Does nothing within 12 s of the last time.
    /// @dev What costs much and changes slowly is looked at in turns: the volatility, and the pool as a whole (its leverage,
    /// the lenders' exits, its breaker), each at most once a minute, neither later than with the first refresh after five
    /// minutes. A due sample of the volatility puts the pool off to the next refresh, for ten minutes at most. What was found
    /// last holds until then. A look at the pool in a block in which it had been used before is no turn taken: the next
    /// refresh looks again, lest who uses it for a moment decides what is seen for a minute. Does not revert because a price,
    /// a pool or a feed is gone: the pool is told so. A caller who leaves too little gas to ask every source is refused: no
    /// answer is ever missing for want of gas.
    function poke(address asset) external;

    /// @notice The same without reward: what the pool calls by itself when its snapshot is too old.
    function refresh(address asset) external;

    /// @notice Samples the correlations of a collateral with all others of the pool. A call of its own, because its gas
    /// grows with their number. What is older than a day, and what is not tracked, counts as one.
    function pokeCorrelations(address asset) external;

    /// @notice Pays out what a keeper has earned, as far as the pool's reserves go; the rest stays earned.
    function claim(address keeper) external returns (uint256 paid);

    function rewardOf(address keeper) external view returns (uint256);

    function pool() external view returns (address);

    function modules() external view returns (Modules memory);

    function assetConfig(address asset) external view returns (AssetConfig memory);

    function rewards() external view returns (RewardConfig memory);

    function flow() external view returns (FlowConfig memory);

    function setModules(Modules calldata modules_) external;

    /// @notice Puts a collateral under the engine, from its next refresh on, or changes how it is judged.
    function setAsset(address asset, AssetConfig calldata config) external;

    function setRewards(RewardConfig calldata config) external;

    function setFlow(FlowConfig calldata config) external;
}
