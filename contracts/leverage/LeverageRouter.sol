// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILeverageRouter} from "../interfaces/ILeverageRouter.sol";
import {ILiquidationModule} from "../interfaces/ILiquidationModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {VenueSwaps} from "./VenueSwaps.sol";

/// @title Leverage router
/// @notice See `ILeverageRouter`.
/// @dev The flash way is Uniswap's flash swap, not the lending pool's flash loan: it costs no fee on top of the swap, needs
/// no second transfer of the loan asset, and works when the pool's cash is only just enough for the borrowing itself.
///
/// Authority: `msg.sender` is the only account that any entry point acts for, and the callback takes the account from
/// data that the router itself wrote (see `VenueSwaps`). Nothing is stored. Allowances are given for the exact amount of
/// one call and are zero after it, so that a hostile lending pool cannot come back for more.
contract LeverageRouter is VenueSwaps, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    uint256 public constant MAX_ROUNDS = 50;
    uint256 private constant WAD = 1e18;
    uint256 private constant BPS = 1e4;
    uint256 private constant PRICE_SCALE = 1e36;

    /// @dev What a flash swap pays for, from the swap's callback.
    struct FlashOrder {
        bool increasing;
        address account;
        ILendingPool pool;
        address collateral;
        address loanAsset;
        uint256 collateralAmount; // increasing: to supply; else: to withdraw on top of what is sold
        uint256 loanAmount; // not increasing: to repay, just bought
        uint256 debtShares; // not increasing: repay by these shares instead; 0: by assets
        uint256 limit; // most that the swap may ask for
    }

    /// @dev A walk down in rounds.
    struct Walk {
        address loanAsset;
        Route route;
        uint256 debt; // [loan base units]
        uint256 held; // loan assets in the router, bought and not yet repaid
        uint256 sold;
        uint256 repaid;
    }

    modifier inTime(uint256 deadline) {
        if (block.timestamp > deadline) revert RouterDeadlinePassed(deadline, block.timestamp);
        _;
    }

    // --- flash ----------------------------------------------------------------------------------------------------

    /// @inheritdoc ILeverageRouter
    function open(
        Market calldata market,
        Increase calldata order,
        Permission calldata permission
    ) external nonReentrant inTime(order.deadline) returns (uint256) {
        uint256 shares = market.pool.debtSharesOf(msg.sender);
        if (shares != 0) revert RouterPositionExists(msg.sender, shares);
        return _increase(market, order, permission);
    }

    /// @inheritdoc ILeverageRouter
    function increase(
        Market calldata market,
        Increase calldata order,
        Permission calldata permission
    ) external nonReentrant inTime(order.deadline) returns (uint256) {
        return _increase(market, order, permission);
    }

    /// @inheritdoc ILeverageRouter
    function reduce(
        Market calldata market,
        Reduce calldata order,
        Permission calldata permission
    ) external nonReentrant inTime(order.deadline) returns (uint256 collateralIn) {
        if (order.loanToRepay == 0) revert RouterZeroAmount();
        _requireOperator(market.pool, permission);
        address loanAsset = market.pool.asset();
        FlashOrder memory flash = _flashOrder(market, loanAsset);
        flash.collateralAmount = order.collateralToWithdraw;
        flash.loanAmount = order.loanToRepay;
        flash.limit = order.maxCollateralIn;
        collateralIn = _swapExactOutput(_routeOut(market, loanAsset), order.loanToRepay, abi.encode(flash));
        _refund(loanAsset);
        _refund(market.collateral);
        _emitReduced(market, collateralIn, order.loanToRepay, order.collateralToWithdraw);
    }

    /// @inheritdoc ILeverageRouter
    function close(
        Market calldata market,
        uint256 maxCollateralIn,
        uint256 deadline,
        Permission calldata permission
    ) external nonReentrant inTime(deadline) returns (uint256 collateralIn, uint256 collateralOut) {
        _requireOperator(market.pool, permission);
        address loanAsset = market.pool.asset();
        FlashOrder memory flash = _flashOrder(market, loanAsset);
        flash.debtShares = market.pool.debtSharesOf(msg.sender);
        if (flash.debtShares == 0) revert RouterNoDebt(msg.sender);
        flash.loanAmount = market.pool.debtOf(msg.sender); // rounded up, as repaying by shares is
        flash.limit = maxCollateralIn;
        collateralIn = _swapExactOutput(_routeOut(market, loanAsset), flash.loanAmount, abi.encode(flash));
        collateralOut = _withdrawRest(market);
        _refund(loanAsset);
        _refund(market.collateral);
        _emitReduced(market, collateralIn, flash.loanAmount, collateralOut);
    }

    function _increase(
        Market calldata market,
        Increase calldata order,
        Permission calldata permission
    ) private returns (uint256 loanIn) {
        if (order.collateralToBuy == 0) revert RouterZeroAmount();
        _requireOperator(market.pool, permission);
        address loanAsset = market.pool.asset();
        _pull(market.collateral, order.collateralIn);
        FlashOrder memory flash = _flashOrder(market, loanAsset);
        flash.increasing = true;
        flash.collateralAmount = order.collateralIn + order.collateralToBuy;
        flash.limit = order.maxLoanIn;
        loanIn = _swapExactOutput(_routeIn(market, loanAsset), order.collateralToBuy, abi.encode(flash));
        _refund(loanAsset);
        _refund(market.collateral);
        _emitIncreased(market, order.collateralIn, order.collateralToBuy, loanIn);
    }

    /// @dev Within the swap: what was bought is here, and `owed` of the other token is due to the venue.
    function _settle(bytes memory data, address venue, uint256 owed) internal override {
        FlashOrder memory order = abi.decode(data, (FlashOrder));
        if (order.increasing) {
            if (owed > order.limit) revert RouterLoanInTooHigh(order.limit, owed);
            _supply(order.pool, order.collateral, order.collateralAmount, order.account);
            order.pool.borrow(owed, 0, order.account, venue);
            return;
        }
        if (owed > order.limit) revert RouterCollateralInTooHigh(order.limit, owed);
        _unwind(order, owed, venue);
        if (order.collateralAmount != 0) {
            order.pool.withdrawCollateral(order.collateral, order.collateralAmount, order.account, order.account);
        }
    }

    function _flashOrder(Market calldata market, address loanAsset) private view returns (FlashOrder memory order) {
        order.account = msg.sender;
        order.pool = market.pool;
        order.collateral = market.collateral;
        order.loanAsset = loanAsset;
    }

    // --- rounds ---------------------------------------------------------------------------------------------------

    /// @inheritdoc ILeverageRouter
    function increaseByRounds(
        Market calldata market,
        RoundsUp calldata order,
        Permission calldata permission
    ) external nonReentrant inTime(order.deadline) returns (uint256 bought, uint256 loanIn) {
        _requireRounds(order.rounds);
        if (order.ltvWad == 0 || order.ltvWad >= WAD) revert RouterLtvOutOfRange(order.ltvWad, WAD - 1);
        if (order.limitPrice36 == 0) revert RouterZeroAmount();
        _requireOperator(market.pool, permission);
        address loanAsset = market.pool.asset();
        Route memory route = _routeIn(market, loanAsset);
        _pull(market.collateral, order.collateralIn);
        if (order.collateralIn != 0) _supply(market.pool, market.collateral, order.collateralIn, msg.sender);

        for (uint256 i; i < order.rounds; ++i) {
            (uint256 target, uint256 debt) = _targetDebt(market, order.ltvWad);
            if (target <= debt) {
                if (i == 0) revert RouterTargetReached(target, debt);
                break;
            }
            uint256 loan = target - debt;
            market.pool.borrow(loan, 0, msg.sender, address(this));
            uint256 received = _swapExactInput(route, loan);
            uint256 minimum = loan.fullMulDiv(PRICE_SCALE, order.limitPrice36);
            if (received < minimum) revert RouterCollateralOutTooLow(minimum, received);
            _supply(market.pool, market.collateral, received, msg.sender);
            bought += received;
            loanIn += loan;
        }
        _refund(loanAsset);
        _refund(market.collateral);
        _emitIncreased(market, order.collateralIn, bought, loanIn);
    }

    /// @inheritdoc ILeverageRouter
    function reduceByRounds(
        Market calldata market,
        RoundsDown calldata order,
        Permission calldata permission
    ) external nonReentrant inTime(order.deadline) returns (uint256, uint256) {
        _requireRounds(order.rounds);
        if (order.limitPrice36 == 0) revert RouterZeroAmount();
        _requireOperator(market.pool, permission);
        Walk memory walk;
        walk.loanAsset = market.pool.asset();
        walk.route = _routeOut(market, walk.loanAsset);
        walk.debt = market.pool.debtOf(msg.sender);
        if (walk.debt <= order.targetDebt) revert RouterTargetReached(order.targetDebt, walk.debt);

        for (uint256 i; i < order.rounds && walk.debt > order.targetDebt; ++i) {
            _stepDown(market, order, walk);
        }
        if (walk.debt > order.targetDebt) revert RouterDebtLeft(order.targetDebt, walk.debt);
        uint256 withdrawn = order.targetDebt == 0 ? _withdrawRest(market) : 0;
        _refund(walk.loanAsset);
        _refund(market.collateral);
        _emitReduced(market, walk.sold, walk.repaid, withdrawn);
        return (walk.sold, walk.repaid);
    }

    /// @dev One round: sells what may be withdrawn, or, if that is certainly enough, just what ends the walk.
    function _stepDown(Market calldata market, RoundsDown calldata order, Walk memory walk) private {
        uint256 missing = (walk.debt - order.targetDebt).zeroFloorSub(walk.held);
        uint256 available = _withdrawable(market, walk.debt);
        // At the limit price or better, this much collateral buys what is missing.
        uint256 enough = missing.fullMulDivUp(PRICE_SCALE, order.limitPrice36);
        bool last = available >= enough;
        uint256 selling = last ? enough : available;
        uint256 received = missing;
        if (selling != 0) market.pool.withdrawCollateral(market.collateral, selling, msg.sender, address(this));
        if (!last) {
            received = _swapExactInput(walk.route, selling);
            uint256 minimum = selling.fullMulDiv(order.limitPrice36, PRICE_SCALE);
            if (received < minimum) revert RouterLoanOutTooLow(minimum, received);
        } else if (missing != 0) {
            uint256 cost = _swapExactOutput(walk.route, missing, "");
            if (cost > selling) revert RouterCollateralInTooHigh(selling, cost);
            selling = cost; // what is left over goes to the account at the end
        }
        walk.sold += selling;
        walk.held += received;
        _repayHeld(market, order.targetDebt, walk);
    }

    /// @dev Repays what has been bought, but leaves no debt between zero and the pool's minimum: what that holds back is
    /// repaid in a later round.
    function _repayHeld(Market calldata market, uint256 targetDebt, Walk memory walk) private {
        uint256 amount = walk.debt - targetDebt;
        bool last = walk.held >= amount;
        uint256 shares = last && targetDebt == 0 ? market.pool.debtSharesOf(msg.sender) : 0;
        if (!last) {
            amount = walk.held;
            uint256 minDebt = market.pool.poolConfig().minDebt;
            if (walk.debt - amount < minDebt) amount = walk.debt.zeroFloorSub(minDebt);
            if (amount == 0) return;
        }
        _repay(market.pool, walk.loanAsset, amount, shares, msg.sender);
        walk.held -= amount;
        walk.repaid += amount;
        // Repaying by assets burns shares rounded down: what the pool says is owed may be a unit more. At the end of the
        // walk that unit is within the rounding of the target.
        walk.debt = last ? targetDebt : market.pool.debtOf(msg.sender);
    }

    /// @dev Debt at `ltvWad` of the account's collateral in this market, valued at the borrow price. Rounded down.
    function _targetDebt(Market calldata market, uint256 ltvWad) private view returns (uint256 target, uint256 debt) {
        uint256 price36 = IPriceOracle(market.pool.poolConfig().oracle).borrowPrice(market.collateral);
        uint256 value = market.pool.collateralOf(msg.sender, market.collateral).fullMulDiv(price36, PRICE_SCALE);
        return (value.fullMulDiv(ltvWad, WAD), market.pool.debtOf(msg.sender));
    }

    /// @dev Collateral that the account may take out now and pass the borrow test. Rounded down, with two units of the
    /// loan asset to spare for the rounding of the test itself. Of several collaterals that diversify, one more unit of this
    /// one carries at most `(1 + f)/2` of its value (see `BasketMath`): a cautious amount, and another round follows.
    function _withdrawable(Market calldata market, uint256 debt) private view returns (uint256) {
        uint256 amount = market.pool.collateralOf(msg.sender, market.collateral);
        uint256 capacity = market.pool.borrowCapacityOf(msg.sender);
        uint256 factorBps = market.pool.collateralConfig(market.collateral).borrowFactorBps;
        if (capacity <= debt + 2) revert RouterNothingToWithdraw(msg.sender, capacity, debt);
        bool isAlone = market.pool.collateralsOf(msg.sender).length == 1;
        if (!isAlone) factorBps = (BPS + factorBps + 1) / 2;
        if (factorBps == 0) return amount; // gives no credit: free to go
        uint256 price36 = IPriceOracle(market.pool.poolConfig().oracle).borrowPrice(market.collateral);
        uint256 value = (capacity - debt - 2).fullMulDiv(BPS, factorBps);
        return amount.min(value.fullMulDiv(PRICE_SCALE, price36));
    }

    function _requireRounds(uint256 rounds) private pure {
        if (rounds == 0 || rounds > MAX_ROUNDS) revert RouterRoundsOutOfRange(rounds, 1, MAX_ROUNDS);
    }

    // --- position and tokens --------------------------------------------------------------------------------------

    function _requireOperator(ILendingPool pool, Permission calldata permission) private {
        if (pool.isOperator(msg.sender, address(this))) return;
        if (permission.signature.length == 0) revert RouterNotOperator(address(pool), msg.sender);
        pool.setOperatorWithSig(msg.sender, address(this), true, permission.deadline, permission.signature);
    }

    function _supply(ILendingPool pool, address collateral, uint256 amount, address account) private {
        IERC20(collateral).forceApprove(address(pool), amount);
        pool.supplyCollateral(collateral, amount, account, "");
        _revoke(collateral, address(pool));
    }

    /// @param shares Debt shares to burn; 0: by assets.
    function _repay(ILendingPool pool, address loanAsset, uint256 assets, uint256 shares, address account) private {
        IERC20(loanAsset).forceApprove(address(pool), assets);
        pool.repay(shares == 0 ? assets : 0, shares, account, "");
        _revoke(loanAsset, address(pool));
    }

    /// @dev Repays what was bought with what is due to the venue: in proportion, so that the pool lets it go whatever its
    /// breaker and its oracle say.
    function _unwind(FlashOrder memory order, uint256 owed, address venue) private {
        IERC20(order.loanAsset).forceApprove(address(order.pool), order.loanAmount);
        ILiquidationModule(address(order.pool)).unwind(
            order.debtShares == 0 ? order.loanAmount : 0,
            order.debtShares,
            order.collateral,
            owed,
            order.account,
            venue,
            ""
        );
        _revoke(order.loanAsset, address(order.pool));
    }

    /// @dev An honest pool has used the allowance up; one that has not must not keep it.
    function _revoke(address token, address spender) private {
        if (IERC20(token).allowance(address(this), spender) != 0) IERC20(token).forceApprove(spender, 0);
    }

    function _withdrawRest(Market calldata market) private returns (uint256 amount) {
        amount = market.pool.collateralOf(msg.sender, market.collateral);
        if (amount != 0) market.pool.withdrawCollateral(market.collateral, amount, msg.sender, msg.sender);
    }

    function _pull(address token, uint256 amount) private {
        if (amount != 0) IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Whatever is left goes to the caller; so does what strangers had sent here.
    function _refund(address token) private {
        uint256 amount = IERC20(token).balanceOf(address(this));
        if (amount != 0) IERC20(token).safeTransfer(msg.sender, amount);
    }

    function _emitIncreased(Market calldata market, uint256 collateralIn, uint256 bought, uint256 loanIn) private {
        emit LeverageIncreased(msg.sender, address(market.pool), market.collateral, collateralIn, bought, loanIn);
    }

    function _emitReduced(Market calldata market, uint256 sold, uint256 repaid, uint256 withdrawn) private {
        emit LeverageReduced(msg.sender, address(market.pool), market.collateral, sold, repaid, withdrawn);
    }
}
