// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Basket, BasketMath} from "../../contracts/libraries/BasketMath.sol";

/// @title What `npm run audit:smt` proves of a basket: the last of sixteen collaterals still fits
contract BasketMathSmt {
    // solhint-disable-next-line gas-calldata-parameters
    function add(Basket memory b, uint128 value, uint128 capacity, uint8 loading) external pure {
        require(capacity <= value && loading <= 100);
        require(b.value < 15 * 2 ** 128 && b.capacity <= b.value);
        require(b.weight < 15 * 2 ** 112 && b.loaded < 15 * 100 * 2 ** 112 && b.own < 15 * 10_000 * 2 ** 224);
        BasketMath.add(b, value, capacity, loading);
    }
}
