// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RampMath} from "../../contracts/libraries/RampMath.sol";

/// @title What `npm run audit:smt` proves of ramps, for all values that the pool can store
contract RampMathSmt {
    function valueAt(uint16 from, uint16 to, uint32 start, uint32 end, uint40 timestamp) external pure {
        uint256 value = RampMath.valueAt(from, to, start, end, timestamp);
        assert(value == to || (to < value && value <= from));
        if (timestamp <= start && start < end && to < from) assert(value == from);
        if (timestamp >= end) assert(value == to);
    }

    function minimumDuration(uint16 from, uint16 to) external pure {
        uint256 duration = RampMath.minimumDuration(from, to);
        assert((duration == 0) == (to >= from));
        if (from > to) assert(duration * 200 >= uint256(from - to) * 1 days);
    }
}
