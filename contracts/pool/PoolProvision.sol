// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {PoolRisk} from "./PoolRisk.sol";

/// @title Provision for losses that are not final yet
/// @notice A loss is written off only when an account's last collateral is sold. Until then every kick, every take and a
/// permissionless `mark` record what the account's collateral will not cover: `max(0, D − V·(1 − b))` while it is unhealthy,
/// with b what selling is likely to cost. Lenders' exits are priced net of the sum, as far as reserves do not bear it, and
/// entries gross: so nobody gains by leaving before the write-off, nor by entering before a rebound.
abstract contract PoolProvision is PoolRisk {
    using FixedPointMathLib for uint256;

    /// @dev b: about half of the largest discount that curves reach. [bps]
    uint256 internal constant PROVISION_DISCOUNT_BPS = 500;

    /// @dev What a sale of everything will probably not bring in; 0 for a healthy account. [loan base units, rounded up]
    function _shortfall(uint256 debt, uint256 value, uint256 capacity) internal pure returns (uint256) {
        if (capacity >= debt) return 0;
        return debt.zeroFloorSub(value.mulDiv(BPS - PROVISION_DISCOUNT_BPS, BPS));
    }

    /// @dev Records the provision of an account. Its flag is changed in `record`, which the caller writes.
    function _setProvision(address account, Account memory record, uint256 required) internal {
        if (required == 0 && !record.provisioned) return;
        uint256 recorded = _provisionOf[account];
        uint256 others = _totalProvision - recorded;
        required = required.min(MAX_AMOUNT - others);
        if (required == recorded) return;
        _provisionOf[account] = required;
        _totalProvision = uint112(others + required);
        record.provisioned = required != 0;
        // So that lenders' exits read the total only when there is one.
        if (others + required == 0) _pauseFlags &= ~PROVISIONED;
        else _pauseFlags |= PROVISIONED;
        emit ProvisionSet(account, required, others + required);
    }

    /// @dev Lenders' assets less what of the provision reserves would not bear.
    function _exitAssets(Accrual memory a) internal view virtual returns (uint256 assets) {
        assets = _lenderAssets(a);
        if (_pauseFlags & PROVISIONED == 0) return assets;
        return assets.zeroFloorSub(uint256(_totalProvision).zeroFloorSub(a.reserves));
    }
}
