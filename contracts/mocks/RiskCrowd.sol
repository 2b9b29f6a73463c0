// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {MockERC20} from "./MockERC20.sol";

/// @title Many borrowers in few transactions
/// @dev For tests, the demo and the bench. Each is an account of its own that does nothing any more once it has borrowed.
contract RiskCrowd {
    /// @dev What one of them puts up, and what it owes; 0: nothing. Tokens are minted; of a share, the crowd must hold enough.
    struct Order {
        address[] tokens;
        uint256[] amounts;
        uint256 debt;
    }

    /// @param mintable Bit i: token i of each order is a `MockERC20`.
    function open(ILendingPool pool, Order[] calldata orders, uint256 mintable) external {
        for (uint256 i; i < orders.length; ++i) new RiskCrowdMember(pool, orders[i], mintable);
    }

    /// @dev A member asks for what cannot be minted.
    function give(IERC20 token, uint256 amount) external {
        token.transfer(msg.sender, amount);
    }
}

/// @dev All that it ever does is in its constructor.
contract RiskCrowdMember {
    constructor(ILendingPool pool, RiskCrowd.Order memory order, uint256 mintable) {
        for (uint256 i; i < order.tokens.length; ++i) {
            address token = order.tokens[i];
            uint256 amount = order.amounts[i];
            if ((mintable >> i) & 1 != 0) MockERC20(token).mint(address(this), amount);
            else RiskCrowd(msg.sender).give(IERC20(token), amount);
            IERC20(token).approve(address(pool), amount);
            pool.supplyCollateral(token, amount, address(this), "");
        }
        if (order.debt != 0) pool.borrow(order.debt, 0, address(this), address(this));
    }
}
