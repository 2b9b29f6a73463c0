// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A front of a real Uniswap v3 pool that can break any of its functions
/// @dev Every call is passed on to the real pool and answered with what that says, until a function is told to fail.
contract BreakablePool {
    enum Mode {
        Normal,
        Reverting,
        GasBomb,
        ShortAnswer,
        AllOnes // a long answer, every bit set
    }

    address public immutable real;
    /// @notice How a function answers.
    mapping(bytes4 selector => Mode) public modeOf;

    error PoolBroken();

    constructor(address real_) {
        real = real_;
    }

    function breakFunction(bytes4 selector, Mode how) external {
        modeOf[selector] = how;
    }

    fallback() external {
        address target = real;
        Mode how = modeOf[msg.sig];
        if (how != Mode.Normal) _misbehave(how);
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let ok := staticcall(gas(), target, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if ok {
                return(data, returndatasize())
            }
            revert(data, returndatasize())
        }
    }

    function _misbehave(Mode how) private pure {
        if (how == Mode.Reverting) revert PoolBroken();
        if (how == Mode.GasBomb) {
            uint256 i;
            while (true) ++i;
        }
        assembly ("memory-safe") {
            let data := mload(0x40)
            for {
                let i := 0
            } lt(i, 512) {
                i := add(i, 32)
            } {
                mstore(add(data, i), not(0))
            }
            return(data, mul(512, eq(how, 4)))
        }
    }
}
