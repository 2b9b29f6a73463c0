// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CascadeMath} from "../../contracts/libraries/CascadeMath.sol";

/// @title What `npm run audit:smt` proves of the lens's maths
contract CascadeMathSmt {
    function bucketOf(uint200 capacity, uint200 debt) external pure {
        require(debt > 0);
        CascadeMath.bucketOf(capacity, debt);
    }

    function stepOf(uint200 capacity, uint200 debt) external pure {
        CascadeMath.stepOf(capacity, debt);
    }
}
