// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {ICollateralFactorModel} from "../interfaces/ICollateralFactorModel.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILiquidityOracle} from "../interfaces/ILiquidityOracle.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPriceConditions} from "../interfaces/IPriceConditions.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {LeverageAverage} from "./LeverageAverage.sol";
import {MarketMath} from "./MarketMath.sol";

/// @title Configuration and memory of the risk engine
/// @dev Everything here belongs to the governor, behind its delay. There is nothing to tighten at once: a guardian who wants
/// less risk lowers the pool's factors, raises the volatility oracle's floor or the breaker's level.
abstract contract RiskEngineConfig is IRiskEngine, AccessManaged {
    using FixedPointMathLib for uint256;

    /// @dev First slot: 16 + 3 + 4 + 4 + 4 = 31, changed by every refresh. Second: 4 + 4 + 1 = 9.
    struct AssetState {
        uint128 value; // of all that is supplied, at the liquidation price. [loan base units]
        int24 anchorTick; // price of five minutes ago or longer
        uint32 anchorAt; // [unix s] 0: none
        uint32 refreshedAt; // [unix s] 0: never
        uint32 darkAt; // [unix s] when there was last no price at all
        uint32 rewardedAt; // [unix s]
        uint32 correlatedAt; // [unix s]
        uint8 loadingPercent; // λ, as of `correlatedAt`
    }

    /// @dev 16 + 12 + 4 = 32.
    struct Sums {
        uint128 value; // Σ AssetState.value
        uint96 rewardedToday; // [loan base units]
        uint32 day; // [days since 1970]
    }

    /// @dev 14 + 14 + 4 = 32. Written only when something was lost.
    struct Losses {
        uint112 seen; // the pool's own count. [loan base units]
        uint112 recent; // [loan base units] fades in a straight line, over a day
        uint32 updatedAt; // [unix s]
    }

    /// @dev 17 + 14 = 31. As the latest refresh found it that was made in a block in which the pool had not been used before.
    struct Seen {
        uint136 lenderShares; // 0: never
        uint112 debtAssets; // to a 4096th of it. [loan base units]
    }

    /// @inheritdoc IRiskEngine
    address public immutable pool;
    address internal immutable _loanAsset;

    // Slots 0..3: one address each.
    Modules internal _modules;
    RewardConfig internal _rewards;
    FlowConfig internal _flow;
    mapping(address asset => AssetConfig) internal _config;
    mapping(address asset => AssetState) internal _state;
    LeverageAverage.State internal _leverage;
    Sums internal _sums;
    Losses internal _losses;
    Seen internal _seen;
    mapping(address keeper => uint256) internal _earned;

    constructor(address pool_, address authority_, Modules memory modules_) AccessManaged(authority_) {
        pool = pool_;
        _loanAsset = IERC4626(pool_).asset();
        _setModules(modules_);
        _setFlow(FlowConfig(10_000, 1 hours, 6 hours, 30 minutes));
        _rewards = RewardConfig(0, 0, 5 minutes);
    }

    /// @inheritdoc IRiskEngine
    function setModules(Modules calldata modules_) external restricted {
        _setModules(modules_);
    }

    /// @dev Each must answer as what it is meant to be; a breaker, which has no getter of its own, by its thresholds.
    function _setModules(Modules memory m) private {
        if (ILiquidityOracle(m.liquidityOracle).loanAsset() != _loanAsset) {
            revert EngineModuleMismatch(m.liquidityOracle);
        }
        if (IVolatilityOracle(m.volatilityOracle).quoteAsset() != _loanAsset) {
            revert EngineModuleMismatch(m.volatilityOracle);
        }
        if (m.factorModel.code.length == 0) revert EngineModuleMismatch(m.factorModel);
        if (m.breaker != address(0)) ICircuitBreaker(m.breaker).thresholdsOf(address(0));
        _modules = m;
        emit ModulesSet(m);
    }

    /// @inheritdoc IRiskEngine
    function setAsset(address asset, AssetConfig calldata config) external restricted {
        _within("turnoverPerDay", config.turnoverPerDayHundredths, 1, 10_000_000);
        _within("slice", config.sliceBps, 1, 1_000_000);
        _within("depthMaxAge", config.depthMaxAge, 60, 1 days);
        // Whatever a refresh asks must know the asset.
        IVolatilityOracle(_modules.volatilityOracle).sigmaWad(asset);
        ILiquidityOracle(_modules.liquidityOracle).depthOf(asset);
        ICollateralFactorModel(_modules.factorModel).parametersOf(asset);
        _config[asset] = config;
        emit AssetConfigured(asset, config);
        // The pool's leverage is judged by all collaterals from the first refresh of any of them on.
        IPoolRisk.RiskInputs memory inputs = IPoolRisk(pool).riskInputs(asset);
        uint256 price36 = IPriceConditions(inputs.oracle).conditionsOf(asset).liquidationPrice36;
        _recordValue(_state[asset], MarketMath.valueOf(inputs.totalSupplied, price36));
    }

    function _recordValue(AssetState storage s, uint256 value) private {
        _sums.value = uint128((uint256(_sums.value) - s.value + value).min(type(uint128).max));
        s.value = uint128(value);
    }

    /// @inheritdoc IRiskEngine
    function setRewards(RewardConfig calldata config) external restricted {
        _within("rewardInterval", config.interval, 60, 1 days);
        _rewards = config;
        emit RewardsSet(config);
    }

    /// @inheritdoc IRiskEngine
    function setFlow(FlowConfig calldata config) external restricted {
        _setFlow(config);
    }

    function _setFlow(FlowConfig memory config) private {
        _within("exitShare", config.exitShareBps, 500, 10_000);
        _within("exitWindow", config.exitWindow, 10 minutes, 7 days);
        _within("leverageTau", config.leverageTau, LeverageAverage.MIN_TAU, 7 days);
        _within("outageGrace", config.outageGrace, 0, 1 days);
        _flow = config;
        emit FlowSet(config);
    }

    function _within(bytes32 parameter, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert EngineConfigOutOfRange(parameter, value, min, max);
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function modules() external view returns (Modules memory) {
        return _modules;
    }

    /// @inheritdoc IRiskEngine
    function assetConfig(address asset) external view returns (AssetConfig memory) {
        return _config[asset];
    }

    /// @inheritdoc IRiskEngine
    function rewards() external view returns (RewardConfig memory) {
        return _rewards;
    }

    /// @inheritdoc IRiskEngine
    function flow() external view returns (FlowConfig memory) {
        return _flow;
    }

    /// @inheritdoc IRiskEngine
    function rewardOf(address keeper) external view returns (uint256) {
        return _earned[keeper];
    }
}
