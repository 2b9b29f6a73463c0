// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";

/// @title Ghost accounts, and what is judged around every action
/// @notice Every action takes three random words. An assertion in one would only revert the action and leave the run green:
/// violations are recorded in `violation` instead, and counted are the actions that went through.
/// @dev The runner does not keep `vm.warp` from one call to the next, so the time is kept here.
abstract contract HandlerBase {
    uint256 internal constant ACTORS = 4;
    bytes4 private constant PANIC = 0x4e487b71;

    LendingPool public pool;
    ConstantPriceOracle internal _oracle;
    MockERC20 internal _loan;
    IERC3156FlashBorrower internal _flashBorrower;
    MockERC20[] internal _tokens;
    uint256[] internal _initialPrice36;

    /// @notice First violation found by an action; empty: none.
    string public violation;
    /// @notice Calls of the pool that an action of this selector made and that went through.
    mapping(bytes4 selector => uint256) public succeeded;
    /// @notice Actions of this selector, and those of them in which something went through.
    mapping(bytes4 selector => uint256) public attempted;
    mapping(bytes4 selector => uint256) public effective;
    /// @notice Loan assets paid in, less those paid out, by the amounts that the pool answered.
    uint256 public netLoanFlow;
    mapping(address token => uint256) public donated;
    mapping(address account => bool) public smallDebtAllowed;
    /// @notice Put to rest by somebody at some time: who was not is in a backlog whenever he is for sale.
    mapping(address account => bool) public rested;
    /// @notice [loan base units] Losses that lenders bore.
    uint256 public lenderLosses;
    /// @notice [unix s]
    uint256 public time;

    /// @dev State before an action.
    struct Before {
        uint256 lenderAssets;
        uint256 supply;
        uint256 reserves;
        bool[ACTORS] liquidatable;
    }

    constructor(
        LendingPool pool_,
        ConstantPriceOracle oracle_,
        MockERC20[4] memory tokens,
        IERC3156FlashBorrower flashBorrower_
    ) {
        pool = pool_;
        _oracle = oracle_;
        _loan = MockERC20(pool_.asset());
        _flashBorrower = flashBorrower_;
        time = block.timestamp;
        for (uint256 i; i < tokens.length; ++i) {
            _tokens.push(tokens[i]);
            _initialPrice36.push(oracle_.liquidationPrice(address(tokens[i])));
        }
    }

    modifier now_() {
        vm.warp(time);
        ++attempted[msg.sig];
        uint256 before = succeeded[msg.sig];
        _;
        if (succeeded[msg.sig] != before) ++effective[msg.sig];
    }

    // --- views ----------------------------------------------------------------------------------------------------

    /// @notice Everybody who may hold shares, debt or collateral.
    function actorList() public view virtual returns (address[] memory actors) {
        actors = new address[](ACTORS);
        for (uint256 i; i < ACTORS; ++i) actors[i] = _actor(i);
    }

    // --- before and after -----------------------------------------------------------------------------------------

    /// @dev The seam for the canaries, which break something here.
    function _tamper() internal virtual {}

    function _act(address sender, bytes memory data) internal returns (bool ok, bytes memory result) {
        Before memory before = _before();
        (ok, result) = _call(sender, data);
        if (!ok) return (ok, result);
        _after(before, 0, true);
        _checkCaps(bytes4(data), data);
    }

    /// @dev Whoever takes more in leaves it within its cap. What grows by itself, by interest or fees, may go beyond.
    function _checkCaps(bytes4 selector, bytes memory data) private {
        IPoolTypes.PoolConfig memory config = pool.poolConfig();
        if (selector == pool.deposit.selector || selector == pool.mint.selector) {
            if (pool.totalAssets() > config.supplyCap) _violate("INV-17: deposits beyond the cap");
        } else if (selector == pool.borrow.selector) {
            if (pool.totals().debtAssets > config.borrowCap) _violate("INV-17: debt beyond the cap");
        } else if (selector == pool.supplyCollateral.selector) {
            address token;
            assembly {
                token := mload(add(data, 36))
            }
            IPoolTypes.CollateralConfig memory c = pool.collateralConfig(token);
            if (c.totalSupplied > c.supplyCap) _violate("INV-17: collateral beyond the cap");
        }
    }

    function _call(address sender, bytes memory data) internal returns (bool ok, bytes memory result) {
        return _callTo(address(pool), sender, data);
    }

    function _callTo(
        address target,
        address sender,
        bytes memory data
    ) internal returns (bool ok, bytes memory result) {
        vm.prank(sender);
        (ok, result) = target.call(data);
        if (ok) {
            ++succeeded[msg.sig];
            _tamper();
        } else if (bytes4(result) == PANIC) {
            _violate("panic: the pool failed instead of refusing");
        }
    }

    function _before() internal view returns (Before memory b) {
        IPoolTypes.Totals memory t = pool.totals();
        b.lenderAssets = pool.totalAssets();
        b.supply = pool.totalSupply();
        b.reserves = t.reserves;
        for (uint256 i; i < ACTORS; ++i) b.liquidatable[i] = _isLiquidatable(_actor(i), 0);
    }

    /// @param loss Bad debt that lenders bore in this action. [loan base units]
    /// @param compareHealth False where time passed.
    function _after(Before memory b, uint256 loss, bool compareHealth) internal {
        // Share prices with the virtual amounts of SharesMath, compared by cross-multiplication.
        uint256 assets = pool.totalAssets() + loss + 1;
        if (assets * (b.supply + 1e6) < (b.lenderAssets + 1) * (pool.totalSupply() + 1e6)) {
            _violate("INV-05: the share price fell");
        }
        uint256 minDebt = pool.poolConfig().minDebt;
        for (uint256 i; i < ACTORS; ++i) {
            address account = _actor(i);
            uint256 debt = pool.debtOf(account);
            if (debt == 0 || debt >= minDebt) smallDebtAllowed[account] = false;
            // Another account's rounding may move a debt by a unit.
            if (compareHealth && !b.liquidatable[i] && _isLiquidatable(account, 1)) {
                _violate("INV-08: an account became liquidatable without price, interest or liquidation");
            }
        }
    }

    function _checkBorrowTest(address account) internal {
        uint256 debt = pool.debtOf(account);
        if (debt != 0 && _creditOf(account) < debt) {
            _violate("INV-04: left below the borrow test");
        }
    }

    function _isLiquidatable(address account, uint256 tolerance) internal view returns (bool) {
        IPoolTypes.Health memory h = pool.healthOf(account);
        return h.debt > h.liquidationCapacity + tolerance;
    }

    /// @dev What an account may borrow against: nothing where a feed is silent.
    function _creditOf(address account) internal view returns (uint256 credit) {
        try pool.borrowCapacityOf(account) returns (uint256 capacity) {
            credit = capacity;
        } catch {}
    }

    /// @dev The last valid one where the feed is silent.
    function _priceOf(address token) internal view returns (uint256 price36) {
        (, price36) = _oracle.priceOf(token);
    }

    /// @dev A feed that answers anew is no longer silent.
    function _setPrice(address token, uint256 price36) internal {
        _oracle.setPrice(token, price36);
        _oracle.setFresh(token, true);
    }

    /// @return mask Bit by bit, by place in the list: whose feed is silent.
    function _silent() internal view returns (uint256 mask) {
        for (uint256 i; i < _tokens.length; ++i) {
            (, bool fresh) = _oracle.liquidationPriceOrLast(address(_tokens[i]));
            if (!fresh) mask |= 1 << i;
        }
    }

    function _holdsAny(address account, uint256 mask) internal view returns (bool) {
        return pool.accountOf(account).collateralMask & mask != 0;
    }

    function _violate(string memory what) internal {
        if (bytes(violation).length == 0) violation = what;
    }

    function _actor(uint256 word) internal pure returns (address) {
        return address(uint160(0xAC7000 + (word % ACTORS)));
    }

    function _token(uint256 word) internal view returns (MockERC20) {
        return _tokens[word % _tokens.length];
    }

    function _between(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    function _zeroFloorSub(uint256 x, uint256 y) internal pure returns (uint256) {
        return x > y ? x - y : 0;
    }
}
