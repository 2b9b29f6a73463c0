// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PriceSelection} from "../libraries/PriceSelection.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {OracleSources} from "./OracleSources.sol";
import {SequencerFeed} from "./SequencerFeed.sol";
import {UniswapTwap} from "./UniswapTwap.sol";

/// @title What the price oracle remembers between polls
/// @notice The latest TWAP, a slow average, since when feed and TWAP disagree, and the last valid price.
abstract contract OracleMemory is OracleSources {
    /// @notice Shortest time between two samples. [s]
    uint256 public constant MIN_POKE_INTERVAL = 12;
    /// @dev A price that stays the same is not written again, for the sake of its time, within this. [s]
    uint256 private constant VALID_SLACK = 5 minutes;

    /// @dev A poke within `MIN_POKE_INTERVAL` of the last does nothing, and so does one while the sequencer is down:
    /// averages advance with time, not with calls.
    function _isDue(address asset, SequencerFeed.State state) internal view returns (bool) {
        return block.timestamp - _snapshot[asset].updatedAt >= MIN_POKE_INTERVAL && state != SequencerFeed.State.Down;
    }

    function _remember(address asset, Asset storage a) internal {
        if (a.kind == Kind.Market) _rememberMarket(asset, a);
        else _rememberShare(asset, a);
    }

    function _rememberShare(address share, Asset storage a) internal {
        Snapshot storage s = _snapshot[share];
        Head memory h = _load(s);
        uint256 rate = _unlockedShareRate(share, a);
        if (rate != 0) {
            s.shareRate = uint216(rate);
            s.shareRateAt = uint40(block.timestamp);
        }
        _finish(share, s, h, _liquidationPrice(share, a));
    }

    /// @return r What the sources say now.
    /// @return h What is remembered from now on.
    /// @return price Liquidation price of this moment; zero: no source is fresh.
    function _rememberMarket(
        address asset,
        Asset storage a
    ) internal returns (Reading memory r, Head memory h, uint256 price) {
        Snapshot storage s = _snapshot[asset];
        h = _load(s);
        h.brokenFeeds = _brokenFeeds(a);
        r = _read(a, h, false, false);
        if (r.isLive) h.twapTick = r.liveTick;
        _advanceEma(a, h, r);
        (h.hasTwap, h.hasSum, h.sum) = (r.isLive, r.hasSum, r.sum);

        // Only a sample of both sources, in the band at its base width, ends a divergence; silence of one does not.
        uint256 quoted = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
        if (r.freshFeeds != 0 && r.twap != 0) {
            if (PriceSelection.inBand(quoted, r.twap, a.bandBps)) {
                (h.divergenceStart, price) = (0, quoted); // nothing to clamp
            } else if (h.divergenceStart == 0) {
                h.divergenceStart = block.timestamp;
            }
        }
        if (price == 0) price = _clamped(a, r, quoted, h.divergenceStart);
        _finish(asset, s, h, price);
    }

    function _finish(address asset, Snapshot storage s, Head memory h, uint256 price) private {
        h.updatedAt = block.timestamp;
        _store(s, h);
        uint256 last = s.lastValidPrice36;
        if (price == 0) {
            price = last;
        } else if (price != last || block.timestamp - s.lastValidAt > VALID_SLACK) {
            (s.lastValidPrice36, s.lastValidAt) = (uint208(price), uint40(block.timestamp));
        }
        emit Poked(asset, int24(h.twapTick), int56(h.emaTickE6), h.divergenceStart, price);
    }

    function _advanceEma(Asset storage a, Head memory h, Reading memory r) private view {
        (int256 sampleE6, uint256 covered) = _sample(a, h, r);
        if (covered == 0) return;
        if (h.hasEma) {
            h.emaTickE6 = TickPrice.emaStep(int56(h.emaTickE6), int56(sampleE6), covered, a.emaTimeConstant);
        } else {
            h.hasEma = true;
            h.emaTickE6 = sampleE6;
        }
    }

    /// @dev What the slow average takes in. With a pool: its mean tick since the last sample, from the accumulator, so
    /// that the moment of poking cannot be chosen to advantage; where neither the oracle nor the pool remembers that far,
    /// the mean over the TWAP window, and with the weight of that window only. Without: the feed.
    /// @return sampleE6 Tick × 1e6.
    /// @return covered Time that it stands for; zero: no sample. [s]
    function _sample(
        Asset storage a,
        Head memory h,
        Reading memory r
    ) private view returns (int256 sampleE6, uint256 covered) {
        uint256 window = a.twapWindow;
        covered = h.updatedAt == 0 ? 1 : block.timestamp - h.updatedAt; // at first any weight: it is taken whole
        if (window != 0) {
            if (h.updatedAt != 0 && covered != window) {
                (bool ok, int256 tick) = _meanSince(a, h, r, covered);
                if (ok) return (tick * 1e6, covered);
            }
            if (r.isLive) return (int256(r.liveTick) * 1e6, covered < window ? covered : window);
        }
        if (r.freshFeeds == 0) return (0, 0);
        return (TickPrice.tickE6(PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds)), covered);
    }

    /// @dev From the sum that was kept at the last sample, which costs nothing to look up; else from the pool.
    function _meanSince(
        Asset storage a,
        Head memory h,
        Reading memory r,
        uint256 covered
    ) private view returns (bool, int24) {
        if (!h.hasSum || !r.hasSum) return UniswapTwap.meanTick(a.link, a.isToken0, uint32(covered));
        unchecked {
            return UniswapTwap.meanOf(r.sum - h.sum, a.isToken0, covered); // wraps, as the pool's sums do
        }
    }
}
