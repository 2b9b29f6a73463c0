// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CollateralFactorMath} from "../risk/CollateralFactorMath.sol";
import {ConfirmedAverage} from "../risk/ConfirmedAverage.sol";
import {FactorRamp} from "../risk/FactorRamp.sol";
import {LeverageAverage} from "../risk/LeverageAverage.sol";
import {PortfolioMath} from "../risk/PortfolioMath.sol";

/// @title The internal libraries behind the collateral factors, callable from TypeScript tests
contract FactorMathHarness {
    function timeToLiquidateUp(uint256 exposure, uint256 salePerDay) external pure returns (uint256, bool) {
        return CollateralFactorMath.timeToLiquidateUp(exposure, salePerDay);
    }

    function survivalDown(uint256 zWad, uint256 sigmaWad, uint256 seconds_) external pure returns (uint256) {
        return CollateralFactorMath.survivalDown(zWad, sigmaWad, seconds_);
    }

    function liquidationFactorDown(
        uint256 survivalWad,
        uint256 betaWad,
        uint256 slice,
        uint256 reserve
    ) external pure returns (uint256) {
        return CollateralFactorMath.liquidationFactorDown(survivalWad, betaWad, slice, reserve);
    }

    function healingDebtDown(uint256 collateral, uint256 reserve, uint256 discountWad) external pure returns (uint256) {
        return CollateralFactorMath.healingDebtDown(collateral, reserve, discountWad);
    }

    function haircutUp(
        uint256[] memory values,
        uint256[] memory haircutsBps,
        uint256[] memory correlationsBps
    ) external pure returns (uint256) {
        return PortfolioMath.haircutUp(values, haircutsBps, correlationsBps);
    }

    function marginalFactorDown(
        uint256[] memory values,
        uint256[] memory haircutsBps,
        uint256[] memory correlationsBps,
        uint256 k
    ) external pure returns (uint256) {
        return PortfolioMath.marginalFactorDown(values, haircutsBps, correlationsBps, k);
    }

    function flooredCorrelation(int256 estimateBps, uint256 floorBps) external pure returns (uint256) {
        return PortfolioMath.flooredCorrelation(estimateBps, floorBps);
    }

    function beginRamp(uint256 factorBps, uint256 timestamp) external pure returns (FactorRamp.State memory) {
        return FactorRamp.begin(factorBps, timestamp);
    }

    function stepRamp(
        FactorRamp.State memory state,
        uint256 targetBps,
        bool calm,
        uint256 timestamp
    ) external pure returns (FactorRamp.State memory) {
        FactorRamp.step(state, targetBps, calm, timestamp);
        return state;
    }

    function rampValueAt(FactorRamp.State memory state, uint256 timestamp) external pure returns (uint256) {
        return FactorRamp.valueAt(state, timestamp);
    }

    function leverageUp(uint256 collateral, uint256 debt) external pure returns (uint256) {
        return LeverageAverage.leverageUp(collateral, debt);
    }

    function observeLeverage(
        LeverageAverage.State memory state,
        uint256 leverageWad,
        uint256 tau,
        uint256 timestamp
    ) external pure returns (LeverageAverage.State memory) {
        LeverageAverage.observe(state, leverageWad, tau, timestamp);
        return state;
    }

    function confirmed(uint256 average, uint256 earlier, uint256 latest) external pure returns (uint256) {
        return ConfirmedAverage.confirmed(average, earlier, latest);
    }
}
