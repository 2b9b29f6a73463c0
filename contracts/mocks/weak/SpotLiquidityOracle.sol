// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidityOracle} from "../../interfaces/ILiquidityOracle.sol";
import {DepthMath} from "../../risk/DepthMath.sol";

/// @title Weakened on purpose: depth is what the ticks hold at this very moment, neither averaged nor confirmed
/// @notice For tests, which must be able to fail. Reads the pools of a real oracle.
contract SpotLiquidityOracle {
    ILiquidityOracle private immutable _real;

    constructor(ILiquidityOracle real) {
        _real = real;
    }

    function loanAsset() external view returns (address) {
        return _real.loanAsset();
    }

    function pokeDepth(address) external {}

    function depthOf(address asset) public view returns (uint256 depth, uint256 updatedAt) {
        ILiquidityOracle.PoolDepth[] memory pools = _real.poolsOf(asset);
        for (uint256 i; i < pools.length; ++i) depth += pools[i].walked;
        updatedAt = block.timestamp;
    }

    function depthAndReserveOf(
        address asset
    ) external view returns (uint256 depth, uint256 reserve, uint256 updatedAt) {
        (depth, updatedAt) = depthOf(asset);
        reserve = DepthMath.reserveDown(depth, _real.marketOf(asset).impactBps);
    }
}
