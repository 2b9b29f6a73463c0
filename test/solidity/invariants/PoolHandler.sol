// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {Draws} from "./Draws.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title Everything that can happen to a pool
contract PoolHandler is Draws {
    /// @dev As the pool's: no kick is forgotten before. [s]
    uint256 private constant KICK_GRACE_SECONDS = 30 minutes;

    /// @dev How an account stands before a take.
    struct Standing {
        bool isUnhealthy;
        bool isPriced; // all feeds of what it holds answer
        uint256 kickedAt; // [unix s] 0: not for sale
        bool isOwed; // to the taker: no refusal is allowed
    }

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) HandlerBase(pool_, oracle_, tokens, flashBorrower_) {}

    // --- lenders --------------------------------------------------------------------------------------------------

    function deposit(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, 100_000e6);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.deposit, (assets, _actor(a))));
        if (ok) netLoanFlow += assets;
    }

    function mint(uint256 a, uint256 b, uint256) external now_ {
        (bool ok, bytes memory result) = _act(
            _actor(a),
            abi.encodeCall(pool.mint, (_between(b, 1, 100_000e12), _actor(a)))
        );
        if (ok) netLoanFlow += abi.decode(result, (uint256));
    }

    function withdraw(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, pool.maxWithdraw(_actor(a)) + 1);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.withdraw, (assets, _actor(a), _actor(a))));
        if (ok) netLoanFlow -= assets;
    }

    function redeem(uint256 a, uint256 b, uint256) external now_ {
        uint256 shares = _between(b, 1, pool.maxRedeem(_actor(a)) + 1);
        (bool ok, bytes memory result) = _act(_actor(a), abi.encodeCall(pool.redeem, (shares, _actor(a), _actor(a))));
        if (ok) netLoanFlow -= abi.decode(result, (uint256));
    }

    function transferShares(uint256 a, uint256 b, uint256 c) external now_ {
        _act(_actor(a), abi.encodeCall(pool.transfer, (_actor(c), _between(b, 0, pool.balanceOf(_actor(a))))));
    }

    /// @dev There and back in one block: never a profit.
    function depositAndRedeem(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, 1e6);
        (bool entered, bytes memory shares) = _act(_actor(a), abi.encodeCall(pool.deposit, (assets, _actor(a))));
        if (!entered) return;
        netLoanFlow += assets;
        (bool left, bytes memory result) = _act(
            _actor(a),
            abi.encodeCall(pool.redeem, (abi.decode(shares, (uint256)), _actor(a), _actor(a)))
        );
        if (!left) return;
        uint256 back = abi.decode(result, (uint256));
        netLoanFlow -= back;
        if (back > assets) _violate("INV-05: a deposit and its redemption gain");
    }

    // --- borrowers ------------------------------------------------------------------------------------------------

    function supplyCollateral(uint256 a, uint256 b, uint256 c) external now_ {
        MockERC20 token = _token(c);
        uint256 dollars = _between(b, 1, 100_000e6);
        uint256 amount = (dollars * 1e36) / _priceOf(address(token)) + 1;
        _act(_actor(a), abi.encodeCall(pool.supplyCollateral, (address(token), amount, _actor(a), "")));
    }

    function withdrawCollateral(uint256 a, uint256 b, uint256 c) external now_ {
        uint256 amount = _between(b, 1, pool.collateralOf(_actor(a), address(_token(c))) + 1);
        (bool ok, ) = _act(
            _actor(a),
            abi.encodeCall(pool.withdrawCollateral, (address(_token(c)), amount, _actor(a), _actor(a)))
        );
        if (ok) _checkBorrowTest(_actor(a));
    }

    /// @dev Now and then more than is allowed is asked for.
    function borrow(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _solvent(a);
        uint256 room = _zeroFloorSub(_creditOf(account), pool.debtOf(account));
        uint256 assets = _between(b, 100e6, 100e6 + (c % 4 == 0 ? room * 2 : room));
        (bool ok, bytes memory result) = _act(
            account,
            c % 3 == 0
                ? abi.encodeCall(pool.borrow, (0, assets, account, account))
                : abi.encodeCall(pool.borrow, (assets, 0, account, account))
        );
        if (!ok) return;
        (uint256 sent, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow -= sent;
        _checkBorrowTest(account);
    }

    function repay(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _debtor(b >> 128);
        uint256 shares = pool.debtSharesOf(account);
        (bool ok, bytes memory result) = _act(
            _actor(a),
            c % 3 == 0
                ? abi.encodeCall(pool.repay, (0, shares, account, ""))
                : abi.encodeCall(pool.repay, (_between(uint128(b), 1, pool.debtOf(account) + 1), 0, account, ""))
        );
        if (!ok) return;
        (uint256 paid, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
    }

    /// @dev There and back in one block: never a profit.
    function borrowAndRepay(uint256 a, uint256 b, uint256) external now_ {
        address account = _solvent(a);
        (bool borrowed, bytes memory result) = _act(
            account,
            abi.encodeCall(pool.borrow, (_between(b, 100e6, 200e6), 0, account, account))
        );
        if (!borrowed) return;
        (uint256 sent, uint256 shares) = abi.decode(result, (uint256, uint256));
        netLoanFlow -= sent;
        (bool repaid, bytes memory answer) = _act(account, abi.encodeCall(pool.repay, (0, shares, account, "")));
        if (!repaid) return;
        (uint256 paid, ) = abi.decode(answer, (uint256, uint256));
        netLoanFlow += paid;
        if (paid < sent) _violate("INV-05: a loan and its repayment gain");
    }

    // --- liquidators ----------------------------------------------------------------------------------------------

    function kick(uint256 a, uint256 b, uint256) external now_ {
        address account = _unhealthy(b);
        bool unhealthy = _isLiquidatable(account, 0);
        bool priced = !_holdsAny(account, _silent());
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.kick, (account)));
        if (ok) _checkPriced(priced);
        if (ok && !unhealthy) _violate("INV-08: a healthy account was kicked");
    }

    function unkick(uint256 a, uint256 b, uint256) external now_ {
        address account = _healed(b);
        bool priced = !_holdsAny(account, _silent());
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.unkick, (account)));
        if (ok) _checkPriced(priced);
        if (ok && pool.accountOf(account).kickedAt != 0) rested[account] = true;
    }

    function mark(uint256 a, uint256 b, uint256) external now_ {
        address account = a % 2 == 0 ? _unhealthy(b) : _actor(b);
        bool unhealthy = _isLiquidatable(account, 0);
        bool priced = !_holdsAny(account, _silent());
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.mark, (account)));
        if (ok) _checkPriced(priced);
        if (ok && !unhealthy && pool.provisionOf(account) != 0) _violate("INV-09: a healthy account is provisioned");
    }

    function take(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _forSale(b);
        address token = _heldToken(account, c);
        // Mostly all that may be sold, sometimes a part.
        uint256 most = a % 3 == 0 ? _between(c >> 8, 1, pool.collateralOf(account, token) + 1) : type(uint256).max;
        _take(_actor(a), account, token, most);
    }

    /// @dev The seams for what is judged of sales alone.
    function _beforeSale(address account, address token) internal virtual returns (uint256 tip) {}

    function _afterSale(address account, address token, uint256 amount, uint256 paid) internal virtual {}

    /// @dev The shares for a tip are rounded up, which may make the account's debt a unit more than it was and the tip.
    function _withTip(address account, uint256 tip) private view returns (uint256) {
        return pool.debtOf(account) + tip + (tip == 0 ? 0 : 1);
    }

    function _standing(address account, address token, uint256 most) private view returns (Standing memory s) {
        s.isUnhealthy = _isLiquidatable(account, 0);
        s.isPriced = !_holdsAny(account, _silent());
        s.kickedAt = pool.accountOf(account).kickedAt;
        // All that may be sold, for as much as it takes: no limit of the taker's stands against it.
        s.isOwed = s.isUnhealthy && s.kickedAt != 0 && most == type(uint256).max;
        if (pool.collateralOf(account, token) == 0) s.isOwed = false;
    }

    function _checkPriced(bool priced) internal {
        if (!priced) _violate("INV-08: judged by a price that is no longer valid");
    }

    /// @dev Whoever is for sale is sold, whatever is silent or paused, but for what is asked anew once his kick is forgotten.
    function _checkRefusal(uint256 kickedAt, bytes4 reason) private {
        bool mayBeForgotten = block.timestamp > kickedAt + KICK_GRACE_SECONDS;
        if (
            mayBeForgotten &&
            (reason == IPoolTypes.LiquidationInGrace.selector ||
                reason == IPoolTypes.LiquidationAccountHealthy.selector)
        ) return;
        _violate("INV-19: a sale was refused");
    }

    /// @return amount Sold. [collateral base units] 0: nothing
    /// @return paid [loan base units]
    function _take(
        address taker,
        address account,
        address token,
        uint256 most
    ) internal returns (uint256 amount, uint256 paid) {
        bytes memory order = abi.encodeCall(
            ILiquidationSales.take,
            (account, token, most, type(uint256).max, taker, "")
        );
        Standing memory was = _standing(account, token, most);
        uint256 debt = _withTip(account, _beforeSale(account, token));
        Before memory before = _before();
        (bool ok, bytes memory result) = _call(taker, order);
        if (!ok) {
            if (was.isOwed) _checkRefusal(was.kickedAt, bytes4(result));
            return (0, 0);
        }
        if (was.kickedAt == 0) _checkPriced(was.isPriced);
        (amount, paid) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
        if (!was.isUnhealthy) _violate("INV-08: a healthy account was sold");
        _afterSale(account, token, amount, paid);
        uint256 loss;
        if (pool.accountOf(account).collateralMask == 0) {
            loss = _zeroFloorSub(debt, paid + before.reserves - pool.totals().reserves);
            lenderLosses += loss;
        }
        if (pool.collateralOf(account, token) == 0) smallDebtAllowed[account] = true;
        _after(before, loss, true);
    }

    // --- everybody ------------------------------------------------------------------------------------------------

    function flashLoan(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 0, pool.totals().cash);
        uint256 fee = pool.flashFee(address(_loan), assets);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.flashLoan, (_flashBorrower, address(_loan), assets, "")));
        if (ok) netLoanFlow += fee;
    }

    function accrue(uint256 a, uint256, uint256) external now_ {
        _act(_actor(a), abi.encodeCall(pool.accrue, ()));
    }

    function donate(uint256 a, uint256 b, uint256 c) external now_ {
        MockERC20 token = c % 2 == 0 ? _loan : _token(c);
        uint256 amount = _between(b, 0, 1_000 * 10 ** token.decimals());
        Before memory before = _before();
        vm.prank(_actor(a));
        token.transfer(address(pool), amount);
        donated[address(token)] += amount;
        ++succeeded[msg.sig];
        if (pool.totalAssets() != before.lenderAssets) _violate("INV-05: a donation moved the share price");
        _after(before, 0, true);
    }

    /// @dev This contract is an administrator of the pool.
    function withdrawReserves(uint256, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, pool.totals().reserves + 1);
        (bool ok, ) = _act(address(this), abi.encodeCall(IPoolAdmin.withdrawReserves, (assets, address(this))));
        if (ok) netLoanFlow -= assets;
    }

    /// @dev By a factor of 0.7 to 1.35, and between a tenth and the triple of the first price.
    function movePrice(uint256, uint256 b, uint256 c) external now_ {
        uint256 i = c % _tokens.length;
        address token = address(_tokens[i]);
        uint256 price = (_priceOf(token) * _between(b, 700, 1_350)) / 1_000;
        uint256 low = _initialPrice36[i] / 10;
        uint256 high = _initialPrice36[i] * 3;
        _setPrice(
            token,
            price < low
                ? low
                : price > high
                    ? high
                    : price
        );
        ++succeeded[msg.sig];
    }

    /// @dev Up to a week. Interest never lowers the share price.
    function wait(uint256, uint256 b, uint256) external now_ {
        Before memory before = _before();
        time += _between(b, 1, 7 days);
        vm.warp(time);
        ++succeeded[msg.sig];
        _after(before, 0, false);
    }
}
