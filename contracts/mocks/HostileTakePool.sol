// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ITakeCallback} from "../interfaces/IPoolCallbacks.sol";

/// @title Lending pool that sells collateral on terms of its own
/// @dev Only what a flash liquidator calls. It sells out of its own balance.
contract HostileTakePool {
    using SafeERC20 for IERC20;

    struct Terms {
        uint256 amount; // sold, and said to be [collateral base units]
        uint256 repay; // said to be pulled [loan base units]
        uint256 pulled; // really [loan base units]
        uint256 callbacks; // how many
        bytes data; // passed on instead of the caller's
    }

    address public immutable asset;
    Terms private _terms;

    constructor(address asset_) {
        asset = asset_;
    }

    function set(Terms calldata terms) external {
        _terms = terms;
    }

    function take(
        address account,
        address collateral,
        uint256,
        uint256,
        address receiver,
        bytes calldata
    ) external returns (uint256, uint256) {
        Terms memory t = _terms;
        IERC20(collateral).safeTransfer(receiver, t.amount);
        for (uint256 i; i < t.callbacks; ++i) {
            ITakeCallback(msg.sender).onTake(account, collateral, t.amount, t.repay, t.data);
        }
        if (t.pulled != 0) IERC20(asset).safeTransferFrom(msg.sender, address(this), t.pulled);
        return (t.amount, t.repay);
    }

    /// @notice Uses an allowance that it was left.
    function grab(IERC20 token, address from, uint256 amount) external {
        token.safeTransferFrom(from, address(this), amount);
    }
}
