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
import {PackedFloat} from "../libraries/PackedFloat.sol";
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
    using PackedFloat for uint256;

    /// @dev What changes with every refresh of an asset. One slot: 3 + 4 + 4 + 4 + 4 + 6 + 3 + 2 + 2 = 32.
    struct Moment {
        int256 anchorTick; // price of five minutes ago or longer
        uint256 anchorAt; // [unix s] 0: none
        uint256 refreshedAt; // [unix s] 0: never
        uint256 rewardedAt; // [unix s]
        uint256 darkAt; // [unix s] when there was last no price at all
        uint256 sigma; // σ* as the volatility oracle last said. [1e-12 per √day, rounded up]
        uint256 excessBps; // fast ÷ slow volatility − 1, likewise. [bps, rounded up]
        uint256 askedAt; // when that was. [unix s] Kept as the time until `refreshedAt`, at most 18 h
        uint256 lookedAt; // when a refresh of this asset last looked at the whole pool, not used before in the block. Kept likewise
    }

    /// @dev What rarely changes. One slot: 3 + 3 + 3 + 4 + 1 + 16 = 30.
    struct Terms {
        uint256 turnoverPerDayHundredths;
        uint256 sliceBps;
        uint256 depthMaxAge; // 0: the asset is not known
        uint256 correlatedAt; // [unix s]
        uint256 loadingPercent; // λ, as of `correlatedAt`
        uint256 value; // of all that is supplied, at the liquidation price, to 1/256. [loan base units]
    }

    /// @dev Of the pool as a whole. One slot, in bits: 48 + 40 + 37 + 32 + 6 + 2 + 50 + 41 = 256. Amounts as `PackedFloat`, since
    /// most refreshes change none of them.
    struct Whole {
        uint256 value; // Σ Terms.value. [loan base units, 41 bits] What is more counts as the most that fits
        uint256 leverageWad; // average, in units of 1e9
        uint256 sampleWad; // latest, in units of 1e10
        uint256 sampledAt; // [unix s]
        uint256 tightness; // as the breaker last said. [1/63, rounded up]
        uint256 level; // likewise. ICircuitBreaker.Level
        uint256 lenderShares; // as the latest look found them in a block in which the pool had not been used before. [43 bits]
        uint256 debtAssets; // likewise the latest refresh, to a 4096th. [loan base units, 34 bits]
        uint256 stored; // the word, as it was loaded
    }

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

    /// @dev All that a reward writes, while the same keeper comes again. One slot: 2 + 2 + 4 + 4 + 20 = 32.
    struct Root {
        uint256 setups; // contracts that this one has made: the code of the last is a `Setup`
        uint256 day; // [days since 1970]
        uint256 rewardedToday; // pokes that were rewarded on that day
        uint256 pending; // rewarded pokes of `keeper`, not in `_earned` yet
        address keeper; // the latest that was rewarded
    }

    /// @dev 14 + 14 + 4 = 32. Written only when something was lost.
    struct Losses {
        uint112 seen; // the pool's own count. [loan base units]
        uint112 recent; // [loan base units] fades in a straight line, over a day
        uint32 updatedAt; // [unix s]
    }

    uint256 internal constant MAX_VALUE = type(uint112).max;
    uint256 private constant LEVERAGE_UNIT = 1e9;
    uint256 private constant SAMPLE_UNIT = 1e10;
    uint256 internal constant VALUE_BITS = 41;
    uint256 internal constant SHARES_BITS = 43;
    uint256 internal constant DEBT_BITS = 34;
    uint256 private constant SETUP_BYTES = 12 * 32;

    /// @inheritdoc IRiskEngine
    address public immutable pool;
    address internal immutable _loanAsset;

    uint256 private _root;
    mapping(address asset => uint256) private _moment;
    mapping(address asset => uint256) private _terms;
    uint256 private _whole;
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

    // --- words ----------------------------------------------------------------------------------------------------

    function _setup() internal view returns (Setup memory) {
        return _setupOf(_loadRoot());
    }

    function _setupOf(Root memory root) internal view returns (Setup memory s) {
        // Contracts count what they make from one.
        address from = LibRLP.computeAddress(address(this), root.setups);
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
        Root memory root = _loadRoot();
        _within("setups", ++root.setups, 1, type(uint16).max);
        _storeRoot(root);
        SSTORE2.write(abi.encode(s));
    }

    function _loadRoot() internal view returns (Root memory root) {
        uint256 word = _root;
        root.setups = uint16(word);
        root.day = uint16(word >> 16);
        root.rewardedToday = uint32(word >> 32);
        root.pending = uint32(word >> 64);
        root.keeper = address(uint160(word >> 96));
    }

    /// @dev The caller keeps every field within its bits, here and below.
    function _storeRoot(Root memory root) internal {
        uint256 word = root.setups | (root.day << 16) | (root.rewardedToday << 32) | (root.pending << 64);
        _root = word | (uint256(uint160(root.keeper)) << 96);
    }

    function _momentOf(address asset) internal view returns (Moment memory m) {
        uint256 word = _moment[asset];
        m.anchorTick = int24(uint24(word));
        m.anchorAt = uint32(word >> 24);
        m.refreshedAt = uint32(word >> 56);
        m.rewardedAt = uint32(word >> 88);
        m.darkAt = uint32(word >> 120);
        m.sigma = uint48(word >> 152);
        m.excessBps = uint24(word >> 200);
        m.askedAt = m.refreshedAt.zeroFloorSub(uint16(word >> 224));
        m.lookedAt = m.refreshedAt.zeroFloorSub(word >> 240);
    }

    function _setMoment(address asset, Moment memory m) internal {
        uint256 word =
            uint24(uint256(m.anchorTick)) | (m.anchorAt << 24) | (m.refreshedAt << 56) | (m.rewardedAt << 88);
        word |= (m.darkAt << 120) | (m.sigma << 152) | (m.excessBps << 200);
        unchecked {
            // Neither is later than the refresh.
            word |= (m.refreshedAt - m.askedAt).min(type(uint16).max) << 224;
            word |= (m.refreshedAt - m.lookedAt).min(type(uint16).max) << 240;
        }
        _moment[asset] = word;
    }

    function _termsOf(address asset) internal view returns (Terms memory t) {
        uint256 word = _terms[asset];
        t.turnoverPerDayHundredths = uint24(word);
        t.sliceBps = uint24(word >> 24);
        t.depthMaxAge = uint24(word >> 48);
        t.correlatedAt = uint32(word >> 72);
        t.loadingPercent = uint8(word >> 104);
        t.value = word >> 112;
    }

    function _setTerms(address asset, Terms memory t) internal {
        uint256 word = t.turnoverPerDayHundredths | (t.sliceBps << 24) | (t.depthMaxAge << 48) | (t.correlatedAt << 72);
        _terms[asset] = word | (t.loadingPercent << 104) | (t.value << 112);
    }

    function _loadWhole() internal view returns (Whole memory w) {
        uint256 word = _whole;
        w.stored = word;
        w.value = uint48(word);
        unchecked {
            w.leverageWad = uint256(uint40(word >> 48)) * LEVERAGE_UNIT;
            w.sampleWad = ((word >> 88) & 0x1fffffffff) * SAMPLE_UNIT;
        }
        w.sampledAt = uint32(word >> 125);
        w.tightness = (word >> 157) & 63;
        w.level = (word >> 163) & 3;
        w.lenderShares = (word >> 165) & 0x3ffffffffffff;
        w.debtAssets = word >> 215;
    }

    function _storeWhole(Whole memory w) internal {
        uint256 word = w.value | ((w.leverageWad / LEVERAGE_UNIT) << 48) | ((w.sampleWad / SAMPLE_UNIT) << 88);
        word |= (w.sampledAt << 125) | (w.tightness << 157) | (w.level << 163);
        word |= (w.lenderShares << 165) | (w.debtAssets << 215);
        if (word != w.stored) _whole = word;
    }

    // --- governance -----------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function setModules(Modules calldata modules_) external restricted {
        Setup memory s = _setup();
        _setModules(s, modules_);
        _write(s);
        // What another breaker said of the pool is forgotten.
        Whole memory w = _loadWhole();
        (w.tightness, w.level) = (0, 0);
        _storeWhole(w);
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
        Terms memory t = _termsOf(asset);
        (t.turnoverPerDayHundredths, t.sliceBps) = (config.turnoverPerDayHundredths, config.sliceBps);
        t.depthMaxAge = config.depthMaxAge;
        emit AssetConfigured(asset, config);
        // The pool's leverage is judged by all collaterals from the first refresh of any of them on.
        IPoolRisk.RiskInputs memory inputs = IPoolRisk(pool).riskInputs(asset, false);
        uint256 price36 = IPriceConditions(_oracleOf(s, inputs.oracleTag)).conditionsOf(asset).liquidationPrice36;
        Whole memory w = _loadWhole();
        _count(w, t, MarketMath.valueOf(inputs.totalSupplied, price36));
        _storeWhole(w);
        _setTerms(asset, t);
    }

    /// @dev Puts the value of an asset into the sum, in memory.
    function _count(Whole memory w, Terms memory t, uint256 value) internal pure {
        value = value.min(MAX_VALUE);
        uint256 sum = w.value.unpack().zeroFloorSub(t.value) + value;
        w.value = sum.min(MAX_VALUE).pack(VALUE_BITS);
        t.value = value;
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
        Terms memory t = _termsOf(asset);
        return AssetConfig(uint32(t.turnoverPerDayHundredths), uint32(t.sliceBps), uint32(t.depthMaxAge));
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
        Root memory root = _loadRoot();
        uint256 pending = root.keeper == keeper ? root.pending * _setupOf(root).perPoke : 0;
        return _earned[keeper].zeroFloorSub(1) + pending;
    }

    // --- rewards --------------------------------------------------------------------------------------------------

    /// @dev A rewarded poke. Whoever was rewarded before, and is somebody else, gets what is pending into his own slot.
    /// @param root Changed and stored.
    /// @param amount [loan base units]
    function _earn(Root memory root, address keeper, uint256 amount) internal {
        if (root.keeper != keeper) {
            _settle(root, amount);
            root.keeper = keeper;
            if (_earned[keeper] == 0) {
                _earned[keeper] = amount + 1;
                _storeRoot(root);
                return;
            }
        }
        ++root.pending;
        _storeRoot(root);
    }

    /// @dev Takes out what a keeper has earned. [loan base units]
    function _takeEarned(address keeper) internal returns (uint256 earned) {
        Root memory root = _loadRoot();
        if (root.keeper == keeper && root.pending != 0) {
            _settle(root, _setupOf(root).perPoke);
            _storeRoot(root);
        }
        earned = _earned[keeper].zeroFloorSub(1);
        if (earned != 0) _earned[keeper] = 1;
    }

    /// @dev Puts back what could not be paid.
    function _giveBack(address keeper, uint256 amount) internal {
        _earned[keeper] += amount;
    }

    /// @dev What is pending was earned at the old reward, and the day's count is from now on one of pokes at the new.
    function _renewRewards(uint256 before, uint256 perPoke) private {
        Root memory root = _loadRoot();
        _settle(root, before);
        if (perPoke != 0) root.rewardedToday = (root.rewardedToday * before).divUp(perPoke).min(type(uint32).max);
        _storeRoot(root);
    }

    /// @dev In memory, but for the keeper's own slot, which is open.
    function _settle(Root memory root, uint256 perPoke) private {
        if (root.pending == 0) return;
        _earned[root.keeper] += root.pending * perPoke;
        root.pending = 0;
    }
}
