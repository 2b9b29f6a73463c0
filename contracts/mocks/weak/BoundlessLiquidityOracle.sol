// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Weakened on purpose: takes every market for one that nobody can exhaust
/// @notice For tests, which must be able to fail.
contract BoundlessLiquidityOracle {
    address public immutable loanAsset;

    constructor(address loanAsset_) {
        loanAsset = loanAsset_;
    }

    function pokeDepth(address) external {}

    /// @return depth [loan base units]
    /// @return reserve [loan base units]
    /// @return updatedAt [unix s]
    function depthAndReserveOf(address) external view returns (uint256 depth, uint256 reserve, uint256 updatedAt) {
        return (type(uint120).max, type(uint120).max, block.timestamp);
    }
}
