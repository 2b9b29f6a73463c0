// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What every delegatecall module answers when called directly
interface IPoolModule {
    /// @notice Loan asset that the module was built for; the pool checks it at construction.
    function loanAsset() external view returns (address);
}
