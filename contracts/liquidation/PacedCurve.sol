// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveKind, CurveParameters} from "../libraries/CurveTerms.sol";
import {BaseCurve} from "./BaseCurve.sol";

/// @title Depth-paced Dutch auction, the default
/// @notice `factor(lag) = max(floor, start · e^(−lag/τ))` as `DutchCurve`, but the lag is the distance to a selling schedule that
/// moves with what is sold, as fast as the market's depth allows; a sale pays the integral over its amount; and the
/// discount of an account that a sale can heal ends where it no longer heals. See `SaleCurve` and `SalePace`.
contract PacedCurve is BaseCurve {
    struct Pace {
        uint256 creditSeconds;
        uint256 fastPpm;
        uint256 slowTenthPpm;
        uint256 kneeBps;
    }

    /// @param premiumBps See `CurveParameters`, as for all.
    constructor(
        uint256 premiumBps,
        uint256 minBonusBps,
        uint256 maxBonusBps,
        uint256 secondsToFloor_,
        Pace memory pace
    )
        BaseCurve(
            CurveParameters({
                kind: CurveKind.Paced,
                premiumBps: premiumBps,
                minBonusBps: minBonusBps,
                maxBonusBps: maxBonusBps,
                secondsToFloor: secondsToFloor_,
                stepSeconds: 0,
                cutBps: 0,
                creditSeconds: pace.creditSeconds,
                fastPpm: pace.fastPpm,
                slowTenthPpm: pace.slowTenthPpm,
                kneeBps: pace.kneeBps
            })
        )
    {}
}
