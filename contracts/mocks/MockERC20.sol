// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Token that anyone may mint and burn
/// @dev For tests, the demo deployment and the lab, where minting mirrors trades on an exchange that is off chain.
contract MockERC20 is ERC20 {
    uint8 private immutable _decimals;

    error MintLengthMismatch(uint256 accounts, uint256 amounts);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) {
        _decimals = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Mints `amounts[i]` to `accounts[i]`: the lab funds a population in few transactions.
    function mintBatch(address[] calldata accounts, uint256[] calldata amounts) external {
        if (accounts.length != amounts.length) revert MintLengthMismatch(accounts.length, amounts.length);
        for (uint256 i; i < accounts.length; ++i) _mint(accounts[i], amounts[i]);
    }

    function burn(address from, uint256 amount) external {
        _burn(from, amount);
    }
}
