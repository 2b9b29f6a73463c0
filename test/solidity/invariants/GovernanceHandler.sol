// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {DutchCurve} from "../../../contracts/liquidation/DutchCurve.sol";
import {StairstepCurve} from "../../../contracts/liquidation/StairstepCurve.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {KinkedRateModel} from "../../../contracts/rates/KinkedRateModel.sol";
import {vm} from "../Vm.sol";
import {OutageHandler} from "./OutageHandler.sol";

/// @title What governance and guardian set, besides factors and engines
/// @notice All of it by INV-10: caps, parameters, curves, rate models, a new collateral, another oracle of the same prices.
contract GovernanceHandler is OutageHandler {
    uint112 private constant UNCAPPED = type(uint112).max;
    /// @dev Each costs time in every check that goes over all of them.
    uint256 private constant MOST_COLLATERALS = 5;

    address[3] private _curves;
    address[2] private _rateModels;
    ConstantPriceOracle private _otherOracle;

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) OutageHandler(pool_, oracle_, tokens, flashBorrower_) {
        _otherOracle = new ConstantPriceOracle(pool_.asset());
        _curves = [
            pool_.collateralConfig(address(tokens[1])).curve,
            address(new DutchCurve(500, 1_000, 30 minutes)),
            address(new StairstepCurve(500, 1_200, 90, 9_900))
        ];
        _rateModels = [
            pool_.poolConfig().interestRateModel,
            address(
                new KinkedRateModel(KinkedRateModel.Params(0, 0.1e18, 0.6e18, 0.8e18, 0.95e18, 0.02e18, 20e18, 6 hours))
            )
        ];
    }

    /// @dev Around what there is, or none.
    function setCaps(uint256 a, uint256 b, uint256 c) external now_ {
        uint256 room = _between(b >> 16, 0, 50_000e6);
        bytes memory data;
        if (a % 3 == 0) {
            data = abi.encodeCall(IPoolAdmin.setPoolCaps, (UNCAPPED, UNCAPPED));
        } else if (a % 3 == 1) {
            data = abi.encodeCall(
                IPoolAdmin.setPoolCaps,
                (uint112(pool.totalAssets() + room), uint112(pool.totals().debtAssets + room / 4))
            );
        } else {
            address token = address(_token(c));
            uint256 units = (room * 1e36) / _priceOf(token);
            uint256 cap = pool.collateralConfig(token).totalSupplied + units;
            if (b % 2 == 0 || cap > UNCAPPED) cap = UNCAPPED;
            data = abi.encodeCall(IPoolAdmin.setCollateralSupplyCap, (token, uint112(cap)));
        }
        _govern(address(pool), address(this), data);
    }

    function setParameter(uint256 a, uint256 b, uint256 c) external now_ {
        uint256 kind = a % 8;
        bytes memory data;
        if (kind == 0) data = abi.encodeCall(IPoolAdmin.setFlashFee, (uint16(_between(b, 0, 50))));
        else if (kind == 1) data = abi.encodeCall(IPoolAdmin.setReserveFactor, (uint16(_between(b, 0, 3_000))));
        else if (kind == 2)
            data = abi.encodeCall(IPoolAdmin.setLiquidationTarget, (uint16(_between(b, 10_100, 11_000))));
        else if (kind == 3) data = abi.encodeCall(IPoolAdmin.setKickTip, (uint80(_between(b, 0, 20e6))));
        else if (kind == 4) data = abi.encodeCall(IPoolAdmin.setMaxCollateralsPerAccount, (uint8(_between(b, 1, 10))));
        else if (kind == 5) data = abi.encodeCall(IPoolAdmin.setInterestRateModel, (_rateModels[b % 2]));
        else if (kind == 6) data = abi.encodeCall(IPoolAdmin.setLiquidationCurve, (address(_token(c)), _curves[b % 3]));
        else data = abi.encodeCall(IPoolAdmin.setMinDebt, (uint96(_between(b, 50e6, 150e6))));
        (bool ok, ) = _govern(address(pool), address(this), data);
        if (!ok || kind != 7) return;
        // A debt that was allowed when it was made stays.
        for (uint256 i; i < ACTORS; ++i)
            smallDebtAllowed[_actor(i)] = pool.debtOf(_actor(i)) < pool.poolConfig().minDebt;
    }

    /// @dev Another oracle of the same prices, all of whose feeds answer, and back again.
    function setOracle(uint256, uint256, uint256) external now_ {
        for (uint256 i; i < _tokens.length; ++i) {
            _otherOracle.setPrice(address(_tokens[i]), _priceOf(address(_tokens[i])));
            _otherOracle.setFresh(address(_tokens[i]), true);
        }
        (bool ok, ) = _govern(
            address(pool),
            address(this),
            abi.encodeCall(IPoolAdmin.setOracle, (address(_otherOracle)))
        );
        if (ok) (_oracle, _otherOracle) = (_otherOracle, _oracle);
    }

    /// @dev A token that all actors have plenty of, worth a tenth of a dollar to a thousand.
    function listCollateral(uint256 a, uint256 b, uint256 c) external now_ {
        if (_tokens.length == MOST_COLLATERALS) return;
        uint256 decimals = _between(a, 6, 18);
        MockERC20 token = new MockERC20("Latecomer", "LATE", uint8(decimals));
        uint256 price36 = (_between(b, 1, 10_000) * 1e5 * 1e36) / 10 ** decimals;
        _oracle.setPrice(address(token), price36);
        uint256 factor = _between(c, 1_000, 9_000);
        (bool ok, ) = _govern(
            address(pool),
            address(this),
            abi.encodeCall(
                IPoolAdmin.listCollateral,
                (
                    IPoolAdmin.CollateralListing(
                        address(token),
                        uint16(factor - 500),
                        uint16(factor),
                        UNCAPPED,
                        _curves[a % 3]
                    )
                )
            )
        );
        if (!ok) return;
        _tokens.push(token);
        _initialPrice36.push(price36);
        for (uint256 i; i < ACTORS; ++i) {
            token.mint(_actor(i), (1e6 * 1e9 * 1e36) / price36);
            vm.prank(_actor(i));
            token.approve(address(pool), type(uint256).max);
        }
    }

    /// @dev What a guardian may: pauses, which governance lifts the next time, and lower caps.
    function tighten(uint256 a, uint256 b, uint256 c) external now_ {
        IPoolTypes.PoolConfig memory config = pool.poolConfig();
        uint256 room = _between(b >> 16, 0, 50_000e6);
        bytes memory data;
        if (config.pauseFlags != 0 && a % 4 != 0) {
            data = abi.encodeCall(IPoolAdmin.setPauseFlags, (0));
        } else if (a % 3 == 0) {
            data = abi.encodeCall(IPoolAdmin.pause, (uint8(_between(b, 1, 15))));
        } else if (a % 3 == 1) {
            uint256 supplyCap = Math.min(config.supplyCap, pool.totalAssets() + room);
            uint256 borrowCap = Math.min(config.borrowCap, pool.totals().debtAssets + room / 4);
            data = abi.encodeCall(IPoolAdmin.lowerPoolCaps, (uint112(supplyCap), uint112(borrowCap)));
        } else {
            address token = address(_token(c));
            uint256 units = (room * 1e36) / _priceOf(token);
            uint256 cap = Math.min(pool.collateralConfig(token).totalSupplied + units, UNCAPPED - 1);
            data = abi.encodeCall(IPoolAdmin.lowerCollateralSupplyCap, (token, uint112(cap)));
        }
        _govern(address(pool), address(this), data);
    }
}
