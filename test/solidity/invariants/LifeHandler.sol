// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {GovernanceHandler} from "./GovernanceHandler.sol";

/// @title What else can happen in a pool's life
/// @notice Others' hands and batches of dust.
contract LifeHandler is GovernanceHandler {
    /// @dev Most of a batch's gain that roundings of what is measured can make up. [loan base units]
    uint256 private constant ROUNDING = 1;

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) GovernanceHandler(pool_, oracle_, tokens, flashBorrower_) {}

    // --- others' hands --------------------------------------------------------------------------------------------

    function transferSharesFrom(uint256 a, uint256 b, uint256 c) external now_ {
        address owner = _actor(a);
        address spender = _actor(c);
        uint256 shares = _between(b, 0, pool.balanceOf(owner));
        uint256 allowed = a % 5 == 0 && shares != 0 ? shares - 1 : shares;
        vm.prank(owner);
        pool.approve(spender, allowed);
        (bool ok, ) = _act(spender, abi.encodeCall(pool.transferFrom, (owner, _actor(c >> 8), shares)));
        if (ok && allowed < shares) _violate("INV-20: shares moved beyond the allowance");
        vm.prank(owner);
        pool.approve(spender, 0);
    }

    /// @dev Every other time without being allowed to.
    function borrowAsOperator(uint256 a, uint256 b, uint256 c) external now_ {
        (address owner, address operator) = (_solvent(a), _actor(c));
        vm.prank(owner);
        pool.setOperator(operator, a % 2 == 0);
        uint256 room = _zeroFloorSub(_creditOf(owner), pool.debtOf(owner));
        uint256 assets = _between(b, 100e6, 100e6 + room);
        (bool ok, bytes memory result) = _act(operator, abi.encodeCall(pool.borrow, (assets, 0, owner, operator)));
        vm.prank(owner);
        pool.setOperator(operator, false);
        if (!ok) return;
        (uint256 sent, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow -= sent;
        _checkBorrowTest(owner);
        if (a % 2 != 0 && owner != operator) _violate("INV-20: somebody borrowed for another, unasked");
    }

    /// @dev Collateral for somebody else: taken where he has some already.
    function supplyFor(uint256 a, uint256 b, uint256 c) external now_ {
        (address giver, address account) = (_actor(a), _actor(c));
        address token = address(_token(c >> 8));
        uint256 amount = (_between(b, 1, 1_000e6) * 1e36) / _priceOf(token) + 1;
        bool isNew = pool.collateralOf(account, token) == 0;
        (bool ok, ) = _act(giver, abi.encodeCall(pool.supplyCollateral, (token, amount, account, "")));
        if (ok && isNew && giver != account) _violate("INV-20: somebody chose a collateral for another, unasked");
    }

    // --- batches of dust ------------------------------------------------------------------------------------------

    /// @dev Six steps of 1 to 100 base units or shares in any order, in one transaction, eight times over: whoever gained by one batch
    /// would gain eight times as much. Steps that are refused are left out.
    function dustBatches(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _actor(a);
        bytes[] memory steps = _dustSteps(account, b, c);
        uint256 before = _wealthOf(account);
        bytes32 holdings = _holdingsOf(account);
        uint256 held = _loan.balanceOf(account);
        for (uint256 i; i < 8 && steps.length != 0; ++i) {
            (bool ok, ) = _act(account, abi.encodeCall(pool.multicall, (steps)));
            if (!ok) steps = _doSingly(account, steps);
        }
        uint256 left = _loan.balanceOf(account);
        netLoanFlow = netLoanFlow + held - left;
        if (_wealthOf(account) > before + ROUNDING) _violate("INV-05: a batch of dust gains");
        if (_holdingsOf(account) != holdings) _violate("INV-05: a batch of dust changes what is owned of collateral");
    }

    function _dustSteps(address account, uint256 b, uint256 c) private view returns (bytes[] memory steps) {
        // Who owes nothing has nothing to repay, and cannot owe so little.
        uint256 kinds = pool.debtOf(account) == 0 ? 8 : 12;
        address token = _heldToken(account, b >> 64);
        steps = new bytes[](6);
        for (uint256 i; i < steps.length; ++i) {
            uint256 amount = _between(b >> (8 * i), 1, 100);
            steps[i] = _dustStep(uint8(c >> (8 * i)) % kinds, amount, account, token);
        }
    }

    /// @return done Those of the steps that were not refused.
    function _doSingly(address account, bytes[] memory steps) private returns (bytes[] memory done) {
        uint256 count;
        for (uint256 i; i < steps.length; ++i) {
            (bool ok, ) = _act(account, steps[i]);
            if (ok) steps[count++] = steps[i];
        }
        done = new bytes[](count);
        for (uint256 i; i < count; ++i) done[i] = steps[i];
    }

    function _dustStep(
        uint256 kind,
        uint256 amount,
        address account,
        address token
    ) private view returns (bytes memory) {
        if (kind == 0) return abi.encodeCall(pool.deposit, (amount, account));
        if (kind == 1) return abi.encodeCall(pool.withdraw, (amount, account, account));
        // Of shares worth a unit each or so, and of a millionth of that.
        if (kind == 2) return abi.encodeCall(pool.mint, (amount * 1e6, account));
        if (kind == 3) return abi.encodeCall(pool.redeem, (amount * 1e6, account, account));
        if (kind == 4) return abi.encodeCall(pool.mint, (amount, account));
        if (kind == 5) return abi.encodeCall(pool.redeem, (amount, account, account));
        return _dustOfBorrower(kind, amount, account, token);
    }

    function _dustOfBorrower(
        uint256 kind,
        uint256 amount,
        address account,
        address token
    ) private view returns (bytes memory) {
        if (kind == 6) return abi.encodeCall(pool.supplyCollateral, (token, amount, account, ""));
        if (kind == 7) return abi.encodeCall(pool.withdrawCollateral, (token, amount, account, account));
        if (kind == 8) return abi.encodeCall(pool.repay, (amount, 0, account, ""));
        if (kind == 9) return abi.encodeCall(pool.borrow, (amount, 0, account, account));
        if (kind == 10) return abi.encodeCall(pool.repay, (0, amount, account, ""));
        return abi.encodeCall(pool.borrow, (0, amount, account, account));
    }

    /// @dev Of every collateral, in the pool and out of it.
    function _holdingsOf(address account) private view returns (bytes32 holdings) {
        for (uint256 i; i < _tokens.length; ++i) {
            uint256 sum = _tokens[i].balanceOf(account) + pool.collateralOf(account, address(_tokens[i]));
            holdings = keccak256(abi.encode(holdings, sum));
        }
    }

    /// @dev [loan base units, to one unit]
    function _wealthOf(address account) private view returns (uint256) {
        return _loan.balanceOf(account) + pool.convertToAssets(pool.balanceOf(account)) - pool.debtOf(account);
    }

    function registerKeeper(uint256 a, uint256, uint256) external now_ {
        _act(_actor(a), abi.encodeCall(ILiquidationDesk.registerKeeper, ()));
    }
}
