// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Flash borrower that takes loans itself, from whichever protocol, and does nothing with them
/// @dev For comparisons of gas: some lenders call back whoever calls them, so that a loan can begin in a contract only. What
/// this contract does is the same for all.
contract FlashStarter is IERC3156FlashBorrower {
    constructor(IERC20 token, address[] memory lenders) {
        for (uint256 i; i < lenders.length; ++i) token.approve(lenders[i], type(uint256).max);
    }

    /// @param data The lender's call.
    function start(address lender, bytes calldata data) external {
        (bool ok, bytes memory reason) = lender.call(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @inheritdoc IERC3156FlashBorrower
    function onFlashLoan(address, address, uint256, uint256, bytes calldata) external pure returns (bytes32) {
        return keccak256("ERC3156FlashBorrower.onFlashLoan");
    }

    /// @notice Aave v3's callback.
    function executeOperation(address, uint256, uint256, address, bytes calldata) external pure returns (bool) {
        return true;
    }

    /// @notice Morpho Blue's callback.
    function onMorphoFlashLoan(uint256, bytes calldata) external pure {}
}
