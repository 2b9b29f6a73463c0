// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockFlashBorrower} from "../../../contracts/mocks/MockFlashBorrower.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {vm} from "../Vm.sol";
import {Exits} from "./Exits.sol";
import {PoolChecks} from "./PoolChecks.sol";
import {LifeHandler} from "./LifeHandler.sol";
import {PoolHandler} from "./PoolHandler.sol";
import {
    BIT_SHARES,
    SLOT_ACCOUNTS,
    SLOT_CASH,
    SLOT_COLLATERALS,
    SLOT_DEBT,
    SLOT_PROVISION,
    TamperingHandler
} from "./TamperingHandler.sol";

/// @title A pool in use, whose handler can be told to break something
abstract contract CanarySetup is Exits {
    function _newHandler(MockFlashBorrower borrower) internal override returns (LifeHandler) {
        return new TamperingHandler(pool, oracle, tokens, borrower);
    }

    function setUp() public virtual override {
        super.setUp();
        handler.deposit(0, 100_000e6 - 1, 0);
        handler.supplyCollateral(2, 40_000e6, 0);
        handler.borrow(2, 19_000e6, 1);
        _requireAll();
    }

    function _requireReport(string memory report, string memory id) internal pure {
        require(bytes(report).length > 6, "not reported");
        for (uint256 i; i < 6; ++i) require(bytes(report)[i] == bytes(id)[i], report);
    }

    function _sabotage(TamperingHandler.Sabotage sabotage) internal {
        TamperingHandler(address(handler)).setSabotage(sabotage);
    }

    /// @dev Adds to the word at a slot of the pool.
    function _add(bytes32 slot, uint256 amount) internal {
        uint256 value = uint256(vm.load(address(pool), slot));
        vm.store(address(pool), slot, bytes32(value + amount));
    }

    function _slotOf(address key, uint256 mappingSlot) internal pure returns (bytes32) {
        return keccak256(abi.encode(key, mappingSlot));
    }
}

