// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Basket, BasketMath} from "../../../contracts/libraries/BasketMath.sol";
import {Risk, RiskWord} from "../../../contracts/libraries/RiskWord.sol";
import {PortfolioMath} from "../../../contracts/risk/PortfolioMath.sol";

/// @dev Positions of an account, drawn from a seed.
struct Drawn {
    uint256[] values;
    uint256[] capacities;
    uint256[] loadings;
}

/// @title What several collaterals carry, and how a collateral's risk is packed
contract BasketsTest {
    using BasketMath for Basket;

    uint256 private constant BPS = 1e4;

    function testFuzz_BasketCarriesBetweenSumOfFactorsAndAllValue(uint256 seed) external pure {
        Basket memory b = _basketOf(_drawn(seed, 8));
        uint256 carried = b.capacityDown();
        require(carried >= b.capacity, "diversification took something away");
        require(carried <= b.value, "more than there is");
    }

    /// @dev The general form, with ρᵢⱼ = λᵢλⱼ: λ in per cent makes ρ exact in bps.
    function testFuzz_BasketIsThePortfolioFormula(uint256 seed) external pure {
        Drawn memory d = _drawn(seed, 6);
        uint256 count = d.values.length;
        uint256[] memory haircuts = new uint256[](count);
        uint256[] memory rhos = new uint256[](PortfolioMath.pairs(count));
        uint256 index;
        for (uint256 i; i < count; ++i) {
            // Values that make every weight whole.
            d.values[i] = (d.values[i] / BPS) * BPS;
            haircuts[i] = seed % (BPS + 1);
            d.capacities[i] = d.values[i] - (d.values[i] / BPS) * haircuts[i];
            for (uint256 j = i + 1; j < count; ++j) rhos[index++] = d.loadings[i] * d.loadings[j];
        }
        Basket memory b = _basketOf(d);
        uint256 expected = b.value - PortfolioMath.haircutUp(d.values, haircuts, rhos);
        uint256 carried = b.capacityDown();
        require(carried + 1 >= expected && expected + 1 >= carried, "not the formula");
    }

    function testFuzz_AddingToAPositionNeverHarms(uint256 seed, uint128 more) external pure {
        Drawn memory d = _drawn(seed, 8);
        uint256 before = _basketOf(d).capacityDown();
        uint256 i = seed % d.values.length;
        uint256 added = uint256(more) % (1e24);
        // The factor stays what it is; the position grows.
        uint256 factor = d.values[i] == 0 ? 0 : (d.capacities[i] * BPS) / d.values[i];
        d.capacities[i] += (added * factor) / BPS;
        d.values[i] += added;
        require(_basketOf(d).capacityDown() + 2 >= before, "adding collateral harmed");
    }

    function testFuzz_MarginalFactorLiesBetweenOwnFactorAndHalfWayToOne(uint256 seed) external pure {
        Drawn memory d = _drawn(seed, 8);
        Basket memory b = _basketOf(d);
        uint256 i = seed % d.values.length;
        if (d.values[i] == 0) return;
        uint256 factor = (d.capacities[i] * 1e18) / d.values[i];
        uint256 marginal = b.marginalFactorUp(d.values[i] - d.capacities[i], factor, d.loadings[i]);
        require(marginal + 1 >= factor && marginal <= (1e18 + factor) / 2 + 1, "out of its range");
    }

    /// @dev Against the difference that a sale of a millionth makes: `C` is concave, so that the marginal factor lies between
    /// the differences on both sides.
    function testFuzz_MarginalFactorIsTheSlope(uint256 seed) external pure {
        Drawn memory d = _drawn(seed, 5);
        uint256 i = seed % d.values.length;
        uint256 factorBps = 5_000 + (seed % 5_000);
        d.values[i] = 1e24 + (d.values[i] / BPS) * BPS;
        d.capacities[i] = (d.values[i] / BPS) * factorBps;
        Basket memory b = _basketOf(d);
        uint256 marginal = b.marginalFactorUp(d.values[i] - d.capacities[i], factorBps * 1e14, d.loadings[i]);
        uint256 step = (d.values[i] / 1e6 / BPS) * BPS;
        uint256 here = b.capacityDown();
        b.replace(
            d.values[i],
            d.capacities[i],
            d.values[i] - step,
            d.capacities[i] - (step / BPS) * factorBps,
            d.loadings[i]
        );
        uint256 lost = here - b.capacityDown();
        uint256 slope = (lost * 1e18) / step;
        uint256 distance = slope > marginal ? slope - marginal : marginal - slope;
        require(distance <= 1e13, "not the slope");
    }

    function testFuzz_ReplacingIsAddingAnew(uint256 seed, uint256 other) external pure {
        Drawn memory d = _drawn(seed, 8);
        Basket memory b = _basketOf(d);
        uint256 i = seed % d.values.length;
        uint256 value = other % 1e30;
        b.replace(d.values[i], d.capacities[i], value, value / 3, d.loadings[i]);
        d.values[i] = value;
        d.capacities[i] = value / 3;
        Basket memory anew = _basketOf(d);
        require(keccak256(abi.encode(b)) == keccak256(abi.encode(anew)), "another basket");
    }

    function testFuzz_AmountsThatNoBooksHoldAreNotCredited(uint256 value, uint256 capacity) external pure {
        value = (value % (1 << 200)) + (1 << 112);
        capacity = capacity % (value - (1 << 112) + 1);
        Basket memory b;
        b.add(value, capacity, 0);
        b.add(1e18, 0, 0);
        require(b.capacityDown() == capacity, "credited");
    }

    function testFuzz_RiskWordKeepsWhatWasPacked(uint256 seed) external pure {
        Risk memory r;
        r.borrowFactorBps = uint16(seed);
        r.rampFromBps = uint16(seed >> 16);
        r.rampToBps = uint16(seed >> 32);
        r.rampStart = uint32(seed >> 48);
        r.rampEnd = uint32(seed >> 80);
        r.freshUntil = uint32(seed >> 112);
        r.reserve = uint256(uint128(seed));
        r.loadingFrom = seed % 101;
        r.loading = (seed >> 8) % 101;
        r.loadingStart = uint32(seed >> 144);
        r.discountTenBps = uint8(seed >> 176);
        r.level = (seed >> 184) % 4;
        r.isGrace = (seed >> 186) & 1 != 0;
        r.maxAge = (seed >> 187) % 86_401;
        RiskWord w = r.pack();
        Risk memory read = w.unpack();
        uint256 distance = read.reserve > r.reserve ? read.reserve - r.reserve : r.reserve - read.reserve;
        require(distance <= r.reserve >> 25, "reserve");
        read.reserve = r.reserve;
        require(keccak256(abi.encode(read)) == keccak256(abi.encode(r)), "another word");
        require(w.borrowFactorBps() == r.borrowFactorBps && w.liquidationTargetBps() == r.rampToBps, "factors");
        require(w.freshUntil() == r.freshUntil && w.level() == r.level && w.maxAge() == r.maxAge, "state");
        require(w.loading() == r.loading && w.discountBps() == r.discountTenBps * 10, "loading or discount");
        require(RiskWord.unwrap(w) >> 252 == 0, "more bits than said");
    }

    /// @dev Against what it says: written `maxAge` before the end of its freshness, longer ago than `age`, or stale.
    function testFuzz_RiskWordIsOlderThanItsAgeOrStale(
        uint32 writtenAt,
        uint256 maxAge,
        uint256 age,
        uint256 elapsed
    ) external pure {
        Risk memory r;
        maxAge = maxAge % 86_401;
        age = age % (2 days);
        elapsed = elapsed % 3 == 0 ? age + (elapsed % 2) : elapsed % (3 days); // one third at the very edge
        uint256 written = uint256(writtenAt) % (type(uint32).max - 86_400);
        (r.freshUntil, r.maxAge) = (written + maxAge, maxAge);
        bool isOlder = r.pack().isOlderAt(age, written + elapsed);
        if (r.freshUntil == 0) require(!isOlder, "older without an engine");
        else require(isOlder == (elapsed > age || elapsed > maxAge), "another age");
    }

    /// @dev Another engine: the word says 1 for freshness, and keeps the age that the last one wrote.
    function testFuzz_RiskWordOfAnotherEngineIsOlderThanAnything(
        uint256 maxAge,
        uint256 age,
        uint32 timestamp
    ) external pure {
        Risk memory r;
        (r.freshUntil, r.maxAge) = (1, maxAge % 86_401);
        require(r.pack().isOlderAt(age % (2 days), uint256(timestamp) + 2), "not older");
    }

    function testFuzz_LoadingOfLiquidationFollowsUpwardsSlowly(uint8 from, uint8 to, uint32 elapsed) external pure {
        Risk memory r;
        r.loadingFrom = from % 101;
        r.loading = to % 101;
        r.loadingStart = 1_700_000_000;
        uint256 now_ = r.loadingStart + elapsed;
        uint256 inForce = r.pack().liquidationLoadingAt(now_);
        require(inForce <= r.loading, "above the borrow test's");
        if (r.loadingFrom >= r.loading) require(inForce == r.loading, "falls at once");
        else require(inForce <= r.loadingFrom + elapsed / 1800, "faster than a point in 30 minutes");
    }

    // --- drawing --------------------------------------------------------------------------------------------------

    function _basketOf(Drawn memory d) private pure returns (Basket memory b) {
        for (uint256 i; i < d.values.length; ++i) b.add(d.values[i], d.capacities[i], d.loadings[i]);
    }

    /// @dev Values from nothing to 1e30 base units, factors and λ over their whole ranges.
    function _drawn(uint256 seed, uint256 most) private pure returns (Drawn memory d) {
        uint256 count = 1 + (seed % most);
        d.values = new uint256[](count);
        d.capacities = new uint256[](count);
        d.loadings = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            d.values[i] = (word >> 128) % (10 ** (word % 31));
            d.capacities[i] = (d.values[i] * ((word >> 8) % (BPS + 1))) / BPS;
            d.loadings[i] = (word >> 24) % 101;
        }
    }
}
