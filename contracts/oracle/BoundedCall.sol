// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Static calls to contracts that may misbehave
/// @notice A source may revert, answer nonsense, burn all gas it is given or return megabytes. None of this may stop a
/// liquidation, so both gas and returned data are bounded.
/// @dev A caller who sends too little gas must not make a live source look dead and still complete. The EVM passes on at
/// most 63/64 of the gas left (EIP-150), silently: so the call is made only when the source is certain to get its full
/// allowance, and otherwise the whole transaction reverts with `OracleGasTooLow`. A source that needs more than its
/// allowance fails for everybody alike, and is refused when it is configured.
library BoundedCall {
    /// @dev What the call itself costs before gas is passed on (cold account 2,600, memory), and what is kept for after.
    uint256 private constant RESERVE = 20_000;

    error OracleGasTooLow(uint256 left, uint256 required);

    /// @param target Contract to read.
    /// @param gasAllowance Gas for the call. [gas]
    /// @param maxWords Longest answer that is copied. [32-byte words]
    /// @return ok True when the call succeeded and returned at least one word. An address without code does not.
    /// @return answer Returned data, cut at `maxWords` words.
    function read(
        address target,
        bytes memory data,
        uint256 gasAllowance,
        uint256 maxWords
    ) internal view returns (bool ok, bytes memory answer) {
        uint256 required = (gasAllowance * 64) / 63 + RESERVE;
        if (gasleft() < required) revert OracleGasTooLow(gasleft(), required);
        assembly ("memory-safe") {
            answer := mload(0x40)
            let limit := mul(maxWords, 32)
            mstore(0x40, add(answer, add(limit, 32)))
            ok := staticcall(gasAllowance, target, add(data, 32), mload(data), add(answer, 32), limit)
            let size := returndatasize()
            if gt(size, limit) {
                size := limit
            }
            mstore(answer, size)
            ok := and(ok, gt(size, 31))
        }
    }

    /// @notice The first two words that a getter with at most one argument answers. As `read`, without memory: for loops.
    /// @param selector Function that is called.
    /// @param argument Its only argument; ignored by a function without any.
    /// @return ok True when the call succeeded and returned at least `words` words.
    function readWords(
        address target,
        bytes4 selector,
        int256 argument,
        uint256 gasAllowance,
        uint256 words
    ) internal view returns (bool ok, uint256 first, uint256 second) {
        uint256 required;
        unchecked {
            required = (gasAllowance * 64) / 63 + RESERVE;
        }
        if (gasleft() < required) revert OracleGasTooLow(gasleft(), required);
        assembly ("memory-safe") {
            // Call and answer in scratch space: 36 bytes out, 64 bytes back.
            mstore(0, selector)
            mstore(4, argument)
            ok := staticcall(gasAllowance, target, 0, 36, 0, 64)
            ok := and(ok, iszero(lt(returndatasize(), mul(words, 32))))
            if ok {
                first := mload(0)
                second := mload(32)
            }
        }
    }

    /// @notice The first four words that a getter with at most one argument answers, all of them. As `readWords`.
    function readFour(
        address target,
        bytes4 selector,
        uint256 argument,
        uint256 gasAllowance
    ) internal view returns (bool ok, uint256 first, uint256 second, uint256 third, uint256 fourth) {
        uint256 required;
        unchecked {
            required = (gasAllowance * 64) / 63 + RESERVE;
        }
        if (gasleft() < required) revert OracleGasTooLow(gasleft(), required);
        assembly ("memory-safe") {
            // The call in scratch space, the answer behind all that is allocated: nobody needs it afterwards.
            let answer := mload(0x40)
            mstore(0, selector)
            mstore(4, argument)
            ok := staticcall(gasAllowance, target, 0, 36, answer, 128)
            ok := and(ok, gt(returndatasize(), 127))
            if ok {
                first := mload(answer)
                second := mload(add(answer, 32))
                third := mload(add(answer, 64))
                fourth := mload(add(answer, 96))
            }
        }
    }

    /// @notice An answer of at least `words` words to a getter without argument, left behind all that is allocated: good until
    /// memory is next allocated, to be read by `wordAt`.
    function readRaw(
        address target,
        bytes4 selector,
        uint256 gasAllowance,
        uint256 words
    ) internal view returns (bool ok, uint256 answer) {
        uint256 required;
        unchecked {
            required = (gasAllowance * 64) / 63 + RESERVE;
        }
        if (gasleft() < required) revert OracleGasTooLow(gasleft(), required);
        assembly ("memory-safe") {
            answer := mload(0x40)
            mstore(0, selector)
            ok := staticcall(gasAllowance, target, 0, 4, answer, mul(words, 32))
            ok := and(ok, iszero(lt(returndatasize(), mul(words, 32))))
        }
    }

    /// @notice Word `index` of an answer that `readRaw` left.
    function wordAt(uint256 answer, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(answer, mul(index, 32)))
        }
    }

    /// @notice Word `index` of an answer that is known to be long enough.
    function word(bytes memory answer, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(answer, 32), mul(index, 32)))
        }
    }
}
