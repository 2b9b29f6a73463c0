// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";

/// @title Breaker that says what it was asked, and finds everything normal
contract RecordingBreaker {
    event Asked(address indexed subject, ICircuitBreaker.Inputs inputs);

    function thresholdsOf(address) external pure returns (ICircuitBreaker.Thresholds memory t) {}

    function assessWithPool(
        address subject,
        uint256 divergenceWad,
        uint256 volatilityExcessWad,
        uint256 moveWad,
        uint256 backlogWad,
        bool sourcesMissing,
        address pool,
        uint256 outflowWad,
        uint256 lossWad
    ) external returns (uint256, uint256, uint256, uint256) {
        emit Asked(
            subject,
            ICircuitBreaker.Inputs(divergenceWad, volatilityExcessWad, moveWad, 0, backlogWad, 0, sourcesMissing)
        );
        if (pool != address(0)) emit Asked(pool, ICircuitBreaker.Inputs(0, 0, 0, outflowWad, 0, lossWad, false));
        return (0, 0, 0, 0);
    }
}
