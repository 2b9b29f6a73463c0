// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedFloat} from "../libraries/PackedFloat.sol";
import {UniswapObservations} from "../oracle/UniswapObservations.sol";
import {VolatilityMath} from "../risk/VolatilityMath.sol";

/// @title Libraries of the volatility oracle, callable from TypeScript tests
contract VolatilityMathHarness {
    /// @dev One interval of a path. [tick · s; s]
    struct Interval {
        int256 change;
        uint256 length;
    }

    /// @notice Both averages after a whole path, without packing. [36 decimals per day]
    function variances(
        Interval[] calldata path,
        uint256 initial36,
        uint256 clampWad,
        uint256 timeConstant
    ) external pure returns (uint256 variance36) {
        variance36 = initial36;
        for (uint256 i = 1; i < path.length; ++i) {
            (Interval calldata now_, Interval calldata before) = (path[i], path[i - 1]);
            uint256 sixths = VolatilityMath.sixthsOfMeans(now_.length, before.length);
            int256 returnRay = VolatilityMath.clampReturnRay(
                VolatilityMath.meanReturnRay(now_.change, now_.length, before.change, before.length),
                clampWad,
                sixths
            );
            uint256 sample36 = uint256(VolatilityMath.ratePerDay36(returnRay, returnRay, sixths));
            uint256 weight = VolatilityMath.weightWad(now_.length, timeConstant);
            variance36 = VolatilityMath.step(variance36, sample36, weight);
        }
    }

    function weightWad(uint256 elapsed, uint256 timeConstant) external pure returns (uint256) {
        return VolatilityMath.weightWad(elapsed, timeConstant);
    }

    function packed(uint256 value, uint256 mantissaBits) external pure returns (uint256) {
        return PackedFloat.unpack(PackedFloat.pack(value, mantissaBits));
    }

    /// @return oks Whether the pool remembers so many seconds ago; and the sums of ticks then.
    function accumulators(
        address pool,
        uint32[] calldata ago
    ) external view returns (bool[] memory oks, int56[] memory sums) {
        (oks, sums) = (new bool[](ago.length), new int56[](ago.length));
        for (uint256 i; i < ago.length; ++i) (oks[i], sums[i]) = UniswapObservations.accumulator(pool, ago[i]);
    }
}
