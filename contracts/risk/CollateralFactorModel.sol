// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICollateralFactorModel} from "../interfaces/ICollateralFactorModel.sol";
import {CollateralFactorMath} from "./CollateralFactorMath.sol";

/// @title Collateral factors that follow volatility and liquidity
contract CollateralFactorModel is ICollateralFactorModel, AccessManaged {
    using CollateralFactorMath for uint256;
    using FixedPointMathLib for uint256;

    mapping(address asset => Parameters) private _parameters;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc ICollateralFactorModel
    function setParameters(address asset, Parameters calldata p) external restricted {
        _check("z", p.zHundredths, 100, 1_000);
        _check("beta", p.betaBps, 0, 2_000);
        _check("buffer", p.bufferBps, 500, 9_000);
        _check("maxLiquidationFactor", p.maxLiquidationFactorBps, 1, 9_800);
        _check("minLiquidationFactor", p.minLiquidationFactorBps, 0, p.maxLiquidationFactorBps);
        _check("freeLeverage", p.freeLeverageBps, 10_000, type(uint16).max);
        _check("leverageSlope", p.leverageSlopeBps, 0, 10_000);
        _check("freeRise", p.freeRiseBps, 0, 10_000);
        _check("riseSlope", p.riseSlopeBps, 0, 10_000);
        _check("maxAddOn", p.maxAddOnBps, 0, 5_000);
        _parameters[asset] = p;
        emit FactorParametersSet(asset, p);
    }

    /// @inheritdoc ICollateralFactorModel
    function parametersOf(address asset) external view returns (Parameters memory) {
        return _known(asset);
    }

    /// @inheritdoc ICollateralFactorModel
    function targets(address asset, Inputs calldata inputs) external view returns (Targets memory t) {
        Parameters storage p = _known(asset);
        (uint256 time, bool beyond) = CollateralFactorMath.timeToLiquidateUp(inputs.exposure, inputs.salePerDay);
        t.timeToLiquidate = uint32(time);
        t.discountBps = p.betaBps;
        t.borrowingStopped = beyond || inputs.reserve == 0;
        uint256 factorWad = CollateralFactorMath.liquidationFactorDown(
            CollateralFactorMath.survivalDown(uint256(p.zHundredths) * 1e16, inputs.sigmaWad, time),
            CollateralFactorMath.toWad(p.betaBps),
            inputs.slice,
            inputs.reserve
        );
        t.liquidationFactorBps = uint16(
            factorWad.toBpsDown().clamp(p.minLiquidationFactorBps, p.maxLiquidationFactorBps)
        );
        if (t.borrowingStopped) return t;
        // The bound from below is for those who owe already: it does not lend.
        uint256 lendOnWad = factorWad.min(CollateralFactorMath.toWad(p.maxLiquidationFactorBps)).min(
            CollateralFactorMath.toWad(inputs.liquidationFactorBps)
        );
        t.borrowFactorBps = uint16(
            lendOnWad.borrowFactorDown(CollateralFactorMath.toWad(p.bufferBps), _addOnUp(p, inputs)).toBpsDown()
        );
    }

    /// @inheritdoc ICollateralFactorModel
    function healingDebt(address asset, uint128 collateral, uint128 reserve) external view returns (uint256) {
        return
            CollateralFactorMath.healingDebtDown(
                collateral,
                reserve,
                CollateralFactorMath.toWad(_known(asset).betaBps)
            );
    }

    function _addOnUp(Parameters storage p, Inputs calldata inputs) private view returns (uint256) {
        return
            CollateralFactorMath.addOnUp(
                inputs.leverageWad,
                CollateralFactorMath.toWad(p.freeLeverageBps),
                CollateralFactorMath.toWad(p.leverageSlopeBps),
                inputs.riseWad,
                CollateralFactorMath.toWad(p.freeRiseBps),
                CollateralFactorMath.toWad(p.riseSlopeBps),
                CollateralFactorMath.toWad(p.maxAddOnBps)
            );
    }

    function _known(address asset) private view returns (Parameters storage p) {
        p = _parameters[asset];
        if (p.zHundredths == 0) revert FactorAssetUnknown(asset);
    }

    function _check(bytes32 parameter, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert FactorParameterOutOfRange(parameter, value, min, max);
    }
}
