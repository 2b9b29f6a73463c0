// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationDesk} from "../../../contracts/interfaces/ILiquidationDesk.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {IPoolRisk} from "../../../contracts/interfaces/IPoolRisk.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {MockRiskEngine} from "../../../contracts/mocks/MockRiskEngine.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {PoolHandler} from "./PoolHandler.sol";

/// @title What engines and governance do to a pool, and unwinding
/// @notice Engines write whatever their types can hold, sensible or not; governance sets whatever is legal, and puts engines
/// in each other's place. Around all of that no account may carry less than before, at prices that stand still (INV-10).
contract RiskHandler is PoolHandler {
    uint32 private constant MAX_AGE = 1 hours;
    /// @dev Of capacity, by which rounding may lower health. [loan base units]
    uint256 private constant ROUNDING = 3;

    MockRiskEngine[2] private _engines;

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) PoolHandler(pool_, oracle_, tokens, flashBorrower_) {
        for (uint256 i; i < 2; ++i) _engines[i] = new MockRiskEngine(address(pool_));
    }

    // --- borrowers ------------------------------------------------------------------------------------------------

    /// @dev All that may be taken out, or, every other time, anything from there to more than there is. Judged by health, at liquidation prices and factors.
    function unwind(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _debtor(a);
        address token = _heldToken(account, c);
        IPoolTypes.Health memory before = pool.healthOf(account);
        uint256 assets = _between(b, 1, before.debt + 1);
        uint256 held = pool.collateralOf(account, token);
        uint256 amount = (held * assets) / (before.debt + 1);
        if (b % 2 == 0) amount = _between(b >> 128, amount, held + 1);
        (bool ok, bytes memory result) = _act(
            account,
            b % 3 == 0
                ? abi.encodeCall(
                    ILiquidationDesk.unwind,
                    (0, pool.debtSharesOf(account), token, amount, account, account, "")
                )
                : abi.encodeCall(ILiquidationDesk.unwind, (assets, 0, token, amount, account, account, ""))
        );
        if (!ok) return;
        (uint256 paid, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
        IPoolTypes.Health memory left = pool.healthOf(account);
        if ((left.liquidationCapacity + ROUNDING) * before.debt < before.liquidationCapacity * left.debt) {
            _violate("INV-04: unwinding lowered health");
        }
    }

    // --- the engine -----------------------------------------------------------------------------------------------

    /// @dev The engine in force writes unasked. What it wrote it also writes when the pool asks for a refresh.
    function writeRisk(uint256 a, uint256 b, uint256 c) external now_ {
        (address engine, ) = IPoolRisk(address(pool)).riskEngine();
        if (engine == address(0)) return;
        bool sensible = a % 4 != 0;
        IPoolRisk.RiskUpdate memory update = sensible ? _sensibleUpdate(b) : _anyUpdate(b);
        IPoolRisk.PoolUpdate memory whole;
        if (!sensible) whole = IPoolRisk.PoolUpdate(a % 8 == 0, uint136(a >> 16), uint88(a >> 152));
        if (a % 4 == 1) whole.exitFloorShares = uint136(_between(a >> 16, 0, pool.totalSupply()));
        MockRiskEngine(engine).setUpdate(update, whole);
        _govern(engine, address(this), abi.encodeCall(MockRiskEngine.write, (address(_token(c)), update, whole)));
    }

    function _anyUpdate(uint256 word) private pure returns (IPoolRisk.RiskUpdate memory) {
        return
            IPoolRisk.RiskUpdate({
                liquidationFactorBps: uint16(word),
                borrowFactorBps: uint16(word >> 16),
                calm: word & (1 << 32) != 0,
                level: uint8(word >> 40),
                loadingPercent: uint8(word >> 48),
                discountTenBps: uint8(word >> 56),
                grace: word & (1 << 64) != 0,
                reserve: uint128(word >> 72)
            });
    }

    function _sensibleUpdate(uint256 word) private pure returns (IPoolRisk.RiskUpdate memory u) {
        u = _anyUpdate(word);
        u.liquidationFactorBps = uint16(_between(word >> 16, 6_000, 9_500));
        u.borrowFactorBps = u.liquidationFactorBps - 500;
        u.loadingPercent = uint8(_between(word >> 48, 0, 100));
        (u.level, u.discountTenBps, u.grace) = (u.level & 1, 50, false);
        // From a market that takes all that there is to one in which sales are slow.
        u.reserve = uint128(10 ** (15 - _between(word >> 72, 0, 5)));
    }

    /// @dev By the engine in force, out of reserves.
    function payKeeper(uint256 a, uint256 b, uint256) external now_ {
        (address engine, ) = IPoolRisk(address(pool)).riskEngine();
        if (engine == address(0)) return;
        uint256 reserves = pool.totals().reserves;
        bytes memory data = abi.encodeCall(MockRiskEngine.pay, (_actor(a), _between(b, 0, reserves * 2)));
        (bool ok, bytes memory result) = _govern(engine, address(this), data);
        if (!ok) return;
        uint256 paid = abi.decode(result, (uint256));
        netLoanFlow -= paid;
        if (paid > reserves) _violate("INV-05: a keeper was paid more than the reserves");
    }

    // --- governance -----------------------------------------------------------------------------------------------

    /// @dev To none, to one of two engines, or to the one that is there: its snapshots are stale then.
    function setRiskEngine(uint256 a, uint256, uint256) external now_ {
        address engine = a % 4 == 0 ? address(0) : address(_engines[a % 2]);
        _govern(
            address(pool),
            address(this),
            abi.encodeCall(IPoolRisk.setRiskEngine, (engine, engine == address(0) ? 0 : MAX_AGE))
        );
    }

    /// @dev Anything legal, mostly of the usual size, and as fast as is allowed or slower.
    function setCollateralFactors(uint256 a, uint256 b, uint256 c) external now_ {
        address token = address(_token(c));
        uint256 liquidation = a % 4 == 0 ? _between(b, 1, 9_800) : _between(b, 7_000, 9_500);
        uint256 borrowing = a % 4 == 1 ? _between(b >> 64, 0, liquidation - 1) : (liquidation * 9) / 10;
        uint256 duration = _minimumRamp(token, liquidation);
        if (a % 3 == 0) duration += _between(b >> 128, 0, 30 days);
        bytes memory data = abi.encodeCall(
            IPoolAdmin.setCollateralFactors,
            (token, uint16(borrowing), uint16(liquidation), uint32(duration))
        );
        _govern(address(pool), address(this), data);
    }

    function lowerBorrowFactor(uint256 a, uint256, uint256 c) external now_ {
        address token = address(_token(c));
        uint256 cap = pool.collateralConfig(token).borrowCapBps;
        bytes memory data = abi.encodeCall(
            IPoolAdmin.lowerBorrowFactor,
            (token, uint16(cap - _between(a, 0, cap / 8)))
        );
        _govern(address(pool), address(this), data);
    }

    function rampDownLiquidationFactor(uint256 a, uint256, uint256 c) external now_ {
        address token = address(_token(c));
        uint256 cap = pool.collateralConfig(token).liquidationCapBps;
        uint256 factor = cap - _between(a, 0, cap / 8);
        bytes memory data = abi.encodeCall(
            IPoolAdmin.rampDownLiquidationFactor,
            (token, uint16(factor), uint32(_minimumRamp(token, factor)))
        );
        _govern(address(pool), address(this), data);
    }

    /// @dev As `RampMath.minimumDuration`: 2 points a day. [s]
    function _minimumRamp(address token, uint256 factorBps) private view returns (uint256) {
        uint256 current = pool.liquidationFactorBps(token);
        return current <= factorBps ? 0 : ((current - factorBps) * 1 days + 199) / 200;
    }

    // --- before and after -----------------------------------------------------------------------------------------

    /// @dev Besides what is judged around every action: nobody may carry less than before, to the unit.
    function _govern(
        address target,
        address sender,
        bytes memory data
    ) internal returns (bool ok, bytes memory result) {
        Before memory before = _before();
        uint256[ACTORS] memory capacity;
        for (uint256 i; i < ACTORS; ++i) capacity[i] = pool.healthOf(_actor(i)).liquidationCapacity;
        (ok, result) = _callTo(target, sender, data);
        if (!ok) return (ok, result);
        for (uint256 i; i < ACTORS; ++i) {
            if (pool.healthOf(_actor(i)).liquidationCapacity < capacity[i]) {
                _violate("INV-10: an account carries less at once, at the same prices");
            }
        }
        _after(before, 0, true);
    }
}
