// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ILiquidationSales} from "../interfaces/ILiquidationSales.sol";
import {
    IRepayCallback,
    ISupplyCollateralCallback,
    ITakeBatchCallback,
    ITakeCallback
} from "../interfaces/IPoolCallbacks.sol";
import {ITransferHook} from "./OddTokens.sol";

/// @title Account that does what a test tells it, also when it is called back
/// @dev A script is a list of calls, abi-encoded as `Call[]`. Callbacks run the script that they are passed as `data`;
/// a token's hook runs the one that was set for it, once. A call that fails makes everything fail, with the same error.
contract ScriptedAccount is
    IERC3156FlashBorrower,
    ISupplyCollateralCallback,
    IRepayCallback,
    ITakeCallback,
    ITakeBatchCallback,
    ITransferHook
{
    struct Call {
        address target;
        bytes data;
    }

    bytes32 private _flashAnswer = keccak256("ERC3156FlashBorrower.onFlashLoan");
    bytes private _hookScript;

    /// @param data Calldata of the callback, selector included.
    event CalledBack(address caller, bytes data);
    event Answered(bytes answer);

    function setFlashAnswer(bytes32 answer) external {
        _flashAnswer = answer;
    }

    function setHookScript(bytes calldata script) external {
        _hookScript = script;
    }

    function run(Call[] calldata calls) external {
        _run(calls);
    }

    function onFlashLoan(address, address, uint256, uint256, bytes calldata script) external returns (bytes32) {
        _runScript(script);
        return _flashAnswer;
    }

    function onSupplyCollateral(address, uint256, bytes calldata script) external {
        _runScript(script);
    }

    function onRepay(uint256, bytes calldata script) external {
        _runScript(script);
    }

    function onTake(address, address, uint256, uint256, bytes calldata script) external {
        _runScript(script);
    }

    function onTakeBatch(
        ILiquidationSales.TakeOrder[] calldata,
        uint256[] calldata,
        uint256,
        bytes calldata script
    ) external {
        _runScript(script);
    }

    function onTokenTransfer(address, address, uint256) external {
        bytes memory script = _hookScript;
        if (script.length == 0) return;
        delete _hookScript;
        _runScript(script);
    }

    function _runScript(bytes memory script) private {
        emit CalledBack(msg.sender, msg.data);
        if (script.length != 0) _run(abi.decode(script, (Call[])));
    }

    function _run(Call[] memory calls) private {
        for (uint256 i; i < calls.length; ++i) emit Answered(Address.functionCall(calls[i].target, calls[i].data));
    }
}
