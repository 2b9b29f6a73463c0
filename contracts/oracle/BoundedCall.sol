// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Static calls to contracts that may misbehave
/// @notice A source may revert, answer nonsense, burn all gas it is given or return megabytes. None of this may stop a
/// liquidation, so both gas and returned data are bounded.
/// @dev A caller who sends too little gas must not make a live source look dead: the call is made only when the source
/// is certain to get its full allowance, otherwise the whole transaction reverts.
library BoundedCall {
    /// @dev Kept for the caller after the call.
    uint256 private constant RESERVE = 20_000;

    error OracleGasTooLow(uint256 left, uint256 required);

    /// @param target Contract to read.
    /// @param gasAllowance Gas for the call. [gas]
    /// @param maxWords Longest answer that is copied. [32-byte words]
    /// @return ok True when the call succeeded and returned at least one word.
    /// @return answer Returned data, cut at `maxWords` words.
    function read(
        address target,
        bytes memory data,
        uint256 gasAllowance,
        uint256 maxWords
    ) internal view returns (bool ok, bytes memory answer) {
        // EIP-150 passes on at most 63/64 of what is left.
        uint256 required = (gasAllowance * 64) / 63 + RESERVE;
        if (gasleft() < required) revert OracleGasTooLow(gasleft(), required);
        uint256 limit = maxWords * 32;
        answer = new bytes(limit);
        uint256 size;
        assembly ("memory-safe") {
            ok := staticcall(gasAllowance, target, add(data, 32), mload(data), add(answer, 32), limit)
            size := returndatasize()
            if gt(size, limit) {
                size := limit
            }
            mstore(answer, size)
        }
        ok = ok && size >= 32;
    }
}
