// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ILiquidationModule} from "../../contracts/interfaces/ILiquidationModule.sol";
import {IPoolAdmin} from "../../contracts/interfaces/IPoolAdmin.sol";
import {DutchCurve} from "../../contracts/liquidation/DutchCurve.sol";
import {FixedBonusCurve} from "../../contracts/liquidation/FixedBonusCurve.sol";
import {LiquidationModule} from "../../contracts/liquidation/LiquidationModule.sol";
import {ConstantPriceOracle} from "../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../contracts/pool/LendingPool.sol";
import {PoolAdminModule} from "../../contracts/pool/PoolAdminModule.sol";
import {PoolRiskModule} from "../../contracts/pool/PoolRiskModule.sol";
import {KinkedRateModel} from "../../contracts/rates/KinkedRateModel.sol";
import {vm} from "./Vm.sol";

/// @title A pool of real parts with a hand-set oracle
/// @notice Loan asset of 6 decimals; collaterals of 18, 8, 6 and 27 decimals: a volatile token, a dearer one, a stable one, a fine-grained one.
/// The test contract holds the admin role of the `AccessManager` and so administers without delay.
abstract contract PoolSetup {
    uint256 internal constant COLLATERALS = 4;
    /// @dev Prices of one whole token. [whole loan assets]
    uint256 internal constant PRICE_0 = 2_000;
    uint256 internal constant PRICE_1 = 60_000;
    uint256 internal constant PRICE_2 = 1;
    uint256 internal constant PRICE_3 = 500;

    MockERC20 internal loan;
    MockERC20[COLLATERALS] internal tokens;
    AccessManager internal manager;
    ConstantPriceOracle internal oracle;
    KinkedRateModel internal rateModel;
    FixedBonusCurve internal fixedCurve;
    DutchCurve internal dutchCurve;
    LendingPool internal pool;

    /// @dev Collateral 0 is sold by Dutch auction, the others at a fixed bonus of 5 %.
    function _deployPool() internal {
        loan = new MockERC20("US Dollar", "USD", 6);
        tokens[0] = new MockERC20("Ether", "ETH", 18);
        tokens[1] = new MockERC20("Bitcoin", "BTC", 8);
        tokens[2] = new MockERC20("Stable", "STB", 6);
        tokens[3] = new MockERC20("Ray", "RAY", 27);
        manager = new AccessManager(address(this));
        oracle = new ConstantPriceOracle(address(loan));
        rateModel = new KinkedRateModel(
            KinkedRateModel.Params(0.005e18, 0.05e18, 0.75e18, 0.9e18, 0.97e18, 0.05e18, 10e18, 12 hours)
        );
        fixedCurve = new FixedBonusCurve(500);
        dutchCurve = new DutchCurve(500, 1_000, 30 minutes);
        pool = new LendingPool(
            LendingPool.Params({
                asset: address(loan),
                name: "Breakwater USD",
                symbol: "bwUSD",
                authority: address(manager),
                oracle: address(oracle),
                interestRateModel: address(rateModel),
                liquidationModule: address(new LiquidationModule(address(loan))),
                adminModule: address(new PoolAdminModule(address(loan))),
                riskModule: address(new PoolRiskModule(address(loan)))
            })
        );
        _list(0, PRICE_0, 7_500, 8_000, address(dutchCurve));
        _list(1, PRICE_1, 7_000, 7_500, address(fixedCurve));
        _list(2, PRICE_2, 8_500, 9_000, address(fixedCurve));
        _list(3, PRICE_3, 6_000, 7_000, address(dutchCurve));
        _admin().setMinDebt(100e6);
        _admin().setReserveFactor(1_000);
    }

    function _list(uint256 index, uint256 price, uint16 borrowBps, uint16 liquidationBps, address curve) private {
        oracle.setPrice(address(tokens[index]), _price36(index, price));
        _admin().listCollateral(
            IPoolAdmin.CollateralListing(address(tokens[index]), borrowBps, liquidationBps, type(uint112).max, curve)
        );
    }

    /// @dev Loan base units per collateral base unit, × 1e36.
    function _price36(uint256 index, uint256 wholePrice) internal view returns (uint256) {
        return (wholePrice * 1e36 * 1e6) / 10 ** tokens[index].decimals();
    }

    function _admin() internal view returns (IPoolAdmin) {
        return IPoolAdmin(address(pool));
    }

    function _liquidation() internal view returns (ILiquidationModule) {
        return ILiquidationModule(address(pool));
    }

    /// @dev Gives `user` tokens of every kind and lets the pool pull them.
    function _fund(address user, uint256 wholeUnits) internal {
        _fundToken(loan, user, wholeUnits * 1e6);
        for (uint256 i; i < COLLATERALS; ++i) _fundToken(tokens[i], user, wholeUnits * 10 ** tokens[i].decimals());
    }

    function _fundToken(MockERC20 token, address user, uint256 amount) private {
        token.mint(user, amount);
        vm.prank(user);
        token.approve(address(pool), type(uint256).max);
    }

    function _between(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + (value % (max - min + 1));
    }
}
