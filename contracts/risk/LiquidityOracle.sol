// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILiquidityOracle} from "../interfaces/ILiquidityOracle.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {ConfirmedAverage} from "./ConfirmedAverage.sol";
import {DepthMath} from "./DepthMath.sol";
import {UniswapDepth} from "./UniswapDepth.sol";

/// @title Market depth of collateral assets, from Uniswap v3 liquidity
/// @notice Sums up what the configured pools pay until the price has fallen by the budget in each: of a walk over the ticks
/// and the mean liquidity of a window the lower. It is averaged over time, falls faster than it rises, and a sample is
/// believed only when the next one confirms it: liquidity that comes or goes for a block does not count.
contract LiquidityOracle is ILiquidityOracle, AccessManaged {
    using FixedPointMathLib for uint256;
    using UniswapDepth for UniswapDepth.Measurement;

    /// @notice Shortest time between two samples. [s]
    uint256 public constant MIN_POKE_INTERVAL = 12;
    uint256 private constant MAX_POOLS = 4;

    /// @dev 20 + 1 + 3 = 24.
    struct PoolRef {
        address pool;
        bool assetIsToken0;
        uint24 spacing;
    }

    /// @dev First slot: 8 + 4 + 4 + 4 + 3 + 2 + 2 + 1 = 28. Then 24 a pool.
    struct Market {
        uint64 keptRootWad; // √(1−p). [WAD, rounded up]
        uint32 window; // [s]
        uint32 riseTau; // [s]
        uint32 fallTau; // [s]
        uint24 tickSpan; // ticks that a fall by p spans, rounded up
        uint16 impactBps; // p. [bps]
        uint16 maxTicks;
        uint8 poolCount; // 0: unknown
        PoolRef[MAX_POOLS] pools;
    }

    /// @dev All that a result needs, in one slot: 13 + 13 + 4 + 2 = 32.
    struct Depth {
        uint104 average; // [loan base units] 2e13 tokens of 18 decimals; what is more counts as that
        uint104 sample; // the latest
        uint32 updatedAt; // [unix s] 0: the asset is not known
        uint16 tail; // bit i: pool i answered properly; from bit 4 on `Market.impactBps` again
    }

    uint256 private constant IMPACT_FROM = 4; // `MAX_POOLS` bits are below

    /// @inheritdoc ILiquidityOracle
    address public immutable loanAsset;

    mapping(address asset => Market) private _market;
    mapping(address asset => Depth) private _depth;

    constructor(address loanAsset_, address authority_) AccessManaged(authority_) {
        loanAsset = loanAsset_;
    }

    // --- configuration --------------------------------------------------------------------------------------------

    /// @inheritdoc ILiquidityOracle
    function setMarket(address asset, MarketInput calldata config) external restricted {
        _require(asset != loanAsset, "asset", uint160(asset));
        _require(config.pools.length > 0 && config.pools.length <= MAX_POOLS, "pools", config.pools.length);
        _require(config.impactBps >= 10 && config.impactBps <= 2_000, "impactBps", config.impactBps);
        _require(config.maxTicks >= 1 && config.maxTicks <= 512, "maxTicks", config.maxTicks);
        _require(config.window >= 1 minutes && config.window <= 1 days, "window", config.window);
        _require(config.riseTau >= 1 hours && config.riseTau <= 30 days, "riseTau", config.riseTau);
        _require(config.fallTau >= 1 minutes && config.fallTau <= 7 days, "fallTau", config.fallTau);
        _require(config.fallTau < config.riseTau, "fallTau", config.fallTau);

        Market storage m = _market[asset];
        bool comparable = m.poolCount != 0 && m.impactBps == config.impactBps;
        m.keptRootWad = uint64(DepthMath.keptRootUp(config.impactBps));
        m.window = config.window;
        m.riseTau = config.riseTau;
        m.fallTau = config.fallTau;
        m.tickSpan = _tickSpanUp(config.impactBps);
        m.impactBps = config.impactBps;
        m.maxTicks = config.maxTicks;
        m.poolCount = uint8(config.pools.length);
        for (uint256 i; i < MAX_POOLS; ++i) {
            if (i >= config.pools.length) {
                delete m.pools[i];
                continue;
            }
            for (uint256 j; j < i; ++j) _require(config.pools[j] != config.pools[i], "pools", i);
            m.pools[i] = _checkedPool(asset, config.pools[i]);
        }
        PoolDepth[] memory pools = poolsOf(asset);
        for (uint256 i; i < pools.length; ++i) {
            if (pools[i].status != UniswapDepth.Status.Ok) revert DepthPoolRejected(pools[i].pool, pools[i].status);
        }
        emit DepthMarketConfigured(asset, config);

        (uint256 sample, uint256 answering) = _measure(m);
        uint256 average = comparable ? sample.min(_depth[asset].average) : sample;
        _store(asset, average, sample, answering, config.impactBps);
    }

    /// @dev Ticks between a price and 1−p of it: ln(1/(1−p)) / ln(1.0001).
    function _tickSpanUp(uint256 impactBps) private pure returns (uint24) {
        return uint24(uint56(-TickPrice.tickE6((1e4 - impactBps) * 1e32)) / 1e6) + 1;
    }

    function _checkedPool(address asset, address pool) private view returns (PoolRef memory) {
        address token0 = IUniswapV3Pool(pool).token0();
        address token1 = IUniswapV3Pool(pool).token1();
        bool isToken0 = token0 == asset;
        _require((isToken0 ? token1 : token0) == loanAsset && (isToken0 || token1 == asset), "pool", uint160(pool));
        int24 spacing = IUniswapV3Pool(pool).tickSpacing();
        _require(spacing > 0, "tickSpacing", uint256(int256(spacing)));
        return PoolRef(pool, isToken0, uint24(spacing));
    }

    // --- depth ----------------------------------------------------------------------------------------------------

    /// @inheritdoc ILiquidityOracle
    function pokeDepth(address asset) external {
        Market storage m = _known(asset);
        Depth memory d = _depth[asset];
        uint256 elapsed = block.timestamp - d.updatedAt;
        if (elapsed < MIN_POKE_INTERVAL) return;
        (uint256 sample, uint256 answering) = _measure(m);
        // A rise is believed for the window that was measured and no longer. A fall for all the time since the last call.
        uint256 average = ConfirmedAverage.step(
            d.average,
            d.sample,
            sample,
            elapsed.min(m.window),
            m.riseTau,
            elapsed,
            m.fallTau
        );
        _store(asset, average, sample, answering, m.impactBps);
    }

    /// @dev Sum over the pools, each the lower of walk and mean.
    function _measure(Market storage m) private view returns (uint256 sample, uint256 answering) {
        UniswapDepth.Budget memory budget = _budget(m);
        uint256 count = m.poolCount;
        for (uint256 i; i < count; ++i) {
            PoolRef memory p = m.pools[i];
            UniswapDepth.Measurement memory measured = UniswapDepth.measure(
                p.pool,
                p.assetIsToken0,
                int256(uint256(p.spacing)),
                budget
            );
            if (measured.status != UniswapDepth.Status.Ok) continue;
            answering |= 1 << i;
            sample = (sample + measured.depthOf().min(type(uint104).max)).min(type(uint104).max);
        }
    }

    function _store(address asset, uint256 average, uint256 sample, uint256 answering, uint256 impactBps) private {
        uint256 tail = answering | (impactBps << IMPACT_FROM);
        _depth[asset] = Depth(uint104(average), uint104(sample), uint32(block.timestamp), uint16(tail));
        emit DepthPoked(asset, average, sample, answering);
    }

    /// @inheritdoc ILiquidityOracle
    function depthOf(address asset) external view returns (uint256 depth, uint256 updatedAt) {
        _known(asset);
        return (_depth[asset].average, _depth[asset].updatedAt);
    }

    /// @inheritdoc ILiquidityOracle
    function reserveOf(address asset) external view returns (uint256 reserve, uint256 updatedAt) {
        (, reserve, updatedAt) = depthAndReserveOf(asset);
    }

    /// @inheritdoc ILiquidityOracle
    function depthAndReserveOf(address asset) public view returns (uint256 depth, uint256 reserve, uint256 updatedAt) {
        Depth storage d = _depth[asset];
        if (d.updatedAt == 0) revert DepthAssetUnknown(asset);
        (depth, updatedAt) = (d.average, d.updatedAt);
        reserve = DepthMath.reserveDown(depth, d.tail >> IMPACT_FROM);
    }

    // --- diagnostics ----------------------------------------------------------------------------------------------

    /// @inheritdoc ILiquidityOracle
    function poolsOf(address asset) public view returns (PoolDepth[] memory pools) {
        Market storage m = _known(asset);
        UniswapDepth.Budget memory budget = _budget(m);
        pools = new PoolDepth[](m.poolCount);
        for (uint256 i; i < pools.length; ++i) {
            PoolRef memory p = m.pools[i];
            UniswapDepth.Measurement memory measured = UniswapDepth.measure(
                p.pool,
                p.assetIsToken0,
                int256(uint256(p.spacing)),
                budget
            );
            pools[i] = PoolDepth(
                p.pool,
                measured.status,
                measured.walked,
                measured.mean,
                measured.crossed,
                measured.truncated
            );
        }
    }

    /// @inheritdoc ILiquidityOracle
    function marketOf(address asset) external view returns (MarketInput memory config) {
        Market storage m = _known(asset);
        config.pools = new address[](m.poolCount);
        for (uint256 i; i < config.pools.length; ++i) config.pools[i] = m.pools[i].pool;
        config.impactBps = m.impactBps;
        config.maxTicks = m.maxTicks;
        config.window = m.window;
        config.riseTau = m.riseTau;
        config.fallTau = m.fallTau;
    }

    function _budget(Market storage m) private view returns (UniswapDepth.Budget memory) {
        return UniswapDepth.Budget(m.keptRootWad, m.tickSpan, m.maxTicks, m.window);
    }

    function _known(address asset) private view returns (Market storage m) {
        m = _market[asset];
        if (m.poolCount == 0) revert DepthAssetUnknown(asset);
    }

    function _require(bool condition, bytes32 parameter, uint256 value) private pure {
        if (!condition) revert DepthConfigInvalid(parameter, value);
    }
}
