// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceConditions} from "../interfaces/IPriceConditions.sol";

/// @title A front of a price oracle that says how it answered a risk engine
/// @dev Every call is passed on to the oracle behind and answered with what that says.
contract RecordingOracle {
    address private immutable _real;

    event Conditioned(address indexed asset, uint256 mayWait, IPriceConditions.Conditions conditions);

    constructor(address real) {
        _real = real;
    }

    function pokeConditions(
        address asset,
        uint256 mayWait
    ) external returns (IPriceConditions.Conditions memory conditions) {
        conditions = IPriceConditions(_real).pokeConditions(asset, mayWait);
        emit Conditioned(asset, mayWait, conditions);
    }

    fallback() external {
        address target = _real;
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let ok := call(gas(), target, 0, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if ok {
                return(data, returndatasize())
            }
            revert(data, returndatasize())
        }
    }
}
