// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MorphoMarket, MorphoMarketParams} from "./RivalInterfaces.sol";

/// @title Interest for a market of Morpho Blue: two straight lines over utilisation
/// @notice Morpho's own adaptive model is not on npm. In a crash of days either moves debts by a fraction of a per mille.
contract MorphoKinkedIrm {
    uint256 private constant WAD = 1e18;
    uint256 private constant YEAR = 365 days;
    uint256 public constant KINK = 0.9e18;
    uint256 public constant RATE_AT_KINK = 0.055e18; // [a year]
    uint256 public constant RATE_AT_FULL = 0.655e18; // [a year]

    /// @notice [WAD a second]
    function borrowRate(MorphoMarketParams memory params, MorphoMarket memory market) external pure returns (uint256) {
        return borrowRateView(params, market);
    }

    /// @notice [WAD a second, rounded down]
    function borrowRateView(MorphoMarketParams memory, MorphoMarket memory market) public pure returns (uint256) {
        if (market.totalSupplyAssets == 0) return 0;
        uint256 utilisation = (uint256(market.totalBorrowAssets) * WAD) / market.totalSupplyAssets;
        if (utilisation <= KINK) return (RATE_AT_KINK * utilisation) / KINK / YEAR;
        return (RATE_AT_KINK + ((RATE_AT_FULL - RATE_AT_KINK) * (utilisation - KINK)) / (WAD - KINK)) / YEAR;
    }
}
