// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The accumulator of a Uniswap v3 pool over any path of ticks
/// @dev For paths that trades in a real pool would take days to draw. The path is told afterwards, in pieces: after the
/// last one its tick stays. It counts like the real one, wrap-around included, and remembers everything until told to
/// forget.
contract MockTickPool {
    struct Point {
        uint64 time; // [unix s]
        int24 tick; // from then on
        int56 sum; // until then; wraps
    }

    address public immutable token0;
    address public immutable token1;
    bool public silent;
    Point[] private _points;
    uint256 private _oldest;

    error OLD();
    error MockPoolSilent();
    error MockPathOutOfOrder(uint256 time);

    constructor(address token0_, address token1_, int24 tick, int56 sum) {
        (token0, token1) = (token0_, token1_);
        _points.push(Point(uint64(block.timestamp - 1 days), tick, sum));
    }

    /// @notice Continues the path: `ticks[i]` from `times[i]` on. [unix s, ascending, not in the future]
    function tell(uint256[] calldata times, int24[] calldata ticks) external {
        Point memory p = _points[_points.length - 1];
        for (uint256 i; i < ticks.length; ++i) {
            if (times[i] < p.time || times[i] > block.timestamp) revert MockPathOutOfOrder(times[i]);
            p.sum = _after(p, times[i] - p.time);
            (p.time, p.tick) = (uint64(times[i]), ticks[i]);
            _points.push(p);
        }
    }

    function forgetBefore(uint256 time) external {
        _oldest = time;
    }

    function setSilent(bool isSilent) external {
        silent = isSilent;
    }

    function observe(uint32[] calldata ago) external view returns (int56[] memory sums, uint160[] memory liquidity) {
        if (silent) revert MockPoolSilent();
        sums = new int56[](ago.length);
        liquidity = new uint160[](ago.length);
        for (uint256 i; i < ago.length; ++i) sums[i] = _sumAt(block.timestamp - ago[i]);
    }

    function _sumAt(uint256 time) private view returns (int56) {
        if (time < _oldest) revert OLD();
        for (uint256 i = _points.length; i > 0; --i) {
            Point memory p = _points[i - 1];
            if (p.time <= time) return _after(p, time - p.time);
        }
        revert OLD();
    }

    function _after(Point memory p, uint256 passed) private pure returns (int56) {
        unchecked {
            return p.sum + int56(p.tick) * int56(uint56(passed));
        }
    }
}
