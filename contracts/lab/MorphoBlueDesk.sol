// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {IMorphoBlue, MorphoMarket, MorphoMarketParams} from "./RivalInterfaces.sol";
import {MorphoFeedOracle} from "./MorphoFeedOracle.sol";
import {MorphoKinkedIrm} from "./MorphoKinkedIrm.sol";
import {RivalDesk} from "./RivalDesk.sol";

/// @title The lab's desk at Morpho Blue
contract MorphoBlueDesk is RivalDesk {
    using SafeERC20 for IERC20;
    using FixedPointMathLib for uint256;

    /// @dev `SharesMathLib.VIRTUAL_SHARES` and `VIRTUAL_ASSETS`.
    uint256 private constant VIRTUAL_SHARES = 1e6;
    uint256 private constant VIRTUAL_ASSETS = 1;
    /// @dev `ConstantsLib.LIQUIDATION_CURSOR` and `MAX_LIQUIDATION_INCENTIVE_FACTOR`.
    uint256 private constant CURSOR = 0.3e18;
    uint256 private constant MAX_INCENTIVE = 1.15e18;

    IMorphoBlue public immutable morpho;
    bytes32 public immutable marketId;
    address private immutable _oracle;
    address private immutable _irm;
    uint256 private immutable _lltv;
    /// @notice What 1 of debt buys of collateral. [WAD]
    uint256 public immutable incentiveWad;

    constructor(
        IUniswapV3Pool venue_,
        IMorphoBlue morpho_,
        MorphoMarketParams memory params
    ) RivalDesk(IERC20(params.collateralToken), IERC20(params.loanToken), venue_) {
        morpho = morpho_;
        marketId = keccak256(abi.encode(params));
        _oracle = params.oracle;
        _irm = params.irm;
        _lltv = params.lltv;
        incentiveWad = WAD.divWad(WAD - CURSOR.mulWad(WAD - params.lltv)).min(MAX_INCENTIVE);
        IERC20(params.collateralToken).forceApprove(address(morpho_), type(uint256).max);
        IERC20(params.loanToken).forceApprove(address(morpho_), type(uint256).max);
    }

    function _params() private view returns (MorphoMarketParams memory) {
        return MorphoMarketParams(address(loan), address(collateral), _oracle, _irm, _lltv);
    }

    /// @inheritdoc RivalDesk
    function positionOf(address account) public view override returns (DeskPosition memory p) {
        (, uint128 shares, uint128 held) = morpho.position(marketId, account);
        return DeskPosition(held, shares);
    }

    /// @inheritdoc RivalDesk
    function marketState() public view override returns (MarketState memory m) {
        MorphoMarket memory market = morpho.market(marketId);
        // As Morpho accrues: three terms of e^(rate · time) − 1.
        uint256 x = MorphoKinkedIrm(_irm).borrowRateView(_params(), market) * (block.timestamp - market.lastUpdate);
        uint256 growth = x + (x * x) / (2 * WAD) + (((x * x) / (2 * WAD)) * x) / (3 * WAD);
        uint256 interest = uint256(market.totalBorrowAssets).mulWad(growth);
        m.timestamp = block.timestamp;
        m.debtAssets = market.totalBorrowAssets + interest;
        m.debtShares = market.totalBorrowShares;
        m.cash = market.totalSupplyAssets - market.totalBorrowAssets;
        m.lenderAssets = market.totalSupplyAssets + interest;
        m.lenderShares = market.totalSupplyShares;
        m.price36 = MorphoFeedOracle(_oracle).price();
    }

    function _lenderShares(address owner) internal view override returns (uint256 shares) {
        (shares, , ) = morpho.position(marketId, owner);
    }

    /// @dev What the whole debt buys, less what rounding could take beyond it; or all there is.
    function _seizable(address account, uint256 maxCollateral) internal view override returns (uint256) {
        MarketState memory m = marketState();
        DeskPosition memory p = positionOf(account);
        uint256 debt = p.debtShares.fullMulDivUp(m.debtAssets + VIRTUAL_ASSETS, m.debtShares + VIRTUAL_SHARES);
        uint256 capacity = p.collateral.fullMulDiv(m.price36, PRICE_SCALE).mulWad(_lltv);
        if (debt <= capacity) return 0;
        uint256 seized = debt.zeroFloorSub(2).mulWad(incentiveWad).fullMulDiv(PRICE_SCALE, m.price36);
        return seized.min(p.collateral).min(maxCollateral);
    }

    function _seize(address account, uint256 amount) internal override {
        morpho.liquidate(_params(), account, amount, 0, "");
    }

    function _supplyCollateral(address account, uint256 amount) internal override {
        morpho.supplyCollateral(_params(), amount, account, "");
    }

    function _withdrawCollateral(address account, uint256 amount) internal override {
        morpho.withdrawCollateral(_params(), amount, account, address(this));
    }

    function _borrow(address account, uint256 amount) internal override {
        morpho.borrow(_params(), amount, 0, account, address(this));
    }

    function _repay(address account, uint256 amount) internal override {
        MarketState memory m = marketState();
        uint256 shares = positionOf(account).debtShares;
        uint256 debt = shares.fullMulDivUp(m.debtAssets + VIRTUAL_ASSETS, m.debtShares + VIRTUAL_SHARES);
        if (amount >= debt) morpho.repay(_params(), 0, shares, account, "");
        else morpho.repay(_params(), amount, 0, account, "");
    }
}
