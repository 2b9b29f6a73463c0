// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BreakerMath} from "../../contracts/breaker/BreakerMath.sol";

/// @title What `npm run audit:smt` proves of the breaker's tightness
contract BreakerMathSmt {
    function tightnessUp(uint256 valueWad, uint64 cautionWad, uint64 restrictedWad) external pure {
        require(cautionWad < restrictedWad);
        uint256 tightness = BreakerMath.tightnessUp(valueWad, cautionWad, restrictedWad);
        if (valueWad <= cautionWad) assert(tightness == 0);
        if (valueWad >= restrictedWad) assert(tightness == 1e18);
    }
}
