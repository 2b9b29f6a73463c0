// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {ILiquidationDesk} from "../interfaces/ILiquidationDesk.sol";
import {ILiquidationSales} from "../interfaces/ILiquidationSales.sol";
import {IPoolRisk} from "../interfaces/IPoolRisk.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PoolAccounting} from "./PoolAccounting.sol";
import {PoolBorrower} from "./PoolBorrower.sol";
import {PoolLender} from "./PoolLender.sol";
import {IPoolModule} from "../interfaces/IPoolModule.sol";

/// @title Breakwater lending pool
/// @notice See `ILendingPool` for users, `ILiquidationModule` for liquidators, `IPoolAdmin` for governance.
/// @dev The code is split over this contract and three modules that run by `delegatecall` on its storage, to stay below
/// the size limit. Their addresses are immutable. Calls that this contract does not know go to the administration module
/// after the access check: whatever has no role in the `AccessManager` is refused there.
contract LendingPool is PoolBorrower, AccessManaged, Multicall {
    using FixedPointMathLib for uint256;

    bytes32 private constant FLASH_LOAN_OK = keccak256("ERC3156FlashBorrower.onFlashLoan");

    address public immutable liquidationModule;
    address public immutable adminModule;
    address public immutable riskModule;

    struct Params {
        address asset;
        string name;
        string symbol;
        address authority; // AccessManager
        address oracle;
        address interestRateModel;
        address liquidationModule;
        address adminModule;
        address riskModule;
    }

    constructor(
        Params memory p
    ) PoolAccounting(p.asset) PoolLender(p.asset, p.name, p.symbol) AccessManaged(p.authority) {
        _requireModule(p.liquidationModule, p.asset);
        _requireModule(p.adminModule, p.asset);
        _requireModule(p.riskModule, p.asset);
        if (IPriceOracle(p.oracle).quoteAsset() != p.asset) revert ConfigModuleMismatch(p.oracle);
        IInterestRateModel(p.interestRateModel).accrue(0, 1, 0);
        liquidationModule = p.liquidationModule;
        adminModule = p.adminModule;
        riskModule = p.riskModule;
        _writeOracle(p.oracle);
        _interestRateModel = p.interestRateModel;
        _lastAccrual = uint32(block.timestamp);
        _supplyCap = type(uint112).max;
        _borrowCap = type(uint112).max;
        _targetHealthBps = 10_400;
        _maxCollateralsPerAccount = 8;
    }

    // --- batches --------------------------------------------------------------------------------------------------

    /// @inheritdoc ILendingPool
    function multicall(
        bytes[] calldata data
    ) public virtual override(ILendingPool, Multicall) returns (bytes[] memory results) {
        return super.multicall(data);
    }

    // --- flash loans (ERC-3156) -----------------------------------------------------------------------------------

    /// @inheritdoc IERC3156FlashLender
    function maxFlashLoan(address token) external view returns (uint256) {
        return token != _loanAsset || _pauseFlags & PAUSE_FLASH_LOAN != 0 ? 0 : _cash;
    }

    /// @inheritdoc IERC3156FlashLender
    /// @dev Rounded up. The fee belongs to lenders.
    function flashFee(address token, uint256 amount) public view returns (uint256) {
        if (token != _loanAsset) revert PoolFlashLoanUnsupported(token);
        return amount.fullMulDivUp(_flashFeeBps, BPS);
    }

    /// @inheritdoc IERC3156FlashLender
    /// @dev The pool may be used from the callback; its books do not count the assets that are out as gone.
    function flashLoan(
        IERC3156FlashBorrower receiver,
        address token,
        uint256 amount,
        bytes calldata data
    ) public virtual lock returns (bool) {
        (uint256 flags, uint256 cash) = (_pauseFlags, _cash);
        uint256 fee = flashFee(token, amount);
        if (flags & PAUSE_FLASH_LOAN != 0) revert PoolPaused(PAUSE_FLASH_LOAN);
        if (amount > cash) revert PoolFlashLoanExceedsCash(cash, amount);
        _push(token, address(receiver), amount);
        _locked = UNLOCKED;
        if (receiver.onFlashLoan(msg.sender, token, amount, fee, data) != FLASH_LOAN_OK) {
            revert PoolFlashLoanRefused(address(receiver));
        }
        _locked = LOCKED;
        if (fee != 0) _cash += uint112(fee);
        emit FlashLoaned(msg.sender, address(receiver), amount, fee);
        _pullFrom(token, address(receiver), amount + fee, 0);
        return true;
    }

    // --- modules --------------------------------------------------------------------------------------------------

    /// @dev Liquidation (see ILiquidationModule) is open to all. What an engine calls, and what is to be read of risk (see
    /// IPoolRisk), its module checks itself. The rest is administration (see IPoolAdmin), for roles.
    fallback() external {
        uint256 sig = uint32(msg.sig);
        // What is called most comes first, each by itself: in a chain, who is found early pays for all that follow.
        if (sig == uint32(ILiquidationSales.take.selector)) _delegate(liquidationModule);
        if (sig == uint32(ILiquidationSales.kick.selector)) _delegate(liquidationModule);
        if (sig == uint32(ILiquidationSales.kickFor.selector)) _delegate(liquidationModule);
        if (sig == uint32(IPoolRisk.riskInputs.selector)) _delegate(riskModule);
        if (sig == uint32(IPoolRisk.applyRisk.selector)) _delegate(riskModule);
        if (
            sig == uint32(ILiquidationSales.takeBatch.selector) ||
            sig == uint32(ILiquidationSales.unkick.selector) ||
            sig == uint32(ILiquidationSales.mark.selector) ||
            sig == uint32(ILiquidationSales.quoteTake.selector)
        ) _delegate(liquidationModule);
        if (
            sig == uint32(ILiquidationDesk.unwind.selector) ||
            sig == uint32(ILiquidationDesk.saleOf.selector) ||
            sig == uint32(ILiquidationDesk.registerKeeper.selector) ||
            sig == uint32(ILiquidationDesk.claimTips.selector) ||
            sig == uint32(ILiquidationDesk.keeperOf.selector) ||
            sig == uint32(IPoolRisk.riskOf.selector) ||
            sig == uint32(IPoolRisk.payKeeper.selector) ||
            sig == uint32(IPoolRisk.riskEngine.selector)
        ) _delegate(riskModule);
        _checkCanCall(msg.sender, msg.data);
        _delegate(sig == uint32(IPoolRisk.setRiskEngine.selector) ? riskModule : adminModule);
    }

    /// @dev Runs the current call on a module and ends it with the module's answer.
    function _delegate(address module) private {
        // Memory-unsafe on purpose: the call ends here, nothing is read from memory afterwards.
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), module, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }

    /// @dev The same for what only reads: the compiler cannot know that the module's function of the same name does no more. It
    /// does not come back either, of which the revert after it tells the compiler.
    function _view() private view {
        function(address) internal delegate = _delegate;
        function(address) internal view read;
        assembly ("memory-safe") {
            read := delegate
        }
        read(riskModule);
    }

    function _requireModule(address module, address loanAsset) private view {
        if (module.code.length == 0 || IPoolModule(module).loanAsset() != loanAsset)
            revert ConfigModuleMismatch(module);
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @inheritdoc ILendingPool
    function debtOf(address account) external view returns (uint256) {
        return _debtAssetsOf(_accrued(), _account[account].debtShares);
    }

    /// @inheritdoc ILendingPool
    function debtSharesOf(address account) external view returns (uint256) {
        return _account[account].debtShares;
    }

    /// @inheritdoc ILendingPool
    function collateralOf(address account, address token) external view returns (uint256) {
        return _collateralAmount[account][token];
    }

    /// @inheritdoc ILendingPool
    function accountOf(address account) external view returns (Account memory) {
        return _account[account];
    }

    /// @inheritdoc ILendingPool
    function collateralsOf(address) external view returns (address[] memory) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function collateralList() external view returns (address[] memory) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function collateralConfig(address) external view returns (CollateralConfig memory) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function liquidationFactorBps(address token) external view returns (uint256) {
        return _collateral[token].risk.liquidationFactorBpsAt(block.timestamp);
    }

    /// @inheritdoc ILendingPool
    function totals() external view returns (Totals memory) {
        Accrual memory a = _accrued();
        return Totals(a.debtAssets, a.debtShares, a.cash, a.reserves);
    }

    /// @inheritdoc ILendingPool
    function borrowRatePerSecondWad() external view returns (uint256) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function poolConfig() external view returns (PoolConfig memory) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function healthOf(address) external view returns (Health memory) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function borrowCapacityOf(address account) external view returns (uint256 capacity) {
        (capacity, ) = _borrowCapacity(account, _account[account].collateralMask, address(0), 0);
    }

    /// @inheritdoc ILendingPool
    function provisionOf(address) external view returns (uint256) {
        _view();
        revert PoolModuleReturned();
    }

    /// @inheritdoc ILendingPool
    function totalProvision() external view returns (uint256) {
        return _totalProvision;
    }

    /// @inheritdoc ILendingPool
    function locked() external view returns (bool) {
        return _locked != UNLOCKED;
    }
}
