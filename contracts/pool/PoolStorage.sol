// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {BookWord} from "../libraries/BookWord.sol";
import {CurveTerms} from "../libraries/CurveTerms.sol";
import {RiskWord} from "../libraries/RiskWord.sol";

/// @title Storage shared by the pool and the modules that it delegates to
/// @dev First in every inheritance list, so that its slots are the same in all of them; `test/unit/pool/layout.test.ts`
/// asserts it from the compiler's output. Slots are grouped by what is read together.
abstract contract PoolStorage is IPoolTypes {
    uint256 internal constant MAX_COLLATERALS = 16;
    /// @dev A liquidation looks at all of an account's, and may have the engine look too: with so many it stays below 3,000,000 gas with
    /// as many feeds as the oracle takes (`test/load/worst-gas.test.ts`), and fits into a transaction whatever an engine uses.
    uint256 internal constant MAX_COLLATERALS_PER_ACCOUNT = 10;
    uint256 internal constant BPS = 1e4;
    /// @dev What rounding in others' transactions takes off a debt is far below this part of the minimum: no excuse to leave dust.
    uint256 internal constant MIN_DEBT_SLACK_SHIFT = 10;
    uint256 internal constant PRICE_SCALE = 1e36;
    /// @dev No amount in the books is larger: two of them multiply without overflow.
    uint256 internal constant MAX_AMOUNT = type(uint112).max;
    uint256 internal constant UNCAPPED = type(uint112).max;

    uint8 internal constant PAUSE_DEPOSIT = 1;
    uint8 internal constant PAUSE_BORROW = 2;
    uint8 internal constant PAUSE_COLLATERAL_EXIT = 4; // withdrawal of collateral by accounts with debt
    uint8 internal constant PAUSE_FLASH_LOAN = 8;
    uint8 internal constant PAUSE_ALL = 15;
    /// @dev Not pauses, but kept beside the flags because the same calls read them anyway: something was written off before;
    /// lenders' exits have a flow limit; the breaker has restricted the whole pool; there is a provision.
    uint8 internal constant LOST = 16;
    uint8 internal constant PROVISIONED = 128;
    uint8 internal constant RESTRICTED = 64;
    uint8 internal constant EXIT_LIMITED = 32;
    /// @dev ICircuitBreaker.Level.Restricted
    uint256 internal constant LEVEL_RESTRICTED = 2;

    /// @dev One collateral. Three slots: books; risk; terms of sale and bounds, 24 + 4 + 2 + 2 = 32.
    struct Collateral {
        BookWord books;
        RiskWord risk;
        CurveTerms terms;
        uint32 riseFrom; // `FactorRamp.State.riseFrom`
        uint16 borrowCapBps;
        uint16 liquidationCapBps;
    }

    /// @dev Who puts accounts up for sale and is owed tips.
    struct Keeper {
        address owner;
        uint96 owed; // [loan base units]
    }

    /// @dev Where the pool keeps the number of its shares, behind all that it shares with its modules.
    uint256 internal constant TOTAL_SUPPLY_SLOT = 34;

    uint256 internal constant UNLOCKED = 0;
    uint256 internal constant LOCKED = 1;

    // slot 0: 14 + 14 + 4 = 32
    uint112 internal _debtAssets; // [loan base units]
    uint112 internal _debtShares;
    uint32 internal _lastAccrual; // [unix s]

    // slot 1: 14 + 14 + 2 + 1 + 1 = 32; the parameters are here because whoever needs one needs the cash too
    uint112 internal _cash; // [loan base units]
    uint112 internal _reserves; // [loan base units]
    uint16 internal _reserveFactorBps;
    uint8 internal _flashFeeBps;
    uint8 internal _pauseFlags;

    // slot 2: 20 + 7 + 1 + 1 = 29; written only by models that remember something
    address internal _interestRateModel;
    uint56 internal _rateState; // opaque to the pool
    bool internal _hasSupplyCap; // the caps themselves are where they cost those a slot whom they concern
    bool internal _hasBorrowCap;

    // slot 3: 14 + 14 + 1 + 1 = 30
    uint112 internal _supplyCap; // [loan base units]
    uint112 internal _borrowCap; // [loan base units]
    uint8 internal _collateralCount;
    uint8 internal _maxCollateralsPerAccount;

    // slot 4: 20 + 10 + 2 = 32
    address internal _oracle;
    uint80 internal _minDebt; // [loan base units]
    uint16 internal _targetHealthBps;

    // slots 5..8
    mapping(address account => Account) internal _account;
    mapping(address account => mapping(address token => uint256)) internal _collateralAmount;
    mapping(address token => Collateral) internal _collateral;
    mapping(address owner => mapping(address operator => bool)) internal _isOperator;

    // slots 9..24
    address[MAX_COLLATERALS] internal _collateralList;

    // slot 25: 14 + 10 + 3 = 27
    uint112 internal _totalProvision; // [loan base units] Σ `_provisionOf`
    uint80 internal _kickTip; // [loan base units] for whoever put an account up for sale
    uint24 internal _keeperCount;

    // slot 26
    mapping(address account => uint256) internal _provisionOf;

    // slot 27: 20 + 4 + 8 = 32
    address internal _riskEngine; // 0: none
    uint32 internal _riskMaxAge; // [s]
    uint64 internal _oracleTag; // low bits of `_oracle`: by these an engine, which needs this slot anyway, knows it again

    // slot 28: 17 + 11 + 4 = 32
    uint136 internal _exitFloorShares; // lenders' shares that had to stay at `_exitFloorAt`
    uint88 internal _exitRefillPerSecond; // by how much that falls. [shares a second]
    uint32 internal _exitFloorAt; // [unix s]

    // slot 29
    uint112 internal _badDebtTotal; // [loan base units] all that was ever written off

    // slot 30
    mapping(address token => address) internal _curveOf; // ILiquidationCurve that the terms were read from

    // slot 31
    mapping(uint256 keeper => Keeper) internal _keeper; // from 1 on

    /// @dev `LOCKED` while books change or tokens move; released around the callbacks that the pool offers on purpose. A
    /// whole word, because the compiler reads what it shares before it writes a part.
    uint256 internal transient _locked;
}
