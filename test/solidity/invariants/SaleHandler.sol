// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ILiquidationCurve} from "../../../contracts/interfaces/ILiquidationCurve.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {CurveKind, CurveParameters} from "../../../contracts/libraries/CurveTerms.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {RiskHandler} from "./RiskHandler.sol";

/// @title What is judged of every sale, and tips
/// @notice Everything is recomputed from what anybody can read, by the rules of `docs/liquidation.md`. Accounts with one
/// collateral are judged more strictly, for theirs needs no marginal factor.
contract SaleHandler is RiskHandler {
    /// @dev Of capacity or debt, for roundings. [loan base units]
    uint256 private constant ROUNDING = 4;
    uint256 private constant MAX_LEAD = 2 minutes;

    /// @dev State before a sale.
    struct SaleBefore {
        IPoolTypes.Health health;
        uint256 clockTicks;
        uint256 price36;
        uint256 reserve;
        uint256 held;
        uint256 tip;
        bool isSingle;
    }

    SaleBefore private _sale;

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) RiskHandler(pool_, oracle_, tokens, flashBorrower_) {}

    function kickFor(uint256 a, uint256 b, uint256) external now_ {
        address account = _unhealthy(b);
        bool unhealthy = _isLiquidatable(account, 0);
        // What it is said to hold may be wrong, and counts for nothing then.
        address token = _heldToken(account, b);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.kickFor, (account, token, 1)));
        if (ok && !unhealthy) _violate("INV-08: a healthy account was kicked");
    }

    function claimTips(uint256 a, uint256, uint256) external now_ {
        (, uint256 waiting, ) = ILiquidationDesk(address(pool)).keeperOf(1);
        if (waiting == 0) _earnTip(_unhealthy(a >> 8));
        (address owner, uint256 owed, ) = ILiquidationDesk(address(pool)).keeperOf(1);
        (bool ok, ) = _act(a % 2 == 0 ? owner : _actor(a), abi.encodeCall(ILiquidationDesk.claimTips, (1, _actor(a))));
        if (ok) netLoanFlow -= owed;
    }

    /// @dev For the first sale of somebody whom the first keeper puts up for sale.
    function _earnTip(address account) private {
        address token = _heldToken(account, 0);
        (bool kicked, ) = _act(_actor(1), abi.encodeCall(ILiquidationSales.kickFor, (account, address(0), 1)));
        if (kicked) _take(_actor(0), account, token, type(uint256).max);
    }

    /// @dev Two sales in one, perhaps of one account, the first of all or of half: all or none.
    function takeBatch(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _forSale(b);
        ILiquidationSales.TakeOrder[] memory orders = new ILiquidationSales.TakeOrder[](2);
        address token = _heldToken(account, c);
        uint256 most = a % 8 == 0 ? type(uint256).max : pool.collateralOf(account, token) / 4;
        orders[0] = ILiquidationSales.TakeOrder(account, token, most);
        // The rest of it, or of something else, or of somebody else.
        orders[1] =
            b % 3 == 0
                ? ILiquidationSales.TakeOrder(_actor(b >> 8), address(_token(c >> 8)), type(uint256).max)
                : ILiquidationSales.TakeOrder(account, _heldToken(account, c >> 8), type(uint256).max);
        bool unhealthy = _isLiquidatable(account, 0);
        (bool ok, bytes memory result) = _call(
            _actor(a),
            abi.encodeCall(ILiquidationSales.takeBatch, (orders, type(uint256).max, _actor(a), ""))
        );
        if (!ok) return;
        (, uint256 paid) = abi.decode(result, (uint256[], uint256));
        netLoanFlow += paid;
        if (!unhealthy) _violate("INV-08: a healthy account was sold");
        for (uint256 i; i < 2; ++i) {
            if (pool.collateralOf(orders[i].account, orders[i].collateral) == 0) {
                smallDebtAllowed[orders[i].account] = true;
            }
        }
    }

    function _beforeSale(address account, address token) internal override returns (uint256 tip) {
        IPoolTypes.Account memory record = pool.accountOf(account);
        ILiquidationDesk.SaleState memory state = ILiquidationDesk(address(pool)).saleOf(token);
        IPoolTypes.Health memory h = pool.healthOf(account);
        if (record.kickedAt != 0 && record.keeperOrLag != 0) {
            (, , tip) = ILiquidationDesk(address(pool)).keeperOf(1);
            if (tip > h.debt / 200) tip = h.debt / 200;
        }
        h.debt += tip;
        uint256 mask = record.collateralMask;
        _sale = SaleBefore({
            health: h,
            clockTicks: state.clockTicks,
            price36: _oracle.liquidationPrice(token),
            reserve: state.reserve,
            held: pool.collateralOf(account, token),
            tip: tip,
            isSingle: mask & (mask - (mask == 0 ? 0 : 1)) == 0
        });
    }

    function _afterSale(address account, address token, uint256 amount, uint256 paid) internal override {
        SaleBefore memory s = _sale;
        ILiquidationDesk.SaleState memory state = ILiquidationDesk(address(pool)).saleOf(token);
        CurveParameters memory p = ILiquidationCurve(state.curve).parameters();
        if (state.clockTicks < s.clockTicks) _violate("INV-16: a clock ran backwards");
        if (state.clockTicks > s.clockTicks && state.clockTicks > (block.timestamp + MAX_LEAD) * 256) {
            _violate("INV-16: a clock ran too far ahead");
        }
        // Not below the floor: the taker's collateral is worth at most 1 + b of what he paid.
        uint256 worth = (amount * s.price36) / 1e36;
        if (worth * 1e4 > (paid + ROUNDING) * (1e4 + p.maxBonusBps)) _violate("INV-13: sold below the floor");

        IPoolTypes.Health memory left = pool.healthOf(account);
        if (left.collateralValue == 0) return; // written off, or wound up: judged by INV-03 and INV-05
        if (left.debt + paid > s.health.debt + ROUNDING || left.debt + paid + ROUNDING < s.health.debt) {
            _violate("INV-14: debt does not go down by what is paid");
        }
        if (amount < s.held && left.debt != 0) {
            uint256 target = pool.poolConfig().targetHealthBps;
            uint256 unit = s.price36 / 1e36 + 1; // collateral is sold by the base unit
            if (left.liquidationCapacity * 1e4 > (left.debt + ROUNDING + unit) * target + 1e4 * ROUNDING) {
                _violate("INV-12: more was sold than the target takes");
            }
        }
        if (p.kind == CurveKind.Paced && s.isSingle && _heals(s, p)) {
            if ((left.liquidationCapacity + ROUNDING) * s.health.debt < s.health.liquidationCapacity * left.debt) {
                _violate("INV-11: a sale lowered the health of an account that it could heal");
            }
        }
    }

    /// @dev Whether the least bonus heals: `(1 + b)·D·(y + 2V) ≤ V·y`, which covers `(1 + b)·D ≤ V`.
    function _heals(SaleBefore memory s, CurveParameters memory p) private pure returns (bool) {
        uint256 value = s.health.collateralValue;
        uint256 withBonus = s.health.debt * (1e4 + p.minBonusBps);
        if (s.reserve == 0) return withBonus < value * 1e4;
        return withBonus * (s.reserve + 2 * value) < value * s.reserve * 1e4;
    }
}
