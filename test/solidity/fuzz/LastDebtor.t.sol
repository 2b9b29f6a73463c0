// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {PoolSetup} from "../PoolSetup.sol";
import {vm} from "../Vm.sol";

/// @title The last debtor pays for everything
/// @notice Once a debt share had doubled in value, closing the last debt used to cost lenders a few units.
contract LastDebtorTest is PoolSetup {
    address private constant USER = address(0xA11CE);

    function setUp() public {
        vm.warp(1_700_000_000);
        _deployPool();
        _admin().setMinDebt(0);
        _fund(USER, 1e9);
        vm.startPrank(USER);
        pool.deposit(1_000e6, USER);
        pool.supplyCollateral(address(tokens[0]), 1e24, USER, "");
        vm.stopPrank();
    }

    /// @dev Almost full utilisation, where the surcharge doubles every 12 hours: debt grows up to e² a touch.
    function _borrowAndWait(uint256 assets, uint256 touches) private {
        vm.prank(USER);
        pool.borrow(assets, 0, USER, USER);
        uint256 time = block.timestamp;
        for (uint256 i; i < touches; ++i) {
            time += 6 days;
            vm.warp(time);
            pool.accrue();
        }
    }

    function _requireClosedWithoutLoss(uint256 assetsBefore) private view {
        IPoolTypes.Totals memory t = pool.totals();
        require(t.debtAssets == 0 && t.debtShares == 0, "debt left");
        require(pool.totalAssets() >= assetsBefore, "lenders lost");
    }

    function testFuzz_RepayByShares(uint256 assets, uint256 touches) public {
        _borrowAndWait(_between(assets, 980e6, 1_000e6), _between(touches, 1, 25));
        uint256 before = pool.totalAssets();
        uint256 shares = pool.debtSharesOf(USER);
        require(pool.debtOf(USER) == pool.totals().debtAssets, "owes less than there is");
        vm.prank(USER);
        pool.repay(0, shares, USER, "");
        _requireClosedWithoutLoss(before);
    }

    function testFuzz_RepayByAssets(uint256 assets, uint256 touches) public {
        _borrowAndWait(_between(assets, 980e6, 1_000e6), _between(touches, 1, 25));
        uint256 before = pool.totalAssets();
        uint256 debt = pool.debtOf(USER);
        vm.prank(USER);
        pool.repay(debt, 0, USER, "");
        _requireClosedWithoutLoss(before);
    }

    function testFuzz_Take(uint256 assets, uint256 touches) public {
        _borrowAndWait(_between(assets, 980e6, 1_000e6), _between(touches, 1, 25));
        uint256 before = pool.totalAssets();
        uint256 debt = pool.debtOf(USER);
        // Liquidatable, and any rest would be dust: the whole debt has to be repaid.
        _admin().setMinDebt(uint96(debt));
        oracle.setPrice(address(tokens[0]), (debt * 1e36 * 110) / (1e24 * 100));
        vm.prank(USER);
        (, uint256 paid) = _liquidation().take(USER, address(tokens[0]), 1e24, type(uint256).max, USER, "");
        require(paid == debt, "not all was repaid");
        _requireClosedWithoutLoss(before);
    }
}
