// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICircuitBreaker} from "../../interfaces/ICircuitBreaker.sol";

/// @title Weakened on purpose: three good samples end a restriction, however close together
/// @notice For tests, which must be able to fail. Knows the divergence only.
contract HastyBreaker {
    struct State {
        bool restricted;
        uint8 good;
    }

    mapping(address subject => State) private _state;

    function thresholdsOf(address) external pure returns (ICircuitBreaker.Thresholds memory t) {
        t.divergence = ICircuitBreaker.Band(0.05e18, 0.1e18);
    }

    function assess(
        address subject,
        ICircuitBreaker.Inputs calldata inputs
    ) public returns (ICircuitBreaker.Assessment memory) {
        State storage s = _state[subject];
        if (inputs.divergenceWad >= 0.1e18) (s.restricted, s.good) = (true, 0);
        else if (s.restricted && ++s.good >= 3) s.restricted = false;
        return assessmentOf(address(0), subject);
    }

    function assessWithPool(
        address subject,
        ICircuitBreaker.Inputs calldata inputs,
        address,
        uint256,
        uint256
    ) external returns (ICircuitBreaker.Assessment memory, ICircuitBreaker.Assessment memory ofPool) {
        return (assess(subject, inputs), ofPool);
    }

    function assessmentOf(address, address subject) public view returns (ICircuitBreaker.Assessment memory current) {
        if (!_state[subject].restricted) return current;
        (current.level, current.tightnessWad) = (ICircuitBreaker.Level.Restricted, 1e18);
    }
}
