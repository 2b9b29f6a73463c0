// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolRisk} from "../../interfaces/IPoolRisk.sol";

/// @title Weakened on purpose: hides from a risk engine that its pool was used in this block already
/// @notice For tests, which must be able to fail. Stands between a pool and its engine: passes on all calls of the pool to
/// the engine and all others to the pool.
contract CredulousFront {
    address public immutable pool;
    address private _engine;

    constructor(address pool_) {
        pool = pool_;
    }

    function setEngine(address engine) external {
        _engine = engine;
    }

    function riskInputs(address collateral, bool whole) external view returns (IPoolRisk.RiskInputs memory inputs) {
        inputs = IPoolRisk(pool).riskInputs(collateral, whole);
        inputs.touched = false;
    }

    fallback(bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = (msg.sender == pool ? _engine : pool).call(data);
        if (ok) return answer;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
