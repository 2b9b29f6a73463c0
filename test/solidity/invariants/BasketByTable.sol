// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What several collaterals carry, by the whole table of correlations
/// @notice `Σvᵢ − ½Σwᵢ − ½√(ΣΣ ρᵢⱼwᵢwⱼ)` (DESIGN §7) as it stands there, `ρᵢⱼ = λᵢλⱼ` off the diagonal, where the pool goes over the
/// collaterals once.
library BasketByTable {
    uint256 private constant WAD = 1e18;

    /// @dev By place in the pool's list.
    struct Table {
        uint256[] values; // [loan base units]
        uint256[] factorsBps;
        uint256[] loadings; // [%]
    }

    function value(Table memory t) internal pure returns (uint256 sum) {
        for (uint256 i; i < t.values.length; ++i) sum += t.values[i];
    }

    /// @return [loan base units, rounded down]
    function capacity(Table memory t) internal pure returns (uint256) {
        (uint256[] memory weights, uint256 weight) = _weights(t);
        return value(t) - Math.ceilDiv(weight + Math.ceilDiv(_root(t, weights), 100), 2);
    }

    /// @notice What one more unit of a collateral adds, `1 − ½hₖ(1 + Σⱼ ρₖⱼwⱼ ÷ √…)`. [WAD, rounded up]
    function marginalFactorUp(Table memory t, uint256 k) internal pure returns (uint256) {
        (uint256[] memory weights, ) = _weights(t);
        uint256 root = _root(t, weights);
        uint256 row; // × 10 000
        for (uint256 j; j < weights.length; ++j) row += _correlation(t, k, j) * weights[j];
        // Where nothing is weighed nothing diversifies.
        uint256 slope = root == 0 ? WAD : Math.min(Math.mulDiv(row, WAD, root * 100), WAD);
        return WAD - ((1e4 - t.factorsBps[k]) * (WAD + slope)) / 2e4;
    }

    function _weights(Table memory t) private pure returns (uint256[] memory weights, uint256 sum) {
        weights = new uint256[](t.values.length);
        for (uint256 i; i < weights.length; ++i) {
            weights[i] = t.values[i] - (t.values[i] * t.factorsBps[i]) / 1e4;
            sum += weights[i];
        }
    }

    /// @return × 100, rounded up
    function _root(Table memory t, uint256[] memory weights) private pure returns (uint256) {
        uint256 sum; // × 10 000
        for (uint256 j; j < weights.length; ++j) {
            for (uint256 k; k < weights.length; ++k) sum += _correlation(t, j, k) * weights[j] * weights[k];
        }
        return Math.sqrt(sum, Math.Rounding.Ceil);
    }

    /// @dev × 10 000.
    function _correlation(Table memory t, uint256 j, uint256 k) private pure returns (uint256) {
        return j == k ? 1e4 : t.loadings[j] * t.loadings[k];
    }
}
