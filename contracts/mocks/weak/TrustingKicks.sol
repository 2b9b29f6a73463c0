// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {LiquidationModule} from "../../liquidation/LiquidationModule.sol";
import {PoolBacklog} from "../../pool/PoolBacklog.sol";
import {PoolRisk} from "../../pool/PoolRisk.sol";
import {ModuleFront} from "./WeakModules.sol";

/// @title Weakened on purpose: puts up for sale whomever anybody names, healthy or not
/// @notice For tests, which must be able to fail. Nothing of a healthy account is sold by it all the same.
contract TrustingKicks is ModuleFront, PoolRisk, PoolBacklog {
    constructor(
        address loanAsset_
    ) ModuleFront(loanAsset_, address(new LiquidationModule(loanAsset_))) PoolBacklog(loanAsset_) {}

    /// @dev As `ILiquidationSales.kick`.
    function kick(address account) external {
        Account storage record = _account[account];
        uint256 index = LibBit.ffs(record.collateralMask);
        uint256 units = _toUnits(_debtAssetsOf(_accrued(), record.debtShares));
        _changeBacklog(index, 0, units);
        (record.kickedAt, record.saleDebtOrEasedAt) = (uint32(block.timestamp), uint40(units));
        record.saleIndex = uint8(index);
    }
}
