// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInterestRateModel} from "../../../contracts/interfaces/IInterestRateModel.sol";
import {AdaptiveRateModel} from "../../../contracts/rates/AdaptiveRateModel.sol";
import {KinkedRateModel} from "../../../contracts/rates/KinkedRateModel.sol";

/// @dev What holds for every model, for any utilisation, time and state.
abstract contract RateModelFuzz {
    uint256 internal constant CENTURY = 36_525 days;

    IInterestRateModel internal model;

    function _highestState() internal view virtual returns (uint256);

    /// @dev What the rate may drop by within a second. [WAD per second]
    function _largestStep() internal view virtual returns (uint256) {
        return 0;
    }

    function _between(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    /// @dev |a − b| ≤ 1e-9 of the larger, plus `slack`.
    function _requireClose(uint256 a, uint256 b, uint256 slack, string memory what) internal pure {
        (uint256 low, uint256 high) = a < b ? (a, b) : (b, a);
        require(high - low <= high / 1e9 + slack, what);
    }

    function testFuzz_NeverReverts_StateWithinBounds(uint256 u, uint256 elapsed, uint56 state) public view {
        (uint256 rate, uint56 next) = model.accrue(u, elapsed, state);
        require(next <= _highestState(), "state out of bounds");
        // 1200 a year is above every curve's top at the highest state.
        require(rate <= uint256(1200e18) / 365 days, "rate out of bounds");
        model.ratePerSecondWad(u, state);
    }

    function testFuzz_RateRisesWithUtilisation(uint256 u1, uint256 u2, uint256 elapsed, uint56 state) public view {
        u1 = _between(u1, 0, 1e18);
        u2 = _between(u2, u1, 1e18);
        elapsed = _between(elapsed, 1, CENTURY);
        (uint256 rate1, ) = model.accrue(u1, elapsed, state);
        (uint256 rate2, ) = model.accrue(u2, elapsed, state);
        // Two means, each exact to 1e-15 or a unit in its last place.
        require(rate2 + rate2 / 1e15 + 1 >= rate1, "average rate falls");
        require(model.ratePerSecondWad(u2, state) >= model.ratePerSecondWad(u1, state), "instantaneous rate falls");
    }

    /// @dev One touch or two: the same interest and the same state.
    function testFuzz_SplitIntervalIsOneInterval(uint256 u, uint256 t1, uint256 t2, uint56 state) public view {
        u = _between(u, 0, 1e18);
        t1 = _between(t1, 1, 365 days);
        t2 = _between(t2, 1, 365 days);
        (uint256 whole, uint56 end) = model.accrue(u, t1 + t2, state);
        (uint256 first, uint56 middle) = model.accrue(u, t1, state);
        (uint256 second, uint56 splitEnd) = model.accrue(u, t2, middle);
        // Each of the three means is rounded to 1e-18 a second.
        _requireClose(whole * (t1 + t2), first * t1 + second * t2, 2 * (t1 + t2), "interest depends on touches");
        _requireClose(end, splitEnd, 4, "state depends on touches");
    }

    /// @dev An interval of one second costs the instantaneous rate.
    function testFuzz_ShortIntervalIsInstantaneous(uint256 u, uint56 state) public view {
        u = _between(u, 0, 1e18);
        (uint256 rate, ) = model.accrue(u, 1, state);
        uint256 instantaneous = model.ratePerSecondWad(u, state);
        (uint256 low, uint256 high) = rate < instantaneous ? (rate, instantaneous) : (instantaneous, rate);
        // The fastest drift allowed moves a rate by 2e-4 in a second.
        require(high - low <= high / 1e3 + 2 + _largestStep(), "jump");
    }
}

contract AdaptiveRateModelFuzzTest is RateModelFuzz {
    function setUp() public {
        model = new AdaptiveRateModel(AdaptiveRateModel.Params(0.9e18, 4e18, 0.04e18, 0.001e18, 2e18, 50e18));
    }

    function _highestState() internal view override returns (uint256) {
        return AdaptiveRateModel(address(model)).maxRateAtTarget();
    }

    /// @dev Any parameters that the constructor accepts.
    function testFuzz_AnyParameters(uint256[6] memory p, uint256 u, uint256 elapsed, uint56 state) public {
        uint256 max = _between(p[4], 1e9, 10e18);
        uint256 min = _between(p[3], 1e9, max);
        AdaptiveRateModel other = new AdaptiveRateModel(
            AdaptiveRateModel.Params(
                _between(p[0], 1, 1e18 - 1),
                _between(p[1], 1e18, 10e18),
                _between(p[2], min, max),
                min,
                max,
                _between(p[5], 1e12, 500e18)
            )
        );
        (uint256 rate, uint56 next) = other.accrue(u, elapsed, state);
        require(next >= other.minRateAtTarget() && next <= other.maxRateAtTarget(), "state out of bounds");
        require(rate <= (max * 10) / 365 days + 1, "rate out of bounds");
    }
}

contract KinkedRateModelFuzzTest is RateModelFuzz {
    function setUp() public {
        model = new KinkedRateModel(
            KinkedRateModel.Params(0.005e18, 0.05e18, 0.75e18, 0.9e18, 0.97e18, 0.05e18, 10e18, 12 hours)
        );
    }

    function _highestState() internal view override returns (uint256) {
        return KinkedRateModel(address(model)).surchargeCap();
    }

    /// @dev A surcharge that has decayed to its floor ends.
    function _largestStep() internal view override returns (uint256) {
        return KinkedRateModel(address(model)).surchargeFloor() / 1e3 + 1;
    }

    /// @dev Any parameters that the constructor accepts.
    function testFuzz_AnyParameters(uint256[8] memory p, uint256 u, uint256 elapsed, uint56 state) public {
        uint256 cap = _between(p[6], 1e9, 1000e18);
        uint256 kink = _between(p[3], 1, 1e18 - 1);
        KinkedRateModel other = new KinkedRateModel(
            KinkedRateModel.Params(
                _between(p[0], 0, 10e18),
                _between(p[1], 0, 10e18),
                _between(p[2], 0, 100e18),
                kink,
                _between(p[4], kink, 1e18),
                _between(p[5], 1e9, cap),
                cap,
                _between(p[7], 1 hours, 365 days)
            )
        );
        (uint256 rate, uint56 next) = other.accrue(u, elapsed, state);
        require(next <= other.surchargeCap(), "state out of bounds");
        require(rate <= uint256(1120e18) / 365 days, "rate out of bounds");
    }
}
