// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockFlashBorrower} from "../../../contracts/mocks/MockFlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {PacedCurve} from "../../../contracts/liquidation/PacedCurve.sol";
import {PoolSetup} from "../PoolSetup.sol";
import {vm} from "../Vm.sol";
import {GovernanceHandler} from "./GovernanceHandler.sol";
import {PoolChecks} from "./PoolChecks.sol";
import {PoolHandler} from "./PoolHandler.sol";
import {RiskHandler} from "./RiskHandler.sol";
import {LifeHandler} from "./LifeHandler.sol";
import {OutageHandler} from "./OutageHandler.sol";
import {SaleHandler} from "./SaleHandler.sol";
import {SplitHandler} from "./SplitHandler.sol";

/// @title A pool, a handler with funded actors, and all checks at once
abstract contract InvariantSetup is PoolSetup {
    LifeHandler internal handler;

    function _newHandler(MockFlashBorrower borrower) internal virtual returns (LifeHandler) {
        return new LifeHandler(pool, oracle, tokens, borrower);
    }

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        _deployPool();
        _admin().setFlashFee(5);
        MockFlashBorrower borrower = new MockFlashBorrower(loan, address(pool));
        loan.mint(address(borrower), 1e15);
        handler = _newHandler(borrower);
        manager.grantRole(manager.ADMIN_ROLE(), address(handler), 0);
        address[] memory actors = handler.actorList();
        for (uint256 i; i < actors.length; ++i) _fund(actors[i], 1_000_000_000);
        // The second collateral by the default curve; tips for the second actor.
        PacedCurve.Pace memory pace = PacedCurve.Pace(1_200, 600, 300, 6_000);
        _admin().setLiquidationCurve(address(tokens[1]), address(new PacedCurve(200, 200, 500, 1_200, pace)));
        _admin().setKickTip(5e6);
        vm.prank(actors[1]);
        ILiquidationDesk(address(pool)).registerKeeper();
    }

    function _require(string memory problem) internal pure {
        require(bytes(problem).length == 0, problem);
    }

    /// @dev The recorded violations carry their own ID.
    function _requireNoViolation() internal view {
        _require(handler.violation());
    }

    function _requireAll() internal {
        vm.warp(handler.time());
        _requireNoViolation();
        _require(PoolChecks.solvent(pool, handler));
        _require(PoolChecks.sharesConserved(pool, handler));
        _require(PoolChecks.assetsConserved(pool, handler));
        _require(PoolChecks.collateralConserved(pool, handler));
        _require(PoolChecks.recordsConsistent(pool, handler));
        _require(PoolChecks.provisionConserved(pool, handler));
        _require(PoolChecks.backlogConserved(pool, handler));
        _require(PoolChecks.healthRecomputed(pool, handler));
    }

    function _actions() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](46);
        list[0] = PoolHandler.deposit.selector;
        list[1] = PoolHandler.mint.selector;
        list[2] = PoolHandler.withdraw.selector;
        list[3] = PoolHandler.redeem.selector;
        list[4] = PoolHandler.transferShares.selector;
        list[5] = PoolHandler.depositAndRedeem.selector;
        list[6] = PoolHandler.supplyCollateral.selector;
        list[7] = PoolHandler.withdrawCollateral.selector;
        list[8] = PoolHandler.borrow.selector;
        list[9] = PoolHandler.repay.selector;
        list[10] = PoolHandler.borrowAndRepay.selector;
        list[11] = PoolHandler.kick.selector;
        list[12] = PoolHandler.unkick.selector;
        list[13] = PoolHandler.take.selector;
        list[14] = PoolHandler.flashLoan.selector;
        list[15] = PoolHandler.accrue.selector;
        list[16] = PoolHandler.donate.selector;
        list[17] = PoolHandler.withdrawReserves.selector;
        list[18] = PoolHandler.movePrice.selector;
        list[19] = PoolHandler.wait.selector;
        list[20] = PoolHandler.mark.selector;
        list[21] = RiskHandler.unwind.selector;
        list[22] = RiskHandler.writeRisk.selector;
        list[23] = RiskHandler.payKeeper.selector;
        list[24] = RiskHandler.setRiskEngine.selector;
        list[25] = RiskHandler.setCollateralFactors.selector;
        list[26] = RiskHandler.lowerBorrowFactor.selector;
        list[27] = RiskHandler.rampDownLiquidationFactor.selector;
        list[28] = SaleHandler.kickFor.selector;
        list[29] = SaleHandler.claimTips.selector;
        list[30] = SaleHandler.takeBatch.selector;
        list[31] = LifeHandler.transferSharesFrom.selector;
        list[32] = LifeHandler.borrowAsOperator.selector;
        list[33] = LifeHandler.supplyFor.selector;
        list[34] = LifeHandler.dustBatches.selector;
        list[35] = GovernanceHandler.setCaps.selector;
        list[36] = GovernanceHandler.setParameter.selector;
        list[37] = LifeHandler.registerKeeper.selector;
        list[38] = OutageHandler.actInOutage.selector;
        list[39] = SplitHandler.splitSale.selector;
        list[40] = OutageHandler.sellInOutage.selector;
        list[41] = OutageHandler.failFeed.selector;
        list[42] = OutageHandler.healFeeds.selector;
        list[43] = GovernanceHandler.setOracle.selector;
        list[44] = GovernanceHandler.listCollateral.selector;
        list[45] = GovernanceHandler.tighten.selector;
    }

    /// @dev `steps` actions drawn from `seed`.
    function _drive(uint256 seed, uint256 steps) internal {
        bytes4[] memory actions = _actions();
        for (uint256 i; i < steps; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            bytes memory data = abi.encodeWithSelector(
                actions[word % actions.length],
                uint256(keccak256(abi.encode(word, 1))),
                uint256(keccak256(abi.encode(word, 2))),
                uint256(keccak256(abi.encode(word, 3)))
            );
            (bool ok, bytes memory reason) = address(handler).call(data);
            // Actions catch what the pool refuses: a revert here is a mistake of the handler.
            require(ok, string(abi.encodePacked("handler reverted: ", reason)));
            if (i % 16 == 0) _requireAll();
        }
        _requireAll();
    }
}
