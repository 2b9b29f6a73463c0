// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IPoolRegistry} from "../interfaces/IPoolRegistry.sol";
import {IRiskLens} from "../interfaces/IRiskLens.sol";
import {ISystemReporter} from "../interfaces/ISystemReporter.sol";
import {CascadeMath} from "../libraries/CascadeMath.sol";
import {FeedReader} from "../oracle/FeedReader.sol";

/// @title Gross against ultimate collateral, and leverage, of all pools of a registry
/// @notice A share of a pool that is collateral in another is a claim on the first one's borrowers. Who adds up collateral counts
/// it twice: _gross_ does, _ultimate_ does not.
contract SystemReporter is ISystemReporter {
    using FixedPointMathLib for uint256;

    /// @dev What must be left after a pool has failed. A call is given at most 63/64 of the gas (EIP-150), and no pool needs a
    /// hundred million: with more left than this it has not failed for want of gas.
    uint256 private constant FAILURE_GAS = 2_000_000;

    IPoolRegistry public immutable registry;
    IRiskLens public immutable lens;

    /// @inheritdoc ISystemReporter
    uint256 public lastDay;

    constructor(IPoolRegistry registry_, IRiskLens lens_) {
        (registry, lens) = (registry_, lens_);
    }

    /// @inheritdoc ISystemReporter
    function report() external returns (SystemReport memory r) {
        uint256 day = block.timestamp / 1 days;
        if (day == lastDay) revert ReporterDayReported(day);
        lastDay = day;
        r = systemReport();
        emit SystemReported(msg.sender, day, r);
    }

    /// @inheritdoc ISystemReporter
    function systemReport() public view returns (SystemReport memory r) {
        r.timestamp = block.timestamp;
        IPoolRegistry.Entry[] memory entries = registry.entries();
        for (uint256 i; i < entries.length; ++i) {
            (FeedReader.Status status, uint256 scale) = registry.scaleOf(entries[i].pool);
            if (status != FeedReader.Status.Ok) {
                ++r.leftOut;
                continue;
            }
            try lens.poolOf(entries[i].pool) returns (IRiskLens.PoolState memory state) {
                _add(r, state, scale);
            } catch {
                // Nothing is left out for want of gas, by whoever would like a smaller report.
                if (gasleft() < FAILURE_GAS) revert ReporterGasTooLow(gasleft(), FAILURE_GAS);
                ++r.leftOut;
            }
        }
        r.grossLeverageWad = CascadeMath.leverageWad(r.grossWad, r.debtWad);
        r.leverageWad =
            r.grossLeverageWad == CascadeMath.UNBOUNDED || r.grossWad == 0
                ? r.grossLeverageWad
                : CascadeMath.ratioWad(r.ultimateWad, r.grossWad - r.debtWad);
    }

    function _add(SystemReport memory r, IRiskLens.PoolState memory s, uint256 scale) private view {
        ++r.pools;
        if (s.touched) ++r.touched;
        if (s.restricted) ++r.restricted;
        if (s.shareDepth > r.shareDepth) r.shareDepth = s.shareDepth;
        r.grossWad += _wad(s.collateralValue, scale);
        r.debtWad += _wad(s.debt, scale);
        r.lenderWad += _wad(s.lenderAssets, scale);
        r.provisionWad += _wad(s.provision, scale);
        r.backlogWad += _wad(s.backlog, scale);
        r.worstLevel = _worse(r.worstLevel, s.breaker.level);
        uint256 ultimate;
        for (uint256 i; i < s.collaterals.length; ++i) {
            IRiskLens.CollateralState memory c = s.collaterals[i];
            r.worstLevel = _worse(r.worstLevel, c.breaker.level);
            // A vault that is not in the registry is asked for nothing else: what is behind it is not counted twice.
            if (c.shareDepth == 0 || !registry.isRegistered(c.token)) ultimate += c.value;
        }
        r.ultimateWad += _wad(ultimate, scale);
    }

    function _wad(uint256 amount, uint256 scale) private pure returns (uint256) {
        return amount.fullMulDiv(scale, 1e18);
    }

    /// @dev In order of severity: Normal, Caution, Recovery, Restricted (see `ICircuitBreaker.raise`).
    function _worse(uint256 level, ICircuitBreaker.Level other) private pure returns (uint256) {
        return _severity(uint256(other)) > _severity(level) ? uint256(other) : level;
    }

    function _severity(uint256 level) private pure returns (uint256) {
        if (level == uint256(ICircuitBreaker.Level.Restricted)) return 3;
        return level == uint256(ICircuitBreaker.Level.Recovery) ? 2 : level;
    }
}
