// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CurveParameters, CurveTerms, CurveTermsLib} from "../libraries/CurveTerms.sol";
import {SaleCurve} from "../liquidation/SaleCurve.sol";
import {SalePace} from "../liquidation/SalePace.sol";

/// @title The internal libraries behind sales, callable from TypeScript tests
contract SaleMathHarness {
    function factorUp(CurveParameters memory p, uint256 floor, int256 lag) external pure returns (uint256) {
        return SaleCurve.factorUp(CurveTermsLib.pack(p), floor, lag);
    }

    /// @notice Of sales that all begin at the same lag: `spans[i]` ticks after `frees[i]` that do not move it.
    function meansUp(
        CurveParameters memory p,
        uint256 floor,
        int256 lag,
        uint256[] calldata frees,
        uint256[] calldata spans
    ) external pure returns (uint256[] memory means) {
        CurveTerms t = CurveTermsLib.pack(p);
        uint256 first = SaleCurve.factorUp(t, floor, lag);
        means = new uint256[](spans.length);
        for (uint256 i; i < spans.length; ++i) means[i] = SaleCurve.meanUp(t, floor, lag, frees[i], spans[i], first);
    }

    function perSecond(CurveParameters memory p, uint256 reserve, uint256 backlog) external pure returns (uint256) {
        return SalePace.perSecond(CurveTermsLib.pack(p), reserve, backlog);
    }

    function healingFactorUp(
        uint256 debt,
        uint256 capacity,
        uint256 value,
        uint256 factorWad,
        uint256 own,
        uint256 reserve
    ) external pure returns (uint256) {
        return SalePace.healingFactorUp(debt, capacity, value, factorWad, own, reserve);
    }

    /// @notice What the pool keeps of a curve, read back.
    function terms(
        CurveParameters memory p
    ) external pure returns (uint256 start, uint256 floor, uint256 guard, uint256 toFloor, uint256 decay) {
        CurveTerms t = CurveTermsLib.pack(p);
        return (t.startWad(), t.floorWad(), t.guardWad(), t.secondsToFloor(), t.decay());
    }

    /// @notice And the rest.
    function pace(
        CurveParameters memory p
    ) external pure returns (uint256 kind, uint256 step, uint256 fast, uint256 slow, uint256 knee) {
        CurveTerms t = CurveTermsLib.pack(p);
        return (uint256(t.kind()), t.stepSeconds(), t.fastPace(), t.slowPace(), t.kneeBps());
    }
}
