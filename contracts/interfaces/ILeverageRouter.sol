// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILendingPool} from "./ILendingPool.sol";

/// @title Leverage in one transaction
/// @notice Opens, increases, reduces and closes a leveraged position of the caller, and of nobody else: collateral bought
/// with the loan asset that it backs. Two ways lead there:
/// - *flash*: the swap delivers first, the position pays for it within the swap (`open`, `increase`, `reduce`, `close`);
/// - *rounds*: honest recursion, swap → supply → borrow and back (`increaseByRounds`, `reduceByRounds`), which works
///   wherever the flash way does and shows what looping by hand costs.
///
/// At loan-to-value l, without fees or slippage, exposure after n rounds is `Σ_{k=0..n} l^k = (1 − l^(n+1))/(1 − l)` of
/// the equity, by either way.
/// @dev The router must be the account's operator in the lending pool (`setOperator`, or a signature passed along). It
/// holds nothing between transactions; whatever strangers leave in it goes to the next caller who uses that token.
interface ILeverageRouter {
    /// @notice A lending pool, one of its collaterals, and the Uniswap v3 pools between the loan asset and it.
    /// @dev Every address is the caller's choice and can hurt only the caller: nothing here is trusted with anything
    /// but what the call itself moves, within its limits.
    struct Market {
        ILendingPool pool;
        address collateral;
        address[] venues; // Uniswap v3 pools from loan asset to collateral; both directions use this order
        address[] middle; // tokens between them, one fewer than venues
    }

    /// @notice Makes the router the caller's operator first, if it is not yet. Leave `signature` empty if it is.
    /// @dev Somebody else submitting the signature first does no harm: then the router is operator already.
    struct Permission {
        uint256 deadline; // [unix s] of the signature
        bytes signature; // for ILendingPool.setOperatorWithSig
    }

    struct Increase {
        uint256 collateralIn; // [collateral base units] pulled from the caller, who must have approved it; may be 0
        uint256 collateralToBuy; // [collateral base units] exactly
        uint256 maxLoanIn; // [loan base units] most that may be borrowed to pay for it
        uint256 deadline; // [unix s]
    }

    struct Reduce {
        uint256 loanToRepay; // [loan base units] exactly
        uint256 maxCollateralIn; // [collateral base units] most that may be sold for it
        uint256 collateralToWithdraw; // [collateral base units] sent to the caller on top; may be 0
        uint256 deadline; // [unix s]
    }

    struct RoundsUp {
        uint256 collateralIn; // [collateral base units] pulled from the caller; may be 0
        uint256 rounds; // 1..MAX_ROUNDS
        uint256 ltvWad; // [WAD, in (0, 1)] each round borrows until debt is this share of the collateral's value
        uint256 limitPrice36; // worst price of any round, fees included: loan per collateral base unit × 1e36, > 0
        uint256 deadline; // [unix s]
    }

    struct RoundsDown {
        uint256 targetDebt; // [loan base units] 0 closes: the collateral is withdrawn too
        uint256 rounds; // 1..MAX_ROUNDS, at most
        uint256 limitPrice36; // worst price of any round, fees included: loan per collateral base unit × 1e36, > 0
        uint256 deadline; // [unix s]
    }

    event LeverageIncreased(
        address indexed account,
        address indexed pool,
        address indexed collateral,
        uint256 collateralIn,
        uint256 collateralBought,
        uint256 loanIn
    );
    event LeverageReduced(
        address indexed account,
        address indexed pool,
        address indexed collateral,
        uint256 collateralSold,
        uint256 loanRepaid,
        uint256 collateralWithdrawn
    );

    error RouterDeadlinePassed(uint256 deadline, uint256 time);
    error RouterNotOperator(address pool, address account);
    error RouterRouteInvalid(uint256 venues, uint256 middleTokens);
    error RouterZeroAmount();
    error RouterLtvOutOfRange(uint256 ltvWad, uint256 max);
    error RouterRoundsOutOfRange(uint256 rounds, uint256 min, uint256 max);
    /// @dev `open` is for accounts without debt: a transaction sent twice must not double the position.
    error RouterPositionExists(address account, uint256 debtShares);
    error RouterNoDebt(address account);
    /// @dev The debt is already at or beyond what was asked for.
    error RouterTargetReached(uint256 target, uint256 debt);
    error RouterLoanInTooHigh(uint256 maximum, uint256 required);
    error RouterCollateralInTooHigh(uint256 maximum, uint256 required);
    error RouterCollateralOutTooLow(uint256 minimum, uint256 received);
    error RouterLoanOutTooLow(uint256 minimum, uint256 received);
    /// @dev The borrow test leaves nothing to withdraw and sell.
    error RouterNothingToWithdraw(address account, uint256 borrowCapacity, uint256 debt);
    error RouterDebtLeft(uint256 target, uint256 debt);
    /// @dev Not the pool that the router is swapping in, or not the data that it sent there.
    error RouterCallbackUnexpected(address caller);
    /// @dev The venue ended the swap without asking for its payment.
    error RouterCallbackMissing(address venue);
    /// @dev The venue ran out of liquidity before the whole amount was exchanged.
    error RouterSwapIncomplete(address venue, uint256 requested, uint256 done);

    /// @notice Opens a position: as `increase`, but refuses an account that already owes.
    function open(
        Market calldata market,
        Increase calldata order,
        Permission calldata permission
    ) external returns (uint256 loanIn);

    /// @notice Adds `collateralIn` of the caller's and `collateralToBuy` bought with borrowed loan assets.
    /// @return loanIn Loan assets borrowed. [loan base units]
    function increase(
        Market calldata market,
        Increase calldata order,
        Permission calldata permission
    ) external returns (uint256 loanIn);

    /// @notice Repays `loanToRepay` with collateral of the account, sold within the call.
    /// @return collateralIn Collateral sold. [collateral base units]
    function reduce(
        Market calldata market,
        Reduce calldata order,
        Permission calldata permission
    ) external returns (uint256 collateralIn);

    /// @notice Repays all debt by shares, so that no dust remains, and sends the rest of this collateral to the caller.
    /// @param maxCollateralIn Most collateral that may be sold. [collateral base units]
    /// @return collateralIn Collateral sold. [collateral base units]
    /// @return collateralOut Collateral sent to the caller. [collateral base units]
    function close(
        Market calldata market,
        uint256 maxCollateralIn,
        uint256 deadline,
        Permission calldata permission
    ) external returns (uint256 collateralIn, uint256 collateralOut);

    /// @notice Supplies `collateralIn`, then `rounds` times: borrow up to `ltvWad`, swap, supply.
    /// @dev Values the collateral at the pool's borrow price and holds it against the account's whole debt. Ends early
    /// when a round has nothing left to borrow.
    /// @return bought Collateral bought. [collateral base units]
    /// @return loanIn Loan assets borrowed. [loan base units]
    function increaseByRounds(
        Market calldata market,
        RoundsUp calldata order,
        Permission calldata permission
    ) external returns (uint256 bought, uint256 loanIn);

    /// @notice At most `rounds` times: withdraw what the borrow test allows, swap, repay. Reverts if the debt is not down
    /// to `targetDebt` then. The last round sells no more than it must; a closed position's collateral goes to the caller.
    /// @return sold Collateral sold. [collateral base units]
    /// @return repaid Loan assets repaid. [loan base units]
    function reduceByRounds(
        Market calldata market,
        RoundsDown calldata order,
        Permission calldata permission
    ) external returns (uint256 sold, uint256 repaid);
}
