// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";

/// @title A feed's answer in the unit that Morpho Blue asks for
/// @notice As most of Morpho's oracles do it sees to neither age nor bounds of the answer.
contract MorphoFeedOracle {
    IAggregatorV3 public immutable feed;
    uint256 private immutable _scale;

    /// @param feed_ Price of the collateral in the loan asset.
    constructor(IAggregatorV3 feed_, IERC20Metadata collateral, IERC20Metadata loan) {
        feed = feed_;
        _scale = 10 ** (36 + loan.decimals() - collateral.decimals() - feed_.decimals());
    }

    /// @notice [loan per collateral base unit × 1e36]
    function price() external view returns (uint256) {
        (, int256 answer, , , ) = feed.latestRoundData();
        return uint256(answer) * _scale;
    }
}
