// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IUniswapV3SwapCallback} from "../interfaces/external/IUniswapV3SwapCallback.sol";
import {ILeverageRouter} from "../interfaces/ILeverageRouter.sol";

/// @title Swaps along a route of Uniswap v3 pools that the caller chose
/// @dev Before each swap the router writes a *ticket*, the hash of the pool it calls and of the data it passes, to
/// transient storage. Only that pool, with exactly that data, can redeem it, once, and a swap that ends with its ticket
/// unredeemed reverts. So the data of a callback is the router's own, and no factory need be asked whether a pool is
/// genuine: a hostile one can only do to its chooser what the checks after the swap allow.
abstract contract VenueSwaps is ILeverageRouter, IUniswapV3SwapCallback {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev The limits of Uniswap's price range, one inside: "no limit".
    uint160 private constant LOWEST_PRICE = 4295128740;
    uint160 private constant HIGHEST_PRICE = 1461446703485210103287273052203988822378723970341;

    /// @dev Venue i swaps tokens[i] into tokens[i + 1].
    struct Route {
        address[] venues;
        address[] tokens;
    }

    /// @dev What the callback of a swap has to do. `hop` is the venue of the route that asks for its payment. With
    /// `hop > 0` the payment is bought at the venue before; at 0 it comes from the router's balance, or, if there is an
    /// `order`, from settling that.
    struct Step {
        Route route;
        uint256 hop;
        bytes order;
    }

    bytes32 private transient _ticket;
    /// @dev What the last exact-output swap took in at the start of its route.
    uint256 private transient _amountIn;

    // --- swaps ----------------------------------------------------------------------------------------------------

    /// @dev Sells exactly `amountIn` from the router's balance; the proceeds arrive in the router.
    function _swapExactInput(Route memory route, uint256 amountIn) internal returns (uint256 amount) {
        amount = amountIn;
        for (uint256 i; i < route.venues.length; ++i) {
            address tokenIn = route.tokens[i];
            Step memory payment;
            payment.route.tokens = new address[](1);
            payment.route.tokens[0] = tokenIn;
            (uint256 used, uint256 out) = _swap(
                route.venues[i],
                tokenIn < route.tokens[i + 1],
                amount.toInt256(),
                address(this),
                abi.encode(payment)
            );
            if (used != amount) revert RouterSwapIncomplete(route.venues[i], amount, used);
            amount = out;
        }
    }

    /// @dev Buys exactly `amountOut`, last venue first: each pays for itself out of the one before. The first is paid by
    /// settling `order`, or from the router's balance if that is empty.
    function _swapExactOutput(
        Route memory route,
        uint256 amountOut,
        bytes memory order
    ) internal returns (uint256 amountIn) {
        _buy(Step(route, route.venues.length - 1, order), amountOut, address(this));
        amountIn = _amountIn;
    }

    /// @inheritdoc IUniswapV3SwapCallback
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        if (_ticket == 0 || _ticket != _ticketOf(msg.sender, keccak256(data))) {
            revert RouterCallbackUnexpected(msg.sender);
        }
        _ticket = 0;
        // One of the two is owed; a venue that claims neither gets nothing.
        int256 delta = amount0Delta > amount1Delta ? amount0Delta : amount1Delta;
        uint256 owed = delta > 0 ? uint256(delta) : 0;
        Step memory step = abi.decode(data, (Step));
        if (step.hop != 0) {
            --step.hop;
            _buy(step, owed, msg.sender);
            return;
        }
        _amountIn = owed;
        if (step.order.length == 0) IERC20(step.route.tokens[0]).safeTransfer(msg.sender, owed);
        else _settle(step.order, msg.sender, owed);
    }

    /// @dev Pays `owed` of the route's first token to `venue`, out of the position that `order` describes.
    function _settle(bytes memory order, address venue, uint256 owed) internal virtual;

    function _buy(Step memory step, uint256 amountOut, address recipient) private {
        address venue = step.route.venues[step.hop];
        bool zeroForOne = step.route.tokens[step.hop] < step.route.tokens[step.hop + 1];
        (, uint256 out) = _swap(venue, zeroForOne, -amountOut.toInt256(), recipient, abi.encode(step));
        if (out != amountOut) revert RouterSwapIncomplete(venue, amountOut, out);
    }

    function _swap(
        address venue,
        bool zeroForOne,
        int256 amountSpecified,
        address recipient,
        bytes memory data
    ) private returns (uint256 used, uint256 out) {
        _ticket = _ticketOf(venue, keccak256(data));
        (int256 amount0, int256 amount1) = IUniswapV3Pool(venue).swap(
            recipient,
            zeroForOne,
            amountSpecified,
            zeroForOne ? LOWEST_PRICE : HIGHEST_PRICE,
            data
        );
        if (_ticket != 0) revert RouterCallbackMissing(venue);
        (int256 taken, int256 given) = zeroForOne ? (amount0, amount1) : (amount1, amount0);
        used = taken > 0 ? uint256(taken) : 0;
        // A venue that gives nothing, or reports nonsense, fails the caller's checks.
        out = given < 0 && given != type(int256).min ? uint256(-given) : 0;
    }

    function _ticketOf(address venue, bytes32 dataHash) private pure returns (bytes32) {
        return keccak256(abi.encode(venue, dataHash));
    }

    // --- routes ---------------------------------------------------------------------------------------------------

    /// @dev Loan asset to collateral.
    function _routeIn(Market calldata market, address loanAsset) internal pure returns (Route memory route) {
        uint256 hops = _hops(market);
        route = Route(market.venues, new address[](hops + 1));
        route.tokens[0] = loanAsset;
        for (uint256 i = 1; i < hops; ++i) route.tokens[i] = market.middle[i - 1];
        route.tokens[hops] = market.collateral;
    }

    /// @dev Collateral to loan asset: the same venues, reversed.
    function _routeOut(Market calldata market, address loanAsset) internal pure returns (Route memory route) {
        uint256 hops = _hops(market);
        route = Route(new address[](hops), new address[](hops + 1));
        route.tokens[0] = market.collateral;
        for (uint256 i; i < hops; ++i) {
            route.venues[i] = market.venues[hops - 1 - i];
            if (i != 0) route.tokens[i] = market.middle[hops - 1 - i];
        }
        route.tokens[hops] = loanAsset;
    }

    function _hops(Market calldata market) private pure returns (uint256 hops) {
        hops = market.venues.length;
        if (hops == 0 || market.middle.length != hops - 1) {
            revert RouterRouteInvalid(hops, market.middle.length);
        }
    }
}
