// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {ILiquidationDesk} from "../interfaces/ILiquidationDesk.sol";
import {ILiquidationSales} from "../interfaces/ILiquidationSales.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";

/// @title Does several things to a pool in one transaction and says how each went and how the pool stands then
/// @dev For differential tests: one event instead of dozens of calls. What fails changes nothing and is told too.
contract AuctionProbe {
    address private immutable _pool;
    address[] private _collaterals;
    address[] private _accounts;

    event Probed(bool[] succeeded, bytes[] answers, uint256[] state);

    error Quoted(uint256 amount, uint256 repay, uint256 price36);

    constructor(address pool, address[] memory collaterals, address[] memory accounts) {
        (_pool, _collaterals, _accounts) = (pool, collaterals, accounts);
        IERC20(ILendingPool(pool).asset()).approve(pool, type(uint256).max);
        for (uint256 i; i < collaterals.length; ++i) IERC20(collaterals[i]).approve(pool, type(uint256).max);
    }

    function run(address[] calldata targets, bytes[] calldata data) external {
        bool[] memory succeeded = new bool[](data.length);
        bytes[] memory answers = new bytes[](data.length);
        for (uint256 i; i < data.length; ++i) (succeeded[i], answers[i]) = targets[i].call(data[i]);
        emit Probed(succeeded, answers, stateNow());
    }

    /// @notice Reverts with what `quoteTake` answers, so that it leaves no trace.
    function quote(address account, address collateral, uint256 maxCollateral) external {
        (uint256 amount, uint256 repay, uint256 price36) = ILiquidationSales(_pool).quoteTake(
            account,
            collateral,
            maxCollateral
        );
        revert Quoted(amount, repay, price36);
    }

    /// @notice Totals of debt, owed to the first keeper; of each collateral clock, backlog and rate; of each account its record
    /// and what it holds.
    function stateNow() public view returns (uint256[] memory words) {
        uint256 kinds = _collaterals.length;
        words = new uint256[](3 + 3 * kinds + _accounts.length * (5 + kinds));
        IPoolTypes.Totals memory totals = ILendingPool(_pool).totals();
        (words[0], words[1]) = (totals.debtAssets, totals.debtShares);
        (, words[2], ) = ILiquidationDesk(_pool).keeperOf(1);
        uint256 next = 3;
        for (uint256 i; i < kinds; ++i) {
            ILiquidationDesk.SaleState memory sale = ILiquidationDesk(_pool).saleOf(_collaterals[i]);
            (words[next], words[next + 1], words[next + 2]) = (sale.clockTicks, sale.backlog, sale.ratePerSecond);
            next += 3;
        }
        for (uint256 i; i < _accounts.length; ++i) {
            IPoolTypes.Account memory a = ILendingPool(_pool).accountOf(_accounts[i]);
            (words[next], words[next + 1], words[next + 2]) = (a.debtShares, a.kickedAt, a.saleDebtOrEasedAt);
            (words[next + 3], words[next + 4]) = (a.saleIndex, a.keeperOrLag);
            next += 5;
            for (uint256 k; k < kinds; ++k)
                words[next++] = ILendingPool(_pool).collateralOf(_accounts[i], _collaterals[k]);
        }
    }
}
