// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev Cheat codes of EDR's Solidity runner, by Foundry's signatures.
// solhint-disable-next-line interface-starts-with-i
interface LabVm {
    function readLine(string calldata path) external returns (string memory line);

    function parseBytes(string calldata hexadecimal) external pure returns (bytes memory data);

    function writeFileBinary(string calldata path, bytes calldata data) external;

    function recordLogs() external;

    function getRecordedLogs() external;

    function lastCallGas() external;

    function prank(address sender, address origin) external;

    function warp(uint256 timestamp) external;

    function roll(uint256 number) external;

    function snapshotState() external returns (uint256 id);

    function revertToState(uint256 id) external returns (bool success);

    function dumpState(string calldata path) external;
}

/// @title What the shock lab's fast chain runs inside EDR's Solidity runner
/// @notice Asks the lab for commands, a line of hexadecimal digits from `in`, carries them out on the real contracts, and
/// answers into `out`, size (4 bytes) first, until it is told to end. With the runner's `isolate` every transaction is one: own access list, own
/// transient storage, gas with its intrinsic part.
/// @dev Both files are pipes in the runner's root; `sim/runner/wire.ts` is the other side. Memory is taken anew with every line.
///
/// | command                                                             | answer                                        |
/// | ------------------------------------------------------------------- | --------------------------------------------- |
/// | 1, time (8 bytes), block number (8)                                 |                                               |
/// | 2, sender (20), target (20), gas (4), size (4), calldata            | ok (1), gas used (8), size (4), logs or error |
/// | 3, target (20), gas (4), size (4), calldata: a call without effects | ok (1), size (4), returned data               |
/// | 4: snapshot                                                         | its number (32)                               |
/// | 5, number of a snapshot (32): goes back to it                       | ok (1)                                        |
/// | 6, size (4), path: writes what was touched since the start there    | (1)                                           |
/// | 0: ends                                                             | (1)                                           |
contract LabDriver {
    error LabDriverBadCommand(uint256 command, uint256 place);
    error LabDriverCheatFailed(bytes4 selector);

    address private constant CHEATS = 0x7109709ECfa91a80626fF3989D68f67F5b1DD12D;
    LabVm private constant VM = LabVm(CHEATS);
    /// @dev Selector, two offsets, "out" with its length, length of the data: what comes before the data of an answer.
    uint256 private constant HEAD = 164;

    /// @dev What the runner calls.
    function testRun() external {
        VM.recordLogs();
        uint256 scratch;
        assembly ("memory-safe") {
            scratch := mload(0x40)
            mstore(0x40, add(scratch, 192))
        }
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (bool goesOn = true; goesOn;) {
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
            goesOn = _perform(VM.parseBytes(VM.readLine("in")), scratch);
        }
    }

    function _perform(bytes memory line, uint256 scratch) private returns (bool goesOn) {
        uint256 place;
        uint256 end;
        uint256 head;
        assembly ("memory-safe") {
            place := add(line, 32)
            end := add(place, mload(line))
            head := mload(0x40)
        }
        uint256 out = head + HEAD + 4;
        goesOn = true;
        while (place < end) {
            uint256 command;
            assembly ("memory-safe") {
                command := byte(0, mload(place))
                place := add(place, 1)
            }
            if (command == 1) place = _setClock(place, scratch);
            else if (command == 2) (place, out) = _transact(place, out, scratch);
            else if (command == 3) (place, out) = _read(place, out);
            else if (command == 4) out = _word(out, VM.snapshotState());
            else if (command == 5) (place, out) = _goBack(place, out);
            else if (command == 6) (place, out) = _dump(place, out);
            else if (command == 0) (goesOn, out) = (false, out + 1);
            else revert LabDriverBadCommand(command, place);
        }
        _answer(head, out);
    }

    function _setClock(uint256 place, uint256 scratch) private returns (uint256) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(place)
        }
        _cheat(LabVm.warp.selector, scratch, word >> 192, 0, 36);
        _cheat(LabVm.roll.selector, scratch, (word >> 128) & type(uint64).max, 0, 36);
        return place + 16;
    }

    function _transact(uint256 place, uint256 out, uint256 scratch) private returns (uint256, uint256) {
        uint256 sender;
        assembly ("memory-safe") {
            sender := shr(96, mload(place))
        }
        _cheat(LabVm.prank.selector, scratch, sender, sender, 68);
        uint256 ok;
        uint256 size;
        assembly ("memory-safe") {
            let length := shr(224, mload(add(place, 44)))
            ok := call(shr(224, mload(add(place, 40))), shr(96, mload(add(place, 20))), 0, add(place, 48), length, 0, 0)
            place := add(add(place, 48), length)
            if iszero(ok) {
                size := returndatasize()
                returndatacopy(add(out, 13), 0, size)
            }
        }
        _cheat(LabVm.lastCallGas.selector, scratch, 0, 0, 4);
        uint256 used;
        assembly ("memory-safe") {
            returndatacopy(scratch, 32, 32)
            used := mload(scratch)
        }
        // Taken of a failed transaction too, whose logs are nobody's.
        _cheat(LabVm.getRecordedLogs.selector, scratch, 0, 0, 4);
        assembly ("memory-safe") {
            if ok {
                size := returndatasize()
                returndatacopy(add(out, 13), 0, size)
            }
            let before := and(mload(out), sub(shl(152, 1), 1))
            mstore(out, or(or(shl(248, ok), shl(184, used)), or(shl(152, size), before)))
            out := add(add(out, 13), size)
        }
        return (place, out);
    }

    /// @dev Asked by a delegate call to here, which the runner does not isolate, and which takes back what the asked one does.
    function _read(uint256 place, uint256 out) private returns (uint256, uint256) {
        assembly ("memory-safe") {
            let length := add(28, shr(224, mload(add(place, 24))))
            pop(delegatecall(gas(), address(), place, length, 0, 0))
            place := add(place, length)
            let size := returndatasize()
            returndatacopy(out, 0, size)
            out := add(out, size)
        }
        return (place, out);
    }

    /// @dev Asks, and reverts with what `_read` answers.
    // solhint-disable-next-line payable-fallback
    fallback() external {
        assembly ("memory-safe") {
            let length := sub(calldatasize(), 28)
            calldatacopy(0, 28, length)
            let ok := call(shr(224, calldataload(20)), shr(96, calldataload(0)), 0, 0, length, 0, 0)
            let size := returndatasize()
            mstore(0, or(shl(248, ok), shl(216, size)))
            returndatacopy(5, 0, size)
            revert(0, add(5, size))
        }
    }

    function _goBack(uint256 place, uint256 out) private returns (uint256, uint256) {
        uint256 id;
        assembly ("memory-safe") {
            id := mload(place)
        }
        bool ok = VM.revertToState(id);
        _word(out, uint256(ok ? 1 : 0) << 248);
        return (place + 32, out + 1);
    }

    function _dump(uint256 place, uint256 out) private returns (uint256, uint256) {
        bytes memory path;
        assembly ("memory-safe") {
            let length := shr(224, mload(place))
            path := sub(place, 28) // the line's own memory: what is overwritten was carried out already
            mstore(path, length)
            place := add(add(place, 4), length)
        }
        VM.dumpState(string(path));
        return (place, out + 1);
    }

    function _word(uint256 out, uint256 word) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(out, word)
        }
        return out + 32;
    }

    /// @dev Built where the answer lies already, as it may be long.
    function _answer(uint256 head, uint256 out) private {
        bytes4 selector = LabVm.writeFileBinary.selector;
        bool ok;
        assembly ("memory-safe") {
            let size := sub(out, add(head, HEAD))
            let begin := mload(add(head, HEAD))
            mstore(add(head, HEAD), or(shl(224, sub(size, 4)), and(begin, sub(shl(224, 1), 1))))
            mstore(head, selector)
            mstore(add(head, 4), 0x40)
            mstore(add(head, 36), 0x80)
            mstore(add(head, 68), 3)
            mstore(add(head, 100), "out")
            mstore(add(head, 132), size)
            ok := call(gas(), CHEATS, 0, head, add(HEAD, and(add(size, 31), not(31))), 0, 0)
        }
        if (!ok) revert LabDriverCheatFailed(selector);
    }

    function _cheat(bytes4 selector, uint256 scratch, uint256 first, uint256 second, uint256 size) private {
        bool ok;
        assembly ("memory-safe") {
            mstore(scratch, selector)
            mstore(add(scratch, 4), first)
            mstore(add(scratch, 36), second)
            ok := call(gas(), CHEATS, 0, scratch, size, 0, 0)
        }
        if (!ok) revert LabDriverCheatFailed(selector);
    }
}
