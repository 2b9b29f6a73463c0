// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IInterestRateModel} from "../interfaces/IInterestRateModel.sol";
import {InterestMath} from "../libraries/InterestMath.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolStorage} from "./PoolStorage.sol";

/// @title Interest, token movements and the lock
abstract contract PoolAccounting is PoolStorage {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    /// @dev Loan asset. Immutable in the pool and, with the same value, in every module.
    address internal immutable _loanAsset;

    /// @dev Totals brought up to date in memory. Whoever got them from `_accrue` must `_book` them before calling out.
    struct Accrual {
        uint256 debtAssets;
        uint256 debtShares;
        uint256 cash;
        uint256 reserves;
        uint56 rateState; // only if time has passed
        bool rateStateChanged;
    }

    constructor(address loanAsset) {
        if (loanAsset == address(0)) revert PoolZeroAddress();
        _loanAsset = loanAsset;
    }

    modifier lock() {
        _lock();
        _;
        _locked = UNLOCKED;
    }

    function _lock() internal virtual {
        if (_locked != UNLOCKED) revert PoolLocked();
        _locked = LOCKED;
    }

    // --- interest -------------------------------------------------------------------------------------------------

    /// @dev Totals with interest up to now, without writing.
    function _accrued() internal view returns (Accrual memory a) {
        _loadAccrued(a);
    }

    /// @dev The same, with the event if time has passed. Nothing is written: the caller changes the totals further and
    /// writes them once, by `_book`.
    function _accrue() internal returns (Accrual memory a) {
        (bool due, uint256 interest, uint256 reserveShare, uint256 rate) = _loadAccrued(a);
        if (due) emit InterestAccrued(interest, reserveShare, rate);
    }

    /// @dev Interest is rounded up, the reserves' share down.
    /// A model that reverts counts as a zero rate: repayments and liquidations must not depend on it. Starving it of gas
    /// to avoid interest does not work: what a 63/64 call leaves over cannot pay for the rest of any action.
    /// @return due True if time has passed.
    function _loadAccrued(
        Accrual memory a
    ) private view returns (bool due, uint256 interest, uint256 reserveShare, uint256 rate) {
        a.debtAssets = _debtAssets;
        a.debtShares = _debtShares;
        uint256 elapsed = _lastAccrual;
        a.cash = _cash;
        a.reserves = _reserves;
        uint256 reserveFactorBps = _reserveFactorBps;
        unchecked {
            elapsed = block.timestamp - elapsed;
        }
        if (elapsed == 0) return (false, 0, 0, 0);
        due = true;
        uint56 nextState;
        (rate, nextState, a.rateStateChanged) = _averageRate(a, elapsed);
        a.rateState = nextState;
        interest = InterestMath.compoundUp(a.debtAssets, rate, elapsed);
        unchecked {
            // Reserves that would not fit stay with lenders: no action may fail for being overdue.
            reserveShare = ((interest * reserveFactorBps) / BPS).min(MAX_AMOUNT - a.reserves);
            a.debtAssets += interest; // bounded by InterestMath.compoundUp
            a.reserves += reserveShare;
        }
    }

    function _averageRate(
        Accrual memory a,
        uint256 elapsed
    ) private view returns (uint256 rate, uint56 nextState, bool changed) {
        uint256 utilisation = InterestMath.utilisationWad(a.debtAssets, _lenderAssets(a));
        (address model, uint56 state) = (_interestRateModel, _rateState);
        try IInterestRateModel(model).accrue(utilisation, elapsed, state) returns (uint256 rate_, uint56 nextState_) {
            return (rate_, nextState_, nextState_ != state);
        } catch {
            return (0, state, false);
        }
    }

    /// @dev Writes totals that `_accrue` began. All are within `MAX_AMOUNT`: who adds to them checks.
    function _book(Accrual memory a) internal {
        uint256 assets = a.debtAssets;
        uint256 shares = a.debtShares;
        // The whole of slot 0, which the compiler would read first.
        assembly ("memory-safe") {
            sstore(_debtAssets.slot, or(or(assets, shl(112, shares)), shl(224, timestamp())))
        }
        _cash = uint112(a.cash);
        _reserves = uint112(a.reserves);
        if (a.rateStateChanged) _rateState = a.rateState;
    }

    /// @dev What belongs to lenders. Zero when reserves claim more than there is (only after a loss).
    function _lenderAssets(Accrual memory a) internal view virtual returns (uint256) {
        unchecked {
            return (a.cash + a.debtAssets).zeroFloorSub(a.reserves); // 112 bits each
        }
    }

    /// @dev Rounded up. Who holds all shares owes all: otherwise the last to repay would leave to lenders what the virtual
    /// share stands for, the price of a share less a unit.
    function _debtAssetsOf(Accrual memory a, uint256 shares) internal pure returns (uint256) {
        if (shares == a.debtShares) return a.debtAssets;
        return SharesMath.debtAssetsUp(shares, a.debtAssets, a.debtShares);
    }

    /// @dev Removes debt that was repaid. The caller's rounding may exceed the total by a unit: then it is all gone. The
    /// last share takes what rounding left behind, so that no debt is owed by nobody.
    function _reduceDebt(Accrual memory a, uint256 assets, uint256 shares) internal pure {
        a.debtShares -= shares;
        a.debtAssets = a.debtShares == 0 || assets > a.debtAssets ? 0 : a.debtAssets - assets;
    }

    function _addCash(Accrual memory a, uint256 assets) internal pure {
        if (assets > MAX_AMOUNT - a.cash) revert PoolAmountTooLarge(assets);
        unchecked {
            a.cash += assets; // checked above
        }
    }

    function _subtractCash(Accrual memory a, uint256 assets) internal pure {
        if (assets > a.cash) revert PoolLiquidityInsufficient(a.cash, assets);
        unchecked {
            a.cash -= assets; // checked above
        }
    }

    /// @dev Lenders' shares that must stay for now: what the engine last said, less what has been let go since.
    function _exitFloor() internal view returns (uint256) {
        unchecked {
            uint256 refilled = uint256(_exitRefillPerSecond) * (block.timestamp - _exitFloorAt); // 88 + 32 bits
            return uint256(_exitFloorShares).zeroFloorSub(refilled);
        }
    }

    // --- tokens ---------------------------------------------------------------------------------------------------

    /// @dev Pulls exactly `amount` from the caller. A token that delivers anything else is refused.
    /// @param booked Pool's books of this token after the pull; 0 skips the check, so that a token that rebased down
    /// does not keep anyone from repaying. While a flash loan is out, or another pull of the same token is pending, the
    /// check also refuses to take more of it in.
    function _pull(address token, uint256 amount, uint256 booked) internal {
        _pullFrom(token, msg.sender, amount, booked);
    }

    function _pullFrom(address token, address from, uint256 amount, uint256 booked) internal virtual {
        // A balance that the token does not tell counts as zero, and so as a mismatch.
        uint256 before = SafeTransferLib.balanceOf(token, address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        uint256 held = SafeTransferLib.balanceOf(token, address(this));
        uint256 received = held.zeroFloorSub(before);
        if (received != amount) revert PoolTransferMismatch(token, amount, received);
        if (held < booked) revert PoolTokenRebased(token, booked, held);
    }

    function _push(address token, address receiver, uint256 amount) internal {
        IERC20(token).safeTransfer(receiver, amount);
    }

    /// @dev The address, and by what an engine knows it again.
    function _writeOracle(address oracle) internal {
        _oracle = oracle;
        _oracleTag = uint64(uint160(oracle));
    }

    function _requireAddress(address value) internal pure {
        if (value == address(0)) revert PoolZeroAddress();
    }
}
