// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {MockFlashBorrower} from "../../../contracts/mocks/MockFlashBorrower.sol";
import {vm} from "../Vm.sol";
import {Exits} from "./Exits.sol";
import {GovernanceHandler} from "./GovernanceHandler.sol";
import {InvariantSetup} from "./InvariantSetup.sol";
import {LifeHandler} from "./LifeHandler.sol";
import {PoolChecks} from "./PoolChecks.sol";
import {PoolHandler} from "./PoolHandler.sol";
import {RiskHandler} from "./RiskHandler.sol";
import {TamperingHandler} from "./TamperingHandler.sol";

/// @title Invariants under random actions; see `docs/invariants.md`
/// @dev The runner recognises the handler only when its file is among those that it is given: run the whole folder
/// (`test/solidity/invariants/*.sol`), not this file alone.
contract LendingPoolInvariants is Exits {
    /// @dev With `FUZZ_SABOTAGE` a handler that breaks something: so that a campaign can be seen to fail.
    function _newHandler(MockFlashBorrower borrower) internal override returns (LifeHandler) {
        if (!_isSabotaged()) return super._newHandler(borrower);
        return new TamperingHandler(pool, oracle, tokens, borrower);
    }

    function _isSabotaged() private view returns (bool) {
        return bytes(vm.envOr("FUZZ_SABOTAGE", string(""))).length != 0;
    }

    /// @dev Campaigns begin with a pool in use: from an empty one it is a long way to a sale.
    function setUp() public override {
        super.setUp();
        handler.deposit(0, 100_000e6 - 1, 0);
        handler.deposit(1, 60_000e6, 0);
        for (uint256 i; i < 4; ++i) handler.supplyCollateral(2, 9_000e6, i);
        handler.supplyCollateral(3, 30_000e6, 3);
        handler.borrow(2, 15_000e6, 1);
        handler.borrow(3, 12_000e6, 1);
        handler.wait(0, 1 days, 0);
        handler.accrue(0, 0, 0);
        _requireAll();
        if (_isSabotaged()) TamperingHandler(address(handler)).setSabotage(TamperingHandler.Sabotage.LoseCash);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_INV01_Solvent() public {
        vm.warp(handler.time());
        _require(PoolChecks.solvent(pool, handler));
    }

    function invariant_INV02_SharesConserved() public {
        vm.warp(handler.time());
        _require(PoolChecks.sharesConserved(pool, handler));
    }

    function invariant_INV03_AssetsConserved() public {
        vm.warp(handler.time());
        _require(PoolChecks.assetsConserved(pool, handler));
    }

    /// @notice INV-04 no health-lowering exit, INV-05 rounding, INV-08 liquidatability, INV-10 engine and governance, INV-11 to
    /// INV-15 and the clocks of INV-16 in sales: judged around each action.
    function invariant_INV04_INV05_INV08_INV10_to_INV15_NoViolationRecorded() public view {
        _requireNoViolation();
    }

    function invariant_INV06_CollateralConserved() public {
        vm.warp(handler.time());
        _require(PoolChecks.collateralConserved(pool, handler));
    }

    function invariant_INV07_RecordsConsistent() public {
        vm.warp(handler.time());
        _require(PoolChecks.recordsConsistent(pool, handler));
    }

    function invariant_INV16_BacklogConserved() public {
        vm.warp(handler.time());
        _require(PoolChecks.backlogConserved(pool, handler));
    }

    function invariant_INV18_HealthIsTheFormula() public {
        vm.warp(handler.time());
        _require(PoolChecks.healthRecomputed(pool, handler));
    }

    /// @notice INV-21: at the end of each run, whatever happened in it.
    function afterInvariant() external {
        _report();
        _exitAll(handler.time());
    }

    function invariant_INV09_ProvisionConserved() public {
        vm.warp(handler.time());
        _require(PoolChecks.provisionConserved(pool, handler));
    }
}

/// @title What campaigns found, and was mended
contract LendingPoolFindingsTest is Exits {
    /// @dev The sale of an account that has recovered is still open when the crash of INV-21 leaves it solvent: prices must fall further.
    function test_EverybodyLeaves_WithSaleFromBeforeTheCrash() public {
        handler.deposit(0, 100_000e6 - 1, 0);
        for (uint256 i; i < 4; ++i) handler.supplyCollateral(2, 60_000e6, i);
        handler.borrow(2, 90_000e6, 1);
        for (uint256 i; i < 8; ++i) handler.movePrice(0, 0, i); // × 0.7, twice each
        handler.kick(0, 2, 0);
        for (uint256 i; i < 8; ++i) handler.movePrice(0, 600, i); // × 1.3, twice each
        address account = handler.actorList()[2];
        handler.repay(0, (2 << 128) + pool.debtOf(account) - 101e6, 1);
        require(
            pool.accountOf(account).kickedAt != 0 && pool.debtOf(account) < 102e6,
            "no sale of a recovered account"
        );
        _exitAll(1);
    }
}

/// @title The same actions in fixed sequences, where it can be seen that each of them happens
/// @dev Short, because the runner keeps a trace of all calls of a test in memory.
contract LendingPoolDriverTest is InvariantSetup {
    function test_EveryActionGoesThrough() public {
        // Actors 0 and 1 lend; 2 and 3 borrow against ether, 3 also against bitcoin.
        handler.deposit(0, 100_000e6 - 1, 0);
        handler.mint(1, 100_000e12 - 1, 0);
        handler.depositAndRedeem(1, 123_456, 0);
        handler.supplyCollateral(2, 40_000e6, 0);
        handler.supplyCollateral(3, 40_000e6, 0);
        handler.supplyCollateral(3, 10_000e6, 1);
        handler.borrow(2, 29_000e6, 1);
        handler.borrow(3, 10_000e6, 3);
        // Out of proportion, of an account with one collateral: refused, or else reported.
        for (uint256 i = 1; i < 12; ++i) handler.unwind(2, ((i * 1e17) << 128) + 2 * i + 2, 0);
        require(handler.succeeded(RiskHandler.unwind.selector) == 0, "INV-04: unwound out of proportion");
        handler.borrowAndRepay(3, 0, 0);
        handler.wait(0, 7 days - 2, 0);
        handler.accrue(0, 0, 0);
        handler.repay(0, (2 << 128) + 1_000e6, 1);
        handler.withdrawCollateral(3, 1e15, 0);
        handler.withdraw(0, 10e6, 0);
        handler.redeem(1, 10e12, 0);
        handler.transferShares(0, 5e12, 1);
        handler.donate(0, 77e6, 0);
        handler.flashLoan(0, 1_000e6, 0);
        handler.withdrawReserves(0, 0, 0);
        handler.movePrice(0, 200, 0); // × 0.9
        handler.movePrice(0, 200, 0);
        handler.kick(0, 2, 0);
        handler.movePrice(0, 600, 0); // × 1.3
        handler.unkick(0, 2, 0);
        handler.movePrice(0, 0, 0); // × 0.7
        handler.mark(0, 2, 0);
        handler.kickFor(0, 2, 0);
        handler.splitSale(1, 2, 0);
        handler.failFeed(0, 0, 0);
        handler.take(1, 2, 0); // at the last price
        require(handler.succeeded(PoolHandler.take.selector) == 1, "not sold while its feed is silent");
        handler.healFeeds(0, 0, 0);
        handler.movePrice(0, 0, 0);
        handler.sellInOutage(1, 2, 0);
        handler.claimTips(0, 0, 0);
        _requireAll();
        // Engine and governance; actor 3 owes against two collaterals and unwinds.
        handler.setRiskEngine(1, 0, 0);
        handler.writeRisk(1, (30 << 48) | 1_234, 0);
        handler.writeRisk(1, (30 << 48) | 1_234, 1);
        handler.unwind(3, 1_001e6 + 3, 1);
        handler.payKeeper(0, 1e6, 0);
        handler.setCollateralFactors(3, 1_000, 1);
        handler.lowerBorrowFactor(5, 0, 1);
        handler.rampDownLiquidationFactor(7, 0, 1);
        handler.setRiskEngine(0, 0, 0);
        _requireAll();
        // Others' hands, dust, parameters and outages.
        handler.transferSharesFrom(4, 1e12, 1);
        handler.borrowAsOperator(2, 0, 1);
        handler.supplyFor(0, 1e6, 3);
        handler.dustBatches(0, 0, 0x0302010003);
        handler.setCaps(0, 0, 0);
        for (uint256 i; i < 8; ++i) handler.setParameter(i, 60e6, 1);
        handler.registerKeeper(2, 0, 0);
        handler.setOracle(0, 0, 0);
        handler.listCollateral(12, 100, 8_000);
        handler.supplyCollateral(3, 1_000e6, 4);
        for (uint256 i; i < 3; ++i) {
            handler.tighten(4 * i + 4, 1 << 16, 0); // caps of the pool, a cap of a collateral, a pause
            require(handler.succeeded(GovernanceHandler.tighten.selector) == i + 1, "not tightened");
        }
        handler.tighten(1, 0, 0); // which is lifted
        handler.setCaps(0, 0, 0);
        handler.actInOutage(0, 15, 3);
        handler.actInOutage(1, 15, 2);
        _requireAll();
        // So deep that bad debt is left to lenders.
        for (uint256 i; i < 5; ++i) handler.movePrice(0, 0, 0);
        for (uint256 i; i < 5; ++i) handler.movePrice(0, 0, 1);
        handler.takeBatch(1, 3 + (3 << 8), 0); // of one account, half and then the rest
        for (uint256 i; i < 12; ++i) {
            handler.wait(0, 15 minutes, 0);
            handler.take(1, i, i);
        }
        _requireAll();

        bytes4[] memory actions = _actions();
        for (uint256 i; i < actions.length; ++i) {
            require(
                handler.succeeded(actions[i]) != 0,
                string(abi.encodePacked("did not go through, counted from 0: action ", Strings.toString(i)))
            );
        }
        require(handler.lenderLosses() != 0, "no bad debt was realised");
    }

    /// @dev Sequences that draw every action equally often and judge the whole state in between.
    /// hardhat-config: fuzz.runs = 8
    function testFuzz_AnySeed(uint256 seed) public {
        _drive(seed, 100);
    }
}
