// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ILiquidationSales} from "../../interfaces/ILiquidationSales.sol";
import {KeeperTips} from "../../liquidation/KeeperTips.sol";
import {LiquidationModule} from "../../liquidation/LiquidationModule.sol";
import {ModuleFront} from "./WeakModules.sol";

// Weakened on purpose, for tests, which must be able to fail: each pays tips that ours does not.

/// @title Credits the tip at the kick, out of the pool's cash, whether anything is sold or not
contract EagerTipSales is ModuleFront, KeeperTips {
    constructor(address loanAsset_) ModuleFront(loanAsset_, address(new LiquidationModule(loanAsset_))) {}

    /// @dev As `ILiquidationSales.kickFor`; the sale itself pays no second tip.
    function kickFor(address account, address, uint24 keeper) external {
        Address.functionDelegateCall(_real, abi.encodeCall(ILiquidationSales.kick, (account)));
        Accrual memory a = _accrue();
        _creditTip(a, keeper, _kickTip, account);
        _book(a);
    }
}

/// @title Charges the account a tip with each of its sales, not with the first alone
contract RepeatedTipSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _chargeTip(
        Accrual memory a,
        Account memory record
    ) internal view override returns (uint24 keeper, uint256 tip) {
        (keeper, tip) = super._chargeTip(a, record);
        if (keeper != 0) record.keeperOrLag = keeper;
    }
}
