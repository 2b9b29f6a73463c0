// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Risk, RiskWordLib} from "../../libraries/RiskWord.sol";
import {PoolAccounting} from "../../pool/PoolAccounting.sol";

// Weakened on purpose, for tests, which must be able to fail: each replaces a few functions of the real module and passes on
// all other calls to it.

/// @title Stands before a real module
abstract contract ModuleFront is PoolAccounting {
    address internal immutable _real;

    constructor(address loanAsset_, address real) PoolAccounting(loanAsset_) {
        _real = real;
    }

    fallback() external {
        address real = _real;
        // Memory-unsafe on purpose: the call ends here.
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), real, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }
}

/// @title Changes factors at once
contract InstantFactorsModule is ModuleFront {
    constructor(address loanAsset_, address real) ModuleFront(loanAsset_, real) {}

    function setCollateralFactors(address token, uint16 borrowBps, uint16 liquidationBps, uint32) public {
        Collateral storage c = _collateral[token];
        Risk memory r = c.risk.unpack();
        r.borrowFactorBps = borrowBps;
        r.rampFromBps = r.rampToBps = liquidationBps;
        (c.borrowCapBps, c.liquidationCapBps) = (borrowBps, liquidationBps);
        c.risk = RiskWordLib.pack(r);
    }

    function rampDownLiquidationFactor(address token, uint16 liquidationBps, uint32) external {
        setCollateralFactors(token, liquidationBps - 1, liquidationBps, 0);
    }
}

/// @title Limits the fall of the liquidation factor, and forgets the borrow factor that goes with it
contract UncoupledFactorsModule is ModuleFront {
    constructor(address loanAsset_, address real) ModuleFront(loanAsset_, real) {}

    function rampDownLiquidationFactor(address token, uint16 liquidationBps, uint32 rampSeconds) external {
        Collateral storage c = _collateral[token];
        Risk memory r = c.risk.unpack();
        (r.rampFromBps, r.rampToBps) = (r.rampToBps, liquidationBps);
        (r.rampStart, r.rampEnd) = (block.timestamp, block.timestamp + rampSeconds);
        c.liquidationCapBps = liquidationBps;
        c.risk = RiskWordLib.pack(r);
    }
}

/// @title Believes whatever governance says
contract LaxModule is ModuleFront {
    constructor(address loanAsset_, address real) ModuleFront(loanAsset_, real) {}

    function setOracle(address oracle) external {
        _writeOracle(oracle);
    }

    function setLiquidationTarget(uint16 targetHealthBps) external {
        _targetHealthBps = targetHealthBps;
    }

    function setReserveFactor(uint16 bps) external {
        _reserveFactorBps = bps;
    }
}
