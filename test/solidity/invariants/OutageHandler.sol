// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";
import {SplitHandler} from "./SplitHandler.sol";

/// @title Feeds that fail, and pauses
/// @notice A silent feed stays so over whatever actions follow. An oracle that reverts, which leaves nothing that could be judged by, begins
/// and ends within one.
contract OutageHandler is SplitHandler {
    uint8 private constant PAUSE_ALL = 15;
    uint256 private constant ALL_FEEDS = type(uint256).max;
    /// @dev [loan base units]
    uint256 private constant LEAST_PART = 1_000;

    enum Outage {
        None,
        Stale,
        Reverting
    }

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) SplitHandler(pool_, oracle_, tokens, flashBorrower_) {}

    /// @dev Silent until its price moves, or all feeds are back.
    function failFeed(uint256, uint256, uint256 c) external now_ {
        _oracle.setFresh(address(_token(c)), false);
        ++succeeded[msg.sig];
    }

    function healFeeds(uint256, uint256, uint256) external now_ {
        if (_silent() == 0) return;
        _fail(ALL_FEEDS, Outage.None);
        ++succeeded[msg.sig];
    }

    /// @dev Feeds fail, silent or reverting, and something is paused. Debt is repaid and collateral added all the same; nobody borrows
    /// against what has no price.
    function actInOutage(uint256 a, uint256 b, uint256 c) external now_ {
        uint256 silent = _silent();
        uint8 flags = uint8(pool.poolConfig().pauseFlags);
        _fail(b % 16, a % 2 == 0 ? Outage.Stale : Outage.Reverting);
        IPoolAdmin(address(pool)).setPauseFlags(uint8((b >> 8) % 16));
        address account = _actor(c);
        _reduceRisk(account, a, c);
        if (_holdsAny(account, (b % 16) | silent)) _borrowInOutage(account);
        IPoolAdmin(address(pool)).setPauseFlags(flags);
        _fail(ALL_FEEDS, Outage.None);
        _fail(silent, Outage.Stale);
    }

    /// @dev Somebody is for sale, all is paused, and the feed of what is sold is silent, as others may be: sold at the last valid price.
    function sellInOutage(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _forSale(b);
        address token = _heldToken(account, c);
        uint256 counted = succeeded[msg.sig];
        if (pool.accountOf(account).kickedAt == 0) _act(_actor(a), abi.encodeCall(ILiquidationSales.kick, (account)));
        succeeded[msg.sig] = counted; // a sale counts, and nothing else
        uint256 silent = _silent();
        uint8 flags = uint8(pool.poolConfig().pauseFlags);
        _fail((a >> 8) % 16, Outage.Stale);
        _oracle.setFresh(token, false);
        IPoolAdmin(address(pool)).setPauseFlags(PAUSE_ALL);
        _take(_actor(a), account, token, type(uint256).max);
        IPoolAdmin(address(pool)).setPauseFlags(flags);
        _fail(ALL_FEEDS, Outage.None);
        _fail(silent, Outage.Stale);
    }

    function _fail(uint256 which, Outage outage) private {
        for (uint256 i; i < _tokens.length; ++i) {
            if (which & (1 << i) == 0) continue;
            if (outage == Outage.Reverting) _oracle.setReverting(address(_tokens[i]), true);
            else _oracle.setFresh(address(_tokens[i]), outage == Outage.None);
        }
    }

    function _reduceRisk(address account, uint256 a, uint256 c) private {
        if (pool.debtSharesOf(account) != 0) _repayInOutage(_actor(a), account, _repayment(account, a, c));
        for (uint256 i; i < _tokens.length; ++i) {
            address token = address(_tokens[i]);
            if (pool.collateralOf(account, token) == 0) continue;
            if (pool.collateralConfig(token).totalSupplied >= pool.collateralConfig(token).supplyCap) continue;
            (bool ok, ) = _call(account, abi.encodeCall(pool.supplyCollateral, (token, 1, account, "")));
            if (!ok) _violate("INV-19: collateral was refused in an outage");
        }
    }

    /// @dev Of the whole debt a part that is a share at least and leaves no dust, or all.
    function _repayment(address account, uint256 a, uint256 c) private view returns (bytes memory) {
        uint256 debt = pool.debtOf(account);
        uint256 minDebt = pool.poolConfig().minDebt;
        if (debt < minDebt + LEAST_PART || c % 8 == 0) {
            return abi.encodeCall(pool.repay, (0, pool.debtSharesOf(account), account, ""));
        }
        return abi.encodeCall(pool.repay, (_between(a >> 8, LEAST_PART, debt - minDebt), 0, account, ""));
    }

    function _repayInOutage(address payer, address account, bytes memory data) private {
        (bool ok, bytes memory result) = _call(payer, data);
        if (!ok) return _violate("INV-19: a repayment was refused in an outage");
        (uint256 paid, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
        if (pool.debtOf(account) == 0) smallDebtAllowed[account] = false;
    }

    function _borrowInOutage(address account) private {
        vm.prank(account);
        (bool ok, ) = address(pool).call(abi.encodeCall(pool.borrow, (100e6, 0, account, account)));
        if (ok) _violate("INV-04: borrowed against what has no price");
    }
}
