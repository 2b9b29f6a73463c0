// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {IPoolTypes} from "./IPoolTypes.sol";

/// @title Breakwater lending pool: everything that users, liquidators and integrators call
/// @notice One pool lends one asset. Lenders hold ERC-4626 shares; borrowers hold up to 10 of 16 kinds of collateral,
/// cross-margined per account. Collateral is never lent out. Debt is kept in shares; all rounding is against the caller.
/// @dev Administrative entry points are in `IPoolAdmin`, liquidation in `ILiquidationModule`; the pool answers to all.
interface ILendingPool is IERC4626, IERC3156FlashLender, IPoolTypes {
    // --- collateral -----------------------------------------------------------------------------------------------

    /// @notice Adds collateral to `account`. Reads no oracle and cannot be paused; only the supply cap can refuse it.
    /// @param collateral Listed collateral token.
    /// @param amount Amount. [collateral base units, > 0]
    /// @param account Account credited. A stranger may only top up a collateral that the account already uses, so that
    /// nobody can fill another's collateral slots; the account itself and its operators may open new ones.
    /// @param data If not empty, `ISupplyCollateralCallback.onSupplyCollateral` is called on the caller before the pull.
    function supplyCollateral(address collateral, uint256 amount, address account, bytes calldata data) external;

    /// @notice Takes collateral out. With debt, the account must pass the borrow test (borrow factors at borrow prices)
    /// afterwards; without debt no oracle is read.
    function withdrawCollateral(address collateral, uint256 amount, address account, address receiver) external;

    // --- debt -----------------------------------------------------------------------------------------------------

    /// @notice Borrows by assets or by shares; exactly one of the two must be non-zero.
    /// @param assets Loan assets to send. [loan base units]; debt shares minted are rounded up
    /// @param shares Debt shares to mint. Assets sent are rounded down
    /// @param account Account that owes. Caller must be it or its operator.
    /// @param receiver Where the assets go.
    function borrow(
        uint256 assets,
        uint256 shares,
        address account,
        address receiver
    ) external returns (uint256 assetsOut, uint256 sharesOut);

    /// @notice Repays by assets or by shares; exactly one must be non-zero. Anyone may repay for anyone. Reads no oracle
    /// and cannot be paused.
    /// @param assets Loan assets to pay. Debt shares burnt are rounded down
    /// @param shares Debt shares to burn (pass `debtSharesOf(account)` to close). Assets pulled are rounded up
    /// @param data If not empty, `IRepayCallback.onRepay` is called on the caller before the pull.
    function repay(
        uint256 assets,
        uint256 shares,
        address account,
        bytes calldata data
    ) external returns (uint256 assetsIn, uint256 sharesIn);

    /// @notice Brings interest up to date. Permissionless.
    function accrue() external;

    // --- operators ------------------------------------------------------------------------------------------------

    /// @notice Lets `operator` act for the caller in `borrow`, `withdrawCollateral` and `supplyCollateral`.
    /// @dev Does not give rights over lender shares: those follow ERC-20 allowances.
    function setOperator(address operator, bool approved) external;

    /// @notice The same by EIP-712 signature (ERC-1271 accounts included). Uses the ERC-2612 nonce of `owner`.
    /// @dev Type: `SetOperator(address owner,address operator,bool approved,uint256 nonce,uint256 deadline)`.
    function setOperatorWithSig(
        address owner,
        address operator,
        bool approved,
        uint256 deadline,
        bytes calldata signature
    ) external;

    function isOperator(address owner, address operator) external view returns (bool);

    /// @notice Runs several calls to the pool in one transaction, as the same caller.
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);

    // --- views ----------------------------------------------------------------------------------------------------

    /// @notice Debt with interest up to now, rounded up. [loan base units]
    function debtOf(address account) external view returns (uint256);

    function debtSharesOf(address account) external view returns (uint256);

    function collateralOf(address account, address collateral) external view returns (uint256);

    /// @notice The packed account record.
    function accountOf(address account) external view returns (Account memory);

    /// @notice Tokens that the account uses as collateral.
    function collateralsOf(address account) external view returns (address[] memory);

    /// @notice All listed collateral tokens, in the order of their bit in `Account.collateralMask`.
    function collateralList() external view returns (address[] memory);

    function collateralConfig(address collateral) external view returns (CollateralConfig memory);

    /// @notice Liquidation factor in force now, ramp included. [bps]
    function liquidationFactorBps(address collateral) external view returns (uint256);

    /// @notice Pool totals with interest up to now.
    function totals() external view returns (Totals memory);

    /// @notice Borrow rate now. [WAD per second]
    function borrowRatePerSecondWad() external view returns (uint256);

    function poolConfig() external view returns (PoolConfig memory);

    /// @notice Debt and the two credit limits of an account, all in loan base units.
    /// @dev Uses borrow prices for `borrowCapacity` (0 if they are not to be had) and liquidation prices, or the last
    /// valid ones, for the rest. `health factor = liquidationCapacity ÷ debt`.
    function healthOf(address account) external view returns (Health memory);

    /// @notice Σ borrow factor × value at borrow prices. [loan base units, rounded down] Reverts as the oracle reverts.
    function borrowCapacityOf(address account) external view returns (uint256);

    /// @notice Loss expected from an account and not yet final, as of its last kick, take or mark. [loan base units]
    function provisionOf(address account) external view returns (uint256);

    /// @notice Σ `provisionOf`. Exits of lenders are priced net of what of it exceeds the reserves; `totalAssets` and the
    /// two `convertTo…` stay at book value. [loan base units]
    function totalProvision() external view returns (uint256);

    /// @notice True while the pool's books are being changed or tokens move: share-rate readers must not trust it then.
    function locked() external view returns (bool);
}
