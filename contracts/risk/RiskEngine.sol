// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {ICollateralFactorModel} from "../interfaces/ICollateralFactorModel.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidityOracle} from "../interfaces/ILiquidityOracle.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPriceConditions} from "../interfaces/IPriceConditions.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {PackedFloat} from "../libraries/PackedFloat.sol";
import {LeverageAverage} from "./LeverageAverage.sol";
import {MarketMath} from "./MarketMath.sol";
import {RiskEngineConfig} from "./RiskEngineConfig.sol";

/// @title Joins oracle, volatility, depth, factors and breaker into one snapshot per collateral
/// @dev No call is caught: whatever lacks gas, or is broken, reverts the refresh as a whole, so that nothing is ever judged
/// by half of the answers. Sources that may fail by themselves are read by oracles that do not revert for their sake.
contract RiskEngine is RiskEngineConfig {
    using FixedPointMathLib for uint256;
    using PackedFloat for uint256;

    uint256 private constant WAD = 1e18;
    uint256 private constant BPS = 1e4;
    uint256 private constant MIN_REFRESH_INTERVAL = 12;
    /// @dev Least time over which a move is judged. [s]
    uint256 private constant MOVE_WINDOW = 5 minutes;
    uint256 private constant CORRELATION_MAX_AGE = 1 days;
    uint256 private constant LOSS_MEMORY = 1 days;
    uint256 private constant FULL_LOADING = 100;
    /// @dev The pool as a whole, and the volatility of an asset, are looked at no more often than this. [s]
    uint256 private constant LOOK_INTERVAL = 1 minutes;
    /// @dev What is older than this is looked at whatever else there is to do. [s]
    uint256 private constant LOOK_MAX_AGE = 5 minutes;
    /// @dev The value of a collateral is counted anew when it is off by more than this part. [1/256]
    uint256 private constant VALUE_SLACK_SHIFT = 8;
    uint256 private constant SIGMA_UNIT = 1e6;
    uint256 private constant TIGHTNESS_PARTS = 63;
    /// @dev Tells the pool that nothing is new of it as a whole.
    uint136 private constant KEEP = type(uint136).max;

    /// @dev What a refresh finds, in the order in which it is found.
    struct Findings {
        bool isWhole; // the pool as a whole is looked at
        bool sampled; // a sample of the volatility was taken
        bool grace;
        uint256 sigmaWad;
        uint256 excessWad; // fast ÷ slow volatility − 1, while it is more
        uint256 depth; // [loan base units] 0: none, or too old to count
        uint256 reserve; // y. [loan base units]
        uint256 moveWad;
        uint256 leverageWad;
        uint256 level; // ICircuitBreaker.Level of the asset
        uint256 tightnessWad; // of the asset or the pool, whichever is tighter
    }

    constructor(
        address pool_,
        address authority_,
        Modules memory modules_
    ) RiskEngineConfig(pool_, authority_, modules_) {}

    // --- entry points ---------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function poke(address asset) external {
        _refresh(asset, true);
    }

    /// @inheritdoc IRiskEngine
    function refresh(address asset) external {
        _refresh(asset, false);
    }

    /// @inheritdoc IRiskEngine
    function pokeCorrelations(address asset) external {
        Terms memory t = _termsOf(asset);
        _requireKnown(asset, t);
        IVolatilityOracle volatility = IVolatilityOracle(_setup().volatilityOracle);
        address[] memory collaterals = ILendingPool(pool).collateralList();
        uint256 highest;
        for (uint256 i; i < collaterals.length; ++i) {
            address other = collaterals[i];
            if (other == asset) continue;
            highest = highest.max(volatility.isTracked(asset, other) ? volatility.pokePair(asset, other) : WAD);
        }
        t.loadingPercent = MarketMath.loadingPercentUp(highest);
        t.correlatedAt = block.timestamp;
        _setTerms(asset, t);
        emit CorrelationsRefreshed(asset, highest);
    }

    /// @inheritdoc IRiskEngine
    function claim(address keeper) external returns (uint256 paid) {
        uint256 earned = _takeEarned(keeper);
        if (earned == 0) return 0;
        paid = IPoolRisk(pool).payKeeper(keeper, earned);
        if (paid < earned) _giveBack(keeper, earned - paid);
        emit RewardClaimed(keeper, paid);
    }

    // --- refresh --------------------------------------------------------------------------------------------------

    function _refresh(address asset, bool rewarded) private {
        Terms memory t = _termsOf(asset);
        _requireKnown(asset, t);
        Moment memory m = _momentOf(asset);
        if (block.timestamp - m.refreshedAt < MIN_REFRESH_INTERVAL) return;
        m.refreshedAt = block.timestamp;
        Root memory root = _loadRoot();
        Setup memory setup = _setupOf(root);
        Whole memory w = _loadWhole();
        Findings memory f;
        _findVolatility(asset, setup, m, f);
        IPoolRisk.RiskInputs memory inputs = IPoolRisk(pool).riskInputs(asset, f.isWhole);
        // What may have been staged is no turn taken: the next refresh looks again.
        if (f.isWhole && !inputs.touched) m.lookedAt = block.timestamp;
        IPriceConditions.Conditions memory price = _askPrices(asset, setup, inputs, f);
        _findDepth(asset, setup, t, f);
        _findMove(m, price, f);
        uint256 value = MarketMath.valueOf(inputs.totalSupplied, price.liquidationPrice36);
        f.grace = _findGrace(setup, m, price);
        IPoolRisk.PoolUpdate memory update;
        update.exitFloorShares = KEEP;
        if (price.liquidationPrice36 == 0) value = t.value; // what it was is the best that is known
        (uint256 shares, uint256 debt) = _believed(inputs, w, f.isWhole);
        // What was taken out in this block may be back in a moment.
        if (inputs.touched) value = value.max(t.value);
        _assess(asset, setup, price, inputs.backlog, f);
        if (!inputs.touched) _findValue(asset, t, w, price, value);
        if (f.isWhole) _lookAtWhole(setup, inputs, w, shares, update);
        f.leverageWad = w.leverageWad.max(WAD);
        if (w.tightness != 0) f.tightnessWad = f.tightnessWad.max((w.tightness * WAD) / TIGHTNESS_PARTS);
        _storeWhole(w);
        if (rewarded) _reward(root, setup, m);
        _setMoment(asset, m);
        // Whatever the mix of collaterals, no more of this one than carries all of the debt would have to be sold.
        value = MarketMath.exposureUp(value, debt, inputs.liquidationFactorBps);
        IPoolRisk.RiskUpdate memory u = _factors(
            asset,
            setup,
            t,
            price,
            f,
            value,
            inputs.liquidationFactorBps,
            w.level
        );
        IPoolRisk(pool).applyRisk(asset, u, update);
        emit RiskRefreshed(asset, f.sigmaWad, f.leverageWad, f.moveWad);
    }

    /// @dev Asks for the volatility, and decides whether the pool as a whole is looked at: for each collateral at most once a
    /// minute, and in turns, unless one is overdue. A sample of the volatility puts the pool off to the next refresh, but not for long.
    function _findVolatility(address asset, Setup memory setup, Moment memory m, Findings memory f) private {
        uint256 age;
        uint256 wholeAge;
        unchecked {
            (age, wholeAge) = (block.timestamp - m.askedAt, block.timestamp - m.lookedAt); // neither is in the future
        }
        f.isWhole = wholeAge >= LOOK_INTERVAL;
        if (age >= LOOK_MAX_AGE || (age >= LOOK_INTERVAL && (!f.isWhole || age >= wholeAge))) {
            uint256 fast;
            uint256 slow;
            (f.sigmaWad, fast, slow, f.sampled) = IVolatilityOracle(setup.volatilityOracle).pokeVolatility(asset);
            f.excessWad = MarketMath.ratioWad(fast.zeroFloorSub(slow), slow);
            m.sigma = f.sigmaWad.divUp(SIGMA_UNIT).min(type(uint48).max);
            m.excessBps = f.excessWad.divUp(WAD / BPS).min(type(uint24).max);
            m.askedAt = block.timestamp;
            f.isWhole = wholeAge >= (f.sampled ? 2 * LOOK_MAX_AGE : LOOK_MAX_AGE);
        } else {
            (f.sigmaWad, f.excessWad) = (m.sigma * SIGMA_UNIT, m.excessBps * (WAD / BPS));
        }
    }

    /// @dev While a sample of the volatility is taken, the mean price that users of the asset go by is good enough here as well.
    function _askPrices(
        address asset,
        Setup memory setup,
        IPoolRisk.RiskInputs memory inputs,
        Findings memory f
    ) private returns (IPriceConditions.Conditions memory) {
        address oracle = _oracleOf(setup, inputs.oracleTag);
        return IPriceConditions(oracle).pokeConditions(asset, f.sampled);
    }

    function _findDepth(address asset, Setup memory setup, Terms memory t, Findings memory f) private view {
        uint256 updatedAt;
        (f.depth, f.reserve, updatedAt) = ILiquidityOracle(setup.liquidityOracle).depthAndReserveOf(asset);
        if (block.timestamp - updatedAt > t.depthMaxAge) (f.depth, f.reserve) = (0, 0);
        else f.reserve = f.reserve.min(type(uint128).max);
    }

    /// @dev The anchor moves on only when it is five minutes old: refreshing more often hides no move.
    function _findMove(Moment memory m, IPriceConditions.Conditions memory c, Findings memory f) private view {
        uint256 price = c.feedPrice36 != 0 ? c.feedPrice36 : c.twap36;
        if (price == 0) return;
        int24 tick = MarketMath.tickOf(price);
        if (m.anchorAt == 0) {
            (m.anchorTick, m.anchorAt) = (tick, block.timestamp);
            return;
        }
        uint256 elapsed = block.timestamp - m.anchorAt;
        f.moveWad = MarketMath.moveWad(int24(m.anchorTick), tick, elapsed.max(MOVE_WINDOW), f.sigmaWad);
        if (elapsed >= MOVE_WINDOW) (m.anchorTick, m.anchorAt) = (tick, block.timestamp);
    }

    /// @dev What all collaterals are worth together, for the pool's leverage. A small change waits for others to join it.
    function _findValue(
        address asset,
        Terms memory t,
        Whole memory w,
        IPriceConditions.Conditions memory price,
        uint256 value
    ) private {
        if (price.liquidationPrice36 == 0) return;
        if (FixedPointMathLib.dist(value, t.value) <= t.value >> VALUE_SLACK_SHIFT) return;
        _count(w, t, value);
        _setTerms(asset, t);
    }

    /// @dev After prices were gone, or the sequencer was down, borrowers get time to act before they are put up for sale.
    function _findGrace(
        Setup memory setup,
        Moment memory m,
        IPriceConditions.Conditions memory price
    ) private view returns (bool) {
        if (price.liquidationPrice36 == 0) {
            m.darkAt = block.timestamp;
            return false;
        }
        return price.inGrace || (m.darkAt != 0 && block.timestamp < m.darkAt + setup.outageGrace);
    }

    function _assess(
        address asset,
        Setup memory setup,
        IPriceConditions.Conditions memory price,
        uint256 backlog,
        Findings memory f
    ) private {
        if (setup.breaker == address(0)) return;
        ICircuitBreaker.Inputs memory inputs;
        inputs.divergenceWad = MarketMath.divergenceWad(price.feedPrice36, price.twap36);
        inputs.volatilityExcessWad = f.excessWad;
        inputs.backlogWad = MarketMath.ratioWad(backlog, f.depth);
        inputs.moveWad = f.moveWad;
        inputs.sourcesMissing = !price.lendable;
        ICircuitBreaker.Assessment memory a = ICircuitBreaker(setup.breaker).assess(asset, inputs);
        (f.level, f.tightnessWad) = (uint256(a.level), a.tightnessWad);
    }

    // --- the pool as a whole --------------------------------------------------------------------------------------

    function _lookAtWhole(
        Setup memory setup,
        IPoolRisk.RiskInputs memory inputs,
        Whole memory w,
        uint256 shares,
        IPoolRisk.PoolUpdate memory update
    ) private {
        // Of a block in which the pool was used already nothing is taken in: a position that comes and goes with a flash
        // loan leaves no trace.
        if (!inputs.touched) _takeLeverage(setup, w, inputs.debtAssets);
        uint256 outflowWad = _limitExits(setup, inputs.exitFloorShares, shares, update);
        if (setup.breaker != address(0)) {
            ICircuitBreaker.Inputs memory pooled;
            pooled.outflowWad = outflowWad;
            pooled.lossWad = MarketMath.ratioWad(inputs.provision + _recentLoss(inputs.badDebt), inputs.lenderAssets);
            ICircuitBreaker.Assessment memory a = ICircuitBreaker(setup.breaker).assess(pool, pooled);
            w.level = uint256(a.level);
            w.tightness = a.tightnessWad.min(WAD).fullMulDivUp(TIGHTNESS_PARTS, WAD);
        }
        update.restricted = w.level == uint256(ICircuitBreaker.Level.Restricted);
    }

    function _takeLeverage(Setup memory setup, Whole memory w, uint256 debt) private view {
        LeverageAverage.State memory state = LeverageAverage.State(
            uint104(w.leverageWad),
            uint104(w.sampleWad),
            uint40(w.sampledAt)
        );
        uint256 sample = LeverageAverage.leverageUp(w.value.unpack(), debt);
        LeverageAverage.observe(state, sample, setup.leverageTau, block.timestamp);
        (w.leverageWad, w.sampleWad, w.sampledAt) = (state.averageWad, state.sampleWad, block.timestamp);
    }

    /// @dev What was there before this block: shares that come for a moment would let others leave faster and thin out losses,
    /// and debt that is repaid for a moment would let its owner borrow more. The assets in `inputs` become those of the shares.
    /// @return shares Of lenders; only if the whole pool is looked at.
    /// @return debt [loan base units]
    function _believed(
        IPoolRisk.RiskInputs memory inputs,
        Whole memory w,
        bool isWhole
    ) private view returns (uint256 shares, uint256 debt) {
        debt = inputs.debtAssets;
        uint256 owed = w.debtAssets.unpack();
        uint256 before = w.lenderShares.unpack();
        shares = isWhole ? IERC20(pool).totalSupply() : before;
        if (!inputs.touched) {
            if (shares.dist(before) > before >> SHARES_BITS) w.lenderShares = shares.pack(SHARES_BITS);
            // Interest alone is not worth a write.
            if (debt.dist(owed) > owed >> 12) w.debtAssets = debt.pack(DEBT_BITS);
            return (shares, debt);
        }
        debt = debt.max(owed);
        if (shares > before) {
            if (before != 0) inputs.lenderAssets = inputs.lenderAssets.fullMulDiv(before, shares);
            shares = before;
        }
    }

    /// @dev What must stay: all but a share of what is there, or what had to stay already, less what has been let go in the
    /// meantime, whichever is more. Only shares count that were there before this block: who enters and leaves within a
    /// block moves nothing, and who enters for longer bars his own way out.
    /// @param floor What has to stay now. [shares]
    function _limitExits(
        Setup memory setup,
        uint256 floor,
        uint256 shares,
        IPoolRisk.PoolUpdate memory u
    ) private pure returns (uint256 outflowWad) {
        u.exitFloorShares = 0;
        if (setup.exitShareBps == BPS) return 0;
        uint256 allowance = (shares * setup.exitShareBps) / BPS;
        floor = floor.max(shares - allowance);
        u.exitFloorShares = uint136(floor.min(KEEP - 1));
        // On its own it falls by the share in a window.
        u.exitRefillPerSecond = uint88((allowance / setup.exitWindow).min(type(uint88).max));
        return MarketMath.usedWad(allowance, shares.zeroFloorSub(floor));
    }

    /// @dev Losses fade over a day.
    function _recentLoss(uint256 badDebt) private returns (uint256 recent) {
        if (badDebt == 0) return 0;
        Losses memory losses = _losses;
        uint256 age = block.timestamp - losses.updatedAt;
        if (age < LOSS_MEMORY) recent = (uint256(losses.recent) * (LOSS_MEMORY - age)) / LOSS_MEMORY;
        if (badDebt == losses.seen) return recent;
        recent = (recent + badDebt.zeroFloorSub(losses.seen)).min(type(uint112).max);
        _losses = Losses(uint112(badDebt.min(type(uint112).max)), uint112(recent), uint32(block.timestamp));
    }

    // --- factors --------------------------------------------------------------------------------------------------

    function _factors(
        address asset,
        Setup memory setup,
        Terms memory t,
        IPriceConditions.Conditions memory price,
        Findings memory f,
        uint256 exposure,
        uint256 inForce,
        uint256 poolLevel
    ) private view returns (IPoolRisk.RiskUpdate memory u) {
        ICollateralFactorModel.Inputs memory inputs;
        inputs.sigmaWad = f.sigmaWad;
        inputs.exposure = uint128(exposure);
        inputs.salePerDay = uint128(((f.depth * t.turnoverPerDayHundredths) / 100).min(type(uint128).max));
        inputs.slice = uint128(((f.depth * t.sliceBps) / BPS).min(type(uint128).max));
        inputs.reserve = uint128(f.reserve);
        inputs.leverageWad = uint128(f.leverageWad);
        inputs.riseWad = uint128(MarketMath.riseWad(price).min(type(uint128).max));
        inputs.liquidationFactorBps = uint16(inForce);
        ICollateralFactorModel.Targets memory target = ICollateralFactorModel(setup.factorModel).targets(asset, inputs);
        u.liquidationFactorBps = target.liquidationFactorBps;
        bool isClosed = f.grace || !price.lendable;
        // Continuously down to nothing at the threshold: a cliff that everybody sees is run for.
        if (!isClosed && f.tightnessWad == 0) {
            u.borrowFactorBps = target.borrowFactorBps;
        } else if (!isClosed) {
            u.borrowFactorBps = uint16((uint256(target.borrowFactorBps) * (WAD - f.tightnessWad.min(WAD))) / WAD);
        }
        u.calm = f.level == 0 && poolLevel == 0 && !isClosed;
        u.level = uint8(f.level);
        u.loadingPercent = uint8(
            block.timestamp > t.correlatedAt + CORRELATION_MAX_AGE ? FULL_LOADING : t.loadingPercent
        );
        u.discountTenBps = uint8(FixedPointMathLib.divUp(target.discountBps, 10));
        u.grace = f.grace;
        u.reserve = uint128(f.reserve);
    }

    // --- reward ---------------------------------------------------------------------------------------------------

    /// @dev Nothing is paid here: `claim` does that, so that a poke never depends on cash.
    function _reward(Root memory root, Setup memory setup, Moment memory m) private {
        uint256 amount = setup.perPoke;
        if (amount == 0 || block.timestamp < m.rewardedAt + setup.interval) return;
        uint256 day = block.timestamp / 1 days;
        uint256 today = (root.day == day ? root.rewardedToday : 0) + 1;
        if (today * amount > setup.perDay) return;
        m.rewardedAt = block.timestamp;
        (root.day, root.rewardedToday) = (day, today);
        _earn(root, msg.sender, amount);
        emit KeeperRewarded(msg.sender, amount);
    }

    function _requireKnown(address asset, Terms memory t) private pure {
        if (t.depthMaxAge == 0) revert EngineAssetUnknown(asset);
    }
}
