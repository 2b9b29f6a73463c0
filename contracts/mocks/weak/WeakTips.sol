// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationSales} from "../../interfaces/ILiquidationSales.sol";
import {IPoolModule} from "../../interfaces/IPoolModule.sol";
import {KeeperTips} from "../../liquidation/KeeperTips.sol";
import {LiquidationModule} from "../../liquidation/LiquidationModule.sol";
import {PoolAccounting} from "../../pool/PoolAccounting.sol";

// Weakened on purpose, for tests, which must be able to fail: each pays tips that ours does not.

/// @title Credits the tip at the kick, out of the pool's cash, whether anything is sold or not
/// @dev Stands before the real module, which does everything else, on the pool's storage like this one.
contract EagerTipSales is KeeperTips, IPoolModule {
    address private immutable _sales;

    constructor(address loanAsset_) PoolAccounting(loanAsset_) {
        _sales = address(new LiquidationModule(loanAsset_));
    }

    function loanAsset() external view returns (address) {
        return _loanAsset;
    }

    /// @dev As `ILiquidationSales.kickFor`; the sale itself pays no second tip.
    function kickFor(address account, address, uint24 keeper) external {
        (bool ok, bytes memory reason) = _sales.delegatecall(abi.encodeCall(ILiquidationSales.kick, (account)));
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        Accrual memory a = _accrue();
        _creditTip(a, keeper, _kickTip, account);
        _book(a);
    }

    fallback() external {
        address sales = _sales;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), sales, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
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
