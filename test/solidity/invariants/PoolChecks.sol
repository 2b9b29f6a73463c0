// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {IPoolRisk} from "../../../contracts/interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {PoolHandler} from "./PoolHandler.sol";

/// @title The state invariants of `docs/invariants.md`, as functions that report
/// @notice Each returns an empty string, or what is wrong: so that the canaries can see a broken state being reported.
library PoolChecks {
    /// @dev A hundredth of a loan token of 6 decimals.
    uint256 private constant BACKLOG_UNIT = 1e4;

    function solvent(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        MockERC20 loan = MockERC20(pool.asset());
        // What keepers have not fetched yet is no longer the pool's.
        (, uint256 owed, ) = ILiquidationDesk(address(pool)).keeperOf(1);
        uint256 cash = pool.totals().cash + owed;
        if (cash != handler.netLoanFlow()) return "INV-01: cash is not what flowed in less what flowed out";
        if (loan.balanceOf(address(pool)) != cash + handler.donated(address(loan))) {
            return "INV-01: loan assets held differ from the books";
        }
        address[] memory tokens = pool.collateralList();
        for (uint256 i; i < tokens.length; ++i) {
            uint256 booked = pool.collateralConfig(tokens[i]).totalSupplied;
            if (MockERC20(tokens[i]).balanceOf(address(pool)) != booked + handler.donated(tokens[i])) {
                return "INV-01: collateral held differs from the books";
            }
        }
        return "";
    }

    function sharesConserved(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        uint256 lenders;
        uint256 borrowers;
        address[] memory actors = handler.actorList();
        for (uint256 i; i < actors.length; ++i) {
            lenders += pool.balanceOf(actors[i]);
            borrowers += pool.debtSharesOf(actors[i]);
        }
        if (lenders != pool.totalSupply()) return "INV-02: lender shares do not add up";
        if (borrowers != pool.totals().debtShares) return "INV-02: debt shares do not add up";
        return "";
    }

    /// @dev A debt is rounded up, so n accounts owe at most n units more than the total; the virtual share keeps at most
    /// the price of one share from being owed by anybody, until one account is left, which owes all.
    function assetsConserved(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        IPoolTypes.Totals memory t = pool.totals();
        uint256 owed;
        address[] memory actors = handler.actorList();
        for (uint256 i; i < actors.length; ++i) owed += pool.debtOf(actors[i]);
        uint256 sharePrice = (t.debtAssets + t.debtShares) / (t.debtShares + 1);
        if (owed > t.debtAssets + actors.length) return "INV-03: accounts owe more than the total";
        if (owed + sharePrice < t.debtAssets) return "INV-03: debt that nobody owes";
        if (t.debtShares == 0 && t.debtAssets != 0) return "INV-03: debt without shares";
        uint256 gross = t.cash + t.debtAssets;
        if (pool.totalAssets() != (gross > t.reserves ? gross - t.reserves : 0)) {
            return "INV-03: lenders' assets are not cash + debt - reserves";
        }
        return "";
    }

    function collateralConserved(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        address[] memory tokens = pool.collateralList();
        address[] memory actors = handler.actorList();
        for (uint256 i; i < tokens.length; ++i) {
            uint256 sum;
            for (uint256 j; j < actors.length; ++j) sum += pool.collateralOf(actors[j], tokens[i]);
            if (sum != pool.collateralConfig(tokens[i]).totalSupplied) return "INV-06: positions do not add up";
        }
        return "";
    }

    /// @dev `Σvᵢ − ½Σwᵢ − ½√(ΣΣ ρᵢⱼwᵢwⱼ)` (DESIGN §7) as it stands there, by the whole table of correlations, where the pool goes over
    /// the collaterals once; from positions, prices and factors that anybody can read.
    function healthRecomputed(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        address[] memory tokens = pool.collateralList();
        address[] memory actors = handler.actorList();
        IPriceOracle oracle = IPriceOracle(pool.poolConfig().oracle);
        uint256[] memory weights = new uint256[](tokens.length);
        uint256[] memory loadings = new uint256[](tokens.length);
        for (uint256 i; i < actors.length; ++i) {
            uint256 value;
            uint256 weight;
            for (uint256 j; j < tokens.length; ++j) {
                (uint256 price36, ) = oracle.liquidationPriceOrLast(tokens[j]);
                uint256 v = (pool.collateralOf(actors[i], tokens[j]) * price36) / 1e36;
                value += v;
                weights[j] = v - (v * pool.liquidationFactorBps(tokens[j])) / 1e4;
                weight += weights[j];
                loadings[j] = IPoolRisk(address(pool)).riskOf(tokens[j]).liquidationLoadingPercent;
            }
            uint256 sum; // × 10 000
            for (uint256 j; j < tokens.length; ++j) {
                for (uint256 k; k < tokens.length; ++k) {
                    sum += (j == k ? 10_000 : loadings[j] * loadings[k]) * weights[j] * weights[k];
                }
            }
            uint256 capacity = value - (weight + Math.sqrt(sum) / 100) / 2;
            IPoolTypes.Health memory h = pool.healthOf(actors[i]);
            if (h.collateralValue != value) return "INV-18: collateral is not worth its amount times its price";
            if (h.liquidationCapacity > capacity + 1 || h.liquidationCapacity + 2 < capacity) {
                return "INV-18: health is not what the formula says";
            }
        }
        return "";
    }

    /// @dev Exits may never be priced above book value, nor pay for a provision that nobody is the reason of.
    function provisionConserved(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        uint256 sum;
        address[] memory actors = handler.actorList();
        for (uint256 i; i < actors.length; ++i) {
            uint256 provision = pool.provisionOf(actors[i]);
            sum += provision;
            if (pool.accountOf(actors[i]).provisioned != (provision != 0)) return "INV-09: the flag is wrong";
            if (provision != 0 && pool.debtSharesOf(actors[i]) == 0) return "INV-09: a provision without debt";
        }
        if (sum != pool.totalProvision()) return "INV-09: provisions do not add up";
        uint256 exit = pool.previewRedeem(1e18);
        uint256 book = pool.convertToAssets(1e18);
        if (exit > book) return "INV-09: exits are priced above book value";
        if (sum <= pool.totals().reserves && exit != book) return "INV-09: exits pay for what reserves bear";
        return "";
    }

    /// @dev Each account for sale is counted once, with a collateral that it has, or was put to rest; nobody else is.
    function backlogConserved(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        address[] memory tokens = pool.collateralList();
        address[] memory actors = handler.actorList();
        uint256[] memory sums = new uint256[](tokens.length);
        for (uint256 i; i < actors.length; ++i) {
            IPoolTypes.Account memory record = pool.accountOf(actors[i]);
            if (record.kickedAt == 0) continue;
            if (record.saleDebtOrEasedAt == 0 && !handler.rested(actors[i])) {
                return "INV-16: for sale, and not in a backlog";
            }
            sums[record.saleIndex] += record.saleDebtOrEasedAt;
        }
        for (uint256 i; i < tokens.length; ++i) {
            uint256 backlog = ILiquidationDesk(address(pool)).saleOf(tokens[i]).backlog;
            if (backlog != sums[i] * BACKLOG_UNIT) return "INV-16: a backlog is not what is for sale";
        }
        return "";
    }

    /// @dev A debt below the minimum is left only by a take that sold the last of a collateral and could not pay more.
    function recordsConsistent(LendingPool pool, PoolHandler handler) internal view returns (string memory) {
        address[] memory tokens = pool.collateralList();
        address[] memory actors = handler.actorList();
        uint256 minDebt = pool.poolConfig().minDebt;
        for (uint256 i; i < actors.length; ++i) {
            IPoolTypes.Account memory record = pool.accountOf(actors[i]);
            uint256 mask;
            for (uint256 j; j < tokens.length; ++j) if (pool.collateralOf(actors[i], tokens[j]) != 0) mask |= 1 << j;
            if (mask != record.collateralMask) return "INV-07: mask differs from the positions";
            uint256 debt = pool.debtOf(actors[i]);
            // Rounding in others' transactions takes some units off a debt that was at the minimum.
            bool isSmall = debt != 0 && debt < minDebt - (minDebt >> 10);
            if (isSmall && !handler.smallDebtAllowed(actors[i])) return "INV-07: debt is dust";
            if (debt != 0 && mask == 0) return "INV-07: debt without collateral was not written off";
            if (debt == 0 && record.kickedAt != 0) return "INV-07: for sale without debt";
        }
        return "";
    }
}
