// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidityOracle} from "../../interfaces/ILiquidityOracle.sol";

/// @title Weakened on purpose: its average moves by an eighth of the way with every call, however soon
/// @notice For tests, which must be able to fail. Reads the pools of a real oracle.
contract PerCallLiquidityOracle {
    ILiquidityOracle private immutable _real;
    mapping(address asset => uint256) private _average;

    constructor(ILiquidityOracle real) {
        _real = real;
    }

    function pokeDepth(address asset) external {
        uint256 sample = _real.poolsOf(asset)[0].walked;
        uint256 average = _average[asset];
        _average[asset] = average == 0 ? sample : (average * 7 + sample) / 8;
    }

    function depthOf(address asset) external view returns (uint256 depth, uint256 updatedAt) {
        return (_average[asset], block.timestamp);
    }
}
