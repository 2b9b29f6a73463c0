// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IAggregatorV3} from "../../interfaces/external/IAggregatorV3.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IPriceOracleAdmin} from "../../interfaces/IPriceOracleAdmin.sol";

// Weakened on purpose, for tests, which must be able to fail: each stands before a real oracle and lacks one of its guards.

/// @title Answers as the real oracle does, until a guard is left out
abstract contract OracleFront is IPriceOracle {
    IPriceOracle internal immutable _real;
    address public immutable quoteAsset;

    constructor(IPriceOracle real) {
        _real = real;
        quoteAsset = real.quoteAsset();
    }

    function borrowPrice(address asset) public view virtual returns (uint256) {
        return _real.borrowPrice(asset);
    }

    function liquidationPrice(address asset) public view virtual returns (uint256) {
        return _real.liquidationPrice(asset);
    }

    function liquidationPriceOrLast(address asset) public view virtual returns (uint256, bool) {
        return (liquidationPrice(asset), true);
    }

    function poke(address asset) external {
        _real.poke(asset);
    }

    /// @dev What the first feed answers, read as a price in the quote asset of so many decimals.
    function _feedPrice(address asset, uint256 decimals) internal view returns (uint256) {
        IPriceOracleAdmin.SourceStatus[] memory sources = IPriceOracleAdmin(address(_real)).sourcesOf(asset);
        (, int256 answer, , , ) = IAggregatorV3(sources[0].source).latestRoundData();
        uint256 scale = 36 + IERC20Metadata(quoteAsset).decimals() - IERC20Metadata(asset).decimals();
        return (uint256(answer) * 10 ** scale) / 10 ** decimals;
    }
}

/// @title Believes its feed alone, however old the answer; fails when the feed does
contract OneFeedOracle is OracleFront {
    constructor(IPriceOracle real) OracleFront(real) {}

    function borrowPrice(address asset) public view override returns (uint256) {
        return _feedPrice(asset, 8);
    }

    function liquidationPrice(address asset) public view override returns (uint256) {
        return _feedPrice(asset, 8);
    }
}

/// @title Caps a price by an average that lags behind, whoever confirms that it has risen
contract CappedOracle is OracleFront {
    using FixedPointMathLib for uint256;

    constructor(IPriceOracle real) OracleFront(real) {}

    function liquidationPrice(address asset) public view override returns (uint256) {
        IPriceOracleAdmin.SourceStatus[] memory sources = IPriceOracleAdmin(address(_real)).sourcesOf(asset);
        return super.liquidationPrice(asset).min((sources[sources.length - 1].price36 * 105) / 100);
    }
}

/// @title Asks a vault for its rate in whatever state that is
contract OpenShareOracle is OracleFront {
    constructor(IPriceOracle real) OracleFront(real) {}

    function borrowPrice(address share) public view override returns (uint256) {
        return IERC4626(share).convertToAssets(1e18) * 1e18;
    }

    function liquidationPrice(address share) public view override returns (uint256) {
        return borrowPrice(share);
    }
}

/// @title A price that somebody wrote into the code
contract HardCodedOracle is OracleFront {
    constructor(IPriceOracle real) OracleFront(real) {}

    function borrowPrice(address asset) public view override returns (uint256) {
        return 10 ** (36 + IERC20Metadata(quoteAsset).decimals() - IERC20Metadata(asset).decimals());
    }

    function liquidationPrice(address asset) public view override returns (uint256) {
        return borrowPrice(asset);
    }
}
