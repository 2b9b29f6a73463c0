// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationDesk} from "../interfaces/ILiquidationDesk.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {CurveKind, CurveTerms} from "../libraries/CurveTerms.sol";
import {RiskWord} from "../libraries/RiskWord.sol";
import {PoolBacklog} from "../pool/PoolBacklog.sol";
import {SalePace} from "./SalePace.sol";
import {Unwinding} from "./Unwinding.sol";

/// @title What goes with liquidation but is no sale
/// @notice Leaving before one is liquidated, keepers' tips, and how far sales have come.
abstract contract LiquidationDesk is Unwinding, PoolBacklog, ILiquidationDesk {
    /// @inheritdoc ILiquidationDesk
    function unwind(
        uint256 assets,
        uint256 shares,
        address collateral,
        uint256 amount,
        address account,
        address receiver,
        bytes calldata data
    ) external lock returns (uint256, uint256) {
        return _unwind(assets, shares, collateral, amount, account, receiver, data);
    }

    /// @inheritdoc ILiquidationDesk
    function registerKeeper() external lock returns (uint24 keeper) {
        keeper = ++_keeperCount;
        _keeper[keeper].owner = msg.sender;
        emit KeeperRegistered(keeper, msg.sender);
    }

    /// @inheritdoc ILiquidationDesk
    function claimTips(uint24 keeper, address receiver) external lock returns (uint256 assets) {
        _requireAddress(receiver);
        Keeper storage k = _keeper[keeper];
        if (msg.sender != k.owner) revert PoolUnauthorized(msg.sender, k.owner);
        assets = k.owed;
        if (assets == 0) revert LiquidationNothingToClaim(keeper);
        k.owed = 0;
        emit TipsClaimed(keeper, receiver, assets);
        _push(_loanAsset, receiver, assets);
    }

    /// @inheritdoc ILiquidationDesk
    function keeperOf(uint24 keeper) external view returns (address owner, uint256 owed, uint256 tip) {
        return (_keeper[keeper].owner, _keeper[keeper].owed, _kickTip);
    }

    /// @inheritdoc ILiquidationDesk
    function saleOf(address collateral) external view returns (SaleState memory state) {
        Collateral storage c = _collateral[collateral];
        BookWord books = c.books;
        CurveTerms t = c.terms;
        RiskWord risk = c.risk;
        state.curve = _curveOf[collateral];
        state.clockTicks = books.clock();
        state.backlog = books.backlog() * _backlogUnit;
        if (risk.freshUntil() != 0) state.reserve = risk.reserve();
        if (t.kind() == CurveKind.Paced) state.ratePerSecond = SalePace.perSecond(t, state.reserve, state.backlog);
    }
}
