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

    function assessWithPool(
        address subject,
        uint256 divergenceWad,
        uint256,
        uint256,
        uint256,
        bool,
        address,
        uint256,
        uint256
    ) external returns (uint256 level, uint256 tightnessWad, uint256, uint256) {
        State storage s = _state[subject];
        if (divergenceWad >= 0.1e18) (s.restricted, s.good) = (true, 0);
        else if (s.restricted && ++s.good >= 3) s.restricted = false;
        if (s.restricted) (level, tightnessWad) = (uint256(ICircuitBreaker.Level.Restricted), 1e18);
    }

    function assessmentOf(address, address subject) external view returns (ICircuitBreaker.Assessment memory current) {
        if (!_state[subject].restricted) return current;
        (current.level, current.tightnessWad) = (ICircuitBreaker.Level.Restricted, 1e18);
    }
}
