// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";

/// @title Breaker that says what it was asked, and finds everything normal
contract RecordingBreaker {
    event Asked(address indexed subject, ICircuitBreaker.Inputs inputs);

    function thresholdsOf(address) external pure returns (ICircuitBreaker.Thresholds memory t) {}

    function assess(
        address subject,
        ICircuitBreaker.Inputs calldata inputs
    ) external returns (ICircuitBreaker.Assessment memory current) {
        emit Asked(subject, inputs);
        return current;
    }

    function assessWithPool(
        address subject,
        ICircuitBreaker.Inputs calldata inputs,
        address pool,
        uint256 outflowWad,
        uint256 lossWad
    ) external returns (ICircuitBreaker.Assessment memory ofSubject, ICircuitBreaker.Assessment memory ofPool) {
        ICircuitBreaker.Inputs memory pooled;
        (pooled.outflowWad, pooled.lossWad) = (outflowWad, lossWad);
        emit Asked(subject, inputs);
        emit Asked(pool, pooled);
        return (ofSubject, ofPool);
    }
}
