// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ERC20, IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {SharesMath} from "../libraries/SharesMath.sol";
import {PoolProvision} from "./PoolProvision.sol";

/// @title The lender side: an ERC-4626 vault
/// @notice Lenders own `cash + debt − reserves`. Conversions include interest up to now; exits are priced net of the
/// provision (see `PoolProvision`) and limited by cash; neither reads an oracle. Exits cannot be paused.
abstract contract PoolLender is PoolProvision, ERC20Permit, ILendingPool {
    using FixedPointMathLib for uint256;

    uint8 private immutable _shareDecimals;

    constructor(
        address loanAsset,
        string memory name_,
        string memory symbol_
    ) ERC20(name_, symbol_) ERC20Permit(name_) {
        _shareDecimals = IERC20Metadata(loanAsset).decimals() + 6; // SharesMath.VIRTUAL_LENDER_SHARES
    }

    // --- entry points ---------------------------------------------------------------------------------------------

    /// @inheritdoc IERC4626
    function deposit(uint256 assets, address receiver) external lock returns (uint256 shares) {
        Accrual memory a = _accrue();
        shares = SharesMath.lenderSharesDown(assets, _lenderAssets(a), totalSupply());
        _enter(a, assets, shares, receiver);
    }

    /// @inheritdoc IERC4626
    function mint(uint256 shares, address receiver) external lock returns (uint256 assets) {
        Accrual memory a = _accrue();
        assets = SharesMath.lenderAssetsUp(shares, _lenderAssets(a), totalSupply());
        _enter(a, assets, shares, receiver);
    }

    /// @inheritdoc IERC4626
    function withdraw(uint256 assets, address receiver, address owner) external lock returns (uint256 shares) {
        Accrual memory a = _accrue();
        shares = SharesMath.lenderSharesUp(assets, _exitAssets(a), totalSupply());
        _exit(a, assets, shares, receiver, owner);
    }

    /// @inheritdoc IERC4626
    function redeem(uint256 shares, address receiver, address owner) external lock returns (uint256 assets) {
        Accrual memory a = _accrue();
        assets = SharesMath.lenderAssetsDown(shares, _exitAssets(a), totalSupply());
        _exit(a, assets, shares, receiver, owner);
    }

    function _enter(Accrual memory a, uint256 assets, uint256 shares, address receiver) internal virtual {
        if (_pauseFlags & PAUSE_DEPOSIT != 0) revert PoolPaused(PAUSE_DEPOSIT);
        if (assets == 0 || shares == 0) revert PoolZeroAmount();
        if (_hasSupplyCap) {
            (uint256 cap, uint256 wouldBe) = (_supplyCap, _lenderAssets(a) + assets);
            if (wouldBe > cap) revert PoolSupplyCapExceeded(_loanAsset, cap, wouldBe);
        }
        _addCash(a, assets);
        _book(a);
        _mint(receiver, shares);
        emit Deposit(msg.sender, receiver, assets, shares);
        _pull(_loanAsset, assets, a.cash);
    }

    function _exit(Accrual memory a, uint256 assets, uint256 shares, address receiver, address owner) internal virtual {
        if (assets == 0 || shares == 0) revert PoolZeroAmount();
        _requireAddress(receiver);
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        if (_pauseFlags & EXIT_LIMITED != 0) {
            uint256 available = totalSupply().zeroFloorSub(_exitFloor());
            if (shares > available) revert PoolExitLimited(available, shares);
        }
        _burn(owner, shares);
        _subtractCash(a, assets);
        _book(a);
        emit Withdraw(msg.sender, receiver, owner, assets, shares);
        _push(_loanAsset, receiver, assets);
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @inheritdoc IERC4626
    function asset() external view returns (address) {
        return _loanAsset;
    }

    function decimals() public view override(ERC20, IERC20Metadata) returns (uint8) {
        return _shareDecimals;
    }

    /// @inheritdoc IERC4626
    function totalAssets() public view returns (uint256) {
        return _lenderAssets(_accrued());
    }

    /// @inheritdoc IERC4626
    function convertToShares(uint256 assets) public view returns (uint256) {
        return SharesMath.lenderSharesDown(assets, totalAssets(), totalSupply());
    }

    /// @inheritdoc IERC4626
    function convertToAssets(uint256 shares) public view returns (uint256) {
        return SharesMath.lenderAssetsDown(shares, totalAssets(), totalSupply());
    }

    /// @inheritdoc IERC4626
    function previewDeposit(uint256 assets) external view returns (uint256) {
        return convertToShares(assets);
    }

    /// @inheritdoc IERC4626
    function previewMint(uint256 shares) external view returns (uint256) {
        return SharesMath.lenderAssetsUp(shares, totalAssets(), totalSupply());
    }

    /// @inheritdoc IERC4626
    function previewWithdraw(uint256 assets) external view returns (uint256) {
        return SharesMath.lenderSharesUp(assets, _exitAssets(_accrued()), totalSupply());
    }

    /// @inheritdoc IERC4626
    function previewRedeem(uint256 shares) external view returns (uint256) {
        return SharesMath.lenderAssetsDown(shares, _exitAssets(_accrued()), totalSupply());
    }

    /// @inheritdoc IERC4626
    function maxDeposit(address) external view returns (uint256) {
        return _maxDeposit(_accrued());
    }

    /// @inheritdoc IERC4626
    function maxMint(address) external view returns (uint256) {
        Accrual memory a = _accrued();
        return SharesMath.lenderSharesDown(_maxDeposit(a), _lenderAssets(a), totalSupply());
    }

    /// @inheritdoc IERC4626
    function maxWithdraw(address owner) external view returns (uint256) {
        Accrual memory a = _accrued();
        uint256 supply = totalSupply();
        uint256 owned = SharesMath.lenderAssetsDown(_exitable(owner, supply), _exitAssets(a), supply);
        return owned.min(a.cash);
    }

    /// @inheritdoc IERC4626
    /// @dev Exact: the most shares that are worth no more than cash. None, if they are worth less than a unit.
    function maxRedeem(address owner) external view returns (uint256 shares) {
        Accrual memory a = _accrued();
        (uint256 assets, uint256 supply) = (_exitAssets(a), totalSupply());
        shares = _exitable(owner, supply).min(SharesMath.lenderSharesUp(a.cash + 1, assets, supply) - 1);
        if (SharesMath.lenderAssetsDown(shares, assets, supply) == 0) return 0;
    }

    /// @dev Shares of an owner that the flow limit lets go now.
    function _exitable(address owner, uint256 supply) private view returns (uint256 shares) {
        shares = balanceOf(owner);
        if (_pauseFlags & EXIT_LIMITED != 0) shares = shares.min(supply.zeroFloorSub(_exitFloor()));
    }

    /// @dev Room under the supply cap, or under the 112 bits of the books; 0 while deposits are paused.
    function _maxDeposit(Accrual memory a) private view returns (uint256) {
        if (_pauseFlags & PAUSE_DEPOSIT != 0) return 0;
        uint256 room = MAX_AMOUNT - a.cash;
        uint256 cap = _supplyCap;
        if (cap == UNCAPPED) return room;
        return room.min(cap.zeroFloorSub(_lenderAssets(a)));
    }
}
