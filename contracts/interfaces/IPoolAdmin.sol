// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Administration of a pool, answered at the pool's address
/// @notice Who may call what is set in the pool's `AccessManager`: *loosen* functions belong to the governor role with
/// an execution delay; *tighten* functions to governor and guardian without delay. A tighten function refuses, with
/// `ConfigNotTighter`, any value that is not stricter than the one in force.
interface IPoolAdmin {
    struct CollateralListing {
        address token;
        uint16 borrowFactorBps;
        uint16 liquidationFactorBps;
        uint112 supplyCap; // [collateral base units] type(uint112).max: none
        address curve;
    }

    // --- governor, delayed ---------------------------------------------------------------------------------------

    function listCollateral(CollateralListing calldata listing) external;

    /// @notice Sets both factors. A lower liquidation factor is reached by a linear ramp of `rampSeconds`, at most 2
    /// percentage points a day, so that nobody becomes liquidatable in the block of the change; a higher one at once.
    /// @param rampSeconds Length of the ramp. [s, at most 365 days]
    function setCollateralFactors(
        address collateral,
        uint16 borrowFactorBps,
        uint16 liquidationFactorBps,
        uint32 rampSeconds
    ) external;

    function setCollateralSupplyCap(address collateral, uint112 cap) external;

    function setLiquidationCurve(address collateral, address curve) external;

    function setOracle(address oracle) external;

    function setInterestRateModel(address model) external;

    function setPoolCaps(uint112 supplyCap, uint112 borrowCap) external;

    /// @param minDebt [loan base units, < 2^80]
    function setMinDebt(uint96 minDebt) external;

    function setReserveFactor(uint16 bps) external;

    function setFlashFee(uint16 bps) external;

    function setLiquidationTarget(uint16 targetHealthBps) external;

    /// @param assets What the first sale of an account brings to the keeper who put it up; at most 0.5 % of its debt.
    /// [loan base units]
    function setKickTip(uint80 assets) external;

    /// @param count 1 to 12. Accounts that have more keep them.
    function setMaxCollateralsPerAccount(uint8 count) external;

    function setPauseFlags(uint8 flags) external;

    function withdrawReserves(uint256 assets, address receiver) external;

    // --- governor and guardian, at once ---------------------------------------------------------------------------

    /// @notice Adds pause flags; never removes one. Repay, adding collateral, liquidation and lender exits have no flag.
    function pause(uint8 flags) external;

    function lowerBorrowFactor(address collateral, uint16 borrowFactorBps) external;

    function lowerCollateralSupplyCap(address collateral, uint112 cap) external;

    /// @notice Either cap may stay as it is.
    function lowerPoolCaps(uint112 supplyCap, uint112 borrowCap) external;

    /// @notice Starts a ramp of the liquidation factor downwards, within the same speed limit as `setCollateralFactors`.
    /// @param rampSeconds Length of the ramp. [s, at most 365 days] A ramp that is under way must not become flatter.
    function rampDownLiquidationFactor(address collateral, uint16 liquidationFactorBps, uint32 rampSeconds) external;
}
