// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Pool that asks one more for every unit that it sells
contract RisingOffer {
    uint256 private immutable _first;
    uint256 private immutable _most;

    constructor(uint256 first, uint256 most) {
        (_first, _most) = (first, most);
    }

    /// @dev As `ILiquidationModule.quoteTake`.
    function quoteTake(
        address,
        address,
        uint256 maxCollateral
    ) external view returns (uint256 amount, uint256 repay, uint256 price36) {
        amount = maxCollateral < _most ? maxCollateral : _most;
        repay = _first * amount + (amount * (amount + 1)) / 2;
        price36 = (repay * 1e36) / amount;
    }
}
