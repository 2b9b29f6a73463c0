// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Lending pool that takes no collateral although it was approved, in the hope of taking it later
/// @dev Only what a router calls on the way up. It pays the venue out of its own balance.
contract LazyLendingPool {
    address public immutable asset;

    constructor(address asset_) {
        asset = asset_;
    }

    function isOperator(address, address) external pure returns (bool) {
        return true;
    }

    function debtSharesOf(address) external pure returns (uint256) {
        return 0;
    }

    function supplyCollateral(address, uint256, address, bytes calldata) external {}

    function borrow(uint256 assets, uint256, address, address receiver) external returns (uint256, uint256) {
        IERC20(asset).transfer(receiver, assets);
        return (assets, assets);
    }
}
