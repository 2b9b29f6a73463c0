// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {HookERC20, ITransferHook} from "./OddTokens.sol";

/// @title Calls a contract from within a token transfer that a vault makes, and passes on how that call failed
/// @dev Read-only re-entrancy: the vault is then in the middle of a change.
contract TransferHookReader is ITransferHook {
    address private _target;
    bytes private _call;
    bytes public answer;

    /// @notice Deposits into `vault`, whose asset calls this contract's hook, and makes `call_` to `target` inside.
    /// Reverts as that call reverts.
    function depositAndCall(IERC4626 vault, uint256 amount, address target, bytes calldata call_) external {
        HookERC20 token = HookERC20(vault.asset());
        token.approve(address(vault), amount);
        (_target, _call) = (target, call_);
        token.setHook(address(this));
        vault.deposit(amount, address(this));
        token.setHook(address(0));
    }

    function onTokenTransfer(address, address, uint256) external {
        (bool ok, bytes memory data) = _target.call(_call);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(data, 32), mload(data))
            }
        }
        answer = data;
    }
}
