// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {BookWordLib} from "../libraries/BookWord.sol";
import {PoolAccounting} from "./PoolAccounting.sol";

/// @title Units in which debt for sale is counted
/// @dev A hundredth of a loan token: 40 bits hold ten billion tokens, and a dollar is worth counting.
abstract contract PoolBacklog is PoolAccounting {
    using FixedPointMathLib for uint256;

    /// @dev [loan base units]
    uint256 internal immutable _backlogUnit;

    constructor(address loanAsset_) {
        uint256 decimals = IERC20Metadata(loanAsset_).decimals();
        _backlogUnit = decimals > 2 ? 10 ** (decimals - 2) : 1;
    }

    /// @dev At least one, so that an account for sale is told from one that is not.
    function _toUnits(uint256 debt) internal view returns (uint256) {
        return (debt / _backlogUnit).max(1).min(BookWordLib.MAX_BACKLOG);
    }
}
