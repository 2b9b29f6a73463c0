// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "./MockERC20.sol";

/// @title Tokens that behave as real ones sometimes do, and should not

/// @dev Keeps a share of every transfer; which share may change later, as with USDT.
contract FeeOnTransferERC20 is MockERC20 {
    uint256 public feeBps;

    constructor(uint8 decimals_, uint256 feeBps_) MockERC20("Fee on transfer", "FEE", decimals_) {
        feeBps = feeBps_;
    }

    function setFee(uint256 feeBps_) external {
        feeBps = feeBps_;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        uint256 fee = (value * feeBps) / 1e4;
        super._update(from, address(0), fee);
        super._update(from, to, value - fee);
    }
}

/// @dev Balances scale with `indexWad`; transfers move rebased amounts.
contract RebasingERC20 is MockERC20 {
    uint256 public indexWad = 1e18;

    constructor(uint8 decimals_) MockERC20("Rebasing", "REB", decimals_) {}

    function rebase(uint256 newIndexWad) external {
        indexWad = newIndexWad;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return (super.balanceOf(account) * indexWad) / 1e18;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, (value * 1e18) / indexWad);
    }
}

/// @dev Answers false instead of reverting.
contract ReturnsFalseERC20 is MockERC20 {
    bool public failing;

    constructor(uint8 decimals_) MockERC20("Returns false", "FALSE", decimals_) {}

    function setFailing(bool value) external {
        failing = value;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return !failing && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return !failing && super.transferFrom(from, to, value);
    }
}

/// @dev Refuses transfers from or to listed addresses (USDC, USDT).
contract BlocklistERC20 is MockERC20 {
    mapping(address account => bool) public isBlocked;

    error Blocked(address account);

    constructor(uint8 decimals_) MockERC20("Blocklist", "BLOCK", decimals_) {}

    function setBlocked(address account, bool value) external {
        isBlocked[account] = value;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, value);
    }
}

interface ITransferHook {
    function onTokenTransfer(address from, address to, uint256 value) external;
}

/// @dev Calls registered senders and receivers during a transfer, as ERC-777 does.
contract HookERC20 is MockERC20 {
    mapping(address account => address) public hookOf;

    constructor(uint8 decimals_) MockERC20("Hooked", "HOOK", decimals_) {}

    function setHook(address hook) external {
        hookOf[msg.sender] = hook;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (hookOf[from] != address(0)) ITransferHook(hookOf[from]).onTokenTransfer(from, to, value);
        super._update(from, to, value);
        if (hookOf[to] != address(0)) ITransferHook(hookOf[to]).onTokenTransfer(from, to, value);
    }
}

/// @dev Returns nothing, as USDT does.
contract NoReturnERC20 {
    string public constant name = "No return";
    string public constant symbol = "NORET";
    uint8 public immutable decimals;
    uint256 public totalSupply;
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}
