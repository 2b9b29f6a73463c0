// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {BoundedCall} from "../oracle/BoundedCall.sol";
import {DepthMath} from "./DepthMath.sol";

/// @title What selling an asset in a Uniswap v3 pool obtains until its price has fallen by a budget
/// @notice Two answers. The walk over the pool's ticks is what a sale would obtain now, ranges and all. The mean is what it
/// would obtain at the mean price and the harmonic mean of the liquidity in range over a window, so that neither liquidity
/// nor a price that is there for a moment counts. The depth is the lower.
/// @dev Nothing here reverts for a pool's sake: a pool that fails, or answers what no pool answers, has no depth.
library UniswapDepth {
    using BoundedCall for bytes;
    using FixedPointMathLib for uint256;

    enum Status {
        Ok,
        Reverted, // or no contract, or too much gas
        Invalid, // an answer that no pool gives
        NoHistory // it does not remember as far as the window
    }

    struct Budget {
        uint256 keptRootWad; // √(1−p), rounded up. [WAD]
        uint256 tickSpan; // ticks that a fall by p spans, rounded up
        uint256 maxTicks; // initialised ticks that are crossed at most
        uint256 window; // [s]
    }

    struct Measurement {
        Status status;
        uint256 walked; // [loan base units, rounded down]
        uint256 mean; // [loan base units, rounded down]
        uint256 crossed; // initialised ticks that the walk crossed
        bool truncated; // the walk ended at `maxTicks`: there may be more
    }

    /// @dev Where a walk stands.
    struct Walk {
        address pool;
        int256 spacing;
        bool falls; // the asset is token0: selling it lowers the pool's price
        uint256 sqrtX96;
        uint256 targetX96;
        uint256 liquidity;
        int256 word;
        int256 lastWord;
    }

    /// @dev Two binary searches over at most 65 535 observations, all slots cold: 2 × 17 × 2.1k, and some.
    uint256 private constant OBSERVE_GAS = 160_000;
    /// @dev One cold slot of a cold account.
    uint256 private constant SLOT_GAS = 15_000;
    /// @dev Four cold slots.
    uint256 private constant TICK_GAS = 25_000;
    /// @dev As `BoundedCall` would ask for.
    uint256 private constant TICK_GAS_REQUIRED = (TICK_GAS * 64) / 63 + 20_000;
    uint256 private constant MIN_SQRT_X96 = 4_295_128_739;
    uint256 private constant MAX_SQRT_X96 = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342;

    /// @param pool Uniswap v3 pool of the asset and the loan asset.
    /// @param assetIsToken0 Which side of it is the asset.
    /// @param spacing Its tick spacing. [> 0]
    function measure(
        address pool,
        bool assetIsToken0,
        int256 spacing,
        Budget memory budget
    ) internal view returns (Measurement memory m) {
        (bool ok, uint256 sqrtX96, uint256 tickWord) = BoundedCall.readWords(
            pool,
            IUniswapV3Pool.slot0.selector,
            0,
            SLOT_GAS,
            2
        );
        if (!ok) return _failed(Status.Reverted);
        uint256 liquidity;
        (ok, liquidity, ) = BoundedCall.readWords(pool, IUniswapV3Pool.liquidity.selector, 0, SLOT_GAS, 1);
        if (!ok) return _failed(Status.Reverted);
        int256 tick = int256(tickWord);
        if (
            sqrtX96 < MIN_SQRT_X96 ||
            sqrtX96 >= MAX_SQRT_X96 ||
            liquidity > type(uint128).max ||
            tick > TickPrice.MAX_TICK ||
            tick < -TickPrice.MAX_TICK
        ) return _failed(Status.Invalid);

        (m.status, m.mean) = _meanDepth(pool, assetIsToken0, budget);
        if (m.status != Status.Ok) return m;
        uint256 target = _targetX96(sqrtX96, assetIsToken0, budget);
        _walk(m, Walk(pool, spacing, assetIsToken0, sqrtX96, target, liquidity, 0, 0), tick, budget);
        if (m.status != Status.Ok) return _failed(m.status);
    }

    /// @dev Where a sale that begins at a price ends.
    function _targetX96(uint256 sqrtX96, bool falls, Budget memory budget) private pure returns (uint256) {
        return DepthMath.targetX96(sqrtX96, budget.keptRootWad, falls).clamp(MIN_SQRT_X96, MAX_SQRT_X96 - 1);
    }

    /// @notice The lower of the two answers. [loan base units, rounded down]
    function depthOf(Measurement memory m) internal pure returns (uint256) {
        return m.walked.min(m.mean);
    }

    /// @dev What a sale would obtain at the window's mean price, in a range of its harmonic-mean liquidity: the price of the
    /// moment has no part in it.
    /// @return depth [loan base units, rounded down]
    function _meanDepth(address pool, bool falls, Budget memory budget) private view returns (Status, uint256 depth) {
        (Status status, int256 ticks, uint256 liquidity) = _observe(pool, budget.window);
        if (status != Status.Ok) return (status, 0);
        // Rounded to where the asset is worth less.
        int256 tick = _floorDiv(falls ? ticks : -ticks, int256(budget.window));
        if (!falls) tick = -tick;
        if (tick > TickPrice.MAX_TICK || tick < -TickPrice.MAX_TICK) return (Status.Invalid, 0);
        uint256 fromX96 = TickPrice.sqrtPriceX96(int24(tick));
        return (Status.Ok, DepthMath.paidDown(liquidity, fromX96, _targetX96(fromX96, falls, budget), falls));
    }

    /// @return status NoHistory where it fails.
    /// @return ticks Σ tick·seconds over the window.
    /// @return liquidity Harmonic mean, window ÷ Σ seconds/liquidity, rounded down. Liquidity that is added for a second adds
    /// next to nothing to it; liquidity that is taken away for one counts in full.
    function _observe(
        address pool,
        uint256 window
    ) private view returns (Status status, int256 ticks, uint256 liquidity) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = uint32(window);
        (bool ok, bytes memory data) = BoundedCall.read(
            pool,
            abi.encodeCall(IUniswapV3Pool.observe, (ago)),
            OBSERVE_GAS,
            8
        );
        if (!ok) return (Status.NoHistory, 0, 0);
        // Layout: offsets of two arrays, then length 2, earlier, now, of ticks × seconds and of seconds per liquidity.
        if (data.length < 256 || data.word(0) != 64 || data.word(1) != 160) return (Status.Invalid, 0, 0);
        // Uniswap lets the accumulators wrap: so do the differences, once each is cut to its bits.
        uint160 passed;
        unchecked {
            ticks = int56(uint56(data.word(4))) - int56(uint56(data.word(3)));
            passed = uint160(data.word(7)) - uint160(data.word(6));
        }
        return passed == 0 ? (Status.Invalid, int256(0), uint256(0)) : (Status.Ok, ticks, (window << 128) / passed);
    }

    /// @dev Adds up, range by range, what the sale obtains. Sets `walked`, `crossed`, `truncated`, and `status` if the pool
    /// fails on the way.
    function _walk(Measurement memory m, Walk memory w, int256 tick, Budget memory budget) private view {
        uint256 bits;
        {
            // Downwards the first candidate is the multiple at or below the tick; upwards the one above it.
            int256 multiple = _floorDiv(tick, w.spacing);
            int256 end = tick;
            if (w.falls) end -= int256(budget.tickSpan) + 1;
            else (multiple, end) = (multiple + 1, end + int256(budget.tickSpan) + 1);
            w.word = multiple >> 8;
            w.lastWord = _floorDiv(_clampTick(end), w.spacing) >> 8;
            uint256 position = uint8(uint256(multiple));
            bits = w.falls ? type(uint256).max >> (255 - position) : type(uint256).max << position;
        }
        while (true) {
            (bool ok, uint256 flags, ) = BoundedCall.readWords(
                w.pool,
                IUniswapV3Pool.tickBitmap.selector,
                w.word,
                SLOT_GAS,
                1
            );
            if (!ok) {
                m.status = Status.Reverted;
                return;
            }
            if (_walkWord(m, w, flags & bits, budget.maxTicks)) return;
            if (w.falls ? w.word <= w.lastWord : w.word >= w.lastWord) break;
            w.word = w.falls ? w.word - 1 : w.word + 1;
            bits = type(uint256).max;
        }
        m.walked += DepthMath.paidDown(w.liquidity, w.sqrtX96, w.targetX96, w.falls);
    }

    /// @dev The inner loop, of which each round must cost little beside the pool's own 9,300: hence one function, and the
    /// call by hand. Nothing in it can overflow: amounts are below 2^192, as many as there are ticks.
    /// @param flags Ticks of this word that are initialised and ahead.
    /// @return done The walk is over: target, limit or failure.
    function _walkWord(
        Measurement memory m,
        Walk memory w,
        uint256 flags,
        uint256 maxTicks
    ) private view returns (bool done) {
        bool falls = w.falls;
        unchecked {
            while (flags != 0) {
                uint256 position = falls ? LibBit.fls(flags) : LibBit.ffs(flags);
                flags ^= 1 << position;
                int256 tick = ((w.word << 8) + int256(position)) * w.spacing;
                if (uint256(tick + TickPrice.MAX_TICK) > 2 * uint24(TickPrice.MAX_TICK)) {
                    m.status = Status.Invalid;
                    return true;
                }
                uint256 nextX96 = TickPrice.sqrtPriceX96(int24(tick));
                if (falls ? nextX96 <= w.targetX96 : nextX96 >= w.targetX96) {
                    m.walked += DepthMath.paidDown(w.liquidity, w.sqrtX96, w.targetX96, falls);
                    return true;
                }
                m.walked += DepthMath.paidDown(w.liquidity, w.sqrtX96, nextX96, falls);
                w.sqrtX96 = nextX96;
                if (m.crossed == maxTicks) {
                    m.truncated = true;
                    return true;
                }
                ++m.crossed;

                if (gasleft() < TICK_GAS_REQUIRED) revert BoundedCall.OracleGasTooLow(gasleft(), TICK_GAS_REQUIRED);
                address pool = w.pool;
                bytes4 selector = IUniswapV3Pool.ticks.selector;
                bool ok;
                uint256 net;
                assembly ("memory-safe") {
                    mstore(0, selector)
                    mstore(4, tick)
                    ok := staticcall(TICK_GAS, pool, 0, 36, 0, 64)
                    ok := and(ok, gt(returndatasize(), 63))
                    net := mload(32)
                }
                // In a pool neither has more than 128 bits, nor has the sum.
                uint256 liquidity = falls ? w.liquidity - net : w.liquidity + net;
                w.liquidity = liquidity;
                if (!ok || liquidity >> 128 != 0) {
                    m.status = ok ? Status.Invalid : Status.Reverted;
                    return true;
                }
            }
        }
    }

    function _failed(Status status) private pure returns (Measurement memory m) {
        m.status = status;
    }

    function _floorDiv(int256 a, int256 b) private pure returns (int256 quotient) {
        quotient = a / b;
        if (a < 0 && a % b != 0) --quotient;
    }

    function _clampTick(int256 tick) private pure returns (int256) {
        return FixedPointMathLib.clamp(tick, -int256(TickPrice.MAX_TICK), int256(TickPrice.MAX_TICK));
    }
}
