// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";

/// @title What our own router, flash liquidator and lens do, for a rival's market: so that all meet a crash with equal tools
/// @notice For the shock lab: one market and one Uniswap v3 pool, set at deployment. The caller acts for itself alone.
/// @dev Not for use outside the lab: nobody else's tokens ever lie here, and nothing here is hardened beyond that.
abstract contract RivalDesk is IUniswapV3SwapCallback {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    uint160 private constant LOWEST_PRICE = 4295128740;
    uint160 private constant HIGHEST_PRICE = 1461446703485210103287273052203988822378723970341;
    uint256 internal constant WAD = 1e18;
    uint256 internal constant PRICE_SCALE = 1e36;

    /// @dev What the payment of a swap comes out of.
    enum Source {
        Balance,
        Liquidation, // what is seized with the proceeds
        Borrowing, // what is borrowed on the proceeds
        Repayment // what is freed by repaying with the proceeds
    }

    struct Order {
        Source source;
        address account;
        uint256 amount; // Liquidation: to seize; Borrowing: to supply with; Repayment: of debt
        uint256 limit; // most that the swap may ask for; Liquidation: not used
    }

    /// @notice State of the market, with interest up to the call's block.
    struct MarketState {
        uint256 timestamp;
        uint256 debtAssets; // [loan base units]
        uint256 debtShares;
        uint256 cash; // [loan base units]
        uint256 lenderAssets; // [loan base units]
        uint256 lenderShares;
        uint256 price36; // [loan per collateral base unit × 1e36]
    }

    struct DeskPosition {
        uint256 collateral; // [collateral base units]
        uint256 debtShares;
    }

    IERC20 public immutable collateral;
    IERC20 public immutable loan;
    IUniswapV3Pool public immutable venue;
    bool private immutable _collateralIsToken0;

    error DeskCallbackUnexpected(address caller);
    error DeskProfitTooLow(uint256 minimum, uint256 profit);
    error DeskPaymentTooHigh(uint256 maximum, uint256 owed);
    error DeskPriceTooHigh(uint256 maximum36, uint256 price36);
    error DeskNothingForSale(address account);
    error DeskSwapIncomplete(uint256 requested, uint256 swapped);

    constructor(IERC20 collateral_, IERC20 loan_, IUniswapV3Pool venue_) {
        collateral = collateral_;
        loan = loan_;
        venue = venue_;
        _collateralIsToken0 = venue_.token0() == address(collateral_);
    }

    // --- liquidation ----------------------------------------------------------------------------------------------

    /// @notice Seizes collateral, sells it in the venue and pays out of the proceeds; what is left goes to the caller.
    /// @param maxCollateral Most to seize. [collateral base units]
    /// @param minProfit [loan base units]
    /// @return profit [loan base units]
    function liquidate(address account, uint256 maxCollateral, uint256 minProfit) external returns (uint256 profit) {
        uint256 amount = _seizable(account, maxCollateral);
        if (amount == 0) revert DeskNothingForSale(account);
        _swap(true, int256(amount), Order(Source.Liquidation, account, amount, amount));
        profit = loan.balanceOf(address(this));
        if (profit < minProfit) revert DeskProfitTooLow(minProfit, profit);
        loan.safeTransfer(msg.sender, profit);
        uint256 rest = collateral.balanceOf(address(this));
        if (rest != 0) collateral.safeTransfer(msg.sender, rest);
    }

    // --- leverage -------------------------------------------------------------------------------------------------

    /// @notice Buys collateral by flash swap, supplies it with the caller's own and borrows the price.
    function increase(uint256 collateralIn, uint256 collateralToBuy, uint256 maxLoanIn) external {
        collateral.safeTransferFrom(msg.sender, address(this), collateralIn);
        Order memory order = Order(Source.Borrowing, msg.sender, collateralIn + collateralToBuy, maxLoanIn);
        _swap(false, -int256(collateralToBuy), order);
    }

    /// @notice One round of an honest loop: supplies, borrows up to `ltvWad` of the whole position, buys, supplies.
    /// @param limitPrice36 Highest price to buy at. [loan per collateral base unit × 1e36]
    function increaseByRound(uint256 collateralIn, uint256 ltvWad, uint256 limitPrice36) external {
        if (collateralIn != 0) {
            collateral.safeTransferFrom(msg.sender, address(this), collateralIn);
            _supplyCollateral(msg.sender, collateralIn);
        }
        MarketState memory m = marketState();
        DeskPosition memory p = positionOf(msg.sender);
        uint256 debt = p.debtShares == 0 ? 0 : p.debtShares.fullMulDivUp(m.debtAssets, m.debtShares);
        uint256 loanAssets = p.collateral.fullMulDiv(m.price36, PRICE_SCALE).mulDiv(ltvWad, WAD).zeroFloorSub(debt);
        _borrow(msg.sender, loanAssets);
        uint256 bought = _swap(false, int256(loanAssets), Order(Source.Balance, msg.sender, 0, loanAssets));
        uint256 price36 = loanAssets.fullMulDiv(PRICE_SCALE, bought);
        if (price36 > limitPrice36) revert DeskPriceTooHigh(limitPrice36, price36);
        _supplyCollateral(msg.sender, bought);
    }

    /// @notice Repays debt with what some of the position's collateral brings.
    function reduce(uint256 loanToRepay, uint256 maxCollateralIn) external {
        _swap(true, -int256(loanToRepay), Order(Source.Repayment, msg.sender, loanToRepay, maxCollateralIn));
        uint256 rest = loan.balanceOf(address(this));
        if (rest != 0) loan.safeTransfer(msg.sender, rest);
    }

    // --- swaps ----------------------------------------------------------------------------------------------------

    /// @param sells True: collateral for loan assets.
    /// @param specified Above zero: exactly so much goes in; below: out.
    function _swap(bool sells, int256 specified, Order memory order) private returns (uint256 out) {
        bool zeroForOne = sells == _collateralIsToken0;
        (int256 amount0, int256 amount1) = venue.swap(
            address(this),
            zeroForOne,
            specified,
            zeroForOne ? LOWEST_PRICE : HIGHEST_PRICE,
            abi.encode(order)
        );
        out = uint256(-(zeroForOne ? amount1 : amount0));
        int256 done = specified > 0 ? (zeroForOne ? amount0 : amount1) : -int256(out);
        if (done != specified) revert DeskSwapIncomplete(_absolute(specified), _absolute(done));
    }

    function _absolute(int256 x) private pure returns (uint256) {
        return uint256(x < 0 ? -x : x);
    }

    /// @inheritdoc IUniswapV3SwapCallback
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        if (msg.sender != address(venue)) revert DeskCallbackUnexpected(msg.sender);
        uint256 owed = uint256(amount0Delta > 0 ? amount0Delta : amount1Delta);
        Order memory order = abi.decode(data, (Order));
        if (owed > order.limit) revert DeskPaymentTooHigh(order.limit, owed);
        bool paysCollateral = (amount0Delta > 0) == _collateralIsToken0;
        if (order.source == Source.Liquidation) {
            _seize(order.account, order.amount);
        } else if (order.source == Source.Borrowing) {
            _supplyCollateral(order.account, order.amount);
            _borrow(order.account, owed);
        } else if (order.source == Source.Repayment) {
            _repay(order.account, order.amount);
            _withdrawCollateral(order.account, owed);
        }
        (paysCollateral ? collateral : loan).safeTransfer(msg.sender, owed);
    }

    // --- reading --------------------------------------------------------------------------------------------------

    function positionsOf(address[] calldata accounts) external view returns (DeskPosition[] memory positions) {
        positions = new DeskPosition[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) positions[i] = positionOf(accounts[i]);
    }

    function lenderSharesOf(address[] calldata owners) external view returns (uint256[] memory shares) {
        shares = new uint256[](owners.length);
        for (uint256 i; i < owners.length; ++i) shares[i] = _lenderShares(owners[i]);
    }

    function positionOf(address account) public view virtual returns (DeskPosition memory);

    function marketState() public view virtual returns (MarketState memory);

    // --- the rival ------------------------------------------------------------------------------------------------

    function _lenderShares(address owner) internal view virtual returns (uint256);

    /// @dev Of at most `maxCollateral`, what a liquidation now hands to whoever pays for it. [collateral base units]
    function _seizable(address account, uint256 maxCollateral) internal view virtual returns (uint256);

    /// @dev Pays out of this contract's loan assets for at least `amount` of collateral.
    function _seize(address account, uint256 amount) internal virtual;

    function _supplyCollateral(address account, uint256 amount) internal virtual;

    function _withdrawCollateral(address account, uint256 amount) internal virtual;

    /// @dev In the account's name, to this contract.
    function _borrow(address account, uint256 amount) internal virtual;

    /// @dev At most the debt.
    function _repay(address account, uint256 amount) internal virtual;
}
