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
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";
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

    /// @dev What a refresh finds, in the order in which it is found.
    struct Findings {
        IPoolRisk.RiskInputs pool;
        IPriceConditions.Conditions price;
        uint256 sigmaWad;
        uint256 depth; // [loan base units] 0: none, or too old to count
        uint256 reserve; // y. [loan base units]
        uint256 moveWad;
        uint256 leverageWad;
        uint256 value; // of the collateral, at its liquidation price. [loan base units]
        uint256 debt; // of the pool. [loan base units]
        uint256 lenderShares;
        uint256 outflowWad;
        ICircuitBreaker.Assessment asset;
        ICircuitBreaker.Assessment whole;
    }

    constructor(
        address pool_,
        address authority_,
        Modules memory modules_
    ) RiskEngineConfig(pool_, authority_, modules_) {}

    // --- entry points ---------------------------------------------------------------------------------------------

    /// @inheritdoc IRiskEngine
    function poke(address asset) external {
        if (_refresh(asset)) _reward(asset);
    }

    /// @inheritdoc IRiskEngine
    function refresh(address asset) external {
        _refresh(asset);
    }

    /// @inheritdoc IRiskEngine
    function pokeCorrelations(address asset) external {
        _knownConfig(asset);
        IVolatilityOracle volatility = IVolatilityOracle(_modules.volatilityOracle);
        address[] memory collaterals = ILendingPool(pool).collateralList();
        uint256 highest;
        for (uint256 i; i < collaterals.length; ++i) {
            address other = collaterals[i];
            if (other == asset) continue;
            highest = highest.max(volatility.isTracked(asset, other) ? volatility.pokePair(asset, other) : WAD);
        }
        AssetState storage s = _state[asset];
        s.loadingPercent = uint8(MarketMath.loadingPercentUp(highest));
        s.correlatedAt = uint32(block.timestamp);
        emit CorrelationsRefreshed(asset, highest);
    }

    /// @inheritdoc IRiskEngine
    function claim(address keeper) external returns (uint256 paid) {
        uint256 earned = _earned[keeper];
        if (earned == 0) return 0;
        _earned[keeper] = 0;
        paid = IPoolRisk(pool).payKeeper(keeper, earned);
        if (paid < earned) _earned[keeper] = earned - paid;
        emit RewardClaimed(keeper, paid);
    }

    // --- refresh --------------------------------------------------------------------------------------------------

    function _refresh(address asset) private returns (bool) {
        AssetConfig memory config = _knownConfig(asset);
        AssetState memory s = _state[asset];
        if (block.timestamp - s.refreshedAt < MIN_REFRESH_INTERVAL) return false;
        Findings memory f;
        f.pool = IPoolRisk(pool).riskInputs(asset);
        IPriceOracle(f.pool.oracle).poke(asset);
        f.price = IPriceConditions(f.pool.oracle).conditionsOf(asset);
        f.sigmaWad = IVolatilityOracle(_modules.volatilityOracle).poke(asset);
        _findDepth(asset, config, f);
        _findMove(s, f);
        _findLeverage(s, f);
        bool grace = _findGrace(s, f);
        _findSizes(s, f);
        IPoolRisk.PoolUpdate memory whole = _limitExits(f);
        _assess(asset, f);
        whole.restricted = f.whole.level == ICircuitBreaker.Level.Restricted;

        s.refreshedAt = uint32(block.timestamp);
        IPoolRisk.RiskUpdate memory update = _factors(asset, config, f, grace);
        update.loadingPercent = _loadingOf(s);
        _state[asset] = s;
        IPoolRisk(pool).applyRisk(asset, update, whole);
        uint256 levels = uint256(f.asset.level) | (uint256(f.whole.level) << 8);
        emit RiskRefreshed(asset, f.sigmaWad, f.reserve, f.leverageWad, f.moveWad, levels);
        return true;
    }

    function _findDepth(address asset, AssetConfig memory config, Findings memory f) private view {
        ILiquidityOracle liquidity = ILiquidityOracle(_modules.liquidityOracle);
        uint256 updatedAt;
        (f.depth, updatedAt) = liquidity.depthOf(asset);
        if (block.timestamp - updatedAt > config.depthMaxAge) f.depth = 0;
        else (f.reserve, ) = liquidity.reserveOf(asset);
        f.reserve = f.reserve.min(type(uint128).max);
    }

    /// @dev The anchor moves on only when it is five minutes old: refreshing more often hides no move.
    function _findMove(AssetState memory s, Findings memory f) private view {
        uint256 price = f.price.feedPrice36 != 0 ? f.price.feedPrice36 : f.price.twap36;
        if (price == 0) return;
        int24 tick = MarketMath.tickOf(price);
        if (s.anchorAt == 0) {
            (s.anchorTick, s.anchorAt) = (tick, uint32(block.timestamp));
            return;
        }
        uint256 elapsed = block.timestamp - s.anchorAt;
        f.moveWad = MarketMath.moveWad(s.anchorTick, tick, elapsed.max(MOVE_WINDOW), f.sigmaWad);
        if (elapsed >= MOVE_WINDOW) (s.anchorTick, s.anchorAt) = (tick, uint32(block.timestamp));
    }

    /// @dev Of a block in which the pool was used already nothing is taken in: a position that comes and goes with a
    /// flash loan leaves no trace.
    function _findLeverage(AssetState memory s, Findings memory f) private {
        LeverageAverage.State memory leverage = _leverage;
        if (!f.pool.touched) {
            Sums storage sums = _sums;
            uint256 total = sums.value;
            if (f.price.liquidationPrice36 != 0) {
                uint256 value = MarketMath.valueOf(f.pool.totalSupplied, f.price.liquidationPrice36);
                if (value != s.value) {
                    total = (total - s.value + value).min(type(uint128).max);
                    (sums.value, s.value) = (uint128(total), uint128(value));
                }
            }
            uint256 sample = LeverageAverage.leverageUp(total, f.pool.debtAssets);
            leverage = LeverageAverage.observe(leverage, sample, _flow.leverageTau, block.timestamp);
            _leverage = leverage;
        }
        f.leverageWad = uint256(leverage.averageWad).max(WAD);
    }

    /// @dev What came or went in this block is not believed: shares for a moment would let others leave faster and thin out
    /// losses, and debt that is repaid for a moment would let its owner borrow more.
    function _findSizes(AssetState memory s, Findings memory f) private {
        uint256 shares = IERC20(pool).totalSupply();
        f.lenderShares = shares;
        f.value = MarketMath.valueOf(f.pool.totalSupplied, f.price.liquidationPrice36);
        f.debt = f.pool.debtAssets;
        Seen memory seen = _seen;
        if (!f.pool.touched) {
            // Interest alone is not worth a write.
            bool isNews = shares != seen.lenderShares || f.debt.dist(seen.debtAssets) > seen.debtAssets >> 12;
            if (isNews) _seen = Seen(uint136(shares.min(type(uint136).max)), uint112(f.debt.min(type(uint112).max)));
            return;
        }
        (f.value, f.debt) = (f.value.max(s.value), f.debt.max(seen.debtAssets));
        if (shares <= seen.lenderShares) return;
        f.lenderShares = seen.lenderShares;
        if (f.lenderShares != 0) f.pool.lenderAssets = f.pool.lenderAssets.fullMulDiv(f.lenderShares, shares);
    }

    /// @dev After prices were gone, or the sequencer was down, borrowers get time to act before they are put up for sale.
    function _findGrace(AssetState memory s, Findings memory f) private view returns (bool) {
        if (f.price.liquidationPrice36 == 0) {
            s.darkAt = uint32(block.timestamp);
            return false;
        }
        return f.price.inGrace || (s.darkAt != 0 && block.timestamp < uint256(s.darkAt) + _flow.outageGrace);
    }

    /// @dev What must stay: all but a share of what is there, or what had to stay already, less what has been let go in the
    /// meantime, whichever is more. Only shares count that were there before this block: who enters and leaves within a
    /// block moves nothing, and who enters for longer bars his own way out.
    function _limitExits(Findings memory f) private view returns (IPoolRisk.PoolUpdate memory u) {
        FlowConfig memory flow_ = _flow;
        if (flow_.exitShareBps == BPS) return u;
        uint256 floor = f.pool.exitFloorShares;
        uint256 allowance = (f.lenderShares * flow_.exitShareBps) / BPS;
        floor = floor.max(f.lenderShares - allowance);
        u.exitFloorShares = uint136(floor.min(type(uint136).max));
        // On its own it falls by the share in a window.
        u.exitRefillPerSecond = uint88((allowance / flow_.exitWindow).min(type(uint88).max));
        f.outflowWad = MarketMath.usedWad(allowance, f.lenderShares.zeroFloorSub(floor));
    }

    function _assess(address asset, Findings memory f) private {
        ICircuitBreaker breaker = ICircuitBreaker(_modules.breaker);
        if (address(breaker) == address(0)) return;
        IVolatilityOracle.Volatility memory v = IVolatilityOracle(_modules.volatilityOracle).volatilityOf(asset);
        ICircuitBreaker.Inputs memory inputs;
        inputs.divergenceWad = MarketMath.divergenceWad(f.price.feedPrice36, f.price.twap36);
        inputs.volatilityExcessWad = MarketMath.ratioWad(v.fastWad.zeroFloorSub(v.slowWad), v.slowWad);
        inputs.moveWad = f.moveWad;
        inputs.sourcesMissing = !f.price.lendable;
        f.asset = breaker.assess(asset, inputs);

        ICircuitBreaker.Inputs memory pooled;
        pooled.outflowWad = f.outflowWad;
        pooled.backlogWad = MarketMath.ratioWad(f.pool.backlog, f.depth);
        pooled.lossWad = MarketMath.ratioWad(f.pool.provision + _recentLoss(f.pool.badDebt), f.pool.lenderAssets);
        f.whole = breaker.assess(pool, pooled);
    }

    /// @dev Losses fade over a day.
    function _recentLoss(uint256 badDebt) private returns (uint256 recent) {
        Losses memory l = _losses;
        uint256 age = block.timestamp - l.updatedAt;
        if (age < LOSS_MEMORY) recent = (uint256(l.recent) * (LOSS_MEMORY - age)) / LOSS_MEMORY;
        if (badDebt == l.seen) return recent;
        recent = (recent + badDebt.zeroFloorSub(l.seen)).min(type(uint112).max);
        _losses = Losses(uint112(badDebt.min(type(uint112).max)), uint112(recent), uint32(block.timestamp));
    }

    function _factors(
        address asset,
        AssetConfig memory config,
        Findings memory f,
        bool grace
    ) private view returns (IPoolRisk.RiskUpdate memory u) {
        uint256 inForce = f.pool.liquidationFactorBps;
        // Whatever the mix of collaterals, no more of this one than carries all of the debt would have to be sold.
        uint256 exposure = MarketMath.exposureUp(f.value, f.debt, inForce);
        ICollateralFactorModel.Targets memory t = ICollateralFactorModel(_modules.factorModel).targets(
            asset,
            ICollateralFactorModel.Inputs({
                sigmaWad: f.sigmaWad,
                exposure: uint128(exposure),
                salePerDay: uint128(((f.depth * config.turnoverPerDayHundredths) / 100).min(type(uint128).max)),
                slice: uint128(((f.depth * config.sliceBps) / BPS).min(type(uint128).max)),
                reserve: uint128(f.reserve),
                leverageWad: uint128(f.leverageWad),
                riseWad: uint128(MarketMath.riseWad(f.price).min(type(uint128).max)),
                liquidationFactorBps: uint16(inForce)
            })
        );
        u.liquidationFactorBps = t.liquidationFactorBps;
        // Continuously down to nothing at the threshold: a cliff that everybody sees is run for.
        uint256 tightness = f.asset.tightnessWad.max(f.whole.tightnessWad).min(WAD);
        bool isClosed = grace || !f.price.lendable;
        u.borrowFactorBps = isClosed ? 0 : uint16((uint256(t.borrowFactorBps) * (WAD - tightness)) / WAD);
        u.calm =
            f.asset.level == ICircuitBreaker.Level.Normal &&
            f.whole.level == ICircuitBreaker.Level.Normal &&
            !isClosed;
        u.level = uint8(f.asset.level);
        u.discountTenBps = uint8(FixedPointMathLib.divUp(t.discountBps, 10));
        u.grace = grace;
        u.reserve = uint128(f.reserve);
    }

    function _loadingOf(AssetState memory s) private view returns (uint8) {
        bool isOld = block.timestamp > uint256(s.correlatedAt) + CORRELATION_MAX_AGE;
        return isOld ? uint8(FULL_LOADING) : s.loadingPercent;
    }

    // --- reward ---------------------------------------------------------------------------------------------------

    /// @dev Nothing is paid here: `claim` does that, so that a poke never depends on cash.
    function _reward(address asset) private {
        RewardConfig memory r = _rewards;
        if (r.perPoke == 0) return;
        AssetState storage s = _state[asset];
        if (block.timestamp < uint256(s.rewardedAt) + r.interval) return;
        Sums storage sums = _sums;
        uint32 day = uint32(block.timestamp / 1 days);
        uint256 today = sums.day == day ? sums.rewardedToday : 0;
        if (today + r.perPoke > r.perDay) return;
        s.rewardedAt = uint32(block.timestamp);
        (sums.day, sums.rewardedToday) = (day, uint96(today + r.perPoke));
        _earned[msg.sender] += r.perPoke;
        emit KeeperRewarded(msg.sender, asset, r.perPoke);
    }

    function _knownConfig(address asset) private view returns (AssetConfig memory config) {
        config = _config[asset];
        if (config.depthMaxAge == 0) revert EngineAssetUnknown(asset);
    }
}
