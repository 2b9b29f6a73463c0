// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Structures, events and errors shared by the pool and its modules
interface IPoolTypes {
    // --- structures -----------------------------------------------------------------------------------------------

    /// @dev One slot: 16 + 2 + 4 + 1 + 5 + 1 + 3 = 32 bytes.
    struct Account {
        uint128 debtShares;
        uint16 collateralMask; // bit i set: collateral i of the list is non-zero
        uint32 kickedAt; // when its price began to fall. [unix s] 0: not for sale
        bool provisioned; // `provisionOf` is not zero
        uint40 saleDebtOrEasedAt; // for sale: its part of the backlog, 0 while it rests. [backlog units] Else: when it was taken off sale. [unix s]
        uint8 saleIndex; // for sale: collateral in whose backlog it is
        uint24 keeperOrLag; // for sale: who gets the tip; 0: nobody. Else: how long it had been for sale. [s]
    }

    /// @dev What governance and books say of a collateral. What the risk engine says is in `IPoolRisk.RiskView`.
    struct CollateralConfig {
        uint256 totalSupplied; // [collateral base units]
        uint256 supplyCap; // [collateral base units] type(uint112).max: none
        uint256 index; // bit in `Account.collateralMask`
        bool listed;
        address curve; // ILiquidationCurve that the terms of sale were read from
        uint256 borrowFactorBps; // [bps] in force: share of the borrow price that may be borrowed
        uint256 liquidationFactorBps; // [bps] target of the ramp
        uint256 rampFromBps; // [bps] liquidation factor when the ramp began
        uint256 rampStart; // [unix s]
        uint256 rampEnd; // [unix s] from here on `liquidationFactorBps` holds
        uint256 borrowCapBps; // [bps] governance's: no engine goes beyond
        uint256 liquidationCapBps; // [bps] the same of the liquidation factor
    }

    struct Totals {
        uint256 debtAssets;
        uint256 debtShares;
        uint256 cash; // loan assets held, by internal accounting: donations do not count
        uint256 reserves; // part of cash + debt that belongs to the protocol
    }

    struct PoolConfig {
        address oracle;
        address interestRateModel;
        uint256 supplyCap; // [loan base units] type(uint112).max: none
        uint256 borrowCap; // [loan base units] type(uint112).max: none
        uint256 minDebt; // [loan base units] an account owes nothing or at least this
        uint256 reserveFactorBps; // share of interest that goes to reserves
        uint256 flashFeeBps;
        uint256 pauseFlags; // PAUSE_* bits
        uint256 targetHealthBps; // health factor that a liquidation restores, 10_300–10_500 typical
        uint256 maxCollateralsPerAccount;
    }

    struct Health {
        uint256 debt;
        uint256 collateralValue; // at liquidation prices, no factor
        uint256 borrowCapacity;
        uint256 liquidationCapacity;
        bool pricesFresh; // false: at least one liquidation price is remembered, not fresh
    }

    // --- events ---------------------------------------------------------------------------------------------------

    event InterestAccrued(uint256 interestAssets, uint256 reserveAssets, uint256 averageRatePerSecondWad);
    event CollateralSupplied(
        address indexed caller,
        address indexed account,
        address indexed collateral,
        uint256 amount
    );
    event CollateralWithdrawn(
        address caller,
        address indexed account,
        address indexed collateral,
        address indexed receiver,
        uint256 amount
    );
    event Borrowed(
        address caller,
        address indexed account,
        address indexed receiver,
        uint256 assets,
        uint256 debtShares
    );
    event Repaid(address indexed caller, address indexed account, uint256 assets, uint256 debtShares);
    event OperatorSet(address indexed owner, address indexed operator, bool approved);
    event FlashLoaned(address indexed caller, address indexed receiver, uint256 assets, uint256 fee);

    event AccountKicked(address indexed account, address indexed caller, uint256 debtAssets);
    event AccountUnkicked(address indexed account, address indexed caller);
    event AccountRested(address indexed account, address indexed caller);
    event KeeperRegistered(uint24 indexed keeper, address indexed owner);
    event TipCredited(uint24 indexed keeper, address indexed account, uint256 assets);
    event TipsClaimed(uint24 indexed keeper, address indexed receiver, uint256 assets);
    event CollateralTaken(
        address indexed account,
        address indexed taker,
        address indexed collateral,
        uint256 collateralAmount,
        uint256 repaidAssets,
        uint256 repaidShares,
        uint256 price36
    );
    event BadDebtRealized(
        address indexed account,
        uint256 debtAssets,
        uint256 debtShares,
        uint256 paidByReserves,
        uint256 paidByLenders
    );

    event ProvisionSet(address indexed account, uint256 provision, uint256 totalProvision);

