// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolRegistry} from "../interfaces/IPoolRegistry.sol";
import {IPoolTypes} from "../interfaces/IPoolTypes.sol";
import {FeedReader} from "../oracle/FeedReader.sol";

/// @title The pools that together are the system
contract PoolRegistry is AccessManaged, IPoolRegistry {
    using FeedReader for FeedReader.Feed;

    /// @notice Pools at most: a report reads all of them.
    uint256 public constant MOST_POOLS = 64;
    uint256 private constant MIN_HEARTBEAT = 60;
    uint256 private constant MAX_HEARTBEAT = 7 days;
    uint256 private constant MAX_DECIMALS = 18;

    /// @dev Two slots: 32; 25 + 1 + 1 = 27.
    struct Record {
        uint256 place; // in the list plus one; 0: not in it
        FeedReader.Feed feed;
        uint8 loanDecimals;
    }

    address[] private _pools;
    mapping(address pool => Record) private _record;

    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IPoolRegistry
    function add(Entry calldata entry) external restricted {
        address pool = entry.pool;
        if (_record[pool].place != 0) revert RegistryPoolKnown(pool);
        if (_pools.length == MOST_POOLS) revert RegistryFull(MOST_POOLS);
        uint8 loanDecimals = _loanDecimalsOf(pool);
        FeedReader.Feed memory feed = _checkedFeed(entry);
        _pools.push(pool);
        _record[pool] = Record(_pools.length, feed, loanDecimals);
        emit PoolAdded(pool, entry.feed, entry.heartbeat);
    }

    /// @inheritdoc IPoolRegistry
    function remove(address pool) external restricted {
        uint256 place = _record[pool].place;
        if (place == 0) revert RegistryPoolUnknown(pool);
        address last = _pools[_pools.length - 1];
        _pools[place - 1] = last;
        _record[last].place = place;
        _pools.pop();
        delete _record[pool];
        emit PoolRemoved(pool);
    }

    /// @inheritdoc IPoolRegistry
    function entries() external view returns (Entry[] memory list) {
        list = new Entry[](_pools.length);
        for (uint256 i; i < list.length; ++i) {
            FeedReader.Feed storage feed = _record[_pools[i]].feed;
            list[i] = Entry(_pools[i], feed.source, feed.heartbeat);
        }
    }

    /// @inheritdoc IPoolRegistry
    function isRegistered(address pool) external view returns (bool) {
        return _record[pool].place != 0;
    }

    /// @inheritdoc IPoolRegistry
    function scaleOf(address pool) external view returns (FeedReader.Status status, uint256 scale) {
        Record storage record = _record[pool];
        if (record.place == 0) revert RegistryPoolUnknown(pool);
        scale = 10 ** (36 - record.loanDecimals);
        FeedReader.Feed memory feed = record.feed;
        if (feed.source == address(0)) return (FeedReader.Status.Ok, scale);
        uint256 priceWad;
        (status, priceWad, ) = feed.read();
        if (status == FeedReader.Status.Ok && !feed.hasDecimals()) status = FeedReader.Status.WrongDecimals;
        // A feed's price has fewer than 188 bits.
        scale = status == FeedReader.Status.Ok ? priceWad * 10 ** (18 - record.loanDecimals) : 0;
    }

    /// @dev What is asked is what a pool alone answers, and what a report needs.
    function _loanDecimalsOf(address pool) private view returns (uint8 loanDecimals) {
        if (pool.code.length == 0) revert RegistryPoolRejected(pool);
        try ILendingPool(pool).totals() returns (IPoolTypes.Totals memory) {
            loanDecimals = IERC20Metadata(ILendingPool(pool).asset()).decimals();
        } catch {
            revert RegistryPoolRejected(pool);
        }
        if (loanDecimals > MAX_DECIMALS) revert RegistryPoolRejected(pool);
    }

    function _checkedFeed(Entry calldata entry) private view returns (FeedReader.Feed memory feed) {
        uint256 heartbeat = entry.heartbeat;
        if (entry.feed == address(0)) {
            if (heartbeat != 0) revert RegistryHeartbeatOutOfRange(heartbeat, 0, 0);
            return feed;
        }
        if (heartbeat < MIN_HEARTBEAT || heartbeat > MAX_HEARTBEAT) {
            revert RegistryHeartbeatOutOfRange(heartbeat, MIN_HEARTBEAT, MAX_HEARTBEAT);
        }
        if (entry.feed.code.length == 0) revert RegistryFeedRejected(entry.feed, FeedReader.Status.Reverted);
        uint8 decimals = IAggregatorV3(entry.feed).decimals();
        if (decimals > MAX_DECIMALS) revert RegistryFeedRejected(entry.feed, FeedReader.Status.WrongDecimals);
        feed = FeedReader.Feed(entry.feed, entry.heartbeat, decimals, 0);
        (FeedReader.Status status, , ) = feed.read();
        if (status != FeedReader.Status.Ok) revert RegistryFeedRejected(entry.feed, status);
    }
}
