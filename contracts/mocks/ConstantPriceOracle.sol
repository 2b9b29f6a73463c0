// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceConditions} from "../interfaces/IPriceConditions.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Oracle whose prices are set by hand
/// @dev For tests of the pool and for gas comparisons, where every protocol reads the same constant price: each of the
/// two prices is one slot.
contract ConstantPriceOracle is IPriceOracle, IPriceConditions {
    /// @dev 31 + 1 = 32.
    struct Price {
        uint248 price36;
        bool broken; // stale or reverting; the rare path then looks at `_state`
    }

    enum State {
        Fresh,
        Stale, // as an oracle whose sources are all stale
        Reverting // as an oracle that is itself broken: every read of the asset reverts
    }

    address public immutable quoteAsset;

    mapping(address asset => Price) private _borrow;
    mapping(address asset => Price) private _liquidation;
    mapping(address asset => State) private _state;

    error MockOraclePriceTooLarge(uint256 price36);
    error MockOracleBroken(address asset);

    constructor(address quoteAsset_) {
        quoteAsset = quoteAsset_;
    }

    function setPrice(address asset, uint256 price36) external {
        setPrices(asset, price36, price36);
    }

    function setPrices(address asset, uint256 borrow36, uint256 liquidation36) public {
        _borrow[asset].price36 = _bounded(borrow36);
        _liquidation[asset].price36 = _bounded(liquidation36);
    }

    function setFresh(address asset, bool fresh) external {
        _setState(asset, fresh ? State.Fresh : State.Stale);
    }

    function setReverting(address asset, bool reverting) external {
        _setState(asset, reverting ? State.Reverting : State.Fresh);
    }

    function priceOf(address asset) external view returns (uint256 borrow36, uint256 liquidation36) {
        return (_borrow[asset].price36, _liquidation[asset].price36);
    }

    /// @inheritdoc IPriceOracle
    function borrowPrice(address asset) external view returns (uint256) {
        Price memory p = _borrow[asset];
        if (p.price36 == 0) revert OracleAssetUnknown(asset);
        if (p.broken) {
            _requireNotReverting(asset);
            revert OracleInsufficientSources(asset, 0, 1);
        }
        return p.price36;
    }

    /// @inheritdoc IPriceOracle
    function liquidationPrice(address asset) external view returns (uint256) {
        Price memory p = _liquidation[asset];
        if (p.price36 == 0) revert OracleAssetUnknown(asset);
        if (p.broken) {
            _requireNotReverting(asset);
            revert OracleNoFreshSource(asset);
        }
        return p.price36;
    }

    /// @inheritdoc IPriceOracle
    function liquidationPriceOrLast(address asset) external view returns (uint256 price36, bool fresh) {
        Price memory p = _liquidation[asset];
        if (p.broken) _requireNotReverting(asset);
        return (p.price36, !p.broken);
    }

    /// @inheritdoc IPriceOracle
    function poke(address) external {}

    /// @inheritdoc IPriceConditions
    /// @dev The feed and all averages stand at the liquidation price.
    function conditionsOf(address asset) public view returns (Conditions memory c) {
        Price memory p = _liquidation[asset];
        if (p.broken) {
            _requireNotReverting(asset);
            return c;
        }
        return Conditions(p.price36, p.price36, p.price36, p.price36, true, false, false);
    }

    /// @inheritdoc IPriceConditions
    function pokeConditions(address asset, uint256) external view returns (Conditions memory) {
        return conditionsOf(asset);
    }

    function _setState(address asset, State state) private {
        _state[asset] = state;
        _borrow[asset].broken = _liquidation[asset].broken = state != State.Fresh;
    }

    function _requireNotReverting(address asset) private view {
        if (_state[asset] == State.Reverting) revert MockOracleBroken(asset);
    }

    function _bounded(uint256 price36) private pure returns (uint248) {
        if (price36 > type(uint248).max) revert MockOraclePriceTooLarge(price36);
        return uint248(price36);
    }
}
