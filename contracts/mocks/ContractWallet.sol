// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Account with code, for which one key signs (ERC-1271)
contract ContractWallet is IERC1271 {
    enum Answer {
        Honest,
        WrongValue, // not the magic value, whatever is signed
        Revert
    }

    error WalletRefused();

    address private immutable _signer;
    Answer public answer;

    constructor(address signer) {
        _signer = signer;
    }

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (answer == Answer.Revert) revert WalletRefused();
        (address recovered, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        bool valid = answer == Answer.Honest && recovered == _signer;
        return valid ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
