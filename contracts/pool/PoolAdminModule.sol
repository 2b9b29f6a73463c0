// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {ILiquidationCurve} from "../interfaces/ILiquidationCurve.sol";
import {IPoolAdmin} from "../interfaces/IPoolAdmin.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {BookWord, BookWordLib} from "../libraries/BookWord.sol";
import {CurveTermsLib} from "../libraries/CurveTerms.sol";
import {RampMath} from "../libraries/RampMath.sol";
import {Risk, RiskWordLib} from "../libraries/RiskWord.sol";
import {PoolAccounting} from "./PoolAccounting.sol";

/// @title Administration of a pool
/// @notice Runs by delegatecall on the pool's storage, after the pool has checked the caller with its `AccessManager`.
/// @dev Anything that changes how interest is computed accrues first, at the old terms.
contract PoolAdminModule is PoolAccounting, IPoolAdmin, IPoolModule {
    using FixedPointMathLib for uint256;

    uint256 internal constant MAX_RESERVE_FACTOR_BPS = 5_000;
    uint256 internal constant MAX_FLASH_FEE_BPS = 100;
    uint256 internal constant MAX_LIQUIDATION_FACTOR_BPS = 9_800;
    /// @dev Above the 1.02 at which a sale ends, by more than rounding: a sale to the target must end.
    uint256 internal constant MIN_TARGET_HEALTH_BPS = 10_210;
    uint256 internal constant MAX_TARGET_HEALTH_BPS = 12_000;
    /// @dev The end of a ramp has 32 bits: one that wrapped would lie in the past, and the factor fall at once.
    uint256 internal constant MAX_RAMP_SECONDS = 365 days;

    constructor(address loanAsset_) PoolAccounting(loanAsset_) {}

    /// @inheritdoc IPoolModule
    function loanAsset() external view returns (address) {
        return _loanAsset;
    }

    // --- governor, delayed ---------------------------------------------------------------------------------------

    /// @inheritdoc IPoolAdmin
    /// @dev Refuses the loan asset, the pool's own shares, things without code, and assets that the oracle cannot price.
    function listCollateral(CollateralListing calldata listing) external lock {
        address token = listing.token;
        Collateral storage config = _collateral[token];
        if (config.books.isListed()) revert PoolCollateralAlreadyListed(token);
        if (token == _loanAsset || token == address(this) || token.code.length == 0) {
            revert PoolCollateralInvalid(token);
        }
        IERC20Metadata(token).decimals();
        IPriceOracle(_oracle).liquidationPrice(token);
        _checkRange("collateralCount", _collateralCount + 1, 1, MAX_COLLATERALS);
        _checkFactors(listing.borrowFactorBps, listing.liquidationFactorBps);

        uint8 index = _collateralCount++;
        _collateralList[index] = token;
        config.books = BookWordLib.list(index);
        config.borrowCapBps = listing.borrowFactorBps;
        config.liquidationCapBps = listing.liquidationFactorBps;
        Risk memory r;
        r.borrowFactorBps = listing.borrowFactorBps;
        r.rampFromBps = r.rampToBps = listing.liquidationFactorBps;
        r.loadingFrom = r.loading = RiskWordLib.FULL_LOADING; // nothing diversifies until an engine says so
        config.risk = RiskWordLib.pack(r);
        emit CollateralListed(token, index);
        emit CollateralFactorsSet(
            token,
            listing.borrowFactorBps,
            listing.liquidationFactorBps,
            listing.liquidationFactorBps,
            0
        );
        _setCollateralSupplyCap(config, token, listing.supplyCap);
        _setCurve(config, token, listing.curve);
    }

    /// @inheritdoc IPoolAdmin
    function setCollateralFactors(
        address collateral,
        uint16 borrowFactorBps,
        uint16 liquidationFactorBps,
        uint32 rampSeconds
    ) external lock {
        _setFactors(_listed(collateral), collateral, borrowFactorBps, liquidationFactorBps, rampSeconds);
    }

    /// @inheritdoc IPoolAdmin
    function setCollateralSupplyCap(address collateral, uint112 cap) external lock {
        _setCollateralSupplyCap(_listed(collateral), collateral, cap);
    }

    /// @inheritdoc IPoolAdmin
    function setLiquidationCurve(address collateral, address curve) external lock {
        _setCurve(_listed(collateral), collateral, curve);
    }

    /// @inheritdoc IPoolAdmin
    /// @dev The new oracle must price every listed collateral now.
    function setOracle(address oracle) external lock {
        if (oracle.code.length == 0 || IPriceOracle(oracle).quoteAsset() != _loanAsset) {
            revert ConfigModuleMismatch(oracle);
        }
        for (uint256 i; i < _collateralCount; ++i) IPriceOracle(oracle).liquidationPrice(_collateralList[i]);
        _writeOracle(oracle);
        emit OracleSet(oracle);
    }

    /// @inheritdoc IPoolAdmin
    /// @dev The new model starts from state 0.
    function setInterestRateModel(address model) external lock {
        _book(_accrue());
        if (model.code.length == 0) revert ConfigModuleMismatch(model);
        IInterestRateModel(model).accrue(0.5e18, 1, 0);
        _interestRateModel = model;
        _rateState = 0;
        emit InterestRateModelSet(model);
    }

    /// @inheritdoc IPoolAdmin
    function setPoolCaps(uint112 supplyCap, uint112 borrowCap) external lock {
        _setPoolCaps(supplyCap, borrowCap);
    }

    /// @inheritdoc IPoolAdmin
    function setMinDebt(uint96 minDebt) external lock {
        _checkRange("minDebt", minDebt, 0, type(uint80).max);
        _minDebt = uint80(minDebt);
        emit MinDebtSet(minDebt);
    }

    /// @inheritdoc IPoolAdmin
    function setReserveFactor(uint16 bps) external lock {
        _checkRange("reserveFactor", bps, 0, MAX_RESERVE_FACTOR_BPS);
        _book(_accrue());
        _reserveFactorBps = bps;
        emit ReserveFactorSet(bps);
    }

    /// @inheritdoc IPoolAdmin
    function setFlashFee(uint16 bps) external lock {
        _checkRange("flashFee", bps, 0, MAX_FLASH_FEE_BPS);
        _flashFeeBps = uint8(bps);
        emit FlashFeeSet(bps);
    }

    /// @inheritdoc IPoolAdmin
    function setLiquidationTarget(uint16 targetHealthBps) external lock {
        _checkRange("targetHealth", targetHealthBps, MIN_TARGET_HEALTH_BPS, MAX_TARGET_HEALTH_BPS);
        _targetHealthBps = targetHealthBps;
        emit LiquidationTargetSet(targetHealthBps);
    }

    /// @inheritdoc IPoolAdmin
    function setKickTip(uint80 assets) external lock {
        _kickTip = assets;
        emit KickTipSet(assets);
    }

    /// @inheritdoc IPoolAdmin
    function setMaxCollateralsPerAccount(uint8 count) external lock {
        _checkRange("maxCollaterals", count, 1, MAX_COLLATERALS_PER_ACCOUNT);
        _maxCollateralsPerAccount = count;
        emit MaxCollateralsSet(count);
    }

    /// @inheritdoc IPoolAdmin
    function setPauseFlags(uint8 flags) external lock {
        _setPauseFlags(flags);
    }

    /// @inheritdoc IPoolAdmin
    function withdrawReserves(uint256 assets, address receiver) external lock {
        _requireAddress(receiver);
        Accrual memory a = _accrue();
        if (assets == 0) revert PoolZeroAmount();
        if (assets > a.reserves) revert PoolLiquidityInsufficient(a.reserves, assets);
        a.reserves -= assets;
        _subtractCash(a, assets);
        _book(a);
        emit ReservesWithdrawn(receiver, assets);
        _push(_loanAsset, receiver, assets);
    }

    // --- governor and guardian, at once ---------------------------------------------------------------------------

    /// @inheritdoc IPoolAdmin
    function pause(uint8 flags) external lock {
        uint8 current = _pauseFlags & PAUSE_ALL;
        uint8 raised = current | flags;
        if (raised == current) revert ConfigNotTighter("pauseFlags", current, flags);
        _setPauseFlags(raised);
    }

    /// @inheritdoc IPoolAdmin
    /// @dev Lowers the engine's bound too, so that the next refresh does not undo it.
    function lowerBorrowFactor(address collateral, uint16 borrowFactorBps) external lock {
        Collateral storage config = _listed(collateral);
        _checkLower("borrowFactor", config.borrowCapBps, borrowFactorBps);
        config.borrowCapBps = borrowFactorBps;
        Risk memory r = config.risk.unpack();
        r.borrowFactorBps = r.borrowFactorBps.min(borrowFactorBps);
        config.risk = r.pack();
        emit CollateralFactorsSet(collateral, r.borrowFactorBps, r.rampFromBps, r.rampToBps, r.rampEnd);
    }

    /// @inheritdoc IPoolAdmin
    function lowerCollateralSupplyCap(address collateral, uint112 cap) external lock {
        Collateral storage config = _listed(collateral);
        _checkLower("collateralSupplyCap", config.books.supplyCap(UNCAPPED), cap);
        _setCollateralSupplyCap(config, collateral, cap);
    }

    /// @inheritdoc IPoolAdmin
    function lowerPoolCaps(uint112 supplyCap, uint112 borrowCap) external lock {
        if (supplyCap > _supplyCap) revert ConfigNotTighter("supplyCap", _supplyCap, supplyCap);
        if (borrowCap > _borrowCap) revert ConfigNotTighter("borrowCap", _borrowCap, borrowCap);
        _setPoolCaps(supplyCap, borrowCap);
    }

    /// @inheritdoc IPoolAdmin
    function rampDownLiquidationFactor(
        address collateral,
        uint16 liquidationFactorBps,
        uint32 rampSeconds
    ) external lock {
        Collateral storage config = _listed(collateral);
        _checkLower("liquidationFactor", config.liquidationCapBps, liquidationFactorBps);
        uint256 slowest = _slowestRamp(config.risk.unpack(), liquidationFactorBps);
        if (rampSeconds > slowest) revert ConfigNotTighter("rampSeconds", slowest, rampSeconds);
        uint256 borrowFactor = FixedPointMathLib.min(
            config.borrowCapBps,
            uint256(liquidationFactorBps).zeroFloorSub(1)
        );
        _setFactors(config, collateral, uint16(borrowFactor), liquidationFactorBps, rampSeconds);
    }

    // --- internals ------------------------------------------------------------------------------------------------

    function _listed(address token) private view returns (Collateral storage config) {
        config = _collateral[token];
        if (!config.books.isListed()) revert PoolCollateralUnknown(token);
    }

    /// @dev A ramp starts at the factor in force now, also in the middle of an earlier ramp. Where an engine governs, these
    /// are its bounds: what is lower than they is left to it.
    function _setFactors(
        Collateral storage config,
        address token,
        uint16 borrowFactorBps,
        uint16 liquidationFactorBps,
        uint32 rampSeconds
    ) private {
        _checkFactors(borrowFactorBps, liquidationFactorBps);
        _checkRange("rampSeconds", rampSeconds, 0, MAX_RAMP_SECONDS);
        Risk memory r = config.risk.unpack();
        uint256 current = _liquidationFactorNow(r);
        uint256 minimum = RampMath.minimumDuration(current, liquidationFactorBps);
        if (rampSeconds < minimum) revert ConfigRampTooFast(rampSeconds, minimum);
        bool isGoverned = r.freshUntil != 0;
        config.borrowCapBps = borrowFactorBps;
        config.liquidationCapBps = liquidationFactorBps;
        r.borrowFactorBps = isGoverned ? r.borrowFactorBps.min(borrowFactorBps) : borrowFactorBps;
        // A ramp that leads lower already goes on.
        if (!isGoverned || liquidationFactorBps < r.rampToBps) {
            r.rampFromBps = current;
            r.rampToBps = liquidationFactorBps;
            r.rampStart = block.timestamp;
            r.rampEnd = block.timestamp + rampSeconds;
        }
        config.risk = r.pack();
        emit CollateralFactorsSet(token, r.borrowFactorBps, r.rampFromBps, r.rampToBps, r.rampEnd);
    }

    /// @dev Longest ramp to `toBps` that is at least as steep as the one under way, so that a guardian cannot put off a
    /// fall; the speed limit goes before, by what rounding makes of it. [s, rounded down]
    function _slowestRamp(Risk memory r, uint256 toBps) private view returns (uint256) {
        uint256 current = _liquidationFactorNow(r);
        if (current <= r.rampToBps || current <= toBps) return type(uint256).max; // none under way, or none to come
        uint256 asSteep = ((current - toBps) * (r.rampEnd - block.timestamp)) / (current - r.rampToBps);
        return asSteep.max(RampMath.minimumDuration(current, toBps));
    }

    function _liquidationFactorNow(Risk memory r) private view returns (uint256) {
        return RampMath.valueAt(r.rampFromBps, r.rampToBps, r.rampStart, r.rampEnd, block.timestamp);
    }

    function _setCollateralSupplyCap(Collateral storage config, address token, uint112 cap) private {
        BookWord books = config.books.withSupplyCap(cap, UNCAPPED);
        config.books = books;
        emit CollateralSupplyCapSet(token, books.supplyCap(UNCAPPED));
    }

    function _setCurve(Collateral storage config, address token, address curve) private {
        if (curve.code.length == 0) revert ConfigModuleMismatch(curve);
        config.terms = CurveTermsLib.pack(ILiquidationCurve(curve).parameters());
        _curveOf[token] = curve;
        emit LiquidationCurveSet(token, curve);
    }

    function _setPoolCaps(uint112 supplyCap, uint112 borrowCap) private {
        (_supplyCap, _hasSupplyCap) = (supplyCap, supplyCap != UNCAPPED);
        (_borrowCap, _hasBorrowCap) = (borrowCap, borrowCap != UNCAPPED);
        emit PoolCapsSet(supplyCap, borrowCap);
    }

    function _setPauseFlags(uint8 flags) private {
        _checkRange("pauseFlags", flags, 0, PAUSE_ALL);
        _pauseFlags = flags | (_pauseFlags & ~PAUSE_ALL);
        emit PauseFlagsSet(flags);
    }

    /// @dev Borrow factor strictly below the liquidation factor, else a loan could be liquidated in its own block.
    function _checkFactors(uint256 borrowFactorBps, uint256 liquidationFactorBps) private pure {
        _checkRange("liquidationFactor", liquidationFactorBps, 1, MAX_LIQUIDATION_FACTOR_BPS);
        _checkRange("borrowFactor", borrowFactorBps, 0, liquidationFactorBps - 1);
    }

    function _checkRange(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert ConfigOutOfRange(name, value, min, max);
    }

    function _checkLower(bytes32 name, uint256 current, uint256 proposed) private pure {
        if (proposed >= current) revert ConfigNotTighter(name, current, proposed);
    }
}
