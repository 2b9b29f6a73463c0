// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title OpenZeppelin's ERC-4626 vault, open to donations, that can claim to be locked and can break
contract MockVault is ERC4626 {
    bool public locked;
    bool public broken;

    error VaultDown();

    constructor(IERC20 asset_) ERC20("Mock vault", "vMOCK") ERC4626(asset_) {}

    function setLocked(bool locked_) external {
        locked = locked_;
    }

    function setBroken(bool broken_) external {
        broken = broken_;
    }

    /// @notice Assets lost, as in a hack.
    function lose(uint256 assets) external {
        SafeERC20.safeTransfer(IERC20(asset()), address(0xdead), assets);
    }

    function totalAssets() public view override returns (uint256) {
        if (broken) revert VaultDown();
        return super.totalAssets();
    }
}