/// @title Does each invariant bark?
/// @notice Every check is shown a state, or an action, that breaks it, and must report it under its own ID. Of sales:
/// `CanarySales.t.sol`.
contract CanaryTest is CanarySetup {
    function test_INV01_LoanAssetsGone() public {
        loan.burn(address(pool), 1);
        _requireReport(PoolChecks.solvent(pool, handler), "INV-01");
    }

    function test_INV01_CollateralGone() public {
        tokens[0].burn(address(pool), 1);
        _requireReport(PoolChecks.solvent(pool, handler), "INV-01");
    }

    function test_INV01_CashInvented() public {
        _add(bytes32(SLOT_CASH), 1);
        loan.mint(address(pool), 1);
        _requireReport(PoolChecks.solvent(pool, handler), "INV-01");
    }

    function test_INV02_LenderSharesOfNobody() public {
        loan.mint(address(this), 1e6);
        loan.approve(address(pool), 1e6);
        pool.deposit(1e6, address(this)); // not an actor
        _requireReport(PoolChecks.sharesConserved(pool, handler), "INV-02");
    }

    function test_INV02_DebtSharesOfNobody() public {
        _add(bytes32(SLOT_DEBT), 1 << BIT_SHARES);
        _requireReport(PoolChecks.sharesConserved(pool, handler), "INV-02");
    }

    function test_INV03_DebtOfNobody() public {
        _add(bytes32(SLOT_DEBT), 1_000 << BIT_SHARES); // a thousand shares
        _requireReport(PoolChecks.assetsConserved(pool, handler), "INV-03");
    }

    function test_INV04_LeftBelowTheBorrowTest() public {
        _sabotage(TamperingHandler.Sabotage.LowerBorrowPrices);
        handler.withdrawCollateral(2, 1e15, 0);
        _requireReport(handler.violation(), "INV-04");
    }

    function test_INV05_SharePriceFalls() public {
        _sabotage(TamperingHandler.Sabotage.LoseCash);
        handler.accrue(0, 0, 0);
        _requireReport(handler.violation(), "INV-05");
    }

    function test_INV06_CollateralOfNobody() public {
        _add(_slotOf(address(tokens[0]), SLOT_COLLATERALS), 1);
        _requireReport(PoolChecks.collateralConserved(pool, handler), "INV-06");
    }

    function test_INV07_MaskWithoutPosition() public {
        _add(_slotOf(handler.actorList()[2], SLOT_ACCOUNTS), 1 << 129);
        _requireReport(PoolChecks.recordsConsistent(pool, handler), "INV-07");
    }

    function test_INV07_Dust() public {
        _admin().setMinDebt(1e18);
        _requireReport(PoolChecks.recordsConsistent(pool, handler), "INV-07");
    }

    function test_INV09_ProvisionOfNobody() public {
        _add(bytes32(SLOT_PROVISION), 1);
        _requireReport(PoolChecks.provisionConserved(pool, handler), "INV-09");
    }

    function test_INV08_LiquidatableWithoutCause() public {
        _sabotage(TamperingHandler.Sabotage.LowerPrices);
        handler.deposit(0, 1e6, 0);
        _requireReport(handler.violation(), "INV-08");
    }

    function test_Panic_IsReported() public {
        bytes memory overflow = abi.encodeWithSignature("Panic(uint256)", 0x11);
        vm.mockCallRevert(address(pool), abi.encodePacked(pool.accrue.selector), overflow);
        handler.accrue(0, 0, 0);
        _requireReport(handler.violation(), "panic:");
    }

    function test_INV10_FactorFallsAtOnce() public {
        _sabotage(TamperingHandler.Sabotage.LowerFactors);
        handler.setRiskEngine(1, 0, 0);
        _requireReport(handler.violation(), "INV-10");
    }

    function test_INV10_FactorFallsByWhateverIsSet() public {
        uint256 state = vm.snapshotState();
        for (uint256 i; i < 5; ++i) {
            _sabotage(TamperingHandler.Sabotage.LowerFactors);
            _setSomething(i);
            _requireReport(handler.violation(), "INV-10");
            require(vm.revertToState(state), "the state is not put back");
            state = vm.snapshotState();
        }
    }

    function _setSomething(uint256 kind) private {
        if (kind == 0) handler.setOracle(0, 0, 0);
        else if (kind == 1) handler.tighten(0, 1, 0);
        else if (kind == 2) handler.tighten(1, 1 << 16, 0);
        else if (kind == 3) handler.listCollateral(12, 100, 8_000);
        else handler.setCaps(0, 0, 0);
    }

    function test_INV10_AnotherOracleOfLowerPrices() public {
        _sabotage(TamperingHandler.Sabotage.LowerPrices);
        handler.setOracle(0, 0, 0);
        _requireReport(handler.violation(), "INV-10");
    }

    /// @dev The account stays healthy, and yet it is reported.
    function test_INV10_AlsoOfAnEngine() public {
        handler.supplyCollateral(3, 1_000e6, 0);
        handler.setRiskEngine(1, 0, 0);
        _requireNoViolation();
        _sabotage(TamperingHandler.Sabotage.LowerFactors);
        handler.writeRisk(1, 1, 0);
        _requireReport(handler.violation(), "INV-10");
    }

    /// @dev An account that is unhealthy already: otherwise INV-08 is reported first.
    function test_INV04_UnwindingLowersHealth() public {
        handler.movePrice(0, 0, 0);
        handler.movePrice(0, 0, 0);
        _sabotage(TamperingHandler.Sabotage.LowerFactors);
        handler.unwind(2, 1_001e6 + 3, 0);
        _requireReport(handler.violation(), "INV-04");
    }

    function test_INV17_DepositsBeyondTheCap() public {
        _sabotage(TamperingHandler.Sabotage.LowerCaps);
        handler.deposit(1, 1e6, 0);
        _requireReport(handler.violation(), "INV-17");
    }

    function test_INV17_DebtBeyondTheCap() public {
        _sabotage(TamperingHandler.Sabotage.LowerCaps);
        handler.borrow(2, 1e6, 1);
        _requireReport(handler.violation(), "INV-17");
    }

    function test_INV17_CollateralBeyondTheCap() public {
        _sabotage(TamperingHandler.Sabotage.LowerCaps);
        handler.supplyCollateral(2, 1e6, 3);
        _requireReport(handler.violation(), "INV-17");
    }

    function test_INV18_AnotherFactor() public {
        vm.mockCall(address(pool), abi.encodeCall(pool.liquidationFactorBps, (address(tokens[0]))), abi.encode(7_999));
        _requireReport(PoolChecks.healthRecomputed(pool, handler), "INV-18");
    }

    function test_INV18_AnotherAmount() public {
        bytes memory asked = abi.encodeCall(pool.collateralOf, (handler.actorList()[2], address(tokens[0])));
        vm.mockCall(address(pool), asked, abi.encode(1e18));
        _requireReport(PoolChecks.healthRecomputed(pool, handler), "INV-18");
    }

    function test_INV19_RepaymentRefused() public {
        vm.mockCallRevert(address(pool), abi.encodePacked(pool.repay.selector), "");
        handler.actInOutage(0, 15, 2);
        _requireReport(handler.violation(), "INV-19");
    }

    function test_INV19_CollateralRefused() public {
        vm.mockCallRevert(address(pool), abi.encodePacked(pool.supplyCollateral.selector), "");
        handler.actInOutage(1, 15, 2);
        _requireReport(handler.violation(), "INV-19");
    }

    function test_INV19_SaleRefused() public {
        for (uint256 i; i < 3; ++i) handler.movePrice(0, 0, 0);
        handler.kick(0, 2, 0);
        bytes memory noPrice = abi.encodeWithSelector(IPriceOracle.OracleNoFreshSource.selector, tokens[0]);
        vm.mockCallRevert(address(pool), abi.encodePacked(ILiquidationSales.take.selector), noPrice);
        handler.sellInOutage(1, 2, 0);
        _requireReport(handler.violation(), "INV-19");
    }

    /// @dev By a feed that fell silent actions ago, and with nothing paused.
    function test_INV19_SaleRefusedByASilentFeed() public {
        for (uint256 i; i < 3; ++i) handler.movePrice(0, 0, 0);
        handler.kick(0, 2, 0);
        handler.failFeed(0, 0, 0);
        uint256 state = vm.snapshotState();
        handler.take(1, 2, 0);
        _requireNoViolation();
        require(handler.succeeded(PoolHandler.take.selector) == 1, "nothing was sold");
        require(vm.revertToState(state), "the state is not put back");
        bytes memory noPrice = abi.encodeWithSelector(IPoolTypes.LiquidationNoFreshPrice.selector, tokens[0]);
        vm.mockCallRevert(address(pool), abi.encodePacked(ILiquidationSales.take.selector), noPrice);
        handler.take(1, 2, 0);
        _requireReport(handler.violation(), "INV-19");
    }

    /// @dev Of the four that judge an account each is refused while its feed is silent, or else reported.
    function test_INV08_JudgedByASilentFeed() public {
        for (uint256 i; i < 3; ++i) handler.movePrice(0, 0, 0);
        handler.failFeed(0, 0, 0);
        uint256 state = vm.snapshotState();
        for (uint256 i; i < 4; ++i) {
            _judge(i);
            _requireNoViolation();
            bytes4[4] memory selectors = [
                ILiquidationSales.kick.selector,
                ILiquidationSales.kickFor.selector,
                ILiquidationSales.mark.selector,
                ILiquidationSales.take.selector
            ];
            vm.mockCall(address(pool), abi.encodePacked(selectors[i]), abi.encode(0, 0));
            _judge(i);
            _requireReport(handler.violation(), "INV-08");
            require(vm.revertToState(state), "the state is not put back");
            state = vm.snapshotState();
        }
    }

    function _judge(uint256 how) private {
        if (how == 0) handler.kick(0, 2, 0);
        else if (how == 1) handler.kickFor(0, 2, 0);
        else if (how == 2) handler.mark(0, 2, 0);
        else handler.take(1, 2, 0);
    }

    function test_INV08_TakenOffSaleByASilentFeed() public {
        for (uint256 i; i < 3; ++i) handler.movePrice(0, 0, 0);
        handler.kick(0, 2, 0);
        for (uint256 i; i < 6; ++i) handler.movePrice(0, 650, 0);
        handler.failFeed(0, 0, 0);
        handler.unkick(0, 2 + (7 << 9), 0);
        require(handler.succeeded(PoolHandler.unkick.selector) == 0, "taken off sale");
        _requireNoViolation();
        vm.mockCall(address(pool), abi.encodePacked(ILiquidationSales.unkick.selector), "");
        handler.unkick(0, 2 + (7 << 9), 0);
        _requireReport(handler.violation(), "INV-08");
    }

    function test_INV04_BorrowedWithoutAPrice() public {
        vm.mockCall(address(pool), abi.encodePacked(pool.borrow.selector), abi.encode(100e6, 1));
        handler.actInOutage(1, 15, 2);
        _requireReport(handler.violation(), "INV-04");
    }

    function test_INV20_BorrowedForAnother() public {
        vm.mockCall(address(pool), abi.encodePacked(pool.borrow.selector), abi.encode(100e6, 1));
        handler.borrowAsOperator(2, 2, 1);
        require(bytes(handler.violation()).length == 0, "who was asked");
        handler.borrowAsOperator(3, 2, 1);
        _requireReport(handler.violation(), "INV-20");
    }

    function test_INV20_SharesOfAnother() public {
        vm.mockCall(address(pool), abi.encodePacked(pool.transferFrom.selector), abi.encode(true));
        handler.transferSharesFrom(4, 1e6, 1);
        require(bytes(handler.violation()).length == 0, "within the allowance");
        handler.transferSharesFrom(20, 1e6, 1);
        _requireReport(handler.violation(), "INV-20");
    }

    function test_INV20_CollateralChosenForAnother() public {
        vm.mockCall(address(pool), abi.encodePacked(pool.supplyCollateral.selector), "");
        handler.supplyFor(0, 1, 2);
        require(bytes(handler.violation()).length == 0, "of what he has");
        handler.supplyFor(0, 1, 2 + (1 << 8));
        _requireReport(handler.violation(), "INV-20");
    }

    /// @dev A batch that books nothing and pays a unit.
    function test_INV05_DustGains() public {
        address actor = handler.actorList()[2];
        vm.mockCall(address(pool), abi.encodePacked(pool.multicall.selector), abi.encode(new bytes[](0)));
        handler.dustBatches(2, 0, 0);
        _requireNoViolation();
        _sabotage(TamperingHandler.Sabotage.PayDust);
        handler.dustBatches(2, 0, 0);
        require(loan.balanceOf(actor) > 0, "nobody was paid");
        _requireReport(handler.violation(), "INV-05");
    }

    function test_INV05_DustOfCollateralGains() public {
        handler.dustBatches(2, 0, 0x070607060706);
        _requireNoViolation();
        require(handler.succeeded(LifeHandler.dustBatches.selector) == 8, "collateral did not go in and out");
        _sabotage(TamperingHandler.Sabotage.PayCollateral);
        handler.dustBatches(2, 0, 0x070607060706);
        _requireReport(handler.violation(), "INV-05");
    }

    /// @dev One step is refused: the others are done, among them shares of which a million are worth a unit.
    function test_DustBatches_WithoutWhatIsRefused() public {
        handler.failFeed(0, 0, 0);
        handler.dustBatches(2, 99, 0x090909090904); // 100 shares; loans of a unit, against what has no price
        _requireNoViolation();
        require(handler.succeeded(LifeHandler.dustBatches.selector) == 8, "the share of the batch was not done");
        require(pool.balanceOf(handler.actorList()[2]) == 800, "no shares were minted");
    }

    function exit(uint256 word) external {
        _exitAll(word);
    }

    function _requireStuck(uint256 word) private {
        try this.exit(word) {
            revert("not reported");
        } catch Error(string memory reason) {
            _requireReport(reason, "INV-21");
        }
    }

    function test_INV21_DebtOfNobody() public {
        _add(bytes32(SLOT_DEBT), (1_000 << BIT_SHARES) + 1_000);
        _requireStuck(0);
        _requireStuck(1);
    }

    function test_INV21_CollateralOfNobody() public {
        _add(_slotOf(address(tokens[0]), SLOT_COLLATERALS), 1);
        _requireStuck(0);
    }

    function test_INV21_SharesOfNobody() public {
        loan.mint(address(this), 1e6);
        loan.approve(address(pool), 1e6);
        pool.deposit(1e6, address(this));
        _requireStuck(0);
    }

    /// @dev A lender who is paid a hundredth less for each share than the others.
    function test_INV21_LessForAShare() public {
        for (uint256 i = 1; i < 3; ++i) handler.deposit(i, 50_000e6, 0);
        address lender = handler.actorList()[1];
        uint256 shares = pool.balanceOf(lender);
        uint256 assets = pool.previewRedeem(shares);
        bytes memory redeem = abi.encodeCall(pool.redeem, (shares, lender, lender));
        vm.mockCall(address(pool), redeem, abi.encode((assets * 99) / 100));
        try this.exit(0) {
            revert("not reported");
        } catch Error(string memory reason) {
            bytes32 expected = keccak256("INV-21: lenders did not get the same for a share");
            require(keccak256(bytes(reason)) == expected, reason);
        }
    }

    function test_INV21_EverybodyLeaves() public {
        handler.deposit(1, 50_000e6, 0);
        uint256 time = handler.time();
        _exitAll(time);
        require(pool.totals().debtShares == 0 && pool.totalSupply() == 0, "not everybody has left");
    }
}
