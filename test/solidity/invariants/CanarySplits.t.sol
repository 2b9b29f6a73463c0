// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {vm} from "../Vm.sol";
import {CanarySetup} from "./Canaries.t.sol";
import {SplitHandler} from "./SplitHandler.sol";
import {TamperingHandler} from "./TamperingHandler.sol";

/// @title Does INV-15 bark, and how far does it reach?
contract CanarySplitsTest is CanarySetup {
    /// @dev Actor 3 at the floor, in a market of 10 to the power of `digits` of reserves: what is sold moves the price.
    function _sellSlowly(uint256 digits) private {
        handler.supplyCollateral(3, 30_000e6, 1);
        handler.borrow(3, 20_000e6, 1);
        handler.movePrice(0, 100, 1); // × 0.8
        handler.kick(0, 3, 0);
        handler.wait(0, 25 minutes, 0);
        handler.setRiskEngine(1, 0, 0);
        handler.writeRisk(1, ((15 - digits) << 72) | (2_000 << 16), 1);
        require(_rate() != 0, "sold by time alone");
    }

    function _rate() private view returns (uint256) {
        return ILiquidationDesk(address(pool)).saleOf(address(tokens[1])).ratePerSecond;
    }

    /// @dev Half of what may be sold, in a quarter and the rest.
    function _splitWith(TamperingHandler.Sabotage sabotage) private {
        _sabotage(sabotage);
        uint256 before = handler.succeeded(SplitHandler.splitSale.selector);
        handler.splitSale(1, 3, 1);
        require(handler.succeeded(SplitHandler.splitSale.selector) == before + 1, "nothing was compared");
    }

    function test_INV15_PartsOfOurs() public {
        _sellSlowly(11);
        _splitWith(TamperingHandler.Sabotage.None);
        _requireAll();
    }

    function test_INV15_SecondPartPaysForNothingSold() public {
        _sellSlowly(11);
        _splitWith(TamperingHandler.Sabotage.ForgetSales);
        _requireReport(handler.violation(), "INV-15");
    }

    function test_INV15_SecondPartPaysForMoreThanWasSold() public {
        _sellSlowly(11);
        _splitWith(TamperingHandler.Sabotage.RushClock);
        _requireReport(handler.violation(), "INV-15");
    }

    /// @dev The backlog is beyond the knee: the pace grows by what the first part sells, and the parts cost another price.
    function test_INV15_SecondPartCheaperAtAnotherPace() public {
        _sellSlowly(10);
        _splitWith(TamperingHandler.Sabotage.None);
        _requireNoViolation();
        _splitWith(TamperingHandler.Sabotage.ForgetSales);
        _requireReport(handler.violation(), "INV-15");
    }

    // --- how far it reaches -----------------------------------------------------------------------------------------

    function _paidInParts(address account, uint256 amount, uint256 parts) private returns (uint256 paid) {
        address taker = handler.actorList()[1];
        uint256 state = vm.snapshotState();
        for (uint256 i; i < parts; ++i) {
            uint256 part = (amount * (i + 1)) / parts - (amount * i) / parts;
            vm.prank(taker);
            (uint256 sold, uint256 cost) = ILiquidationSales(address(pool)).take(
                account,
                address(tokens[1]),
                part,
                type(uint256).max,
                taker,
                ""
            );
            require(sold == part, "cut");
            paid += cost;
        }
        require(vm.revertToState(state), "the state is not put back");
    }

    /// @dev What a taker of nine tenths of what may be sold saves by taking it in sixteen parts. [ppm]
    function _savedPpm(uint256 reserve) private returns (uint256) {
        _sellSlowly(11);
        handler.writeRisk(0, (reserve << 72) | (7_000 << 16) | 7_500, 1);
        address account = handler.actorList()[3];
        (uint256 most, , ) = ILiquidationSales(address(pool)).quoteTake(account, address(tokens[1]), type(uint256).max);
        uint256 whole = _paidInParts(account, (most * 9) / 10, 1);
        uint256 parts = _paidInParts(account, (most * 9) / 10, 16);
        return (whole * 1e6) / parts - 1e6;
    }

    /// @dev Known and open: each part raises the health of the account, which allows the next a larger discount.
    function test_INV15_PartsCostLessUnderTheGuard() public {
        uint256 savedPpm = _savedPpm(300_000e6);
        require(savedPpm > 15_000 && savedPpm < 17_000, Strings.toString(savedPpm));
    }

    /// @dev Known and open: each part takes from a backlog beyond the knee, and the next is sold at a higher pace.
    function test_INV15_PartsCostLessBeyondTheKnee() public {
        uint256 savedPpm = _savedPpm(30_000e6);
        require(savedPpm > 4_000 && savedPpm < 5_000, Strings.toString(savedPpm));
    }
}