    event CollateralListed(address indexed collateral, uint256 index);
    event CollateralFactorsSet(
        address indexed collateral,
        uint256 borrowFactorBps,
        uint256 liquidationFactorFromBps,
        uint256 liquidationFactorBps,
        uint256 rampEnd
    );
    event CollateralSupplyCapSet(address indexed collateral, uint256 cap);
    event LiquidationCurveSet(address indexed collateral, address curve);
    event OracleSet(address oracle);
    event InterestRateModelSet(address model);
    event PoolCapsSet(uint256 supplyCap, uint256 borrowCap);
    event MinDebtSet(uint256 minDebt);
    event ReserveFactorSet(uint256 bps);
    event FlashFeeSet(uint256 bps);
    event PauseFlagsSet(uint256 flags);
    event LiquidationTargetSet(uint256 targetHealthBps);
    event KickTipSet(uint256 assets);
    event MaxCollateralsSet(uint256 count);
    event ReservesWithdrawn(address indexed receiver, uint256 assets);

    // --- errors ---------------------------------------------------------------------------------------------------

    error PoolLocked();
    /// @dev Cannot happen: what a module answers ends the call.
    error PoolModuleReturned();
    error PoolPaused(uint256 flag);
    error PoolZeroAmount();
    error PoolZeroAddress();
    error PoolExactlyOneAmount(uint256 assets, uint256 shares);
    error PoolAmountTooLarge(uint256 amount);
    error PoolUnauthorized(address caller, address account);
    error PoolSignatureExpired(uint256 deadline);
    error PoolSignatureInvalid(address owner);
    error PoolCollateralUnknown(address collateral);
    error PoolCollateralInvalid(address collateral);
    error PoolCollateralAlreadyListed(address collateral);
    error PoolTooManyCollaterals(uint256 count, uint256 max);
    error PoolCollateralInsufficient(address account, address collateral, uint256 available, uint256 requested);
    error PoolSupplyCapExceeded(address asset, uint256 cap, uint256 wouldBe);
    error PoolBorrowCapExceeded(uint256 cap, uint256 wouldBe);
    error PoolDebtBelowMinimum(uint256 minimum, uint256 wouldBe);
    error PoolDebtInsufficient(address account, uint256 debtShares, uint256 requestedShares);
    error PoolLiquidityInsufficient(uint256 available, uint256 requested);
    error PoolBorrowTestFailed(address account, uint256 capacity, uint256 debt);
    /// @dev The token took a fee, or minted, on transfer.
    error PoolTransferMismatch(address token, uint256 expected, uint256 received);
    /// @dev The pool holds less of the token than its books say: the token rebased.
    error PoolTokenRebased(address token, uint256 booked, uint256 held);
    error PoolFlashLoanUnsupported(address token);
    error PoolFlashLoanExceedsCash(uint256 max, uint256 requested);
    error PoolFlashLoanRefused(address receiver);
    /// @dev The circuit breaker is at Restricted: for a collateral, or, with the pool's own address, for all.
    error PoolRestricted(address subject);
    /// @dev The engine was asked and did not renew the snapshot.
    error PoolRiskStale(address collateral, uint256 freshUntil);
    /// @dev More lenders' shares leave than the flow limit lets go now.
    error PoolExitLimited(uint256 availableShares, uint256 requestedShares);
    /// @dev Too little gas to ask the risk engine first: send more.
    error PoolGasTooLow(uint256 left, uint256 required);

    error LiquidationAccountHealthy(address account, uint256 capacity, uint256 debt);
    error LiquidationAlreadyKicked(address account, uint256 kickedAt);
    error LiquidationNotKicked(address account);
    /// @dev After an outage only deeply unhealthy accounts are put up for sale.
    error LiquidationInGrace(address account, uint256 capacity, uint256 debt);
    error LiquidationStillUnhealthy(address account, uint256 capacity, uint256 required);
    error LiquidationNoFreshPrice(address collateral);
    /// @dev More than the share of the collateral that belongs to the share of the debt that is repaid.
    error UnwindOutOfProportion(address account, uint256 most, uint256 requested);
    error LiquidationRepayTooHigh(uint256 maximum, uint256 required);
    /// @param largest What a taker without a limit would get.
    error LiquidationDust(uint256 requested, uint256 largest);
    error LiquidationKeeperUnknown(uint256 keeper);
    error LiquidationNothingToClaim(uint256 keeper);

    error ConfigOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);
    error ConfigNotTighter(bytes32 parameter, uint256 current, uint256 proposed);
    error ConfigRampTooFast(uint256 duration, uint256 minimum);
    error ConfigModuleMismatch(address module);
}
