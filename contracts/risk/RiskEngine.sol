// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {ICollateralFactorModel} from "../interfaces/ICollateralFactorModel.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidityOracle} from "../interfaces/ILiquidityOracle.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {
    DECIMALS_MAY_WAIT,
    EITHER_MAY_WAIT,
    IPriceConditions,
    MEAN_MAY_WAIT,
    QUOTE_MAY_WAIT
} from "../interfaces/IPriceConditions.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
import {EngineWords, Moment, Root, Terms, Whole} from "./EngineWords.sol";
import {LeverageAverage} from "./LeverageAverage.sol";
import {MarketMath} from "./MarketMath.sol";
import {RiskEngineConfig} from "./RiskEngineConfig.sol";

/// @title Joins oracle, volatility, depth, factors and breaker into one snapshot per collateral
/// @dev No call is caught: whatever lacks gas, or is broken, reverts the refresh as a whole, so that nothing is ever judged
/// by half of the answers. Sources that may fail by themselves are read by oracles that do not revert for their sake.
contract RiskEngine is RiskEngineConfig {
    using FixedPointMathLib for uint256;

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
    /// @dev A rise by more than this part is large. [1/16]
    uint256 private constant LARGE_SHIFT = 4;
    uint256 private constant TIGHTNESS_PARTS = 63;
    uint256 private constant RESTRICTED = uint256(ICircuitBreaker.Level.Restricted);
    uint256 private constant MAX_LEVEL = uint256(type(ICircuitBreaker.Level).max);
    /// @dev Tells the pool that nothing is new of it as a whole.
    uint136 private constant KEEP = type(uint136).max;

    /// @dev What a refresh finds, in the order in which it is found.
    struct Findings {
        Moment moment; // as it will be remembered, but for the times of this refresh and of both looks
        uint256 askedAge; // when the volatility was last asked for. [s] 0: now
        uint256 lookedAge; // likewise the look at the whole pool
        bool isWhole; // the pool as a whole is looked at
        bool sampled; // a sample of the volatility was taken
        bool isErrand; // the price oracle asks what it has left, or half of it, and nothing is looked at that can wait
        bool grace;
        uint256 sigmaWad;
        uint256 excessWad; // fast ÷ slow volatility − 1, while it is more
        uint256 depth; // [loan base units] 0: none, or too old to count
        uint256 reserve; // y. [loan base units]
        uint256 moveWad;
        uint256 leverageWad;
        uint256 outflowWad; // share of the lenders' limit that is used up
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
        _refresh(asset);
    }

    /// @inheritdoc IRiskEngine
    function refresh(address asset) external {
        _refresh(asset);
    }

    /// @inheritdoc IRiskEngine
    function pokeCorrelations(address asset) external {
        Terms t = _known(asset);
        IVolatilityOracle volatility = IVolatilityOracle(_setup().volatilityOracle);
        address[] memory collaterals = ILendingPool(pool).collateralList();
        uint256 highest;
        for (uint256 i; i < collaterals.length; ++i) {
            address other = collaterals[i];
            if (other == asset) continue;
            highest = highest.max(volatility.isTracked(asset, other) ? volatility.pokePair(asset, other) : WAD);
        }
        _terms[asset] = t.withLoading(MarketMath.loadingPercentUp(highest), block.timestamp);
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

    /// @dev Both entry points run this very code: told by an argument which it is, the compiler would make it twice, and have no
    /// room left to make it fast.
    function _refresh(address asset) private {
        Terms t = _known(asset);
        Findings memory f;
        f.moment = _moment[asset];
        unchecked {
            uint256 since = block.timestamp - f.moment.refreshedAt(); // not in the future
            if (since < MIN_REFRESH_INTERVAL) return;
            (f.askedAge, f.lookedAge) = (since + f.moment.askedAge(), since + f.moment.lookedAge());
        }
        Root root = _root;
        Setup memory setup = _setupOf(root);
        _findVolatility(asset, setup, f);
        IPoolRisk.RiskInputs memory inputs = IPoolRisk(pool).riskInputs(asset, f.isWhole);
        // What may have been staged is no turn taken: the next refresh looks again.
        if (f.isWhole && !inputs.touched) f.lookedAge = 0;
        IPriceConditions.Conditions memory price = IPriceConditions(_oracleOf(setup, inputs.oracleTag)).pokeConditions(
            asset,
            _patience(f)
        );
        _findDepth(asset, setup, t, f);
        _findMove(price, f);
        _findGrace(setup, price, f);
        // Without a price, what it was is the best that is known.
        uint256 value =
            price.liquidationPrice36 == 0
                ? t.value()
                : MarketMath.valueOf(inputs.totalSupplied, price.liquidationPrice36);
        // What was taken out in this block may be back in a moment.
        if (inputs.touched) value = value.max(t.value());

        IPoolRisk.PoolUpdate memory update = IPoolRisk.PoolUpdate(false, KEEP, 0);
        (uint256 debt, uint256 poolLevel) = _findWhole(asset, setup, t, inputs, price, value, update, f);
        uint256 reward = msg.sig == IRiskEngine.poke.selector ? _reward(root, setup, f) : 0;
        _moment[asset] = f.moment.refreshed(block.timestamp, f.askedAge, f.lookedAge, price.errandDue);
        // Whatever the mix of collaterals, no more of this one than carries all of the debt would have to be sold.
        value = MarketMath.exposureUp(value, debt, inputs.liquidationFactorBps);
        IPoolRisk(pool).applyRisk(
            asset,
            _factors(asset, setup, t, price, f, value, inputs.liquidationFactorBps, poolLevel),
            update
        );
        emit RiskRefreshed(asset, f.sigmaWad, f.leverageWad, f.moveWad, reward);
    }

    /// @dev Asks for the volatility, and decides whether the pool as a whole is looked at: for each collateral at most once a
    /// minute, and in turns, unless one is overdue. A sample of the volatility puts the pool off to the next refresh, but not for
    /// long. So does what the price oracle has left, with both.
    function _findVolatility(address asset, Setup memory setup, Findings memory f) private {
        (uint256 age, uint256 wholeAge) = (f.askedAge, f.lookedAge);
        uint256 patience = f.moment.isErrandDue() ? LOOK_MAX_AGE : LOOK_INTERVAL;
        f.isWhole = wholeAge >= patience;
        if (age >= LOOK_MAX_AGE || (age >= patience && (!f.isWhole || age >= wholeAge))) {
            uint256 fast;
            uint256 slow;
            (f.sigmaWad, fast, slow, f.sampled) = IVolatilityOracle(setup.volatilityOracle).pokeVolatility(asset);
            if (fast > slow) f.excessWad = MarketMath.ratioWad(fast - slow, slow);
            f.moment = f.moment.withVolatility(f.sigmaWad, f.excessWad);
            f.askedAge = 0;
            f.isWhole = wholeAge >= (f.sampled ? 2 * LOOK_MAX_AGE : LOOK_MAX_AGE);
        } else {
            (f.sigmaWad, f.excessWad) = (f.moment.sigmaWad(), f.moment.excessWad());
            f.isErrand = f.moment.isErrandDue() && !f.isWhole;
        }
    }

    /// @dev While a sample of the volatility is taken, the mean price that users of the asset go by is good enough here as well.
    /// What the feeds of the loan asset last said is, unless this is the turn of what the oracle has left.
    function _patience(Findings memory f) private pure returns (uint256) {
        if (f.sampled) return MEAN_MAY_WAIT | QUOTE_MAY_WAIT | DECIMALS_MAY_WAIT;
        if (f.isErrand) return EITHER_MAY_WAIT;
        return f.isWhole ? QUOTE_MAY_WAIT | DECIMALS_MAY_WAIT : QUOTE_MAY_WAIT;
    }

    function _findDepth(address asset, Setup memory setup, Terms t, Findings memory f) private view {
        (uint256 depth, uint256 reserve, uint256 updatedAt) = ILiquidityOracle(setup.liquidityOracle).depthAndReserveOf(
            asset
        );
        unchecked {
            if (block.timestamp - updatedAt > t.depthMaxAge()) return; // what is of the future is of no use either
        }
        (f.depth, f.reserve) = (depth.min(type(uint128).max), reserve.min(type(uint128).max));
    }

    /// @dev The anchor moves on only when it is five minutes old: refreshing more often hides no move.
    function _findMove(IPriceConditions.Conditions memory c, Findings memory f) private view {
        uint256 price = c.feedPrice36 != 0 ? c.feedPrice36 : c.twap36;
        if (price == 0) return;
        int24 tick = MarketMath.tickOf(price);
        uint256 anchorAt = f.moment.anchorAt();
        unchecked {
            uint256 elapsed = block.timestamp - anchorAt; // not in the future
            if (anchorAt != 0) {
                f.moveWad = MarketMath.moveWad(f.moment.anchorTick(), tick, elapsed.max(MOVE_WINDOW), f.sigmaWad);
            }
            if (elapsed >= MOVE_WINDOW) f.moment = f.moment.withAnchor(tick, block.timestamp);
        }
    }

    /// @dev What is remembered of the pool as a whole, brought up to date; and what the breaker says.
    /// @return debt See `_believed`.
    /// @return poolLevel ICircuitBreaker.Level of the pool.
    function _findWhole(
        address asset,
        Setup memory setup,
        Terms t,
        IPoolRisk.RiskInputs memory inputs,
        IPriceConditions.Conditions memory price,
        uint256 value,
        IPoolRisk.PoolUpdate memory update,
        Findings memory f
    ) private returns (uint256 debt, uint256 poolLevel) {
        Whole before = _whole;
        Whole w;
        (w, debt) = _believed(inputs, before, f);
        if (!inputs.touched && price.liquidationPrice36 != 0) w = _findValue(asset, t, w, value, f);
        w = f.isWhole ? _lookAtWhole(setup, inputs, w, update, f) : _findLeverage(w, f);
        w = _assess(asset, setup, inputs, price, w, f);
        poolLevel = w.level();
        if (f.isWhole) update.restricted = poolLevel == RESTRICTED;
        uint256 tightness = w.tightness();
        if (tightness != 0) f.tightnessWad = f.tightnessWad.max((tightness * WAD) / TIGHTNESS_PARTS);
        if (Whole.unwrap(w) != Whole.unwrap(before)) _whole = w;
    }

    /// @dev What all collaterals are worth together, for the pool's leverage. A small change waits for others to join it, and one
    /// that is not large for a refresh that has less to do.
    function _findValue(address asset, Terms t, Whole w, uint256 value, Findings memory f) private returns (Whole) {
        uint256 before = t.value();
        if (FixedPointMathLib.dist(value, before) <= before >> VALUE_SLACK_SHIFT) return w;
        if ((f.isErrand || (f.sampled && !f.isWhole)) && !_isLarge(value, before)) return w;
        (w, _terms[asset]) = _counted(w, t, value);
        return w;
    }

    /// @dev After prices were gone, or the sequencer was down, borrowers get time to act before they are put up for sale.
    function _findGrace(Setup memory setup, IPriceConditions.Conditions memory price, Findings memory f) private view {
        if (price.liquidationPrice36 == 0) {
            f.moment = f.moment.withDarkness(block.timestamp);
            return;
        }
        uint256 darkAt = f.moment.darkAt();
        unchecked {
            f.grace = price.inGrace || (darkAt != 0 && block.timestamp < darkAt + setup.outageGrace); // a day at most
        }
    }

    /// @dev The collateral, and the pool if it is looked at.
    function _assess(
        address asset,
        Setup memory setup,
        IPoolRisk.RiskInputs memory inputs,
        IPriceConditions.Conditions memory price,
        Whole w,
        Findings memory f
    ) private returns (Whole) {
        ICircuitBreaker breaker = ICircuitBreaker(setup.breaker);
        if (address(breaker) == address(0)) return w;
        uint256 lossWad =
            f.isWhole ? MarketMath.ratioWad(inputs.provision + _recentLoss(inputs.badDebt), inputs.lenderAssets) : 0;
        uint256 poolLevel;
        uint256 tightness;
        (f.level, f.tightnessWad, poolLevel, tightness) = breaker.assessWithPool(
            asset,
            MarketMath.divergenceWad(price.feedPrice36, price.twap36),
            f.excessWad,
            f.moveWad,
            MarketMath.ratioWad(inputs.backlog, f.depth),
            !price.lendable,
            f.isWhole ? pool : address(0),
            f.outflowWad,
            lossWad
        );
        if (!f.isWhole) return w;
        if (poolLevel | tightness == 0) return w.withJudgement(0, 0);
        return w.withJudgement((tightness.min(WAD) * TIGHTNESS_PARTS).divUp(WAD), poolLevel.min(MAX_LEVEL));
    }

    // --- the pool as a whole --------------------------------------------------------------------------------------

    function _findLeverage(Whole w, Findings memory f) private pure returns (Whole) {
        f.leverageWad = w.leverageWad().max(WAD);
        return w;
    }

    function _lookAtWhole(
        Setup memory setup,
        IPoolRisk.RiskInputs memory inputs,
        Whole w,
        IPoolRisk.PoolUpdate memory update,
        Findings memory f
    ) private view returns (Whole) {
        f.outflowWad = _limitExits(setup, inputs.exitFloorShares, inputs.lenderShares, update);
        // Of a block in which the pool was used already nothing is taken in: a position that comes and goes with a flash
        // loan leaves no trace. What another asset's refresh took in in this block is not taken in again.
        uint256 sampledAt = w.sampledAt();
        if (inputs.touched || sampledAt == block.timestamp) return _findLeverage(w, f);
        uint256 sample = LeverageAverage.leverageUp(w.totalValue(), inputs.debtAssets);
        uint256 average = sample;
        if (sampledAt != 0) {
            unchecked {
                average = LeverageAverage.next(
                    w.leverageWad(),
                    w.sampleWad(),
                    sample,
                    setup.leverageTau,
                    block.timestamp - sampledAt // not in the future
                );
            }
        }
        f.leverageWad = average.max(WAD);
        return w.withLeverage(average, sample, block.timestamp);
    }

    /// @dev What was there before this block: shares that come for a moment would let others leave faster and thin out losses,
    /// and debt that is repaid for a moment would let its owner borrow more. The shares in `inputs` become those of before, and
    /// the assets those of these shares.
    /// @return debt [loan base units]
    function _believed(
        IPoolRisk.RiskInputs memory inputs,
        Whole w,
        Findings memory f
    ) private pure returns (Whole, uint256 debt) {
        debt = inputs.debtAssets;
        uint256 owed = w.debtAssets();
        if (inputs.touched)
            debt = debt.max(owed);
            // Interest alone is not worth a write.
        else if (debt.dist(owed) > owed >> 12 && (!f.isErrand || _isLarge(debt, owed))) w = w.withDebtAssets(debt);
        if (!f.isWhole) return (w, debt);
        uint256 shares = inputs.lenderShares;
        uint256 before = w.lenderShares();
        if (!inputs.touched) {
            if (shares.dist(before) > before >> EngineWords.SHARES_BITS) w = w.withLenderShares(shares);
        } else if (shares > before) {
            if (before != 0) inputs.lenderAssets = inputs.lenderAssets.fullMulDiv(before, shares);
            inputs.lenderShares = before;
        }
        return (w, debt);
    }

    /// @dev A rise that is remembered whatever else there is to do, so that nobody can take it away for a moment.
    function _isLarge(uint256 amount, uint256 before) private pure returns (bool) {
        return amount > before + (before >> LARGE_SHIFT);
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
        uint256 shareBps = setup.exitShareBps;
        if (shareBps == BPS) {
            u.exitFloorShares = 0;
            return 0;
        }
        uint256 allowance = (shares * shareBps) / BPS;
        unchecked {
            floor = floor.max(shares - allowance); // a share of them
        }
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
        Terms t,
        IPriceConditions.Conditions memory price,
        Findings memory f,
        uint256 exposure,
        uint256 inForce,
        uint256 poolLevel
    ) private view returns (IPoolRisk.RiskUpdate memory) {
        // Depths and factors have 128 bits, limits 24, and times are no later than now.
        unchecked {
            ICollateralFactorModel.Targets memory target = ICollateralFactorModel(setup.factorModel).targets(
                asset,
                ICollateralFactorModel.Inputs({
                    sigmaWad: f.sigmaWad,
                    exposure: uint128(exposure),
                    salePerDay: uint128(((f.depth * t.turnoverPerDayHundredths()) / 100).min(type(uint128).max)),
                    slice: uint128(((f.depth * t.sliceBps()) / BPS).min(type(uint128).max)),
                    reserve: uint128(f.reserve),
                    leverageWad: uint128(f.leverageWad),
                    riseWad: uint128(MarketMath.riseWad(price).min(type(uint128).max)),
                    liquidationFactorBps: uint16(inForce)
                })
            );
            bool isClosed = f.grace || !price.lendable;
            uint256 borrowFactor = isClosed ? 0 : target.borrowFactorBps;
            // Continuously down to nothing at the threshold: a cliff that everybody sees is run for.
            if (f.tightnessWad != 0) borrowFactor = (borrowFactor * (WAD - f.tightnessWad.min(WAD))) / WAD;
            return
                IPoolRisk.RiskUpdate({
                    liquidationFactorBps: target.liquidationFactorBps,
                    borrowFactorBps: borrowFactor,
                    calm: f.level == 0 && poolLevel == 0 && !isClosed,
                    level: f.level,
                    loadingPercent: block.timestamp > t.correlatedAt() + CORRELATION_MAX_AGE
                        ? FULL_LOADING
                        : t.loadingPercent(),
                    discountTenBps: FixedPointMathLib.divUp(target.discountBps, 10),
                    grace: f.grace,
                    reserve: f.reserve
                });
        }
    }

    // --- reward ---------------------------------------------------------------------------------------------------

    /// @dev Nothing is paid here: `claim` does that, so that a poke never depends on cash.
    /// @return amount [loan base units] 0: none
    function _reward(Root root, Setup memory setup, Findings memory f) private returns (uint256 amount) {
        amount = setup.perPoke;
        unchecked {
            // A day at most; counts have 32 bits, amounts 96.
            if (amount == 0 || block.timestamp < f.moment.rewardedAt() + setup.interval) return 0;
            uint256 day = block.timestamp / 1 days;
            uint256 today = root.rewardedOn(day) + 1;
            if (today * amount > setup.perDay || today >> 32 != 0) return 0;
            f.moment = f.moment.withReward(block.timestamp);
            root = root.withReward(day, today);
        }
        _earn(root, msg.sender, amount);
    }

    function _known(address asset) private view returns (Terms t) {
        t = _terms[asset];
        if (t.depthMaxAge() == 0) revert EngineAssetUnknown(asset);
    }
}
