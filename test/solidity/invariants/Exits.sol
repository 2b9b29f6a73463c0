// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolRisk} from "../../../contracts/interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {vm} from "../Vm.sol";
import {InvariantSetup} from "./InvariantSetup.sol";

/// @title Can everybody leave?
/// @notice INV-21, at the end of a run: either everybody repays, or nobody does and everything is sold after a crash. Either way
/// no debt is left, all collateral can be withdrawn, and lenders leave with the same for each share, whoever goes first.
/// @dev Feeds that are silent stay so where all repay. Governance has put no engine in place, for an engine may hold exits back for a while.
abstract contract Exits is InvariantSetup {
    uint112 private constant UNCAPPED = type(uint112).max;
    uint256 private constant MOST_ROUNDS = 120;
    /// @dev Between what two lenders get for a share, for roundings: of the larger, and in base units.
    uint256 private constant ROUNDING_E12 = 1e6;
    uint256 private constant ROUNDING = 2;

    function _exitAll(uint256 word) internal {
        vm.warp(handler.time());
        IPoolRisk(address(pool)).setRiskEngine(address(0), 0);
        _admin().setPauseFlags(0);
        _admin().setPoolCaps(UNCAPPED, UNCAPPED);
        address[] memory actors = handler.actorList();
        if (word % 2 == 0) _repayAll(actors);
        else _sellAll(actors);
        IPoolTypes.Totals memory t = pool.totals();
        require(t.debtShares == 0 && t.debtAssets == 0, "INV-21: debt is left");
        _withdrawAll(actors);
        _redeemAll(actors, word / 2);
    }

    function _repayAll(address[] memory actors) private {
        for (uint256 i; i < actors.length; ++i) {
            uint256 shares = pool.debtSharesOf(actors[i]);
            if (shares == 0) continue;
            vm.prank(actors[i]);
            pool.repay(0, shares, actors[i], "");
        }
    }

    /// @dev All collateral is worth a thousandth of what it was, and nobody repays: takers have it all, time passing.
    function _sellAll(address[] memory actors) private {
        uint256 owed = pool.totals().debtAssets;
        uint256 supply = pool.totalSupply();
        uint256 assets = pool.totalAssets();
        _crash();
        uint256 time = handler.time();
        bool isLeft = owed != 0;
        for (uint256 round; isLeft && round < MOST_ROUNDS; ++round) {
            isLeft = false;
            time += 15 minutes;
            vm.warp(time);
            for (uint256 i; i < actors.length; ++i) {
                if (pool.debtSharesOf(actors[i]) == 0) continue;
                isLeft = true;
                _sell(actors[i], actors[(i + 1) % actors.length]);
            }
        }
        // Nobody was paid for by lenders twice: they have not lost more than was owed, interest of the sale included.
        if (supply == pool.totalSupply()) {
            require(pool.totalAssets() + owed + owed / 10 + ROUNDING >= assets, "INV-21: more was lost than was owed");
        }
    }

    function _crash() private {
        address[] memory list = pool.collateralList();
        ConstantPriceOracle prices = ConstantPriceOracle(pool.poolConfig().oracle);
        for (uint256 i; i < list.length; ++i) {
            address token = list[i];
            prices.setFresh(token, true);
            prices.setPrice(token, prices.liquidationPrice(token) / 1_000 + 1);
        }
    }

    function _sell(address account, address taker) private {
        IPoolTypes.Health memory h = pool.healthOf(account);
        // However little somebody owes against however much, in a sale from before the crash too.
        if (h.debt <= h.liquidationCapacity) _crash();
        else if (pool.accountOf(account).kickedAt == 0) ILiquidationSales(address(pool)).kick(account);
        address[] memory list = pool.collateralList();
        for (uint256 i; i < list.length; ++i) {
            address token = list[i];
            if (pool.collateralOf(account, token) == 0) continue;
            vm.prank(taker);
            // Refused while its price is above what it is worth to sell, or when the sale has expired.
            (bool ok, ) = address(pool).call(
                abi.encodeCall(
                    ILiquidationSales.take,
                    (account, token, type(uint256).max, type(uint256).max, taker, "")
                )
            );
            if (!ok) {
                try ILiquidationSales(address(pool)).kick(account) {} catch {}
            }
        }
    }

    function _withdrawAll(address[] memory actors) private {
        address[] memory list = pool.collateralList();
        for (uint256 i; i < actors.length; ++i) {
            for (uint256 j; j < list.length; ++j) {
                uint256 amount = pool.collateralOf(actors[i], list[j]);
                if (amount == 0) continue;
                vm.prank(actors[i]);
                pool.withdrawCollateral(list[j], amount, actors[i], actors[i]);
            }
        }
        for (uint256 j; j < list.length; ++j) {
            require(pool.collateralConfig(list[j]).totalSupplied == 0, "INV-21: collateral is left");
        }
    }

    /// @dev One after the other, beginning with anyone.
    function _redeemAll(address[] memory actors, uint256 first) private {
        uint256 dust;
        uint256 bestE12;
        uint256 worstE12 = type(uint256).max;
        for (uint256 i; i < actors.length; ++i) {
            address lender = actors[(first + i) % actors.length];
            uint256 shares = pool.balanceOf(lender);
            if (pool.previewRedeem(shares) == 0) {
                dust += shares; // worth less than a base unit: nothing to be had for it
                continue;
            }
            vm.prank(lender);
            uint256 assets = pool.redeem(shares, lender, lender);
            if (shares < 1e12) continue; // a share of a base unit says nothing of its price
            uint256 highE12 = ((assets + ROUNDING) * 1e24) / shares;
            uint256 lowE12 = (assets * 1e24) / shares;
            if (lowE12 > bestE12) bestE12 = lowE12;
            if (highE12 < worstE12) worstE12 = highE12;
        }
        require(
            worstE12 == type(uint256).max || bestE12 <= worstE12 + ROUNDING_E12 + bestE12 / 1e6,
            "INV-21: lenders did not get the same for a share"
        );
        require(pool.totalSupply() == dust, "INV-21: shares are left");
        require(loan.balanceOf(address(pool)) >= pool.totals().reserves, "INV-21: reserves that are not there");
    }

    /// @dev A line a run into the file that `FUZZ_CALLS` names: of every action how often it was tried, and how often something came
    /// of it. `npm run fuzz:deep` adds them up. Begins with a blank: campaigns run at once, and the end of another's line may come late.
    function _report() internal {
        string memory file = vm.envOr("FUZZ_CALLS", string(""));
        if (bytes(file).length == 0) return;
        bytes memory line;
        bytes4[] memory actions = _actions();
        for (uint256 i; i < actions.length; ++i) {
            line = abi.encodePacked(line, " ", Strings.toHexString(uint32(actions[i]), 4));
            line = abi.encodePacked(line, ":", Strings.toString(handler.attempted(actions[i])));
            line = abi.encodePacked(line, ":", Strings.toString(handler.effective(actions[i])));
        }
        vm.writeLine(file, string(line));
    }
}
