// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationMath} from "../../contracts/libraries/LiquidationMath.sol";

/// @title What `npm run audit:smt` proves of the size of a sale
contract LiquidationMathSmt {
    function repayToTargetUp(
        uint112 debt,
        uint256 capacity,
        uint16 targetHealthBps,
        uint256 factorWad,
        uint256 priceFactorWad
    ) external pure {
        require(targetHealthBps > 10_000 && factorWad <= 1e18 && priceFactorWad > 0 && priceFactorWad < 2 ** 64);
        uint256 repay = LiquidationMath.repayToTargetUp(debt, capacity, targetHealthBps, factorWad, priceFactorWad);
        assert(repay <= debt);
    }
}
