// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPriceConditions} from "../../interfaces/IPriceConditions.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IUniswapV3Pool} from "../../interfaces/external/IUniswapV3Pool.sol";

/// @title Weakened on purpose: every price is that of the Uniswap pool at this very moment
/// @notice For tests, which must be able to fail.
contract SpotPriceOracle is IPriceOracle, IPriceConditions {
    address public immutable quoteAsset;
    IUniswapV3Pool private immutable _pool;

    constructor(address quoteAsset_, address pool_) {
        quoteAsset = quoteAsset_;
        _pool = IUniswapV3Pool(pool_);
    }

    function borrowPrice(address asset) external view returns (uint256) {
        return _spot(asset);
    }

    function liquidationPrice(address asset) external view returns (uint256) {
        return _spot(asset);
    }

    function liquidationPriceOrLast(address asset) external view returns (uint256, bool) {
        return (_spot(asset), true);
    }

    function pokeConditions(address asset, uint256) external view returns (Conditions memory) {
        return conditionsOf(asset);
    }

    function conditionsOf(address asset) public view returns (Conditions memory c) {
        c.liquidationPrice36 = c.feedPrice36 = c.twap36 = c.ema36 = _spot(asset);
        c.lendable = true;
    }

    function poke(address) external {}

    function _spot(address asset) private view returns (uint256) {
        (uint160 root, , , , , , ) = _pool.slot0();
        if (_pool.token0() == asset) {
            return FixedPointMathLib.fullMulDiv(uint256(root) * root, 1e36, 1 << 192);
        }
        return (FixedPointMathLib.fullMulDiv(1e36, 1 << 96, root) * (1 << 96)) / root;
    }
}
