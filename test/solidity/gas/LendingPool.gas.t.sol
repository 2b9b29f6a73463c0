// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockFlashBorrower} from "../../../contracts/mocks/MockFlashBorrower.sol";
import {PoolSetup} from "../PoolSetup.sol";
import {vm} from "../Vm.sol";

/// @title Gas of the pool's entry points, committed in `snapshots/LendingPool.json`
/// @notice A user in steady state: balances, positions and totals are non-zero before and after, and an hour has passed
/// since the last touch, so that interest accrues in every call.
/// @dev `isolate` runs each call as a transaction of its own. The whole-transaction figures with their limits are in
/// `test/unit/gas.test.ts`.
/// hardhat-config: isolate = true
contract LendingPoolGasTest is PoolSetup {
    address private constant USER = address(0xA11CE);
    address private constant OTHER = address(0xB0B);
    address private constant LIQUIDATOR = address(0x11D);

    MockFlashBorrower private flashBorrower;

    function setUp() public {
        vm.warp(1_700_000_000);
        _deployPool();
        _fund(USER, 1_000_000);
        _fund(OTHER, 1_000_000);
        _fund(LIQUIDATOR, 1_000_000);
        flashBorrower = new MockFlashBorrower(loan, address(pool));
        loan.mint(address(flashBorrower), 1e6);

        vm.startPrank(OTHER);
        pool.deposit(500_000e6, OTHER);
        pool.supplyCollateral(address(tokens[0]), 100e18, OTHER, "");
        pool.supplyCollateral(address(tokens[1]), 10e8, OTHER, "");
        pool.supplyCollateral(address(tokens[2]), 1_000e6, OTHER, "");
        pool.borrow(50_000e6, 0, OTHER, OTHER);
        vm.stopPrank();

        vm.startPrank(USER);
        pool.deposit(100_000e6, USER);
        pool.supplyCollateral(address(tokens[0]), 100e18, USER, "");
        pool.borrow(50_000e6, 0, USER, USER);
        vm.stopPrank();
        _later();
    }

    function _later() private {
        vm.warp(block.timestamp + 1 hours);
    }

    function _record(string memory scenario) private {
        vm.snapshotGasLastCall("LendingPool", scenario);
    }

    function test_Supply() public {
        vm.prank(USER);
        pool.deposit(1_000e6, USER);
        _record("supply: warm");
    }

    function test_Withdraw() public {
        vm.prank(USER);
        pool.withdraw(1_000e6, USER, USER);
        _record("withdraw: warm");
    }

    function test_SupplyCollateral() public {
        vm.prank(USER);
        pool.supplyCollateral(address(tokens[0]), 1e18, USER, "");
        _record("supply collateral: warm");
    }

    function test_Borrow_OneCollateral() public {
        vm.prank(USER);
        pool.borrow(1_000e6, 0, USER, USER);
        _record("borrow: one collateral, warm");
    }

    function test_Borrow_ThreeCollaterals() public {
        vm.prank(OTHER);
        pool.borrow(1_000e6, 0, OTHER, OTHER);
        _record("borrow: three collaterals, warm");
    }

    function test_Repay() public {
        vm.prank(USER);
        pool.repay(1_000e6, 0, USER, "");
        _record("repay: warm");
    }

    function test_WithdrawCollateral_WithDebt() public {
        vm.prank(USER);
        pool.withdrawCollateral(address(tokens[0]), 1e18, USER, USER);
        _record("withdraw collateral: with debt");
    }

    function test_Kick() public {
        _crash();
        vm.prank(LIQUIDATOR);
        _liquidation().kick(USER);
        _record("kick");
    }

    function test_Take_Dutch() public {
        _crash();
        _liquidation().kick(USER);
        vm.warp(block.timestamp + 20 minutes);
        vm.prank(LIQUIDATOR);
        _liquidation().take(USER, address(tokens[0]), type(uint256).max, type(uint256).max, LIQUIDATOR, "");
        _record("take: dutch");
    }

    function test_Take_FixedBonus() public {
        _admin().setLiquidationCurve(address(tokens[0]), address(fixedCurve));
        _crash();
        vm.prank(LIQUIDATOR);
        _liquidation().take(USER, address(tokens[0]), type(uint256).max, type(uint256).max, LIQUIDATOR, "");
        _record("take: fixed bonus");
    }

    function test_FlashLoan() public {
        pool.flashLoan(flashBorrower, address(loan), 1_000e6, "");
        _record("flash loan");
    }

    /// @dev USER's health factor falls to about 0.97.
    function _crash() private {
        oracle.setPrice(address(tokens[0]), _price36(0, 610));
    }
}
