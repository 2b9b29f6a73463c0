// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";

/// @title Reads a price from within a flash loan, and passes on how that read failed
contract LockedReader is IERC3156FlashBorrower {
    address private _oracle;
    bytes private _call;

    /// @notice Takes a flash loan and makes `call_` to `oracle` inside. Reverts as that call reverts.
    function readInsideFlashLoan(
        IERC3156FlashLender pool,
        address token,
        address oracle,
        bytes calldata call_
    ) external {
        (_oracle, _call) = (oracle, call_);
        pool.flashLoan(this, token, 1, "");
    }

    function onFlashLoan(
        address,
        address token,
        uint256 amount,
        uint256 fee,
        bytes calldata
    ) external returns (bytes32) {
        (bool ok, bytes memory data) = _oracle.call(_call);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(data, 32), mload(data))
            }
        }
        IERC20(token).approve(msg.sender, amount + fee);
        return keccak256("ERC3156FlashBorrower.onFlashLoan");
    }
}
