// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {LifeHandler} from "./LifeHandler.sol";

/// @dev Storage slots of `PoolStorage`.
uint256 constant SLOT_DEBT = 0; // assets, then shares from this bit on
uint256 constant BIT_SHARES = 112;
uint256 constant SLOT_CASH = 1;
uint256 constant SLOT_ACCOUNTS = 5;
uint256 constant SLOT_COLLATERALS = 7;
uint256 constant BIT_SALE_DEBT = 184; // of an account: its part of the backlog
uint256 constant BIT_CLOCK = 176; // of a collateral
uint256 constant SLOT_PROVISION = 25;

/// @dev Breaks something after each action that the pool accepted.
contract TamperingHandler is LifeHandler {
    enum Sabotage {
        None,
        LoseCash,
        LowerPrices,
        LowerBorrowPrices,
        LowerFactors,
        LowerCaps,
        PayDust,
        PayCollateral,
        HalvePaced,
        DoublePaced,
        ClockAhead,
        ClockBack,
        ForgetSales,
        RushClock
    }

    Sabotage public sabotage;
    address private immutable _test = msg.sender;

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower borrower
    ) LifeHandler(pool_, oracle_, tokens, borrower) {}

    /// @dev Not an action for campaigns to draw.
    function setSabotage(Sabotage value) external {
        require(msg.sender == _test, "not the test");
        sabotage = value;
    }

    /// @dev Price of the collateral that is sold by the paced auction.
    function _scalePaced(uint256 times, uint256 by) private {
        address token = address(_tokens[1]);
        _oracle.setPrice(token, (_oracle.liquidationPrice(token) * times) / by);
    }

    function _turnClock(uint256 ticks) private {
        bytes memory asked = abi.encodeCall(ILiquidationDesk.saleOf, (address(_tokens[1])));
        ILiquidationDesk.SaleState memory state = ILiquidationDesk(address(pool)).saleOf(address(_tokens[1]));
        state.clockTicks = ticks;
        vm.mockCall(address(pool), asked, abi.encode(state));
    }

    /// @dev What the pool itself goes by.
    function _setClock(uint256 ticks) private {
        bytes32 slot = keccak256(abi.encode(address(_tokens[1]), SLOT_COLLATERALS));
        uint256 word = uint256(vm.load(address(pool), slot)) & ~(uint256(type(uint40).max) << BIT_CLOCK);
        vm.store(address(pool), slot, bytes32(word | (ticks << BIT_CLOCK)));
    }

    function _tamperWithSale() private {
        if (sabotage == Sabotage.HalvePaced) _scalePaced(1, 2);
        else if (sabotage == Sabotage.DoublePaced) _scalePaced(2, 1);
        else if (sabotage == Sabotage.ClockAhead) _turnClock((block.timestamp + 3 minutes) * 256);
        else if (sabotage == Sabotage.ClockBack) _turnClock(1);
        else _setClock(sabotage == Sabotage.ForgetSales ? 0 : (block.timestamp + 1 minutes) * 256);
    }

    function _tamper() internal override {
        if (sabotage >= Sabotage.HalvePaced) _tamperWithSale();
        else if (sabotage == Sabotage.LoseCash) {
            bytes32 cash = vm.load(address(pool), bytes32(SLOT_CASH));
            vm.store(address(pool), bytes32(SLOT_CASH), bytes32(uint256(cash) - 1));
        } else if (sabotage == Sabotage.LowerFactors) {
            // The second slot of the collateral: its ramp, 16 bits each, from 1 to 1.
            bytes32 slot = keccak256(abi.encode(pool.collateralList()[0], SLOT_COLLATERALS));
            slot = bytes32(uint256(slot) + 1);
            uint256 word = uint256(vm.load(address(pool), slot)) & ~(uint256(type(uint32).max) << 16);
            vm.store(address(pool), slot, bytes32(word | (1 << 16) | (1 << 32)));
        } else if (sabotage == Sabotage.PayDust) {
            _loan.mint(_actor(2), 1);
        } else if (sabotage == Sabotage.PayCollateral) {
            _tokens[0].mint(_actor(2), 1);
        } else if (sabotage == Sabotage.LowerCaps) {
            IPoolAdmin(address(pool)).setPoolCaps(1, 1);
            for (uint256 i; i < _tokens.length; ++i) {
                IPoolAdmin(address(pool)).setCollateralSupplyCap(address(_tokens[i]), 1);
            }
        } else if (sabotage != Sabotage.None) {
            ConstantPriceOracle oracle = ConstantPriceOracle(pool.poolConfig().oracle);
            address token = pool.collateralList()[0];
            uint256 liquidation = sabotage == Sabotage.LowerPrices ? 1 : oracle.liquidationPrice(token);
            oracle.setPrices(token, 1, liquidation);
        }
    }
}
