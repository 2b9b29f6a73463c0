// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationCurve} from "../../../contracts/interfaces/ILiquidationCurve.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {CurveKind, CurveParameters} from "../../../contracts/libraries/CurveTerms.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {BasketByTable} from "./BasketByTable.sol";
import {SaleHandler} from "./SaleHandler.sol";

/// @title Is the schedule paid for?
/// @notice INV-15: a sale in two parts against the same sale at once, of the same state, and neither of them stays.
contract SplitHandler is SaleHandler {
    using BasketByTable for BasketByTable.Table;

    /// @dev Parts may cost so much more or less for ticks and units that are rounded: of what they cost, [ppm], and [loan base units]
    uint256 private constant ROUNDING_PPM = 2;
    uint256 private constant ROUNDING = 3;

    /// @dev What the price of a sale follows besides the lag.
    struct Terms {
        uint256 rate; // [loan base units a second]
        uint256 floorWad; // of the account's price [÷ liquidation price]
    }

    struct Parts {
        Terms before;
        Terms between;
        uint256 first; // [collateral base units]
        uint256 second;
        uint256 paidFirst; // [loan base units]
        uint256 paidSecond;
        uint256 paidWhole; // for both at once
    }

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) SaleHandler(pool_, oracle_, tokens, flashBorrower_) {}

    /// @dev Counts where both went through and could be compared.
    function splitSale(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _forSale(b);
        address token = _heldToken(account, c);
        uint256 state = vm.snapshotState();
        (bool ok, Parts memory parts) = _sellBothWays(_actor(a), account, token, a >> 8);
        require(vm.revertToState(state), "the state is not put back");
        if (!ok) return;
        ++succeeded[msg.sig];
        _checkParts(parts);
    }

    /// @return ok False where one of the sales is refused, as where a part would be or leave dust, or is cut to the target.
    function _sellBothWays(
        address taker,
        address account,
        address token,
        uint256 word
    ) private returns (bool ok, Parts memory parts) {
        // Counted in the backlog, and the engine asked: so that both begin alike.
        _call(taker, abi.encodeCall(ILiquidationSales.kick, (account)));
        if (pool.accountOf(account).kickedAt == 0 || pool.accountOf(account).saleDebtOrEasedAt == 0)
            return (false, parts);
        uint256 whole = (_mostOf(account, token) * _between(word, 50, 99)) / 100;
        parts.first = (whole * _between(word >> 8, 25, 75)) / 100;
        parts.second = whole - parts.first;
        parts.before = _termsOf(account, token);
        uint256 state = vm.snapshotState();
        (ok, parts.paidWhole) = _sell(taker, account, token, whole);
        require(vm.revertToState(state), "the state is not put back");
        if (!ok) return (false, parts);
        (ok, parts.paidFirst) = _sell(taker, account, token, parts.first);
        if (!ok) return (false, parts);
        parts.between = _termsOf(account, token);
        (ok, parts.paidSecond) = _sell(taker, account, token, parts.second);
    }

    function _checkParts(Parts memory parts) private {
        uint256 paid = parts.paidFirst + parts.paidSecond;
        uint256 slack = ROUNDING + (parts.paidWhole * ROUNDING_PPM) / 1e6;
        if (parts.before.rate == parts.between.rate && parts.before.floorWad == parts.between.floorWad) {
            if (paid + slack < parts.paidWhole) _violate("INV-15: splitting a sale brings something");
            if (paid > parts.paidWhole + slack) _violate("INV-15: splitting a sale costs something");
        }
        // Whatever the terms, selling never makes the next sale cheaper, but for a floor that falls with the account's health.
        uint256 fall = Math.min(parts.before.floorWad, parts.between.floorWad);
        if ((parts.paidSecond + slack) * parts.first * parts.before.floorWad < parts.paidFirst * parts.second * fall)
            _violate("INV-15: the next sale is cheaper than the one before");
    }

    /// @dev All that a taker who names no amount would get. [collateral base units] 0: nothing
    function _mostOf(address account, address token) private returns (uint256 most) {
        try ILiquidationSales(address(pool)).quoteTake(account, token, type(uint256).max) returns (
            uint256 amount,
            uint256,
            uint256
        ) {
            most = amount;
        } catch {}
    }

    function _sell(
        address taker,
        address account,
        address token,
        uint256 amount
    ) private returns (bool ok, uint256 paid) {
        bytes memory result;
        (ok, result) = _call(
            taker,
            abi.encodeCall(ILiquidationSales.take, (account, token, amount, type(uint256).max, taker, ""))
        );
        if (!ok) return (false, 0);
        uint256 sold;
        (sold, paid) = abi.decode(result, (uint256, uint256));
        ok = sold == amount;
    }

    function _termsOf(address account, address token) private view returns (Terms memory terms) {
        ILiquidationDesk.SaleState memory state = ILiquidationDesk(address(pool)).saleOf(token);
        CurveParameters memory p = ILiquidationCurve(state.curve).parameters();
        terms.rate = state.ratePerSecond;
        terms.floorWad = 1e22 / (1e4 + p.maxBonusBps);
        if (p.kind != CurveKind.Paced) return terms;
        // The guard: no discount beyond what heals, where the least bonus heals at all.
        uint256 guardWad = 1e22 / (1e4 + p.minBonusBps);
        uint256 debt = pool.healthOf(account).debt + _tipOf(account);
        (uint256[] memory values, uint256 place) = _valuesOf(account, token);
        BasketByTable.Table memory t = _tableOf(values);
        (uint256 firstWad, uint256 meanWad) = _factorsOf(t, place);
        uint256 heals = _healingWad(debt, t, meanWad, values[place], state.reserve);
        if (heals > guardWad && _healingWad(debt, t, firstWad, values[place], state.reserve) <= guardWad) {
            heals = guardWad;
        }
        if (heals <= guardWad) terms.floorWad = Math.max(terms.floorWad, heals);
    }

    /// @dev `max(D·f·ψ ÷ W, D ÷ V)`, `ψ = (y + 2c) ÷ y`. [WAD]
    function _healingWad(
        uint256 debt,
        BasketByTable.Table memory t,
        uint256 factorWad,
        uint256 own,
        uint256 reserve
    ) private pure returns (uint256 heals) {
        uint256 carried = t.capacity();
        if (carried == 0) return type(uint256).max;
        heals = (debt * factorWad) / carried;
        if (reserve != 0) heals = Math.mulDiv(heals, reserve + 2 * own, reserve);
        return Math.max(heals, (debt * 1e18) / t.value());
    }
}
