// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The parts of Aave v3's pool that the lab calls
interface IAaveV3Pool {
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;

    function withdraw(address asset, uint256 amount, address to) external returns (uint256);

    /// @param interestRateMode 2: variable.
    function borrow(
        address asset,
        uint256 amount,
        uint256 interestRateMode,
        uint16 referralCode,
        address onBehalfOf
    ) external;

    function repay(
        address asset,
        uint256 amount,
        uint256 interestRateMode,
        address onBehalfOf
    ) external returns (uint256);

    function liquidationCall(
        address collateralAsset,
        address debtAsset,
        address user,
        uint256 debtToCover,
        bool receiveAToken
    ) external;

    /// @notice [RAY]
    function getReserveNormalizedVariableDebt(address asset) external view returns (uint256);

    /// @notice [RAY]
    function getReserveNormalizedIncome(address asset) external view returns (uint256);
}

/// @title The parts of Aave v3's tokens that the lab calls
interface IAaveV3Token {
    function scaledBalanceOf(address user) external view returns (uint256);

    function scaledTotalSupply() external view returns (uint256);

    function balanceOf(address user) external view returns (uint256);

    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @title The part of Aave v3's oracle that the lab calls
interface IAaveV3Oracle {
    /// @notice [units of the base currency, 8 decimals here]
    function getAssetPrice(address asset) external view returns (uint256);
}

/// @notice What a market of Morpho Blue is, in the order that its id is the hash of.
struct MorphoMarketParams {
    address loanToken;
    address collateralToken;
    address oracle;
    address irm;
    uint256 lltv;
}

/// @notice State of a market of Morpho Blue.
struct MorphoMarket {
    uint128 totalSupplyAssets;
    uint128 totalSupplyShares;
    uint128 totalBorrowAssets;
    uint128 totalBorrowShares;
    uint128 lastUpdate;
    uint128 fee;
}

/// @title The parts of Morpho Blue that the lab calls
interface IMorphoBlue {
    function borrow(
        MorphoMarketParams memory marketParams,
        uint256 assets,
        uint256 shares,
        address onBehalf,
        address receiver
    ) external returns (uint256, uint256);

    function repay(
        MorphoMarketParams memory marketParams,
        uint256 assets,
        uint256 shares,
        address onBehalf,
        bytes memory data
    ) external returns (uint256, uint256);

    function supplyCollateral(
        MorphoMarketParams memory marketParams,
        uint256 assets,
        address onBehalf,
        bytes memory data
    ) external;

    function withdrawCollateral(
        MorphoMarketParams memory marketParams,
        uint256 assets,
        address onBehalf,
        address receiver
    ) external;

    function liquidate(
        MorphoMarketParams memory marketParams,
        address borrower,
        uint256 seizedAssets,
        uint256 repaidShares,
        bytes memory data
    ) external returns (uint256, uint256);

    function accrueInterest(MorphoMarketParams memory marketParams) external;

    function market(bytes32 id) external view returns (MorphoMarket memory);

    function position(
        bytes32 id,
        address user
    ) external view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral);
}
