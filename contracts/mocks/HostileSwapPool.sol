// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";
import {FixedPriceSwapPool} from "./FixedPriceSwapPool.sol";

/// @title Venue that cheats whoever swaps in it, in one way at a time
contract HostileSwapPool is FixedPriceSwapPool {
    enum Trick {
        None,
        SkipCallback,
        ReplaceData, // calls back with data of its own
        CallBackTwice,
        Reenter, // makes a call before calling back
        Overcharge, // asks for twice the input
        Undersell // delivers half the output
    }

    Trick public trick;
    address public reentered;
    bytes public payload;

    constructor(address base, address quote, uint256 price36_) FixedPriceSwapPool(base, quote, price36_) {}

    function set(Trick trick_, address target_, bytes calldata payload_) external {
        trick = trick_;
        reentered = target_;
        payload = payload_;
    }

    /// @notice Calls a router's callback out of nowhere.
    function callBackUninvited(address router, int256 amount0, int256 amount1, bytes calldata data) external {
        IUniswapV3SwapCallback(router).uniswapV3SwapCallback(amount0, amount1, data);
    }

    function _terms(uint256 used, uint256 out) internal view override returns (uint256, uint256) {
        if (trick == Trick.Overcharge) return (2 * used, out);
        if (trick == Trick.Undersell) return (used, out / 2);
        if (trick == Trick.SkipCallback) return (0, out);
        return (used, out);
    }

    function _callBack(int256 amount0, int256 amount1, bytes calldata data) internal override {
        if (trick == Trick.SkipCallback) return;
        if (trick == Trick.Reenter) {
            (bool ok, bytes memory result) = reentered.call(payload);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(result, 32), mload(result))
                }
            }
        }
        IUniswapV3SwapCallback caller = IUniswapV3SwapCallback(msg.sender);
        if (trick == Trick.ReplaceData) caller.uniswapV3SwapCallback(amount0, amount1, payload);
        else caller.uniswapV3SwapCallback(amount0, amount1, data);
        if (trick == Trick.CallBackTwice) caller.uniswapV3SwapCallback(amount0, amount1, data);
    }
}
