// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SharesMath} from "../../libraries/SharesMath.sol";
import {LendingPool} from "../../pool/LendingPool.sol";

/// @title Weakened on purpose: a pool that lacks the one defence that it is deployed without
/// @notice For tests, which must be able to fail. One contract for all, because each copy of the pool takes long to compile.
/// @dev The order of `Defence` is that of `POOL_DEFENCES` in `test/shared/defences.ts`.
contract WeakPool is LendingPool {
    using FixedPointMathLib for uint256;
    using SafeERC20 for IERC20;

    enum Defence {
        InternalBooks, // lenders own what the books say; without: what the token says the pool holds
        VirtualAmounts, // shares and assets that nobody owns, added to both totals
        DebtRounding, // debt shares are rounded up when borrowing
        BorrowTest, // after every exit of collateral and every borrow
        TestInEveryStep, // of a batch; without: of the last account only, when it ends
        BooksBeforeTransfers, // and the lock; without: a borrow is booked after the tokens were sent
        FullPayment, // what is pulled is what was booked; without: what the payer happens to have
        AnswerChecked, // a token's false is an error
        ArrivalChecked, // balances before and after, and against the books
        LoanPulledBack, // a flash loan ends with a pull; without: with a look at the balance
        ReceiverAgrees, // to a flash loan, by its answer
        UsedSignatures, // a signature counts once
        Authorization, // only the owner of an account and its operators use it
        Provision // exits are priced net of losses that are not final yet
    }

    Defence private immutable _missing;
    bool private transient _isBatch;
    address private transient _untested;

    constructor(Params memory p, Defence missing) LendingPool(p) {
        _missing = missing;
    }

    // --- lenders --------------------------------------------------------------------------------------------------

    function _lenderAssets(Accrual memory a) internal view override returns (uint256) {
        if (_missing != Defence.InternalBooks) return super._lenderAssets(a);
        return (IERC20(_loanAsset).balanceOf(address(this)) + a.debtAssets).zeroFloorSub(a.reserves);
    }

    function _exitAssets(Accrual memory a) internal view override returns (uint256) {
        return _missing == Defence.Provision ? _lenderAssets(a) : super._exitAssets(a);
    }

    function _enter(Accrual memory a, uint256 assets, uint256 shares, address receiver) internal override {
        uint256 supply = totalSupply();
        if (_missing == Defence.VirtualAmounts) {
            shares = supply == 0 ? assets : assets.fullMulDiv(supply, _lenderAssets(a));
        }
        super._enter(a, assets, shares, receiver);
    }

    function _exit(Accrual memory a, uint256 assets, uint256 shares, address to, address owner) internal override {
        if (_missing == Defence.VirtualAmounts) assets = shares.fullMulDiv(_lenderAssets(a), totalSupply());
        super._exit(a, assets, shares, to, owner);
    }

    // --- borrowers ------------------------------------------------------------------------------------------------

    function borrow(
        uint256 assets,
        uint256 shares,
        address account,
        address receiver
    ) public override returns (uint256, uint256) {
        bool isLate = _missing == Defence.BooksBeforeTransfers;
        if (!isLate && _missing != Defence.DebtRounding) return super.borrow(assets, shares, account, receiver);
        _requireAuthorized(account);
        Accrual memory a = _accrue();
        shares =
            isLate
                ? SharesMath.debtSharesUp(assets, a.debtAssets, a.debtShares)
                : SharesMath.debtSharesDown(assets, a.debtAssets, a.debtShares);
        _testDebt(account, _debtAssetsOf(a, _account[account].debtShares) + assets);
        if (isLate) {
            _push(_loanAsset, receiver, assets); // the receiver may do what it likes here
            a = _accrue();
        }
        (a.debtAssets, a.debtShares) = (a.debtAssets + assets, a.debtShares + shares);
        _subtractCash(a, assets);
        _book(a);
        _account[account].debtShares += uint128(shares);
        if (!isLate) _push(_loanAsset, receiver, assets);
        return (assets, shares);
    }

    function _testDebt(address account, uint256 debt) private {
        _requireCovered(account, _account[account].collateralMask, address(0), 0, debt);
    }

    function _requireCovered(
        address account,
        uint256 mask,
        address extraToken,
        uint256 extraAmount,
        uint256 debt
    ) internal override {
        if (_missing == Defence.BorrowTest) return;
        if (_isBatch) _untested = account;
        else super._requireCovered(account, mask, extraToken, extraAmount, debt);
    }

    function multicall(bytes[] calldata data) public override returns (bytes[] memory results) {
        if (_missing != Defence.TestInEveryStep) return super.multicall(data);
        _isBatch = true;
        results = super.multicall(data);
        _isBatch = false;
        if (_untested != address(0)) {
            _testDebt(_untested, _debtAssetsOf(_accrued(), _account[_untested].debtShares));
        }
    }

    function _requireAuthorized(address account) internal view override {
        if (_missing != Defence.Authorization) super._requireAuthorized(account);
    }

    function _useNonce(address owner) internal override(Nonces) returns (uint256) {
        return _missing == Defence.UsedSignatures ? nonces(owner) : super._useNonce(owner);
    }

    // --- tokens ---------------------------------------------------------------------------------------------------

    function _lock() internal override {
        if (_missing != Defence.BooksBeforeTransfers) super._lock();
    }

    function _pullFrom(address token, address from, uint256 amount, uint256 booked) internal override {
        IERC20 erc20 = IERC20(token);
        if (_missing == Defence.AnswerChecked) {
            erc20.transferFrom(from, address(this), amount);
        } else if (_missing == Defence.FullPayment) {
            erc20.safeTransferFrom(from, address(this), amount.min(erc20.balanceOf(from)));
        } else if (_missing == Defence.ArrivalChecked || _missing == Defence.LoanPulledBack) {
            erc20.safeTransferFrom(from, address(this), amount);
        } else {
            super._pullFrom(token, from, amount, booked);
        }
    }

    function flashLoan(
        IERC3156FlashBorrower receiver,
        address token,
        uint256 amount,
        bytes calldata data
    ) public override returns (bool) {
        bool isLooked = _missing == Defence.LoanPulledBack;
        if (!isLooked && _missing != Defence.ReceiverAgrees) return super.flashLoan(receiver, token, amount, data);
        uint256 fee = flashFee(token, amount);
        uint256 before = IERC20(token).balanceOf(address(this));
        _push(token, address(receiver), amount);
        // Whatever it answers, and if it has no such function at all.
        (bool ok, ) = address(receiver).call(
            abi.encodeCall(IERC3156FlashBorrower.onFlashLoan, (msg.sender, token, amount, fee, data))
        );
        _cash += uint112(fee);
        if (!isLooked) _pullFrom(token, address(receiver), amount + fee, 0);
        else if (IERC20(token).balanceOf(address(this)) < before + fee) revert PoolFlashLoanRefused(address(receiver));
        return ok;
    }
}
