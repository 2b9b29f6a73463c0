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

    /// @dev A poke within `MIN_POKE_INTERVAL` of the last does nothing, and so does one while the sequencer is down:
    /// averages advance with time, not with calls.
    function _poke(address asset) internal {
        Asset storage a = _known(asset);
        if (block.timestamp - _snapshot[asset].updatedAt < MIN_POKE_INTERVAL) return;
        (SequencerFeed.State state, ) = SequencerFeed.read(_sequencerFeed);
        if (state == SequencerFeed.State.Down) return;
        _remember(asset, a);
    }

    function _remember(address asset, Asset storage a) internal {
        Snapshot storage s = _snapshot[asset];
        uint256 price = a.kind == Kind.Market ? _rememberMarket(asset, a, s) : _rememberShare(asset, a, s);
        s.updatedAt = uint40(block.timestamp);
        if (price != 0) {
            s.lastValidPrice36 = uint208(price);
            s.lastValidAt = uint40(block.timestamp);
        }
        emit Poked(asset, s.twapTick, s.emaTickE6, s.divergenceStart, s.lastValidPrice36);
    }

    function _rememberShare(address share, Asset storage a, Snapshot storage s) private returns (uint256) {
        uint256 rate = _unlockedShareRate(share, a);
        if (rate != 0) {
            s.shareRate = uint216(rate);
            s.shareRateAt = uint40(block.timestamp);
        }
        return _liquidationPrice(share, a);
    }

    /// @return Liquidation price of this moment.
    function _rememberMarket(address asset, Asset storage a, Snapshot storage s) private returns (uint256) {
        s.brokenFeeds = _brokenFeeds(a);
        Reading memory r = _read(asset, a, false, false);
        s.hasTwap = r.isLive;
        if (r.isLive) s.twapTick = r.liveTick;
        _advanceEma(a, s, r);

        // Only a sample of both sources, in the band at its base width, ends a divergence; silence of one does not.
        if (r.freshFeeds != 0 && r.twap != 0) {
            uint256 price = PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds);
            if (PriceSelection.inBand(price, r.twap, a.bandBps)) s.divergenceStart = 0;
            else if (s.divergenceStart == 0) s.divergenceStart = uint40(block.timestamp);
        }
        return _clamped(a, r, s.divergenceStart);
    }

    function _advanceEma(Asset storage a, Snapshot storage s, Reading memory r) private {
        (int56 sampleE6, uint256 covered) = _sample(a, s, r);
        if (covered == 0) return;
        if (s.hasEma) {
            s.emaTickE6 = TickPrice.emaStep(s.emaTickE6, sampleE6, covered, a.emaTimeConstant);
        } else {
            s.hasEma = true;
            s.emaTickE6 = sampleE6;
        }
    }

    /// @dev What the slow average takes in. With a pool: its mean tick since the last sample, from the accumulator, so
    /// that the moment of poking cannot be chosen to advantage; where the pool does not remember that far, the mean over
    /// the TWAP window, and with the weight of that window only. Without: the feed.
    /// @return sampleE6 Tick × 1e6.
    /// @return covered Time that it stands for; zero: no sample. [s]
    function _sample(
        Asset storage a,
        Snapshot storage s,
        Reading memory r
    ) private view returns (int56 sampleE6, uint256 covered) {
        uint256 window = a.twapWindow;
        covered = s.updatedAt == 0 ? 1 : block.timestamp - s.updatedAt; // at first any weight: it is taken whole
        if (window != 0) {
            if (s.updatedAt != 0 && covered != window) {
                (bool ok, int24 tick) = UniswapTwap.meanTick(a.link, a.isToken0, uint32(covered));
                if (ok) return (int56(tick) * 1e6, covered);
            }
            if (r.isLive) return (int56(r.liveTick) * 1e6, covered < window ? covered : window);
        }
        if (r.freshFeeds == 0) return (0, 0);
        return (TickPrice.tickE6(PriceSelection.referencePrice(r.feeds, r.twap, r.freshFeeds)), covered);
    }
}
