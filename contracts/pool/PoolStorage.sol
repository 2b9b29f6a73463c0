// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolTypes} from "../interfaces/IPoolTypes.sol";

/// @title Storage shared by the pool and the modules that it delegates to
/// @dev First in every inheritance list, so that its slots are the same in all of them; `test/unit/pool/layout.test.ts`
/// asserts it from the compiler's output. Slots are grouped by what is read together.
abstract contract PoolStorage is IPoolTypes {
    uint256 internal constant MAX_COLLATERALS = 16;
    uint256 internal constant BPS = 1e4;
    uint256 internal constant PRICE_SCALE = 1e36;
    uint256 internal constant UNCAPPED = type(uint112).max;

    uint8 internal constant PAUSE_DEPOSIT = 1;
    uint8 internal constant PAUSE_BORROW = 2;
    uint8 internal constant PAUSE_COLLATERAL_EXIT = 4; // withdrawal of collateral by accounts with debt
    uint8 internal constant PAUSE_FLASH_LOAN = 8;
    uint8 internal constant PAUSE_ALL = 15;

    // slot 0: 16 + 16 = 32
    uint128 internal _debtAssets;
    uint128 internal _debtShares;

    // slot 1: 16 + 16 = 32
    uint128 internal _cash;
    uint128 internal _reserves;

    // slot 2: 20 + 5 + 7 = 32
    address internal _interestRateModel;
    uint40 internal _lastAccrual; // [unix s]
    uint56 internal _rateState; // opaque to the pool

    // slot 3: 14 + 14 + 2 + 1 + 1 = 32
    uint112 internal _supplyCap;
    uint112 internal _borrowCap;
    uint16 internal _reserveFactorBps;
    uint8 internal _pauseFlags;
    uint8 internal _collateralCount;

    // slot 4: 20 + 12 = 32
    address internal _oracle;
    uint96 internal _minDebt;

    // slot 5: 2 + 2 + 1 = 5
    uint16 internal _flashFeeBps;
    uint16 internal _targetHealthBps;
    uint8 internal _maxCollateralsPerAccount;

    // slots 6..9
    mapping(address account => Account) internal _account;
    mapping(address account => mapping(address token => uint256)) internal _collateralAmount;
    mapping(address token => CollateralConfig) internal _collateral;
    mapping(address owner => mapping(address operator => bool)) internal _isOperator;

    // slots 10..25
    address[MAX_COLLATERALS] internal _collateralList;

    /// @dev True while books change or tokens move; released around the callbacks that the pool offers on purpose.
    bool internal transient _locked;
}
