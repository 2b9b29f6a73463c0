// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Collateral factors that follow volatility and liquidity
/// @notice What a collateral's factors should be now. It keeps parameters only: the ramps that lead from the factors in
/// force to these, and the averages among the inputs, belong to whoever writes the factors (`FactorRamp`,
/// `LeverageAverage`), so that to replace this contract moves no factor at once.
interface ICollateralFactorModel {
    /// @dev One slot: 10 × 2 = 20.
    struct Parameters {
        uint16 zHundredths; // z × 100: falls of so many standard deviations are survived. [100..1000]
        uint16 betaBps; // β: largest liquidation discount. [bps, 0..2000]
        uint16 bufferBps; // share of 1−LT between borrowing and liquidation. [bps, 500..9000]
        uint16 minLiquidationFactorBps; // bounds of the target. [bps]
        uint16 maxLiquidationFactorBps; // [bps, ≤ 9800]
        uint16 freeLeverageBps; // pool leverage that costs nothing. [bps of 1×, 10 000..65 535]
        uint16 leverageSlopeBps; // borrow factor lost for each 1× above it. [bps, 0..10 000]
        uint16 freeRiseBps; // rise over the slow average that costs nothing. [bps, 0..10 000]
        uint16 riseSlopeBps; // borrow factor lost per 100 % above it. [bps, 0..10 000]
        uint16 maxAddOnBps; // both together. [bps, 0..5000]
    }

    /// @dev Amounts are values in loan base units. WAD where the name says so.
    struct Inputs {
        uint256 sigmaWad; // σ*: volatility of a day, from the volatility oracle
        uint128 exposure; // value that would have to be sold: collateral behind the pool's debt
        uint128 salePerDay; // what the auction sells of it in a day
        uint128 slice; // q: what it sells at a time
        uint128 reserve; // y: `ILiquidityOracle.reserveOf`
        uint128 leverageWad; // pool's collateral ÷ equity, `LeverageAverage`
        uint128 riseWad; // price ÷ slow average − 1; zero while it falls
        uint16 liquidationFactorBps; // in force now. [bps] The borrow factor keeps its distance from this one, too
    }

    struct Targets {
        uint16 liquidationFactorBps; // what the ramp leads to. [bps, rounded down]
        uint16 borrowFactorBps; // in force at once. [bps, rounded down] Zero while borrowing is stopped
        bool borrowingStopped; // there is no market, or selling takes longer than a day
        uint32 timeToLiquidate; // T. [s]
        uint16 discountBps; // β
    }

    event FactorParametersSet(address indexed asset, Parameters parameters);

    error FactorAssetUnknown(address asset);
    error FactorParameterOutOfRange(bytes32 parameter, uint256 value, uint256 min, uint256 max);

    /// @notice Parameters of an asset.
    function setParameters(address asset, Parameters calldata parameters) external;

    function parametersOf(address asset) external view returns (Parameters memory);

    /// @notice What the factors should be.
    function targets(address asset, Inputs calldata inputs) external view returns (Targets memory);

    /// @notice Largest debt at which a liquidation still heals an account. [loan base units, rounded down]
    /// @param collateral c: value of all that the account holds. [loan base units]
    /// @param reserve y. [loan base units]
    function healingDebt(address asset, uint128 collateral, uint128 reserve) external view returns (uint256);
}
