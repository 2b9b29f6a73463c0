// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FeedReader} from "../oracle/FeedReader.sol";

/// @title The pools that together are the system
/// @notice A list that governance keeps, with what makes amounts of different loan assets comparable. Nothing of the protocol
/// depends on it: it is for reports.
interface IPoolRegistry {
    /// @dev A pool, and the feed of its loan asset in the unit that all reports count in (USD).
    struct Entry {
        address pool;
        address feed; // 0: one loan asset is one unit
        uint32 heartbeat; // [s, 60..604 800; 0 without a feed] oldest answer accepted
    }

    event PoolAdded(address indexed pool, address indexed feed, uint256 heartbeat);
    event PoolRemoved(address indexed pool);

    error RegistryPoolKnown(address pool);
    error RegistryPoolUnknown(address pool);
    error RegistryPoolRejected(address pool);
    error RegistryFeedRejected(address feed, FeedReader.Status status);
    error RegistryHeartbeatOutOfRange(uint256 value, uint256 min, uint256 max);
    error RegistryFull(uint256 most);

    /// @notice Governor.
    function add(Entry calldata entry) external;

    /// @notice Governor. The last pool takes its place in the list.
    function remove(address pool) external;

    function entries() external view returns (Entry[] memory);

    function isRegistered(address pool) external view returns (bool);

    /// @notice Worth of a base unit of a pool's loan asset × 1e18 × 1e18, in units: amount × this ÷ 1e18 is WAD.
    /// @return status Other than Ok: there is no price now, and `scale` is zero.
    function scaleOf(address pool) external view returns (FeedReader.Status status, uint256 scale);
}
