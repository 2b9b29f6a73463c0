// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title Vault that burns shares, sends assets and only then writes down that they are gone
/// @dev In between its rate is too high, and a token with hooks lets everybody look at it: read-only re-entrancy. It is honest
/// enough to say that it is locked.
contract SendFirstVault is ERC4626 {
    uint256 private _assets;
    bool public locked;

    constructor(IERC20 asset_) ERC20("Sends first", "vSEND") ERC4626(asset_) {}

    function totalAssets() public view override returns (uint256) {
        return _assets;
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        super._deposit(caller, receiver, assets, shares);
        _assets += assets;
    }

    function _withdraw(
        address caller,
        address receiver,
        address owner,
        uint256 assets,
        uint256 shares
    ) internal override {
        locked = true;
        super._withdraw(caller, receiver, owner, assets, shares);
        _assets -= assets;
        locked = false;
    }
}
