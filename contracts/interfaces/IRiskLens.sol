// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICircuitBreaker} from "./ICircuitBreaker.sol";

/// @title How leveraged pools are, what would be liquidated, and how much worse selling it would make a fall
/// @notice What needs no list of accounts comes from `poolOf`. What does comes in pages: `sumsOf` adds over some accounts, the
/// caller adds the pages field by field, and `figuresOf` draws its conclusions from the whole. Whoever leaves accounts out sees
/// it: `Sums.debtShares` is then less than `PoolState.debtShares`.
/// @dev Holds nothing, and is trusted with nothing: its code may as well be put at any address for the length of an `eth_call`.
interface IRiskLens {
    /// @dev One collateral of a pool, as it is priced, judged and sold now.
    struct CollateralState {
        address token;
        uint256 supplied; // [collateral base units]
        uint256 value; // at the liquidation price. [loan base units]
        uint256 price36; // liquidation price, or the last valid one; 0: never had one, or the oracle is itself broken
        bool priceFresh;
        uint256 borrowFactorBps; // in force
        uint256 liquidationFactorBps; // in force
        uint256 liquidationTargetBps; // where its ramp leads
        uint256 rampEnd; // when it gets there. [unix s]
        uint256 loadingPercent; // λ for health, in force
        bool grace; // only deeply unhealthy accounts are put up for sale
        uint256 freshUntil; // of the engine's snapshot. [unix s] 0: no engine governs it
        ICircuitBreaker.Assessment breaker; // Normal without a breaker
        uint256 maxBonusBps; // largest discount of its curve, as a bonus. [bps]
        uint256 reserve; // y that the pool reckons with; 0: not known. [loan base units]
        uint256 depth; // last measured; 0: not known. [loan base units]
        uint256 depthAt; // [unix s]
        uint256 backlog; // debt for sale that is counted with it. [loan base units]
        uint256 shareDepth; // 0: no share of anything; 1: of a vault or pool; 2: of one that itself holds shares; …
    }

    /// @dev A pool, with interest up to the call's block. Amounts in loan base units where nothing else is said.
    struct PoolState {
        uint256 timestamp; // [unix s]
        address loanAsset;
        uint256 debt;
        uint256 debtShares;
        uint256 cash;
        uint256 reserves;
        uint256 lenderAssets;
        uint256 provision;
        uint256 utilisationWad; // debt ÷ lenders' assets
        uint256 collateralValue; // A: all that is in the books, whoever owes or not
        uint256 shareValue; // of that, shares of vaults and pools
        uint256 shareDepth; // deepest of all collaterals
        uint256 leverageWad; // A ÷ (A − debt); largest value: debt is at or above A
        uint256 backlog;
        bool restricted; // nothing may be borrowed
        bool touched; // the books have been changed in this block: whoever did it may have meant to be seen
        uint256 minDebt;
        uint256 targetHealthBps; // that a sale restores
        ICircuitBreaker.Assessment breaker; // of the pool as a whole
        CollateralState[] collaterals; // in the order of their bits
    }

    /// @dev One account.
    struct AccountRisk {
        uint256 debt; // [loan base units]
        uint256 value; // of all its collateral. [loan base units]
        uint256 capacity; // health factor = capacity ÷ debt. [loan base units]
        uint256 leverageWad; // A ÷ (A − D); largest value: D is at or above A
        uint256 healthWad; // largest value: no debt
        uint256 kickedAt; // [unix s] 0: not for sale
        bool pricesFresh;
    }

    /// @dev Sums over accounts that owe, for one collateral. Steps 0 to 10: falls of its price alone by 0, 5, … 50 %.
    struct CollateralSums {
        uint256 pledged; // value held by accounts that owe. [loan base units]
        uint256 squares; // Σ of the squares of those values. [loan base units²]
        uint256[11] debt; // of accounts that are liquidatable from this step on and not before. [loan base units]
        uint256[11] value; // of this collateral on them, at today's price. [loan base units]
        uint256[11] released; // what sales of all accounts unhealthy at this step would sell, at today's price. [loan base units]
    }

    /// @dev Sums over accounts that owe. Each field of two pages adds up to that of both.
    struct Sums {
        uint256 accounts; // that were looked at, owing or not
        uint256 debtors;
        uint256 debtShares;
        uint256 debt; // each account's rounded up. [loan base units]
        uint256 pledged; // value of their collateral. [loan base units]
        uint256 capacity; // [loan base units]
        uint256 liquidatable; // accounts below a health factor of one
        uint256 insolvent; // accounts that owe more than their collateral's value
        uint256 shortfall; // by so much. [loan base units]
        uint256 forSale; // accounts
        uint256 stale; // accounts with a collateral whose price is remembered, or not known
        uint256 staleDebt; // [loan base units]
        uint256 debtSquares; // Σ of the squares of their debts. [loan base units²]
        uint256 pledgedSquares; // [loan base units²]
        uint256[32] bucketAccounts; // by health factor, see `CascadeMath.bucketOf`
        uint256[32] bucketDebt; // [loan base units]
        uint256[11] stepAccounts; // liquidatable from this common fall of all prices on, and not before; 0, 5, … 50 %
        uint256[11] stepDebt; // [loan base units]
        uint256[11] stepValue; // of their collateral, at today's prices. [loan base units]
        CollateralSums[] collaterals; // in the order of their bits
    }

    /// @dev What follows from a state and the sums over all its accounts.
    struct Figures {
        uint256 leverageWad; // of those who owe: A ÷ (A − D)
        uint256 healthWad; // Σ capacity ÷ Σ debt
        uint256 debtHhiWad; // Herfindahl–Hirschman index of debts: 1e18 is one debtor
        uint256 pledgedHhiWad; // of the collateral of those who owe
        uint256[11] atRiskDebt; // liquidatable after a common fall of 0, 5, … 50 %. [loan base units]
        uint256[11] atRiskValue; // [loan base units]
        CollateralFigures[] collaterals;
    }

    struct CollateralFigures {
        uint256 hhiWad; // of this collateral on accounts that owe
        uint256 backlogToDepthWad; // backlog ÷ depth; largest value: there is a backlog and no depth
        uint256[11] atRiskDebt; // after a fall of this collateral alone. [loan base units]
        uint256[11] atRiskValue; // of it. [loan base units]
        uint256[11] gainWad; // g of a fall by 5, … 50 %; the largest value: the market's depth is not known. [0]: as [1]
    }

    function poolOf(address pool) external view returns (PoolState memory);

    /// @notice How leveraged and how near to liquidation accounts are, as the pool would judge them.
    function accountsOf(address pool, address[] calldata accounts) external view returns (AccountRisk[] memory);

    /// @notice Sums over accounts. None may come twice, in all pages of a whole.
    /// @return sums Of those that owe.
    /// @return healthWad Of each; the largest value: no debt. So that who is near can be asked for by `accountsOf`.
    function sumsOf(
        address pool,
        address[] calldata accounts
    ) external view returns (Sums memory sums, uint256[] memory healthWad);

    /// @notice Draws conclusions from sums over all accounts of a pool.
    /// @dev The cascade gain leaves out hedgers (G of DESIGN §1): a pool does not know of any.
    function figuresOf(PoolState calldata state, Sums calldata sums) external pure returns (Figures memory);
}
