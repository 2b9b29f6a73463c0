// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolRisk} from "../interfaces/IPoolRisk.sol";

/// @title Risk engine that says what it is told to say
/// @dev For tests of what a pool does with a snapshot. A refresh does nothing: the snapshot stays stale.
contract MockRiskEngine {
    address public immutable pool;

    constructor(address pool_) {
        pool = pool_;
    }

    function apply_(
        address collateral,
        IPoolRisk.RiskUpdate calldata update,
        IPoolRisk.PoolUpdate calldata poolUpdate
    ) external {
        IPoolRisk(pool).applyRisk(collateral, update, poolUpdate);
    }

    function refresh(address) external {}
}
