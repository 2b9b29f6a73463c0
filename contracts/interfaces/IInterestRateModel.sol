// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Interest rate model
/// @notice A pure function of utilisation, time and one opaque word that the pool stores on the model's behalf, so that
/// a model with memory needs no storage of its own and costs the pool no extra slot.
interface IInterestRateModel {
    /// @notice Rate to apply to the interval that has just passed, and the model's next state.
    /// @param utilisationWad Debt ÷ (cash + debt − reserves) during the interval. [WAD, clamped by the model to 1e18]
    /// @param elapsedSeconds Length of the interval. [s]
    /// @param state State that the model returned last time; 0 at the pool's first call.
    /// @return averageRatePerSecondWad Rate, averaged over the interval, to compound continuously. [WAD per second]
    /// @return nextState State to store. Must stay within 56 bits.
    function accrue(
        uint256 utilisationWad,
        uint256 elapsedSeconds,
        uint56 state
    ) external view returns (uint256 averageRatePerSecondWad, uint56 nextState);

    /// @notice Instantaneous borrow rate. [WAD per second]
    function ratePerSecondWad(uint256 utilisationWad, uint56 state) external view returns (uint256);
}
