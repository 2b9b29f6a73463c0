// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title OpenZeppelin's vault, token and permits under a cap, with a plain flash lender
/// @notice What the suites in `test/standards` must find nothing wrong with. Deployed with a fault, it breaks one rule of one
/// standard, and the suite must notice.
/// @dev The order of `Fault` is that of `FAULTS` in `test/standards/reference.ts`.
contract ReferenceVault is ERC4626, ERC20Permit, IERC3156FlashLender {
    using SafeERC20 for IERC20;
    using Math for uint256;

    enum Fault {
        None,
        // ERC-20
        TransferAnswersFalse,
        TransferToZeroBurns,
        TransferLosesOne,
        ZeroTransferReverts,
        SelfTransferMints,
        ApproveAdds,
        ApproveSilent,
        AllowanceIgnored,
        InfiniteAllowanceSpent,
        // ERC-2612, ERC-5267, EIP-712
        NonceKept,
        DeadlineIgnored,
        DeadlineOneSecondEarly,
        MirroredAccepted,
        DomainFrozen,
        DomainMisnamed,
        // ERC-4626
        DepositRoundedUp,
        MintRoundedDown,
        WithdrawRoundedDown,
        RedeemRoundedUp,
        DepositGenerous,
        MintGenerous,
        WithdrawGenerous,
        RedeemGenerous,
        ConversionRoundedUp,
        ConversionByCaller,
        ConversionLimited,
        PreviewLimited,
        PreviewTooGood,
        AnswerTooGood,
        AssetsUnderstated,
        DepositLimitTooHigh,
        RedeemLimitTooLow,
        LimitReverts,
        DepositNamesReceiver,
        WithdrawNamesCaller,
        CallerIsPaid,
        // ERC-3156
        InitiatorIsReceiver,
        FeeMisquoted,
        DataDropped,
        AnswerIgnored,
        FeeForgiven,
        CallerPays,
        LentTooLate,
        LoanAnswersFalse,
        OtherTokensQuoted,
        OtherTokensRevert,
        FlashLimitTooHigh
    }

    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant FLASH_LOAN_OK = keccak256("ERC3156FlashBorrower.onFlashLoan");
    uint256 private constant FEE_BPS = 9;
    uint256 private constant BPS = 10_000;
    uint256 private constant GIFT = 1_000; // a thousandth

    Fault private immutable _fault;
    uint256 private immutable _cap; // on what is in the vault. [asset base units]
    bytes32 private immutable _firstDomain;

    error ReferenceTokenUnsupported(address token);
    error ReferenceLoanTooLarge(uint256 held, uint256 amount);
    error ReferenceLoanRefused(address receiver);
    error ReferenceRefuses();

    constructor(
        IERC20 asset_,
        string memory name_,
        string memory symbol_,
        uint256 cap,
        Fault fault
    ) ERC20(name_, symbol_) ERC20Permit(name_) ERC4626(asset_) {
        (_cap, _fault) = (cap, fault);
        _firstDomain = _domainSeparatorV4();
    }

    // --- ERC-20 ---------------------------------------------------------------------------------------------------

    function decimals() public view override(ERC20, ERC4626) returns (uint8) {
        return ERC4626.decimals();
    }

    function transfer(address to, uint256 value) public override(ERC20, IERC20) returns (bool) {
        if (_fault == Fault.TransferToZeroBurns && to == address(0)) {
            _burn(msg.sender, value);
            return true;
        }
        return super.transfer(to, value) && _fault != Fault.TransferAnswersFalse;
    }

    function _update(address from, address to, uint256 value) internal override {
        bool isTransfer = from != address(0) && to != address(0);
        if (_fault == Fault.ZeroTransferReverts && isTransfer && value == 0) revert ReferenceRefuses();
        if (_fault == Fault.SelfTransferMints && from == to) from = address(0);
        super._update(from, to, value);
        if (_fault == Fault.TransferLosesOne && isTransfer && value != 0) super._update(to, address(this), 1);
    }

    function approve(address spender, uint256 value) public override(ERC20, IERC20) returns (bool) {
        uint256 kept = _fault == Fault.ApproveAdds ? allowance(msg.sender, spender) : 0;
        return super.approve(spender, kept + value);
    }

    function _approve(address owner, address spender, uint256 value, bool emitEvent) internal override {
        super._approve(owner, spender, value, emitEvent && _fault != Fault.ApproveSilent);
    }

    function _spendAllowance(address owner, address spender, uint256 value) internal override {
        if (_fault == Fault.AllowanceIgnored) return;
        uint256 allowed = allowance(owner, spender);
        if (_fault == Fault.InfiniteAllowanceSpent && allowed == type(uint256).max) {
            _approve(owner, spender, allowed - value, false);
        } else {
            super._spendAllowance(owner, spender, value);
        }
    }

    // --- ERC-2612, ERC-5267 ---------------------------------------------------------------------------------------

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) public override {
        uint256 end = _fault == Fault.DeadlineOneSecondEarly ? deadline - 1 : deadline;
        if (block.timestamp > end && _fault != Fault.DeadlineIgnored) revert ERC2612ExpiredSignature(deadline);
        bytes32 message = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        bytes32 domain = _fault == Fault.DomainFrozen ? _firstDomain : _domainSeparatorV4();
        bytes32 hash = MessageHashUtils.toTypedDataHash(domain, message);
        address signer = _fault == Fault.MirroredAccepted ? ecrecover(hash, v, r, s) : ECDSA.recover(hash, v, r, s);
        if (signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approve(owner, spender, value);
    }

    function _useNonce(address owner) internal override(Nonces) returns (uint256) {
        return _fault == Fault.NonceKept ? nonces(owner) : super._useNonce(owner);
    }

    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        string memory domainName = _fault == Fault.DomainMisnamed ? symbol() : name();
        return (hex"0f", domainName, "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    // --- ERC-4626 -------------------------------------------------------------------------------------------------

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    function totalAssets() public view override returns (uint256) {
        return super.totalAssets().saturatingSub(_fault == Fault.AssetsUnderstated ? 1 : 0);
    }

    function convertToAssets(uint256 shares) public view override returns (uint256) {
        if (_fault == Fault.ConversionByCaller && balanceOf(msg.sender) != 0) return super.convertToAssets(shares) + 1;
        if (_fault == Fault.ConversionLimited && shares > totalSupply()) revert ReferenceRefuses();
        return _convertToAssets(shares, _fault == Fault.ConversionRoundedUp ? Math.Rounding.Ceil : Math.Rounding.Floor);
    }

    function previewDeposit(uint256 assets) public view override returns (uint256 shares) {
        if (_fault == Fault.PreviewLimited && assets > _room()) revert ReferenceRefuses();
        shares = _convertToShares(assets, _fault == Fault.DepositRoundedUp ? Math.Rounding.Ceil : Math.Rounding.Floor);
        if (_fault == Fault.DepositGenerous) shares += shares / GIFT;
    }

    function previewMint(uint256 shares) public view override returns (uint256 assets) {
        assets = _convertToAssets(shares, _fault == Fault.MintRoundedDown ? Math.Rounding.Floor : Math.Rounding.Ceil);
        if (_fault == Fault.MintGenerous) assets -= assets / GIFT;
    }

    function previewWithdraw(uint256 assets) public view override returns (uint256 shares) {
        shares = _convertToShares(
            assets,
            _fault == Fault.WithdrawRoundedDown ? Math.Rounding.Floor : Math.Rounding.Ceil
        );
        if (_fault == Fault.WithdrawGenerous) shares -= shares / GIFT;
    }

    function previewRedeem(uint256 shares) public view override returns (uint256 assets) {
        assets = _convertToAssets(shares, _fault == Fault.RedeemRoundedUp ? Math.Rounding.Ceil : Math.Rounding.Floor);
        if (_fault == Fault.RedeemGenerous) assets += assets / GIFT;
    }

    function maxDeposit(address) public view override returns (uint256) {
        return _room() + (_fault == Fault.DepositLimitTooHigh ? 1 : 0);
    }

    function maxMint(address) public view override returns (uint256) {
        return _convertToShares(_room(), Math.Rounding.Floor);
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        if (_fault == Fault.LimitReverts && owner == address(0)) revert ReferenceRefuses();
        return balanceOf(owner).saturatingSub(_fault == Fault.RedeemLimitTooLow ? 1 : 0);
    }

    function deposit(uint256 assets, address receiver) public override returns (uint256) {
        uint256 room = _room();
        if (assets > room) revert ERC4626ExceededMaxDeposit(receiver, assets, room);
        return super.deposit(assets, receiver) + (_fault == Fault.AnswerTooGood ? 1 : 0);
    }

    function redeem(uint256 shares, address receiver, address owner) public override returns (uint256 assets) {
        if (_fault != Fault.RedeemLimitTooLow) return super.redeem(shares, receiver, owner);
        assets = previewRedeem(shares);
        _withdraw(msg.sender, receiver, owner, assets, shares);
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        if (_fault == Fault.PreviewTooGood) --shares;
        _transferIn(caller, assets);
        _mint(receiver, shares);
        emit Deposit(_fault == Fault.DepositNamesReceiver ? receiver : caller, receiver, assets, shares);
    }

    function _withdraw(
        address caller,
        address receiver,
        address owner,
        uint256 assets,
        uint256 shares
    ) internal override {
        if (caller != owner) _spendAllowance(owner, caller, shares);
        _burn(owner, shares);
        _transferOut(_fault == Fault.CallerIsPaid ? caller : receiver, assets);
        emit Withdraw(caller, receiver, _fault == Fault.WithdrawNamesCaller ? caller : owner, assets, shares);
    }

    function _room() private view returns (uint256) {
        return _cap.saturatingSub(totalAssets());
    }

    // --- ERC-3156 -------------------------------------------------------------------------------------------------

    /// @inheritdoc IERC3156FlashLender
    function maxFlashLoan(address token) external view returns (uint256) {
        if (token != asset()) {
            if (_fault == Fault.OtherTokensRevert) revert ReferenceTokenUnsupported(token);
            return 0;
        }
        return _held() + (_fault == Fault.FlashLimitTooHigh ? 1 : 0);
    }

    /// @inheritdoc IERC3156FlashLender
    function flashFee(address token, uint256 amount) public view returns (uint256) {
        if (token != asset() && _fault != Fault.OtherTokensQuoted) revert ReferenceTokenUnsupported(token);
        return amount.mulDiv(FEE_BPS, BPS, Math.Rounding.Ceil);
    }

    /// @inheritdoc IERC3156FlashLender
    function flashLoan(
        IERC3156FlashBorrower receiver,
        address token,
        uint256 amount,
        bytes calldata data
    ) external returns (bool) {
        uint256 fee = flashFee(token, amount);
        if (amount > _held()) revert ReferenceLoanTooLarge(_held(), amount);
        if (_fault != Fault.LentTooLate) IERC20(token).safeTransfer(address(receiver), amount);
        bytes32 answer = receiver.onFlashLoan(
            _fault == Fault.InitiatorIsReceiver ? address(receiver) : msg.sender,
            token,
            amount,
            _fault == Fault.FeeMisquoted ? fee + 1 : fee,
            _fault == Fault.DataDropped ? data[:0] : data
        );
        if (answer != FLASH_LOAN_OK && _fault != Fault.AnswerIgnored) revert ReferenceLoanRefused(address(receiver));
        if (_fault == Fault.LentTooLate) IERC20(token).safeTransfer(address(receiver), amount);
        address payer = _fault == Fault.CallerPays ? msg.sender : address(receiver);
        IERC20(token).safeTransferFrom(payer, address(this), _fault == Fault.FeeForgiven ? amount : amount + fee);
        return _fault != Fault.LoanAnswersFalse;
    }

    function _held() private view returns (uint256) {
        return IERC20(asset()).balanceOf(address(this));
    }
}
