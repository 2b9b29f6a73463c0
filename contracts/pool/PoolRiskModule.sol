// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {Risk, RiskWord, RiskWordLib} from "../libraries/RiskWord.sol";
import {LiquidationDesk} from "../liquidation/LiquidationDesk.sol";
import {FactorRamp} from "../risk/FactorRamp.sol";
import {PoolAccounting} from "./PoolAccounting.sol";
import {PoolBacklog} from "./PoolBacklog.sol";
import {PoolViews} from "./PoolViews.sol";

/// @title A pool's side of its risk engine, and what else has no room elsewhere: what is only ever read, and the desk
/// @notice Runs by delegatecall on the pool's storage. What the engine says is bounded here, by code that nobody can
/// replace: the liquidation factor falls by no more than 2 points a day and from its value of this block on, diversification
/// leaves the liquidation test by a point in half an hour, and governance's bounds hold.
contract PoolRiskModule is LiquidationDesk, PoolViews, IPoolRisk, IPoolModule {
    using FixedPointMathLib for uint256;
    using FactorRamp for FactorRamp.State;

    uint256 private constant MIN_MAX_AGE = 60;
    uint256 private constant MAX_MAX_AGE = 1 days;
    /// @dev A rise of a factor at rest may count so much time too much: two basis points. [s]
    uint256 private constant REST_SLACK = 1 hours;
    /// @dev A floor that would rise by less than 1/128 of itself stays as it is.
    uint256 private constant FLOOR_SLACK_SHIFT = 7;
    /// @dev A moment that is over: who has this must be asked again.
    uint256 private constant LONG_AGO = 1;

    constructor(address loanAsset_) PoolAccounting(loanAsset_) PoolBacklog(loanAsset_) {}

    /// @inheritdoc IPoolModule
    function loanAsset() external view returns (address) {
        return _loanAsset;
    }

    modifier onlyEngine() {
        _requireEngine();
        _;
    }

    function _requireEngine() private view {
        if (msg.sender != _riskEngine) revert RiskCallerNotEngine(msg.sender, _riskEngine);
    }

    // --- engine ---------------------------------------------------------------------------------------------------

    /// @inheritdoc IPoolRisk
    /// @dev Not behind the lock: the pool itself asks for it in the middle of a borrow, before it opens its books.
    function applyRisk(
        address collateral,
        RiskUpdate calldata update,
        PoolUpdate calldata poolUpdate
    ) external onlyEngine {
        Collateral storage c = _collateral[collateral];
        if (!c.books.isListed()) revert PoolCollateralUnknown(collateral);
        uint256 maxAge = _riskMaxAge;
        RiskWord before = c.risk;
        (FactorRamp.State memory ramp, RiskWord word) = _turnRamp(c, before, update);
        {
            uint256 loading = update.loadingPercent.min(RiskWordLib.FULL_LOADING);
            (uint256 from, uint256 start) = _turnLoading(before, loading);
            word = word.addLoading(from, loading, start);
        }
        {
            // Below the liquidation factor for as long as the snapshot is fresh: nobody's loan is liquidatable in its own block.
            uint256 until;
            unchecked {
                until = block.timestamp + maxAge; // 32 bits each
            }
            uint256 most = ramp.valueAt(until).zeroFloorSub(1);
            word = word.addFreshness(update.borrowFactorBps.min(c.borrowCapBps).min(most), until, maxAge);
        }
        word = word.addFindings(
            update.reserve,
            update.discountTenBps.min(type(uint8).max),
            update.level.min(3),
            update.grace
        );
        c.risk = word;
        emit RiskUpdated(collateral, word);
        if (poolUpdate.exitFloorShares != type(uint136).max) _applyPool(poolUpdate);
    }

    /// @dev A day of calm begins with every call that finds none: the word says so, and when it was written, instead of a slot.
    /// @return ramp From now on.
    /// @return word With the ramp in it, and whether the call found calm, and nothing else.
    function _turnRamp(
        Collateral storage c,
        RiskWord risk,
        RiskUpdate calldata update
    ) private returns (FactorRamp.State memory ramp, RiskWord word) {
        // Times have 32 bits.
        unchecked {
            uint256 stored = c.riseFrom;
            uint256 riseFrom = risk.isRestless() ? risk.writtenAt() + FactorRamp.CALM : stored;
            uint256 target = update.liquidationFactorBps.min(c.liquidationCapBps).max(1);
            uint256 restless = block.timestamp + FactorRamp.CALM;
            (ramp.fromBps, ramp.toBps, ramp.start, ramp.end) = risk.ramp();
            ramp.riseFrom = riseFrom == 0 ? restless : riseFrom;
            uint256 before = ramp.step(target, update.calm, block.timestamp);
            word = RiskWordLib.ofRamp(ramp.fromBps, ramp.toBps, ramp.start, ramp.end);
            if (ramp.riseFrom == restless) return (ramp, word.addUnrest());
            // At rest the time of the last rise is that of every call: it need not be written each time.
            bool isRest = ramp.riseFrom == block.timestamp && ramp.toBps == before;
            if (!isRest || riseFrom > block.timestamp || riseFrom + REST_SLACK <= block.timestamp) {
                riseFrom = ramp.riseFrom;
            }
            if (riseFrom != stored) c.riseFrom = uint32(riseFrom);
        }
    }

    /// @dev λ falls at once in both tests, and rises at once in the borrow test only. On the way up the beginning stays where
    /// it was, since calls in every block would otherwise round the rise away.
    /// @return from λ of the liquidation test at `start`. [%]
    /// @return start [unix s]
    function _turnLoading(RiskWord before, uint256 loading) private view returns (uint256 from, uint256 start) {
        uint256 current = before.liquidationLoadingAt(block.timestamp);
        if (loading <= current) return (loading, block.timestamp);
        if (current >= before.loading()) return (current, block.timestamp); // no rise was under way
        return before.loadingTurn();
    }

    function _applyPool(PoolUpdate calldata update) private {
        uint8 before = _pauseFlags;
        uint8 flags = before & ~(RESTRICTED | EXIT_LIMITED);
        if (update.restricted) flags |= RESTRICTED;
        if (update.exitFloorShares != 0) flags |= EXIT_LIMITED;
        if (flags == before && (flags & EXIT_LIMITED == 0 || !_isNews(update))) return;
        uint256 word = uint256(update.exitFloorShares) | (uint256(update.exitRefillPerSecond) << 136);
        // The whole slot.
        assembly ("memory-safe") {
            sstore(_exitFloorShares.slot, or(word, shl(224, timestamp())))
        }
        if (flags == before) return;
        _pauseFlags = flags;
        emit PoolRiskUpdated(update.restricted, update.exitFloorShares, update.exitRefillPerSecond);
    }

    /// @dev Whether a floor is another one. One that falls further than said, or nearly as said, need not be written again.
    function _isNews(PoolUpdate calldata update) private view returns (bool) {
        unchecked {
            uint256 floor = update.exitFloorShares;
            uint256 inForce = _exitFloor(); // at most 136 bits, as `floor`
            if (floor < inForce || floor - inForce > floor >> FLOOR_SLACK_SHIFT) return true;
            uint256 refill = _exitRefillPerSecond;
            return FixedPointMathLib.dist(update.exitRefillPerSecond, refill) > refill >> 4;
        }
    }

    /// @inheritdoc IPoolRisk
    function payKeeper(address keeper, uint256 assets) external onlyEngine lock returns (uint256 paid) {
        _requireAddress(keeper);
        Accrual memory a = _accrue();
        paid = assets.min(a.reserves.zeroFloorSub(_totalProvision)).min(a.cash);
        a.reserves -= paid;
        a.cash -= paid;
        _book(a);
        if (paid == 0) return 0;
        emit KeeperPaid(keeper, paid);
        _push(_loanAsset, keeper, paid);
    }

    // --- governor -------------------------------------------------------------------------------------------------

    /// @inheritdoc IPoolRisk
    /// @dev With another engine every snapshot is stale: nothing is lent on the word of the old one. Without any,
    /// diversification leaves the tests as fast as an engine could make it leave.
    function setRiskEngine(address engine, uint32 maxAge) external lock {
        if (engine != address(0)) {
            if (maxAge < MIN_MAX_AGE || maxAge > MAX_MAX_AGE) {
                revert ConfigOutOfRange("maxAge", maxAge, MIN_MAX_AGE, MAX_MAX_AGE);
            }
            if (engine.code.length == 0 || IRiskEngine(engine).pool() != address(this)) {
                revert ConfigModuleMismatch(engine);
            }
        }
        for (uint256 i; i < _collateralCount; ++i) {
            Collateral storage c = _collateral[_collateralList[i]];
            Risk memory r = c.risk.unpack();
            if (r.freshUntil == 0) continue;
            if (r.isRestless) {
                (c.riseFrom, r.isRestless) = (uint32(c.risk.writtenAt() + FactorRamp.CALM), false);
            }
            if (engine == address(0)) {
                (r.loadingFrom, r.loadingStart) = _turnLoading(c.risk, RiskWordLib.FULL_LOADING);
                r.loading = RiskWordLib.FULL_LOADING;
                (r.freshUntil, r.level, r.isGrace) = (0, 0, false);
            } else {
                r.freshUntil = LONG_AGO;
            }
            c.risk = r.pack();
        }
        _pauseFlags &= ~(RESTRICTED | EXIT_LIMITED);
        _riskEngine = engine;
        _riskMaxAge = maxAge;
        emit RiskEngineSet(engine, maxAge);
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @inheritdoc IPoolRisk
    function riskInputs(address collateral, bool whole) external view returns (RiskInputs memory inputs) {
        Collateral storage c = _collateral[collateral];
        BookWord books = c.books;
        if (!books.isListed()) revert PoolCollateralUnknown(collateral);
        inputs.oracleTag = _oracleTag;
        inputs.totalSupplied = books.totalSupplied();
        inputs.touched = books.isChangedAt(block.timestamp) || _lastAccrual == block.timestamp;
        inputs.liquidationFactorBps = c.risk.liquidationFactorBpsAt(block.timestamp);
        uint256 debt = _debtAssets;
        inputs.debtAssets = debt;
        inputs.backlog = books.backlog() * _backlogUnit;
        if (!whole) return inputs;
        uint256 flags = _pauseFlags;
        unchecked {
            inputs.lenderAssets = (_cash + debt).zeroFloorSub(_reserves); // 112 bits each
        }
        uint256 shares;
        assembly ("memory-safe") {
            shares := sload(TOTAL_SUPPLY_SLOT) // of the pool alone, so that the module has no name for it
        }
        inputs.lenderShares = shares;
        // What is rare costs a slot only where there is some.
        if (flags & EXIT_LIMITED != 0) inputs.exitFloorShares = _exitFloor();
        if (flags & PROVISIONED != 0) inputs.provision = _totalProvision;
        if (flags & LOST != 0) inputs.badDebt = _badDebtTotal;
    }

    /// @inheritdoc IPoolRisk
    function riskOf(address collateral) external view returns (RiskView memory v) {
        Collateral storage c = _collateral[collateral];
        if (!c.books.isListed()) revert PoolCollateralUnknown(collateral);
        RiskWord w = c.risk;
        v.borrowFactorBps = w.borrowFactorBps();
        v.liquidationFactorBps = w.liquidationFactorBpsAt(block.timestamp);
        v.liquidationTargetBps = w.liquidationTargetBps();
        v.level = w.level();
        v.freshUntil = w.freshUntil();
        v.updatedAt = v.freshUntil.zeroFloorSub(w.maxAge());
        v.loadingPercent = w.loading();
        v.liquidationLoadingPercent = w.liquidationLoadingAt(block.timestamp);
        v.discountBps = w.discountBps();
        v.grace = w.isGraceAt(block.timestamp);
        v.reserve = w.reserve();
        v.poolRestricted = _pauseFlags & RESTRICTED != 0;
        v.exitFloorShares = _pauseFlags & EXIT_LIMITED == 0 ? 0 : _exitFloor();
    }

    /// @inheritdoc IPoolRisk
    function riskEngine() external view returns (address engine, uint256 maxAge) {
        return (_riskEngine, _riskMaxAge);
    }
}
