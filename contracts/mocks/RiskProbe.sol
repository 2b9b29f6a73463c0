// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Does several things in one transaction and says how each went
/// @dev For differential tests: one event instead of dozens of calls. What fails changes nothing and is told too.
contract RiskProbe {
    event Probed(bool[] succeeded, bytes[] answers);

    function run(address[] calldata targets, bytes[] calldata data) external {
        bool[] memory succeeded = new bool[](data.length);
        bytes[] memory answers = new bytes[](data.length);
        for (uint256 i; i < data.length; ++i) (succeeded[i], answers[i]) = targets[i].call(data[i]);
        emit Probed(succeeded, answers);
    }
}
