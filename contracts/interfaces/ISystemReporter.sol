// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What the pools of a registry come to together
interface ISystemReporter {
    /// @dev Amounts in the registry's unit. [WAD]
    struct SystemReport {
        uint256 timestamp; // [unix s]
        uint256 pools; // that are counted
        uint256 leftOut; // that are not: without a price now, or without an answer
        uint256 touched; // pools whose books were changed in this block, perhaps to be seen in it
        uint256 restricted; // pools that lend nothing at the moment
        uint256 worstLevel; // ICircuitBreaker.Level, of pools and collaterals: Restricted above Recovery above Caution
        uint256 shareDepth; // deepest stack of shares
        uint256 grossWad; // collateral of all pools
        uint256 ultimateWad; // of that, what is no share of a pool of the registry
        uint256 debtWad;
        uint256 lenderWad; // what lenders own
        uint256 provisionWad;
        uint256 backlogWad;
        uint256 grossLeverageWad; // gross ÷ (gross − debt); largest value: no equity
        uint256 leverageWad; // ultimate ÷ (gross − debt): claims of the system on itself are netted
    }

    /// @param day Days since 1970-01-01.
    event SystemReported(address indexed caller, uint256 indexed day, SystemReport report);

    error ReporterDayReported(uint256 day);
    /// @dev A pool did not answer, perhaps only for want of gas: send more.
    error ReporterGasTooLow(uint256 left, uint256 required);

    function systemReport() external view returns (SystemReport memory);

    /// @notice Puts the day's report on chain. Permissionless, at most once each UTC day.
    /// @dev Whoever calls it chooses the moment. What flash loans can add to it shows as `touched`.
    function report() external returns (SystemReport memory);

    /// @notice Day of the last report. [days since 1970-01-01] 0: none
    function lastDay() external view returns (uint256);
}
