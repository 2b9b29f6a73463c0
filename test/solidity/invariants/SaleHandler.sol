// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {ILiquidationCurve} from "../../../contracts/interfaces/ILiquidationCurve.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolRisk} from "../../../contracts/interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {CurveKind, CurveParameters} from "../../../contracts/libraries/CurveTerms.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {BasketByTable} from "./BasketByTable.sol";
import {RiskHandler} from "./RiskHandler.sol";

/// @title What is judged of every sale, and tips
/// @notice Everything is recomputed from what anybody can read, by the rules of `docs/liquidation.md`.
contract SaleHandler is RiskHandler {
    using BasketByTable for BasketByTable.Table;

    /// @dev Of capacity or debt, for roundings. [loan base units]
    uint256 private constant ROUNDING = 4;
    uint256 private constant MAX_LEAD = 2 minutes;

    /// @dev State before a sale.
    struct SaleBefore {
        uint256 debt; // after the tip was charged, as sales are judged [loan base units]
        uint256 clockTicks;
        uint256 place; // in the pool's list
        uint256 price36;
        uint256 held;
        uint256[] values; // of all that the account holds, by place [loan base units]
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
        bool priced = !_holdsAny(account, _silent());
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.kickFor, (account, token, 1)));
        if (ok) _checkPriced(priced);
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

    /// @dev Two sales in one, all or none. Each is judged as a sale of its own; the batch must come to the same.
    function takeBatch(uint256 a, uint256 b, uint256 c) external now_ {
        ILiquidationSales.TakeOrder[] memory orders = _ordersFor(a, b, c);
        Singly memory singly = _sellSingly(_actor(a), orders);
        Before memory before = _before();
        (bool ok, bytes memory result) = _call(
            _actor(a),
            abi.encodeCall(ILiquidationSales.takeBatch, (orders, type(uint256).max, _actor(a), ""))
        );
        if (!ok) {
            if (singly.isSold) _violate("INV-14: a batch refuses what is sold one by one");
            return;
        }
        (uint256[] memory amounts, uint256 paid) = abi.decode(result, (uint256[], uint256));
        netLoanFlow += paid;
        lenderLosses += singly.loss;
        if (bytes(singly.violation).length != 0) _violate(singly.violation);
        bool isSame = singly.isSold && paid == singly.paid && _booksOf(orders) == singly.books;
        if (!isSame || keccak256(abi.encode(amounts)) != keccak256(abi.encode(singly.amounts))) {
            _violate("INV-14: a batch is not what its sales are one by one");
        }
        for (uint256 i; i < 2; ++i) {
            if (pool.collateralOf(orders[i].account, orders[i].collateral) == 0) {
                smallDebtAllowed[orders[i].account] = true;
            }
        }
        _after(before, singly.loss, true);
    }

    /// @dev Perhaps of one account, the first of all or of a quarter.
    function _ordersFor(uint256 a, uint256 b, uint256 c) private returns (ILiquidationSales.TakeOrder[] memory orders) {
        address account = _forSale(b);
        orders = new ILiquidationSales.TakeOrder[](2);
        address token = _heldToken(account, c);
        uint256 most = a % 8 == 0 ? type(uint256).max : pool.collateralOf(account, token) / 4;
        orders[0] = ILiquidationSales.TakeOrder(account, token, most);
        // The rest of it, or of something else, or of somebody else.
        orders[1] =
            b % 3 == 0
                ? ILiquidationSales.TakeOrder(_actor(b >> 8), address(_token(c >> 8)), type(uint256).max)
                : ILiquidationSales.TakeOrder(account, _heldToken(account, c >> 8), type(uint256).max);
    }

    /// @dev What became of the orders of a batch one after another.
    struct Singly {
        bool isSold; // all of them
        uint256[] amounts;
        uint256 paid;
        uint256 loss; // that lenders bore
        bytes32 books;
        string violation; // the first; of an earlier action, if there was one
    }

    /// @dev Sells by `take`, each sale judged as such, and puts everything back: what is between the sales of a batch nobody can read.
    function _sellSingly(
        address taker,
        ILiquidationSales.TakeOrder[] memory orders
    ) private returns (Singly memory singly) {
        uint256 losses = lenderLosses;
        uint256 state = vm.snapshotState();
        singly.isSold = true;
        singly.amounts = new uint256[](orders.length);
        for (uint256 i; i < orders.length && singly.isSold; ++i) {
            uint256 cost;
            (singly.amounts[i], cost) = _take(taker, orders[i].account, orders[i].collateral, orders[i].maxCollateral);
            singly.paid += cost;
            singly.isSold = singly.amounts[i] != 0;
        }
        singly.loss = lenderLosses - losses;
        singly.books = _booksOf(orders);
        singly.violation = violation;
        require(vm.revertToState(state), "the state is not put back");
    }

    /// @dev All that a sale writes.
    function _booksOf(ILiquidationSales.TakeOrder[] memory orders) private view returns (bytes32 books) {
        (, uint256 owed, ) = ILiquidationDesk(address(pool)).keeperOf(1);
        books = keccak256(abi.encode(pool.totals(), pool.totalProvision(), owed));
        for (uint256 i; i < orders.length; ++i) {
            (address account, address token) = (orders[i].account, orders[i].collateral);
            books = keccak256(
                abi.encode(
                    books,
                    pool.accountOf(account),
                    pool.collateralOf(account, token),
                    pool.provisionOf(account),
                    ILiquidationDesk(address(pool)).saleOf(token)
                )
            );
        }
    }

    /// @dev Charged with the next sale. [loan base units]
    function _tipOf(address account) internal view returns (uint256 tip) {
        IPoolTypes.Account memory record = pool.accountOf(account);
        if (record.kickedAt == 0 || record.keeperOrLag == 0) return 0;
        (, , tip) = ILiquidationDesk(address(pool)).keeperOf(1);
        tip = Math.min(tip, pool.healthOf(account).debt / 200);
    }

    /// @return values Of all that the account holds, by place. [loan base units]
    /// @return place Of the token.
    function _valuesOf(address account, address token) internal view returns (uint256[] memory values, uint256 place) {
        values = new uint256[](_tokens.length);
        for (uint256 i; i < values.length; ++i) {
            if (address(_tokens[i]) == token) place = i;
            values[i] = _worth(_tokens[i], pool.collateralOf(account, address(_tokens[i])));
        }
    }

    function _beforeSale(address account, address token) internal override returns (uint256 tip) {
        tip = _tipOf(account);
        (uint256[] memory values, uint256 place) = _valuesOf(account, token);
        _sale = SaleBefore({
            debt: pool.healthOf(account).debt + tip,
            clockTicks: ILiquidationDesk(address(pool)).saleOf(token).clockTicks,
            place: place,
            price36: _priceOf(token),
            held: pool.collateralOf(account, token),
            values: values
        });
    }

    function _worth(MockERC20 token, uint256 amount) private view returns (uint256) {
        return (amount * _priceOf(address(token))) / 1e36;
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
        if (left.debt + paid > s.debt + ROUNDING || left.debt + paid + ROUNDING < s.debt) {
            _violate("INV-14: debt does not go down by what is paid");
        }
        if (amount < s.held && left.debt != 0) {
            uint256 target = pool.poolConfig().targetHealthBps;
            uint256 unit = s.price36 / 1e36 + 1; // collateral is sold by the base unit
            if (left.liquidationCapacity * 1e4 > (left.debt + ROUNDING + unit) * target + 1e4 * ROUNDING) {
                _violate("INV-12: more was sold than the target takes");
            }
        }
        if (p.kind == CurveKind.Paced) _checkHealing(s, p, state.reserve, left);
    }

    /// @dev Factors, loadings and depth are those after the sale: an engine that was asked first has written them before it.
    function _checkHealing(
        SaleBefore memory s,
        CurveParameters memory p,
        uint256 reserve,
        IPoolTypes.Health memory left
    ) private {
        BasketByTable.Table memory t = _tableOf(s.values);
        uint256 carried = t.capacity();
        (uint256 firstWad, uint256 meanWad) = _factorsOf(t, s.place);
        uint256 all = t.value();
        uint256 factorWad = Math.max(firstWad, meanWad);
        if (!_heals(s, p, reserve, carried, all, factorWad)) return;
        if ((left.liquidationCapacity + ROUNDING) * s.debt < carried * left.debt) {
            _violate("INV-11: a sale lowered the health of an account that it could heal");
        }
    }

    /// @return firstWad What one more unit of a collateral adds to capacity. [WAD, rounded up]
    /// @return meanWad What a unit of all of it adds on average, which takes the most of the others' diversification with it. [the same]
    function _factorsOf(
        BasketByTable.Table memory t,
        uint256 place
    ) internal pure returns (uint256 firstWad, uint256 meanWad) {
        firstWad = t.marginalFactorUp(place);
        uint256 own = t.values[place];
        if (own == 0) return (firstWad, firstWad);
        uint256 carried = t.capacity();
        t.values[place] = 0;
        uint256 others = t.capacity();
        t.values[place] = own; // the same words in memory as the caller's
        meanWad = Math.max(firstWad, Math.ceilDiv(_zeroFloorSub(carried, others) * 1e18, own));
    }

    function _tableOf(uint256[] memory values) internal view returns (BasketByTable.Table memory t) {
        t = BasketByTable.Table(values, new uint256[](values.length), new uint256[](values.length));
        for (uint256 i; i < values.length; ++i) {
            t.factorsBps[i] = pool.liquidationFactorBps(address(_tokens[i]));
            t.loadings[i] = IPoolRisk(address(pool)).riskOf(address(_tokens[i])).liquidationLoadingPercent;
        }
    }

    /// @dev Whether the least bonus heals: `(1 + b)·D·f·(y + 2c) ≤ W·y`, and covers: `(1 + b)·D ≤ V`.
    function _heals(
        SaleBefore memory s,
        CurveParameters memory p,
        uint256 reserve,
        uint256 carried,
        uint256 value,
        uint256 factorWad
    ) private pure returns (bool) {
        uint256 withBonus = s.debt * (1e4 + p.minBonusBps);
        if (withBonus >= value * 1e4) return false;
        withBonus = (withBonus * factorWad) / 1e18;
        if (reserve == 0) return withBonus < carried * 1e4;
        return withBonus * (reserve + 2 * s.values[s.place]) < carried * reserve * 1e4;
    }
}
