// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The cheat codes of Hardhat's Solidity test runner that these tests use
/// @dev Signatures follow Foundry's cheat-code reference. Declared here because the npm package `forge-std` is not the
/// real one.
// solhint-disable-next-line interface-starts-with-i
interface Vm {
    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice All calls come from `sender` until `stopPrank`.
    function startPrank(address sender) external;

    function stopPrank() external;

    /// @notice Sets the block's time. [unix s]
    function warp(uint256 timestamp) external;

    /// @notice Sets the block's number.
    function roll(uint256 number) external;

    /// @notice The next call must revert with an error of this selector, whatever its values.
    function expectPartialRevert(bytes4 selector) external;

    /// @notice The next call must revert with exactly this data.
    function expectRevert(bytes calldata revertData) external;

    /// @notice Calls of `target` whose data begins like this return that, and do nothing.
    function mockCall(address target, bytes calldata data, bytes calldata returned) external;

    /// @notice Calls of `target` whose data begins like this revert with that.
    function mockCallRevert(address target, bytes calldata data, bytes calldata revertData) external;

    /// @notice An environment variable, or what stands for it where there is none.
    function envOr(string calldata name, string calldata otherwise) external view returns (string memory);

    /// @notice Adds a line to a file that `fsPermissions` of `hardhat.config.ts` names.
    function writeLine(string calldata path, string calldata line) external;

    function load(address target, bytes32 slot) external view returns (bytes32 value);

    function store(address target, bytes32 slot, bytes32 value) external;

    /// @notice Keeps the whole state, this contract's too, for `revertToState`.
    function snapshotState() external returns (uint256 id);

    /// @notice Puts the state back to what it was then.
    function revertToState(uint256 id) external returns (bool success);

    /// @notice The input does not count as a run.
    function assume(bool condition) external pure;

    /// @notice Records the gas of the last call in `snapshots/<group>.json`.
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
