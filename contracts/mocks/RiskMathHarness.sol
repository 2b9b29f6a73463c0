// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BreakerMath} from "../breaker/BreakerMath.sol";
import {Basket, BasketMath} from "../libraries/BasketMath.sol";
import {DepthMath} from "../risk/DepthMath.sol";
import {MarketMath} from "../risk/MarketMath.sol";
import {VolatilityMath} from "../risk/VolatilityMath.sol";

/// @title The internal libraries behind the risk engine, callable from TypeScript tests
contract RiskMathHarness {
    using BasketMath for Basket;

    function sigmaUp(
        uint256 fastWad,
        uint256 slowWad,
        uint256 stressWad,
        uint256 impliedWad,
        uint256 floorWad
    ) external pure returns (uint256) {
        return VolatilityMath.selectUp(fastWad, slowWad, stressWad, impliedWad, floorWad);
    }

    function reserveDown(uint256 depth, uint256 impactBps) external pure returns (uint256) {
        return DepthMath.reserveDown(depth, impactBps);
    }

    function tightnessUp(uint256 valueWad, uint256 cautionWad, uint256 restrictedWad) external pure returns (uint256) {
        return BreakerMath.tightnessUp(valueWad, cautionWad, restrictedWad);
    }

    function exposureUp(uint256 value, uint256 debt, uint256 liquidationFactorBps) external pure returns (uint256) {
        return MarketMath.exposureUp(value, debt, liquidationFactorBps);
    }

    function moveWad(int24 from, int24 to, uint256 elapsed, uint256 sigmaWad) external pure returns (uint256) {
        return MarketMath.moveWad(from, to, elapsed, sigmaWad);
    }

    function loadingPercentUp(uint256 rhoWad) external pure returns (uint256) {
        return MarketMath.loadingPercentUp(rhoWad);
    }

    function usedWad(uint256 allowance, uint256 left) external pure returns (uint256) {
        return MarketMath.usedWad(allowance, left);
    }

    function ratioWad(uint256 a, uint256 b) external pure returns (uint256) {
        return MarketMath.ratioWad(a, b);
    }

    function divergenceWad(uint256 a, uint256 b) external pure returns (uint256) {
        return MarketMath.divergenceWad(a, b);
    }

    function basketDown(
        uint256[] calldata values,
        uint256[] calldata capacities,
        uint256[] calldata loadings
    ) external pure returns (uint256) {
        Basket memory b;
        for (uint256 i; i < values.length; ++i) b.add(values[i], capacities[i], loadings[i]);
        return b.capacityDown();
    }
}
