// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Flash borrower that does nothing with the loan
/// @dev Its standing allowance lets the lender take the loan back, so that a loan costs the lender's gas and little else.
contract MockFlashBorrower is IERC3156FlashBorrower {
    constructor(IERC20 token, address lender) {
        token.approve(lender, type(uint256).max);
    }

    function onFlashLoan(address, address, uint256, uint256, bytes calldata) external pure returns (bytes32) {
        return keccak256("ERC3156FlashBorrower.onFlashLoan");
    }
}
