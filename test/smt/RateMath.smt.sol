// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RateMath} from "../../contracts/rates/RateMath.sol";

/// @title What `npm run audit:smt` proves of the distance from target
contract RateMathSmt {
    function normalisedError(uint256 utilisationWad, uint256 targetWad) external pure {
        require(utilisationWad <= 1e18 && targetWad > 0 && targetWad < 1e18);
        int256 error = RateMath.normalisedError(utilisationWad, targetWad);
        assert(error >= -1e18 && error <= 1e18);
        if (utilisationWad == targetWad) assert(error == 0);
    }
}
