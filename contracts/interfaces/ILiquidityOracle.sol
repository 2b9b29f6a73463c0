// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {UniswapDepth} from "../risk/UniswapDepth.sol";

/// @title Market depth of collateral assets against one loan asset
interface ILiquidityOracle {
    /// @dev `pools` are Uniswap v3 pools of the asset and the loan asset, of any fee tier.
    struct MarketInput {
        address[] pools; // 1 to 4
        uint16 impactBps; // p: fall of the price up to which a sale counts. [bps, 10..2000]
        uint16 maxTicks; // initialised ticks that are crossed in each pool at most; beyond, depth is not counted. [1..512]
        uint32 window; // of the harmonic mean. [s, 60..86 400]
        uint32 riseTau; // τ of a rise. [s, 3600..2 592 000]
        uint32 fallTau; // τ of a fall. [s, 60..604 800, below riseTau]
    }

    /// @dev One pool as it stands now, not averaged.
    struct PoolDepth {
        address pool;
        UniswapDepth.Status status; // other than Ok: no depth
        uint256 walked; // by its ticks now. [loan base units]
        uint256 mean; // by its mean liquidity over the window. [loan base units]
        uint256 crossed; // initialised ticks within the budget
        bool truncated; // `maxTicks` ended the walk
    }

    event DepthMarketConfigured(address indexed asset, MarketInput config);
    /// @param answering Bit i: pool i answered properly.
    event DepthPoked(address indexed asset, uint256 depth, uint256 sample, uint256 answering);

    error DepthConfigInvalid(bytes32 parameter, uint256 value);
    error DepthPoolRejected(address pool, UniswapDepth.Status status);
    error DepthAssetUnknown(address asset);

    /// @notice Asset in which depth is counted.
    function loanAsset() external view returns (address);

    /// @notice Where an asset is sold. Every pool must answer, window and all. A new configuration may lower the depth at
    /// once; a rise is averaged in, unless the impact budget is another and the old depth means nothing.
    function setMarket(address asset, MarketInput calldata config) external;

    /// @notice Measures the depth and averages it in. Permissionless. Does nothing within 12 s of the last time.
    /// @dev A call of its own and not part of `poke`: its gas grows with the number of initialised ticks. With up to three
    /// pools and a budget of 2 % it is at most 180k and 11k for each of them.
    function pokeDepth(address asset) external;

    /// @notice Averaged depth: what can be sold for a price impact of `impactBps`. [loan base units]
    /// @return depth As of the last call of `pokeDepth`.
    /// @return updatedAt When that was. [unix s] What age is too old is for the reader to say.
    function depthOf(address asset) external view returns (uint256 depth, uint256 updatedAt);

    /// @notice Equivalent constant-product reserve y of that depth. [loan base units, rounded down]
    function reserveOf(address asset) external view returns (uint256 reserve, uint256 updatedAt);

    /// @notice Both in one call.
    function depthAndReserveOf(address asset) external view returns (uint256 depth, uint256 reserve, uint256 updatedAt);

    /// @notice Every pool as it stands now. Never reverts for a pool's sake.
    function poolsOf(address asset) external view returns (PoolDepth[] memory);

    /// @notice What was configured.
    function marketOf(address asset) external view returns (MarketInput memory);
}
