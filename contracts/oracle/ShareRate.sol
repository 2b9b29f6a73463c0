// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title Assets per share of an ERC-4626 vault, safe to lend against
/// @notice Falls pass at once. Rises pass at a limited speed, so that a donation, or a rounding trick in an empty vault,
/// cannot raise the price of a share in one block (zkLend 2025, Sonne 2024).
library ShareRate {
    using FixedPointMathLib for uint256;

    uint256 private constant RATE_GAS = 300_000;
    uint256 private constant LOCK_GAS = 30_000;

    /// @notice Assets of 1e18 shares. [asset base units per 1e18 share base units]
    /// @return ok False when the vault does not answer, answers zero, or is a pool in the middle of a change.
    /// @return isLocked True when that is the reason.
    function read(address vault) internal view returns (bool ok, bool isLocked, uint256 rateE18) {
        bytes memory data;
        (ok, data) = BoundedCall.read(vault, abi.encodeCall(ILendingPool.locked, ()), LOCK_GAS, 1);
        if (ok && uint256(bytes32(data)) != 0) return (false, true, 0); // other vaults do not have the function
        (ok, data) = BoundedCall.read(vault, abi.encodeCall(IERC4626.convertToAssets, (1e18)), RATE_GAS, 1);
        if (!ok) return (false, false, 0);
        rateE18 = uint256(bytes32(data));
        // Above 2^120 the product with a price could leave 256 bits; no real vault comes near.
        ok = rateE18 != 0 && rateE18 < 1 << 120;
    }

    /// @notice The rate, limited in its rise since `lastRate` was recorded. [rounded down]
    /// @param maxRiseBpsPerDay Linear in time. [bps per day]
    function limited(
        uint256 rate,
        uint256 lastRate,
        uint256 elapsedSeconds,
        uint256 maxRiseBpsPerDay
    ) internal pure returns (uint256) {
        uint256 ceiling = lastRate + lastRate.fullMulDiv(maxRiseBpsPerDay * elapsedSeconds, 1e4 * 1 days);
        return rate.min(ceiling);
    }
}
