// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolRisk} from "../interfaces/IPoolRisk.sol";

/// @title Engine that says what a test tells it to, and can fail in every way an engine fails
contract MockRiskEngine {
    enum Mode {
        Silent, // answers, and writes nothing
        Reverting,
        GasBomb,
        Writing // what was set last
    }

    /// @notice As the pool asks for it.
    address public immutable pool;
    Mode public mode;
    IPoolRisk.RiskUpdate private _update;
    IPoolRisk.PoolUpdate private _poolUpdate;

    error EngineBroken();

    constructor(address pool_) {
        pool = pool_;
    }

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @notice From now on every refresh writes this.
    function setUpdate(IPoolRisk.RiskUpdate calldata update, IPoolRisk.PoolUpdate calldata poolUpdate) external {
        (_update, _poolUpdate, mode) = (update, poolUpdate, Mode.Writing);
    }

    function refresh(address asset) external {
        if (mode == Mode.Reverting) revert EngineBroken();
        if (mode == Mode.GasBomb) {
            uint256 i;
            while (true) ++i;
        }
        if (mode == Mode.Writing) IPoolRisk(pool).applyRisk(asset, _update, _poolUpdate);
    }

    /// @notice Writes to the pool unasked.
    function write(
        address asset,
        IPoolRisk.RiskUpdate calldata update,
        IPoolRisk.PoolUpdate calldata poolUpdate
    ) external {
        IPoolRisk(pool).applyRisk(asset, update, poolUpdate);
    }

    function pay(address keeper, uint256 assets) external returns (uint256 paid) {
        return IPoolRisk(pool).payKeeper(keeper, assets);
    }
}
