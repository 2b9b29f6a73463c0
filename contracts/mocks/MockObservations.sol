// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The oracle side of a Uniswap v3 pool, with a settable mean tick, that can fail in every way a pool fails
/// @dev For prices that a real pool takes long to reach, and for answers that no real pool gives.
contract MockObservations {
    enum Mode {
        Normal,
        Reverting,
        GasBomb,
        ShortAnswer,
        OddLayout
    }

    address public immutable token0;
    address public immutable token1;
    Mode public mode;
    int56 public tickTimesSeconds; // change over the window; 0: `tick` × window
    int24 public tick;
    int56 public base; // accumulator at the earlier moment

    error ObservationsDown();

    constructor(address token0_, address token1_, int24 tick_) {
        (token0, token1, tick) = (token0_, token1_, tick_);
    }

    function setTick(int24 newTick) external {
        tick = newTick;
    }

    /// @notice Accumulator values themselves, to test rounding and wrap-around.
    function setAccumulator(int56 base_, int56 change) external {
        (base, tickTimesSeconds) = (base_, change);
    }

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    function observe(uint32[] calldata ago) external view returns (int56[] memory ticks, uint160[] memory liquidity) {
        if (mode == Mode.Reverting) revert ObservationsDown();
        if (mode == Mode.GasBomb) {
            uint256 i;
            while (true) ++i;
        }
        if (mode == Mode.ShortAnswer) {
            assembly {
                mstore(0, 64)
                return(0, 32)
            }
        }
        if (mode == Mode.OddLayout) {
            assembly {
                mstore(0, 96) // the first array is not where it belongs
                return(0, 320)
            }
        }
        ticks = new int56[](2);
        liquidity = new uint160[](2);
        unchecked {
            ticks[0] = base;
            ticks[1] = base + (tickTimesSeconds != 0 ? tickTimesSeconds : tick * int56(uint56(ago[0])));
        }
    }
}
