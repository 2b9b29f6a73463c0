// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {FeedReader} from "./FeedReader.sol";

/// @title Assets per share of an ERC-4626 vault, safe to lend against
/// @notice Falls pass at once. Rises pass at a limited speed, so that a donation, or a rounding trick in an empty vault,
/// cannot raise the price of a share in one block (zkLend 2025, Sonne 2024).
library ShareRate {
    using BoundedCall for bytes;
    using FixedPointMathLib for uint256;

    uint256 private constant RATE_GAS = 300_000;
    uint256 private constant LOCK_GAS = 30_000;
    /// @dev Longest silence for which a rise is credited, so that a vault that nobody poked for a year has not saved up
    /// a year's rise for one donation. [s]
    uint256 internal constant MAX_CREDITED = 7 days;
    /// @notice Coarsest rate that can be configured: its last digit is then a millionth. [asset base units per 1e18 shares]
    uint256 internal constant MIN_RATE = 1e6;

    /// @notice Assets of 1e18 shares. [asset base units per 1e18 share base units, below 2^120]
    /// @return status `Ok`; `Locked`: a pool in the middle of a change, whose rate is not to be trusted (read-only
    /// re-entrancy); `Reverted`; or `Invalid`: zero or absurd.
    function read(address vault) internal view returns (FeedReader.Status status, uint256 rateE18) {
        // Vaults that are not ours do not have the function.
        (bool ok, bytes memory data) = BoundedCall.read(vault, abi.encodeCall(ILendingPool.locked, ()), LOCK_GAS, 1);
        if (ok && data.word(0) != 0) return (FeedReader.Status.Locked, 0);
        (ok, data) = BoundedCall.read(vault, abi.encodeCall(IERC4626.convertToAssets, (1e18)), RATE_GAS, 1);
        if (!ok) return (FeedReader.Status.Reverted, 0);
        rateE18 = data.word(0);
        if (rateE18 == 0 || rateE18 >= 1 << 120) return (FeedReader.Status.Invalid, 0);
    }

    /// @notice The rate, limited in its rise since `lastRate` was recorded. [rounded down]
    /// @param maxRiseBpsPerDay Linear in time. [bps per day]
    function limited(
        uint256 rate,
        uint256 lastRate,
        uint256 elapsedSeconds,
        uint256 maxRiseBpsPerDay
    ) internal pure returns (uint256) {
        uint256 credited = elapsedSeconds.min(MAX_CREDITED);
        return rate.min(lastRate + (lastRate * maxRiseBpsPerDay * credited) / (1e4 * 1 days));
    }
}
