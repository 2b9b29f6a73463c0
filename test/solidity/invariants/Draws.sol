// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HandlerBase} from "./HandlerBase.sol";

/// @title Whom an action is about
/// @notice Drawn blindly, hardly any sale would come about: here prices move until there can be one.
abstract contract Draws is HandlerBase {
    /// @dev Somebody whom the next kick may find unhealthy. Now and then, if nobody is, the price of what somebody holds falls as
    /// far as it takes.
    function _unhealthy(uint256 word) internal returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (_isLiquidatable(account, 0) && pool.accountOf(account).kickedAt == 0) return account;
        }
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (pool.debtSharesOf(account) != 0 && pool.accountOf(account).kickedAt == 0) break;
        }
        if ((word >> 8) % 2 == 0) _crash(account);
    }

    /// @dev Somebody with debt, if anybody has.
    function _debtor(uint256 word) internal view returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (pool.debtSharesOf(account) != 0) return account;
        }
    }

    /// @dev Somebody who may borrow the least there is, if anybody may.
    function _solvent(uint256 word) internal view returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (_creditOf(account) >= pool.debtOf(account) + 100e6) return account;
        }
    }

    /// @dev Somebody who is for sale, if anybody is or could be.
    function _forSale(uint256 word) internal returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (_isLiquidatable(account, 0) && pool.accountOf(account).kickedAt != 0) return account;
        }
        return _unhealthy(word);
    }

    /// @dev Somebody who was for sale, and whose prices have come back, every other time hardly, and now and then not at all.
    function _healed(uint256 word) internal returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (pool.accountOf(account).kickedAt == 0) continue;
            if ((word >> 9) % 8 == 7) return account;
            if ((word >> 8) % 2 == 0) {
                for (uint256 j; j < _tokens.length; ++j) _setPrice(address(_tokens[j]), _initialPrice36[j] * 3);
            } else {
                _raiseSlowly(account);
            }
            return account;
        }
    }

    /// @dev By a hundredth at a time, until the account is healthy.
    function _raiseSlowly(address account) private {
        for (uint256 round; round < 50 && _isLiquidatable(account, 0); ++round) {
            for (uint256 i; i < _tokens.length; ++i) {
                address token = address(_tokens[i]);
                if (pool.collateralOf(account, token) == 0) continue;
                uint256 price = (_priceOf(token) * 101) / 100;
                if (price <= _initialPrice36[i] * 3) _setPrice(token, price);
            }
        }
    }

    /// @dev By a tenth at a time, until the account is unhealthy or the price at its lowest.
    function _crash(address account) private {
        for (uint256 round; round < 12 && pool.debtSharesOf(account) != 0 && !_isLiquidatable(account, 0); ++round) {
            for (uint256 i; i < _tokens.length; ++i) {
                address token = address(_tokens[i]);
                if (pool.collateralOf(account, token) == 0) continue;
                uint256 price = (_priceOf(token) * 9) / 10;
                if (price >= _initialPrice36[i] / 10) _setPrice(token, price);
            }
        }
    }

    /// @dev One that the account has, if any.
    function _heldToken(address account, uint256 word) internal view returns (address token) {
        for (uint256 i; i < _tokens.length; ++i) {
            token = address(_tokens[((word % _tokens.length) + i) % _tokens.length]);
            if (pool.collateralOf(account, token) != 0) return token;
        }
    }
}
