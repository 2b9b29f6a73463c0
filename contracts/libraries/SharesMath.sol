// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Conversions between assets and shares, with the rounding in the name
/// @notice Virtual shares and assets are added to the totals, so that the first depositor cannot make the share price
/// large enough to round later deposits away (OpenZeppelin, "ERC-4626: inflation attack"; with offset δ = 6 the attack
/// costs the attacker about 10^6 times what it takes from the victim).
library SharesMath {
    using FixedPointMathLib for uint256;

    uint256 internal constant VIRTUAL_ASSETS = 1;
    /// @dev Lender shares have 6 decimals more than the asset.
    uint256 internal constant VIRTUAL_LENDER_SHARES = 1e6;
    /// @dev Debt cannot be donated, so its shares need no offset: one share is about one base unit.
    uint256 internal constant VIRTUAL_DEBT_SHARES = 1;

    function lenderSharesDown(uint256 assets, uint256 totalAssets, uint256 supply) internal pure returns (uint256) {
        return assets.fullMulDiv(supply + VIRTUAL_LENDER_SHARES, totalAssets + VIRTUAL_ASSETS);
    }

    function lenderSharesUp(uint256 assets, uint256 totalAssets, uint256 supply) internal pure returns (uint256) {
        return assets.fullMulDivUp(supply + VIRTUAL_LENDER_SHARES, totalAssets + VIRTUAL_ASSETS);
    }

    function lenderAssetsDown(uint256 shares, uint256 totalAssets, uint256 supply) internal pure returns (uint256) {
        return shares.fullMulDiv(totalAssets + VIRTUAL_ASSETS, supply + VIRTUAL_LENDER_SHARES);
    }

    function lenderAssetsUp(uint256 shares, uint256 totalAssets, uint256 supply) internal pure returns (uint256) {
        return shares.fullMulDivUp(totalAssets + VIRTUAL_ASSETS, supply + VIRTUAL_LENDER_SHARES);
    }

    // Debt and its shares are at most 112 bits wide: the products fit a word, and what does not reverts.

    function debtSharesDown(uint256 assets, uint256 debtAssets, uint256 debtShares) internal pure returns (uint256) {
        return assets.mulDiv(debtShares + VIRTUAL_DEBT_SHARES, debtAssets + VIRTUAL_ASSETS);
    }

    function debtSharesUp(uint256 assets, uint256 debtAssets, uint256 debtShares) internal pure returns (uint256) {
        return assets.mulDivUp(debtShares + VIRTUAL_DEBT_SHARES, debtAssets + VIRTUAL_ASSETS);
    }

    function debtAssetsDown(uint256 shares, uint256 debtAssets, uint256 debtShares) internal pure returns (uint256) {
        return shares.mulDiv(debtAssets + VIRTUAL_ASSETS, debtShares + VIRTUAL_DEBT_SHARES);
    }

    function debtAssetsUp(uint256 shares, uint256 debtAssets, uint256 debtShares) internal pure returns (uint256) {
        return shares.mulDivUp(debtAssets + VIRTUAL_ASSETS, debtShares + VIRTUAL_DEBT_SHARES);
    }
}
