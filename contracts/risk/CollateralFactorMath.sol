// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title From volatility and liquidity to collateral factors
/// @notice A collateral may carry as much debt as is still recovered when its price falls by z standard deviations in
/// the time that selling it takes, after the liquidation discount and the sale's own price impact:
/// `LT = e^(−z·σ·√T) / ((1+β)(1+2q/y))`.
/// @dev Origins: z·σ·√T as in SmartLTV (B.Protocol/RiskDAO 2023), with T there as borrow cap ÷ liquidity. 2q/y: selling q
/// into a constant-product reserve y lowers the price to `(1+q/y)^−2`, about `1 − 2q/y`. Toxicity: McFarlane 2025.
/// Everything is rounded against the borrower: times, impacts and add-ons up, factors down.
library CollateralFactorMath {
    using FixedPointMathLib for uint256;

    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 1e4;
    /// @dev No sale is assumed to be over sooner: oracles, keepers and blocks take their time.
    uint256 internal constant MIN_TIME = 1 hours;
    /// @dev The formula is a short-term one. What takes longer to sell is not lent on any more.
    uint256 internal constant MAX_TIME = 1 days;
    /// @dev e^−42 = 6e-19: beyond this nothing is left.
    uint256 private constant MAX_EXPONENT_WAD = 42e18;

    /// @notice T: how long selling `exposure` takes at the auction's pace, rounded up, in [1 h, 1 d].
    /// @param exposure Value that would have to be sold. [loan base units, < 2^128]
    /// @param salePerDay Value that is sold in a day. [loan base units a day]
    /// @return seconds_ [s]
    /// @return beyond It takes longer than a day: nothing more may be borrowed, for the risk vanishes in the clamp.
    function timeToLiquidateUp(
        uint256 exposure,
        uint256 salePerDay
    ) internal pure returns (uint256 seconds_, bool beyond) {
        if (salePerDay == 0 || exposure > salePerDay) return (MAX_TIME, true);
        unchecked {
            seconds_ = (exposure * 1 days).divUp(salePerDay).max(MIN_TIME);
        }
    }

    /// @notice `e^(−z·σ·√T)`: what is left of the price after a fall of z standard deviations. [WAD, rounded down]
    /// @param zWad Standard deviations. [WAD, ≤ 100e18]
    /// @param sigmaWad Volatility of a day. [WAD per √day]
    /// @param seconds_ T. [s, ≤ 1 day]
    function survivalDown(uint256 zWad, uint256 sigmaWad, uint256 seconds_) internal pure returns (uint256) {
        // Beyond any volatility that matters, and the products stay small.
        if (sigmaWad > 100 * WAD) return 0;
        uint256 exponentWad;
        unchecked {
            // Neither factor is more than 100, nor the root than one.
            uint256 rootWad = (seconds_ * WAD).divUp(1 days).sqrtWad() + 1;
            exponentWad = _mulWadUp(_mulWadUp(zWad, sigmaWad), rootWad);
        }
        if (exponentWad == 0) return WAD;
        if (exponentWad > MAX_EXPONENT_WAD) return 0;
        // solady's result is within one unit: one less is rounded down.
        return uint256(FixedPointMathLib.expWad(-int256(exponentWad))).zeroFloorSub(1);
    }

    /// @notice `survival / ((1+β)(1+2q/y))`. [WAD, rounded down] Zero where there is no market.
    /// @param survivalWad [WAD, ≤ 1e18]
    /// @param betaWad β: largest liquidation discount. [WAD, ≤ 1e18]
    /// @param slice q: value sold at a time. [loan base units, < 2^128]
    /// @param reserve y: equivalent constant-product reserve, `LiquidityOracle.reserveOf`. [loan base units, < 2^128]
    function liquidationFactorDown(
        uint256 survivalWad,
        uint256 betaWad,
        uint256 slice,
        uint256 reserve
    ) internal pure returns (uint256) {
        if (reserve == 0) return 0;
        unchecked {
            // Below 2^120 · 2^128.
            return (survivalWad * WAD * reserve) / ((WAD + betaWad) * (reserve + 2 * slice));
        }
    }

    /// @notice Lean against the wind: what the borrow factor loses to leverage and to a fast rise of the price.
    /// [WAD, rounded up, at most `capWad`]
    /// @param leverageWad Collateral ÷ equity of the whole pool, averaged. [WAD, < 2^128]
    /// @param freeLeverageWad Leverage that costs nothing. [WAD]
    /// @param leverageSlopeWad Cost of each unit of leverage above it. [WAD]
    /// @param riseWad Price over its slow average, less one. [WAD, < 2^128] Zero while it falls.
    /// @param freeRiseWad Rise that costs nothing. [WAD]
    /// @param riseSlopeWad Cost of each doubling above it, in proportion. [WAD]
    function addOnUp(
        uint256 leverageWad,
        uint256 freeLeverageWad,
        uint256 leverageSlopeWad,
        uint256 riseWad,
        uint256 freeRiseWad,
        uint256 riseSlopeWad,
        uint256 capWad
    ) internal pure returns (uint256) {
        unchecked {
            uint256 sum;
            // Neither overflows: `mulWadUp` refuses what is above 2^256 before it divides.
            if (leverageWad > freeLeverageWad) sum = (leverageWad - freeLeverageWad).mulWadUp(leverageSlopeWad);
            if (riseWad > freeRiseWad) sum += (riseWad - freeRiseWad).mulWadUp(riseSlopeWad);
            return sum.min(capWad);
        }
    }

    /// @notice `BF = LT − buffer·(1−LT) − addOn`. [WAD, rounded down, ≥ 0]
    /// @param liquidationFactorWad LT. [WAD, ≤ 1e18]
    /// @param bufferWad Share of `1−LT` kept between borrowing and liquidation. [WAD]
    function borrowFactorDown(
        uint256 liquidationFactorWad,
        uint256 bufferWad,
        uint256 addOnWad
    ) internal pure returns (uint256) {
        unchecked {
            // None is more than a few units.
            return liquidationFactorWad.zeroFloorSub(_mulWadUp(WAD - liquidationFactorWad, bufferWad) + addOnWad);
        }
    }

    /// @notice Largest debt for which selling a little at discount b still heals the account: the largest D with
    /// `D/c·(1+b)·ψ < 1`, `ψ = 1+2c/y`. [loan base units, rounded down]
    /// @dev A sale of dq lowers the price of all that the account holds by 2dq/y. Where the test fails, every liquidation
    /// leaves the account less healthy than it was. The larger the account, the less it may borrow.
    /// @param collateral c: value of all that the account holds. [loan base units, < 2^128]
    /// @param reserve y. [loan base units, < 2^128]
    /// @param discountWad b. [WAD, ≤ 1e18]
    function healingDebtDown(uint256 collateral, uint256 reserve, uint256 discountWad) internal pure returns (uint256) {
        if (collateral == 0 || reserve == 0) return 0;
        // D < c·y·1e18 / ((1e18+b)(y+2c)): rounded up and less one, it is strictly below.
        return (collateral * WAD).fullMulDivUp(reserve, (WAD + discountWad) * (reserve + 2 * collateral)) - 1;
    }

    /// @dev Of numbers whose product is known to fit.
    function _mulWadUp(uint256 x, uint256 y) private pure returns (uint256) {
        unchecked {
            return (x * y + WAD - 1) / WAD;
        }
    }

    /// @notice Rounded down. [bps]
    function toBpsDown(uint256 factorWad) internal pure returns (uint256) {
        return factorWad / (WAD / BPS);
    }

    /// @notice Exact. [WAD]
    /// @param bps Below 2^200.
    function toWad(uint256 bps) internal pure returns (uint256) {
        unchecked {
            return bps * (WAD / BPS);
        }
    }
}
