// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Oracle whose prices are set by hand
/// @dev For tests of the pool and for gas comparisons, where every protocol reads the same constant price.
contract ConstantPriceOracle is IPriceOracle {
    struct Price {
        uint128 borrow36;
        uint128 liquidation36;
    }

    address public immutable quoteAsset;
    mapping(address asset => Price) public priceOf;
    mapping(address asset => bool) public isStale;

    constructor(address quoteAsset_) {
        quoteAsset = quoteAsset_;
    }

    function setPrice(address asset, uint256 price36) external {
        setPrices(asset, price36, price36);
    }

    function setPrices(address asset, uint256 borrow36, uint256 liquidation36) public {
        priceOf[asset] = Price(uint128(borrow36), uint128(liquidation36));
    }

    function setFresh(address asset, bool fresh) external {
        isStale[asset] = !fresh;
    }

    function borrowPrice(address asset) external view returns (uint256 price36) {
        price36 = priceOf[asset].borrow36;
        if (price36 == 0) revert OracleAssetUnknown(asset);
        if (isStale[asset]) revert OracleInsufficientSources(asset, 0, 1);
    }

    function liquidationPrice(address asset) external view returns (uint256 price36) {
        price36 = priceOf[asset].liquidation36;
        if (price36 == 0) revert OracleAssetUnknown(asset);
        if (isStale[asset]) revert OracleNoFreshSource(asset);
    }

    function liquidationPriceOrLast(address asset) external view returns (uint256 price36, bool fresh) {
        return (priceOf[asset].liquidation36, !isStale[asset]);
    }

    function poke(address) external {}
}
