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
import {LibRLP} from "solady/src/utils/LibRLP.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {EngineWords, Moment, Root, Terms, Whole} from "./EngineWords.sol";
import {LeverageAverage} from "./LeverageAverage.sol";
import {MarketMath} from "./MarketMath.sol";

/// @dev `ILendingPool.poolConfig`, of which only the first word is read.
interface IPoolConfigHead {
    function poolConfig() external view returns (address oracle);
}

/// @title Configuration and memory of the risk engine
/// @dev Everything here belongs to the governor, behind its delay. There is nothing to tighten at once: a guardian who wants
/// less risk lowers the pool's factors, raises the volatility oracle's floor or the breaker's level.
abstract contract RiskEngineConfig is IRiskEngine, AccessManaged {
    using FixedPointMathLib for uint256;

    /// @dev All that governance sets for all assets, kept as the code of a contract: what would take six slots costs one
    /// account. Each field fills a word, so that it is read in place.
    struct Setup {
        address volatilityOracle;
        address liquidityOracle;
        address factorModel;
        address breaker;
        address oracle; // of the pool, when this was written
        uint256 exitShareBps;
        uint256 exitWindow;
        uint256 leverageTau;
        uint256 outageGrace;
        uint256 perPoke;
        uint256 perDay;
        uint256 interval;
    }

    /// @dev 14 + 14 + 4 = 32. Written only when something was lost.
    struct Losses {
        uint112 seen; // the pool's own count. [loan base units]
        uint112 recent; // [loan base units] fades in a straight line, over a day
        uint32 updatedAt; // [unix s]
    }

    uint256 internal constant MAX_VALUE = type(uint112).max;
    uint256 private constant SETUP_BYTES = 12 * 32;

    /// @inheritdoc IRiskEngine
    address public immutable pool;
    address internal immutable _loanAsset;

    Root internal _root;
    mapping(address asset => Moment) internal _moment;
    mapping(address asset => Terms) internal _terms;
    Whole internal _whole;
    Losses internal _losses;
    /// @dev One more than what was earned, in loan base units; 0: nothing ever. Who first earns something opens the slot, and
    /// it is never closed: who comes after him pays no more than for a change.
    mapping(address keeper => uint256) private _earned;

    constructor(address pool_, address authority_, Modules memory modules_) AccessManaged(authority_) {
        pool = pool_;
        _loanAsset = IERC4626(pool_).asset();
        Setup memory s;
        s.interval = 5 minutes;
        _setFlow(s, FlowConfig(10_000, 1 hours, 6 hours, 30 minutes));
        _setModules(s, modules_);
        _write(s);
    }

    // --- setup ----------------------------------------------------------------------------------------------------

    function _setup() internal view returns (Setup memory) {
        return _setupOf(_root);
    }

    function _setupOf(Root root) internal view returns (Setup memory s) {
        // Contracts count what they make from one.
        address from = LibRLP.computeAddress(address(this), root.setups());
        assembly ("memory-safe") {
            extcodecopy(from, s, 1, SETUP_BYTES) // behind the byte that stops it
        }
    }

    /// @dev The pool's oracle. When it is no longer the one of the setup, the pool says so, and which.
    /// @param tag As the pool answers to `riskInputs`.
    function _oracleOf(Setup memory s, uint256 tag) internal view returns (address) {
        return uint64(uint160(s.oracle)) == tag ? s.oracle : IPoolConfigHead(pool).poolConfig();
    }

    function _write(Setup memory s) private {
        s.oracle = IPoolConfigHead(pool).poolConfig();
        Root root = _root;
        uint256 setups = root.setups() + 1;
        _within("setups", setups, 1, type(uint16).max);
        _root = root.withSetups(setups);
        SSTORE2.write(abi.encode(s));
    }

    // --- governance -----------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function setModules(Modules calldata modules_) external restricted {
        Setup memory s = _setup();
        _setModules(s, modules_);
        _write(s);
        // What another breaker said of the pool is forgotten.
        _whole = _whole.withJudgement(0, 0);
    }

    /// @dev Each must answer as what it is meant to be; a breaker, which has no getter of its own, by its thresholds.
    function _setModules(Setup memory s, Modules memory m) private {
        if (ILiquidityOracle(m.liquidityOracle).loanAsset() != _loanAsset) {
            revert EngineModuleMismatch(m.liquidityOracle);
        }
        if (IVolatilityOracle(m.volatilityOracle).quoteAsset() != _loanAsset) {
            revert EngineModuleMismatch(m.volatilityOracle);
        }
        if (m.factorModel.code.length == 0) revert EngineModuleMismatch(m.factorModel);
        if (m.breaker != address(0)) ICircuitBreaker(m.breaker).thresholdsOf(address(0));
        (s.volatilityOracle, s.liquidityOracle) = (m.volatilityOracle, m.liquidityOracle);
        (s.factorModel, s.breaker) = (m.factorModel, m.breaker);
        emit ModulesSet(m);
    }

    /// @inheritdoc IRiskEngine
    function setAsset(address asset, AssetConfig calldata config) external restricted {
        _within("turnoverPerDay", config.turnoverPerDayHundredths, 1, 10_000_000);
        _within("slice", config.sliceBps, 1, 1_000_000);
        _within("depthMaxAge", config.depthMaxAge, 60, 1 days);
        // Whatever a refresh asks must know the asset.
        Setup memory s = _setup();
        IVolatilityOracle(s.volatilityOracle).sigmaWad(asset);
        ILiquidityOracle(s.liquidityOracle).depthOf(asset);
        ICollateralFactorModel(s.factorModel).parametersOf(asset);
        Terms t = _terms[asset].withLimits(
            EngineWords.terms(config.turnoverPerDayHundredths, config.sliceBps, config.depthMaxAge)
        );
        emit AssetConfigured(asset, config);
        // The pool's leverage is judged by all collaterals from the first refresh of any of them on.
        IPoolRisk.RiskInputs memory inputs = IPoolRisk(pool).riskInputs(asset, false);
        uint256 price36 = IPriceConditions(_oracleOf(s, inputs.oracleTag)).conditionsOf(asset).liquidationPrice36;
        (_whole, _terms[asset]) = _counted(_whole, t, MarketMath.valueOf(inputs.totalSupplied, price36));
    }

    /// @dev With the value of an asset in the sum.
    function _counted(Whole w, Terms t, uint256 value) internal pure returns (Whole, Terms) {
        value = value.min(MAX_VALUE);
        unchecked {
            uint256 sum = w.totalValue().zeroFloorSub(t.value()) + value; // 113 bits
            return (w.withTotalValue(sum.min(MAX_VALUE)), t.withValue(value));
        }
    }

    /// @inheritdoc IRiskEngine
    function setRewards(RewardConfig calldata config) external restricted {
        _within("rewardInterval", config.interval, 60, 1 days);
        _within("rewardPerDay", config.perDay, 0, type(uint80).max);
        Setup memory s = _setup();
        _renewRewards(s.perPoke, config.perPoke);
        (s.perPoke, s.perDay, s.interval) = (config.perPoke, config.perDay, config.interval);
        _write(s);
        emit RewardsSet(config);
    }

    /// @inheritdoc IRiskEngine
    function setFlow(FlowConfig calldata config) external restricted {
        Setup memory s = _setup();
        _setFlow(s, config);
        _write(s);
    }

    function _setFlow(Setup memory s, FlowConfig memory config) private {
        _within("exitShare", config.exitShareBps, 500, 10_000);
        _within("exitWindow", config.exitWindow, 10 minutes, 7 days);
        _within("leverageTau", config.leverageTau, LeverageAverage.MIN_TAU, 7 days);
        _within("outageGrace", config.outageGrace, 0, 1 days);
        (s.exitShareBps, s.exitWindow) = (config.exitShareBps, config.exitWindow);
        (s.leverageTau, s.outageGrace) = (config.leverageTau, config.outageGrace);
        emit FlowSet(config);
    }

    function _within(bytes32 parameter, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert EngineConfigOutOfRange(parameter, value, min, max);
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function modules() external view returns (Modules memory) {
        Setup memory s = _setup();
        return Modules(s.volatilityOracle, s.liquidityOracle, s.factorModel, s.breaker);
    }

    /// @inheritdoc IRiskEngine
    function assetConfig(address asset) external view returns (AssetConfig memory) {
        Terms t = _terms[asset];
        return AssetConfig(uint32(t.turnoverPerDayHundredths()), uint32(t.sliceBps()), uint32(t.depthMaxAge()));
    }

    /// @inheritdoc IRiskEngine
    function rewards() external view returns (RewardConfig memory) {
        Setup memory s = _setup();
        return RewardConfig(uint96(s.perPoke), uint96(s.perDay), uint32(s.interval));
    }

    /// @inheritdoc IRiskEngine
    function flow() external view returns (FlowConfig memory) {
        Setup memory s = _setup();
        return FlowConfig(uint16(s.exitShareBps), uint32(s.exitWindow), uint32(s.leverageTau), uint32(s.outageGrace));
    }

    /// @inheritdoc IRiskEngine
    function rewardOf(address keeper) external view returns (uint256) {
        Root root = _root;
        uint256 pending = root.keeper() == keeper ? root.pending() * _setupOf(root).perPoke : 0;
        return _earned[keeper].zeroFloorSub(1) + pending;
    }

    // --- rewards --------------------------------------------------------------------------------------------------

    /// @dev A rewarded poke. Whoever was rewarded before, and is somebody else, gets what is pending into his own slot.
    /// @param root With all else that the poke changes; stored.
    /// @param amount [loan base units]
    function _earn(Root root, address keeper, uint256 amount) internal {
        if (root.keeper() != keeper) {
            root = _settle(root, amount).withKeeper(keeper);
            emit KeeperRewarded(keeper);
            if (_earned[keeper] == 0) {
                _earned[keeper] = amount + 1;
                _root = root;
                return;
            }
        }
        _root = root.withPending(root.pending() + 1);
    }

    /// @dev Takes out what a keeper has earned. [loan base units]
    function _takeEarned(address keeper) internal returns (uint256 earned) {
        Root root = _root;
        if (root.keeper() == keeper && root.pending() != 0) _root = _settle(root, _setupOf(root).perPoke);
        earned = _earned[keeper].zeroFloorSub(1);
        if (earned != 0) _earned[keeper] = 1;
    }

    /// @dev Puts back what could not be paid.
    function _giveBack(address keeper, uint256 amount) internal {
        _earned[keeper] += amount;
    }

    /// @dev What is pending was earned at the old reward, and the day's count is from now on one of pokes at the new.
    function _renewRewards(uint256 before, uint256 perPoke) private {
        Root root = _settle(_root, before);
        if (perPoke != 0) {
            root = root.withRewardedToday((root.rewardedToday() * before).divUp(perPoke).min(type(uint32).max));
        }
        _root = root;
    }

    /// @dev Nothing is pending any more: it is in the keeper's own slot, which is open.
    function _settle(Root root, uint256 perPoke) private returns (Root) {
        uint256 pending = root.pending();
        if (pending == 0) return root;
        _earned[root.keeper()] += pending * perPoke;
        return root.withPending(0);
    }
}
