// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {vm} from "../Vm.sol";
import {CanarySetup} from "./Canaries.t.sol";
import {PoolChecks} from "./PoolChecks.sol";
import {PoolHandler} from "./PoolHandler.sol";
import {SaleHandler} from "./SaleHandler.sol";
import {BIT_SALE_DEBT, SLOT_ACCOUNTS, TamperingHandler} from "./TamperingHandler.sol";

/// @title Does each invariant of sales bark?
/// @notice Of one alone, of an account with several collaterals, and of one in a batch.
contract CanarySalesTest is CanarySetup {
    /// @dev Actor 3, unhealthy and for sale by the paced auction for a while, that a sale can heal.
    function _sellPaced() private returns (address account) {
        handler.supplyCollateral(3, 30_000e6, 1);
        handler.borrow(3, 20_000e6, 1);
        handler.movePrice(0, 100, 1); // × 0.8
        handler.kick(0, 3, 0);
        handler.wait(0, 10 minutes, 0);
        account = handler.actorList()[3];
        require(pool.accountOf(account).kickedAt != 0, "nobody is for sale");
    }

    function _takeWith(TamperingHandler.Sabotage sabotage, string memory id) private {
        _sabotage(sabotage);
        handler.take(1, 3, 0);
        _requireReport(handler.violation(), id);
    }

    function test_INV11_to_INV16_SalesOfOurs() public {
        _sellPaced();
        handler.take(1, 3, 0);
        require(handler.succeeded(PoolHandler.take.selector) == 1, "nothing was sold");
        _requireAll();
    }

    function test_INV11_SaleLowersHealth() public {
        _sellPaced();
        _takeWith(TamperingHandler.Sabotage.HalvePaced, "INV-11");
    }

    function test_INV12_MoreSoldThanTheTargetTakes() public {
        _sellPaced();
        _takeWith(TamperingHandler.Sabotage.DoublePaced, "INV-12");
    }

    function test_INV13_SoldBelowTheFloor() public {
        uint256 held = pool.collateralOf(_sellPaced(), address(tokens[1]));
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.take.selector), abi.encode(held / 2, 1));
        _takeWith(TamperingHandler.Sabotage.None, "INV-13");
    }

    function test_INV14_PaidForNothing() public {
        _sellPaced();
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.take.selector), abi.encode(0, 1_000e6));
        _takeWith(TamperingHandler.Sabotage.None, "INV-14");
    }

    function test_INV16_ClockAhead() public {
        _sellPaced();
        _takeWith(TamperingHandler.Sabotage.ClockAhead, "INV-16");
    }

    function test_INV16_ClockBack() public {
        _sellPaced();
        ILiquidationDesk.SaleState memory state = ILiquidationDesk(address(pool)).saleOf(address(tokens[1]));
        state.clockTicks = block.timestamp * 256;
        vm.mockCall(address(pool), abi.encodeCall(ILiquidationDesk.saleOf, (address(tokens[1]))), abi.encode(state));
        _takeWith(TamperingHandler.Sabotage.ClockBack, "INV-16");
    }

    function test_INV16_BacklogOfNobody() public {
        _add(_slotOf(_sellPaced(), SLOT_ACCOUNTS), 1 << BIT_SALE_DEBT);
        _requireReport(PoolChecks.backlogConserved(pool, handler), "INV-16");
    }

    function test_INV16_ForSaleAndNotCounted() public {
        bytes32 slot = _slotOf(_sellPaced(), SLOT_ACCOUNTS);
        uint256 word = uint256(vm.load(address(pool), slot));
        vm.store(address(pool), slot, bytes32(word & ~(uint256(type(uint40).max) << BIT_SALE_DEBT)));
        _requireReport(PoolChecks.backlogConserved(pool, handler), "INV-16");
    }

    function test_INV16_AccountAtRest() public {
        address account = _sellPaced();
        handler.unkick(0, 3 + (1 << 8), 0); // prices rise until it is healthy, but hardly
        IPoolTypes.Account memory record = pool.accountOf(account);
        require(record.kickedAt != 0 && record.saleDebtOrEasedAt == 0, "it is not at rest");
        _requireAll();
    }

    // --- several collaterals ----------------------------------------------------------------------------------------

    /// @dev Actor 3 owes 40,000 against 24,000 each of two collaterals that diversify, and is for sale for a while.
    function _sellSeveral() private {
        handler.setRiskEngine(1, 0, 0);
        for (uint256 i; i < 2; ++i) {
            handler.writeRisk(1, 2_000 << 16, i); // loading 0
            handler.supplyCollateral(3, 30_000e6, i);
        }
        handler.borrow(3, 39_900e6, 1);
        for (uint256 i; i < 2; ++i) handler.movePrice(0, 100, i); // × 0.8
        handler.kick(0, 3, 0);
        handler.wait(0, 10 minutes, 0);
        address account = handler.actorList()[3];
        require(pool.accountOf(account).kickedAt != 0, "nobody is for sale");
        IPoolTypes.Health memory h = pool.healthOf(account);
        require(h.liquidationCapacity > 38_000e6 && h.collateralValue < 48_100e6, "nothing diversifies");
    }

    function test_INV11_to_INV16_SalesOfSeveralOfOurs() public {
        _sellSeveral();
        handler.take(1, 3, 1);
        require(handler.succeeded(PoolHandler.take.selector) == 1, "nothing was sold");
        _requireAll();
    }

    function test_INV11_SaleOfOneOfSeveralLowersHealth() public {
        _sellSeveral();
        _sabotage(TamperingHandler.Sabotage.HalvePaced);
        handler.take(1, 3, 1);
        _requireReport(handler.violation(), "INV-11");
    }

    function test_INV12_MoreSoldOfOneOfSeveral() public {
        _sellSeveral();
        _sabotage(TamperingHandler.Sabotage.DoublePaced);
        handler.take(1, 3, 1);
        _requireReport(handler.violation(), "INV-12");
    }

    /// @dev The last of a collateral takes the others' diversification with it: the least bonus heals this account where a little is sold
    /// and not where all is. It gets that bonus and no more, and INV-11 speaks of others.
    function test_INV11_SaleThatUndoesDiversification() public {
        handler.setRiskEngine(1, 0, 0);
        for (uint256 i; i < 2; ++i) {
            handler.writeRisk(1, 2_000 << 16, i); // loading 0
            handler.supplyCollateral(3, i == 0 ? 42_000e6 : 18_000e6, i);
        }
        handler.borrow(3, 41_900e6, 1);
        for (uint256 i; i < 2; ++i) handler.movePrice(0, 24, i); // × 0.724
        handler.kick(0, 3, 0);
        handler.wait(0, 25 minutes, 0); // to the floor
        IPoolTypes.Health memory t0 = pool.healthOf(handler.actorList()[3]);
        handler.take(1, 3, 1);
        IPoolTypes.Health memory t1 = pool.healthOf(handler.actorList()[3]);
        uint256 ratioBps = (t1.liquidationCapacity * t0.debt * 1e4) / (t0.liquidationCapacity * t1.debt);
        require(t1.debt < (t0.debt * 3) / 4, "not much was sold");
        require(ratioBps > 9_850 && ratioBps < 10_000, Strings.toString(ratioBps));
        _requireAll();
    }

    // --- batches ----------------------------------------------------------------------------------------------------

    /// @dev A quarter of what is for sale, and then as much as may be.
    function _takeBatch() private {
        handler.takeBatch(1, 4, 1 + (1 << 8));
    }

    function _takeBatchWith(TamperingHandler.Sabotage sabotage, string memory id) private {
        _sabotage(sabotage);
        _takeBatch();
        _requireReport(handler.violation(), id);
    }

    function test_INV11_to_INV16_BatchesOfOurs() public {
        address account = _sellPaced();
        uint256 held = pool.collateralOf(account, address(tokens[1]));
        _takeBatch();
        require(handler.succeeded(SaleHandler.takeBatch.selector) == 1, "nothing was sold");
        require(pool.collateralOf(account, address(tokens[1])) < (held * 3) / 4, "one sale only");
        _requireAll();
    }

    function test_INV11_to_INV16_BatchesOfSeveralOfOurs() public {
        _sellSeveral();
        handler.takeBatch(1, 4, 1); // of one collateral, and then of the other
        require(handler.succeeded(SaleHandler.takeBatch.selector) == 1, "nothing was sold");
        _requireAll();
    }

    function test_INV11_SaleOfABatchLowersHealth() public {
        _sellPaced();
        _takeBatchWith(TamperingHandler.Sabotage.HalvePaced, "INV-11");
    }

    function test_INV12_SaleOfABatchSellsMore() public {
        _sellPaced();
        _takeBatchWith(TamperingHandler.Sabotage.DoublePaced, "INV-12");
    }

    function test_INV13_SaleOfABatchBelowTheFloor() public {
        uint256 held = pool.collateralOf(_sellPaced(), address(tokens[1]));
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.take.selector), abi.encode(held / 2, 1));
        _takeBatchWith(TamperingHandler.Sabotage.None, "INV-13");
    }

    function test_INV14_SaleOfABatchForNothing() public {
        _sellPaced();
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.take.selector), abi.encode(1, 1_000e6));
        _takeBatchWith(TamperingHandler.Sabotage.None, "INV-14");
    }

    function test_INV14_BatchIsNotItsSales() public {
        _sellPaced();
        bytes memory nothing = abi.encode(new uint256[](2), 1);
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.takeBatch.selector), nothing);
        _takeBatchWith(TamperingHandler.Sabotage.None, "INV-14");
    }

    function test_INV14_BatchRefused() public {
        _sellPaced();
        vm.mockCallRevert(address(pool), abi.encodePacked(ILiquidationSales.takeBatch.selector), "");
        _takeBatchWith(TamperingHandler.Sabotage.None, "INV-14");
    }

    function test_INV16_SaleOfABatchTurnsTheClock() public {
        _sellPaced();
        _takeBatchWith(TamperingHandler.Sabotage.ClockAhead, "INV-16");
    }
}
