// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IAaveV3Oracle, IAaveV3Pool, IAaveV3Token} from "./RivalInterfaces.sol";
import {RivalDesk} from "./RivalDesk.sol";

/// @title The lab's desk at Aave v3
contract AaveV3Desk is RivalDesk {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    uint256 private constant RAY = 1e27;
    uint256 private constant BPS = 1e4;
    uint256 private constant VARIABLE = 2;
    /// @dev `LiquidationLogic.CLOSE_FACTOR_HF_THRESHOLD`: above it half of a debt can be repaid.
    uint256 private constant WHOLE_BELOW_HEALTH = 0.95e18;

    struct Market {
        IAaveV3Pool pool;
        IAaveV3Oracle oracle;
        IAaveV3Token aCollateral;
        IAaveV3Token aLoan;
        IAaveV3Token debtToken;
        uint256 liquidationThresholdBps;
        uint256 liquidationBonusBps; // on top of the debt's value
        uint256 protocolFeeBps; // of the bonus
    }

    IAaveV3Pool public immutable pool;
    IAaveV3Oracle public immutable oracle;
    IAaveV3Token public immutable aCollateral;
    IAaveV3Token public immutable aLoan;
    IAaveV3Token public immutable debtToken;
    uint256 private immutable _thresholdBps;
    uint256 private immutable _bonusBps;
    uint256 private immutable _feeBps;
    uint256 private immutable _collateralUnit;
    uint256 private immutable _loanUnit;

    constructor(
        IERC20 collateral_,
        IERC20 loan_,
        IUniswapV3Pool venue_,
        Market memory m
    ) RivalDesk(collateral_, loan_, venue_) {
        pool = m.pool;
        oracle = m.oracle;
        aCollateral = m.aCollateral;
        aLoan = m.aLoan;
        debtToken = m.debtToken;
        _thresholdBps = m.liquidationThresholdBps;
        _bonusBps = BPS + m.liquidationBonusBps;
        _feeBps = m.protocolFeeBps;
        _collateralUnit = 10 ** IERC20Metadata(address(collateral_)).decimals();
        _loanUnit = 10 ** IERC20Metadata(address(loan_)).decimals();
        collateral_.forceApprove(address(m.pool), type(uint256).max);
        loan_.forceApprove(address(m.pool), type(uint256).max);
    }

    /// @inheritdoc RivalDesk
    function positionOf(address account) public view override returns (DeskPosition memory) {
        return DeskPosition(aCollateral.balanceOf(account), debtToken.scaledBalanceOf(account));
    }

    /// @inheritdoc RivalDesk
    function marketState() public view override returns (MarketState memory m) {
        m.timestamp = block.timestamp;
        m.debtShares = debtToken.scaledTotalSupply();
        m.debtAssets = m.debtShares.mulDivUp(pool.getReserveNormalizedVariableDebt(address(loan)), RAY);
        m.cash = loan.balanceOf(address(aLoan));
        m.lenderShares = aLoan.scaledTotalSupply();
        m.lenderAssets = m.lenderShares.mulDiv(pool.getReserveNormalizedIncome(address(loan)), RAY);
        m.price36 = _price36();
    }

    function _lenderShares(address owner) internal view override returns (uint256) {
        return aLoan.scaledBalanceOf(owner);
    }

    function _price36() private view returns (uint256) {
        uint256 price = oracle.getAssetPrice(address(collateral)) * _loanUnit;
        return price.fullMulDiv(PRICE_SCALE, oracle.getAssetPrice(address(loan)) * _collateralUnit);
    }

    function _seizable(address account, uint256 maxCollateral) internal view override returns (uint256) {
        uint256 held = aCollateral.balanceOf(account);
        uint256 index = pool.getReserveNormalizedVariableDebt(address(loan));
        uint256 debt = debtToken.scaledBalanceOf(account).mulDiv(index, RAY);
        uint256 price36 = _price36();
        uint256 capacity = (held.fullMulDiv(price36, PRICE_SCALE) * _thresholdBps) / BPS;
        if (capacity >= debt) return 0;
        if (capacity.divWad(debt) > WHOLE_BELOW_HEALTH) debt /= 2;
        uint256 seized = (debt * _bonusBps) / BPS;
        seized = seized.fullMulDiv(PRICE_SCALE, price36).min(held);
        return _withoutFee(seized).min(maxCollateral);
    }

    /// @dev A share of the bonus goes to Aave's treasury.
    function _withoutFee(uint256 seized) private view returns (uint256) {
        uint256 bonus = seized - (seized * BPS) / _bonusBps;
        return seized - bonus.mulDivUp(_feeBps, BPS);
    }

    /// @dev The debt to cover, a little more than it takes: Aave rounds down what it hands out, and takes no more than is owed.
    function _seize(address account, uint256 amount) internal override {
        uint256 seized = amount.mulDivUp(_bonusBps * BPS, _bonusBps * BPS - (_bonusBps - BPS) * _feeBps);
        uint256 debt = seized.fullMulDivUp(_price36(), PRICE_SCALE).mulDivUp(BPS, _bonusBps) + 2;
        pool.liquidationCall(address(collateral), address(loan), account, debt, false);
    }

    function _supplyCollateral(address account, uint256 amount) internal override {
        pool.supply(address(collateral), amount, account, 0);
    }

    function _withdrawCollateral(address account, uint256 amount) internal override {
        aCollateral.transferFrom(account, address(this), amount);
        pool.withdraw(address(collateral), amount, address(this));
    }

    function _borrow(address account, uint256 amount) internal override {
        pool.borrow(address(loan), amount, VARIABLE, 0, account);
    }

    function _repay(address account, uint256 amount) internal override {
        pool.repay(address(loan), amount, VARIABLE, account);
    }
}
