// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";
import {MockERC20} from "./MockERC20.sol";

/// @title Does several things on a Uniswap v3 pool in one call, pays for them and says how each went
/// @dev For differential tests. What fails changes nothing and is told too.
contract UniswapProbe is IUniswapV3SwapCallback {
    error Tried(bytes answer);

    function run(
        address pool,
        bytes[] calldata data
    ) external returns (bool[] memory succeeded, bytes[] memory answers) {
        succeeded = new bool[](data.length);
        answers = new bytes[](data.length);
        for (uint256 i; i < data.length; ++i) (succeeded[i], answers[i]) = pool.call(data[i]);
    }

    /// @notice What `question` answers after each of the changes alone.
    function tryEach(
        address pool,
        bytes[] calldata changes,
        bytes calldata question
    ) external returns (bytes[] memory reasons) {
        reasons = new bytes[](changes.length);
        for (uint256 i; i < changes.length; ++i) {
            try this.tryAndUndo(pool, changes[i], question) {} catch (bytes memory reason) {
                reasons[i] = reason;
            }
        }
    }

    function tryAndUndo(address pool, bytes calldata change, bytes calldata question) external {
        (bool ok, bytes memory answer) = pool.call(change);
        if (ok) (, answer) = pool.call(question);
        revert Tried(answer);
    }

    /// @inheritdoc IUniswapV3SwapCallback
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        _pay(amount0 > 0 ? uint256(amount0) : 0, amount1 > 0 ? uint256(amount1) : 0);
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata) external {
        _pay(amount0, amount1);
    }

    /// @dev Out of nowhere: a pool never finds that it was not paid.
    function _pay(uint256 amount0, uint256 amount1) private {
        IUniswapV3Pool pool = IUniswapV3Pool(msg.sender);
        if (amount0 != 0) MockERC20(pool.token0()).mint(msg.sender, amount0);
        if (amount1 != 0) MockERC20(pool.token1()).mint(msg.sender, amount1);
    }
}
