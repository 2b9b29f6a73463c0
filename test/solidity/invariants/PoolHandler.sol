// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {ILiquidationSales} from "../../../contracts/interfaces/ILiquidationSales.sol";
import {IPoolAdmin} from "../../../contracts/interfaces/IPoolAdmin.sol";
import {IPoolTypes} from "../../../contracts/interfaces/IPoolTypes.sol";
import {ConstantPriceOracle} from "../../../contracts/mocks/ConstantPriceOracle.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {LendingPool} from "../../../contracts/pool/LendingPool.sol";
import {vm} from "../Vm.sol";

/// @title Everything that can happen to a pool, with the ghost accounts that its invariants are judged by
/// @notice Every action takes three random words. An assertion here would only revert the action and leave the run green:
/// violations are recorded in `violation` instead, and counted are the actions that went through.
/// @dev The runner does not keep `vm.warp` from one call to the next, so the time is kept here.
contract PoolHandler {
    uint256 internal constant ACTORS = 4;
    bytes4 private constant PANIC = 0x4e487b71;

    LendingPool public pool;
    ConstantPriceOracle internal _oracle;
    MockERC20 internal _loan;
    IERC3156FlashBorrower private _flashBorrower;
    MockERC20[] internal _tokens;
    uint256[] private _initialPrice36;

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

    // --- lenders --------------------------------------------------------------------------------------------------

    function deposit(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, 100_000e6);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.deposit, (assets, _actor(a))));
        if (ok) netLoanFlow += assets;
    }

    function mint(uint256 a, uint256 b, uint256) external now_ {
        (bool ok, bytes memory result) = _act(
            _actor(a),
            abi.encodeCall(pool.mint, (_between(b, 1, 100_000e12), _actor(a)))
        );
        if (ok) netLoanFlow += abi.decode(result, (uint256));
    }

    function withdraw(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, pool.maxWithdraw(_actor(a)) + 1);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.withdraw, (assets, _actor(a), _actor(a))));
        if (ok) netLoanFlow -= assets;
    }

    function redeem(uint256 a, uint256 b, uint256) external now_ {
        uint256 shares = _between(b, 1, pool.maxRedeem(_actor(a)) + 1);
        (bool ok, bytes memory result) = _act(_actor(a), abi.encodeCall(pool.redeem, (shares, _actor(a), _actor(a))));
        if (ok) netLoanFlow -= abi.decode(result, (uint256));
    }

    function transferShares(uint256 a, uint256 b, uint256 c) external now_ {
        _act(_actor(a), abi.encodeCall(pool.transfer, (_actor(c), _between(b, 0, pool.balanceOf(_actor(a))))));
    }

    /// @dev There and back in one block: never a profit.
    function depositAndRedeem(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, 1e6);
        (bool entered, bytes memory shares) = _act(_actor(a), abi.encodeCall(pool.deposit, (assets, _actor(a))));
        if (!entered) return;
        netLoanFlow += assets;
        (bool left, bytes memory result) = _act(
            _actor(a),
            abi.encodeCall(pool.redeem, (abi.decode(shares, (uint256)), _actor(a), _actor(a)))
        );
        if (!left) return;
        uint256 back = abi.decode(result, (uint256));
        netLoanFlow -= back;
        if (back > assets) _violate("INV-05: a deposit and its redemption gain");
    }

    // --- borrowers ------------------------------------------------------------------------------------------------

    function supplyCollateral(uint256 a, uint256 b, uint256 c) external now_ {
        MockERC20 token = _token(c);
        uint256 dollars = _between(b, 1, 100_000e6);
        uint256 amount = (dollars * 1e36) / _oracle.liquidationPrice(address(token)) + 1;
        _act(_actor(a), abi.encodeCall(pool.supplyCollateral, (address(token), amount, _actor(a), "")));
    }

    function withdrawCollateral(uint256 a, uint256 b, uint256 c) external now_ {
        uint256 amount = _between(b, 1, pool.collateralOf(_actor(a), address(_token(c))) + 1);
        (bool ok, ) = _act(
            _actor(a),
            abi.encodeCall(pool.withdrawCollateral, (address(_token(c)), amount, _actor(a), _actor(a)))
        );
        if (ok) _checkBorrowTest(_actor(a));
    }

    /// @dev Now and then more than is allowed is asked for.
    function borrow(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _solvent(a);
        uint256 room = _zeroFloorSub(pool.borrowCapacityOf(account), pool.debtOf(account));
        uint256 assets = _between(b, 100e6, 100e6 + (c % 4 == 0 ? room * 2 : room));
        (bool ok, bytes memory result) = _act(
            account,
            c % 3 == 0
                ? abi.encodeCall(pool.borrow, (0, assets, account, account))
                : abi.encodeCall(pool.borrow, (assets, 0, account, account))
        );
        if (!ok) return;
        (uint256 sent, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow -= sent;
        _checkBorrowTest(account);
    }

    function repay(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _debtor(b >> 128);
        uint256 shares = pool.debtSharesOf(account);
        (bool ok, bytes memory result) = _act(
            _actor(a),
            c % 3 == 0
                ? abi.encodeCall(pool.repay, (0, shares, account, ""))
                : abi.encodeCall(pool.repay, (_between(uint128(b), 1, pool.debtOf(account) + 1), 0, account, ""))
        );
        if (!ok) return;
        (uint256 paid, ) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
    }

    /// @dev There and back in one block: never a profit.
    function borrowAndRepay(uint256 a, uint256 b, uint256) external now_ {
        address account = _solvent(a);
        (bool borrowed, bytes memory result) = _act(
            account,
            abi.encodeCall(pool.borrow, (_between(b, 100e6, 200e6), 0, account, account))
        );
        if (!borrowed) return;
        (uint256 sent, uint256 shares) = abi.decode(result, (uint256, uint256));
        netLoanFlow -= sent;
        (bool repaid, bytes memory answer) = _act(account, abi.encodeCall(pool.repay, (0, shares, account, "")));
        if (!repaid) return;
        (uint256 paid, ) = abi.decode(answer, (uint256, uint256));
        netLoanFlow += paid;
        if (paid < sent) _violate("INV-05: a loan and its repayment gain");
    }

    // --- liquidators ----------------------------------------------------------------------------------------------

    function kick(uint256 a, uint256 b, uint256) external now_ {
        address account = _unhealthy(b);
        bool unhealthy = _isLiquidatable(account, 0);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.kick, (account)));
        if (ok && !unhealthy) _violate("INV-08: a healthy account was kicked");
    }

    function unkick(uint256 a, uint256 b, uint256) external now_ {
        address account = _healed(b);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.unkick, (account)));
        if (ok && pool.accountOf(account).kickedAt != 0) rested[account] = true;
    }

    function mark(uint256 a, uint256 b, uint256) external now_ {
        address account = a % 2 == 0 ? _unhealthy(b) : _actor(b);
        bool unhealthy = _isLiquidatable(account, 0);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(ILiquidationSales.mark, (account)));
        if (ok && !unhealthy && pool.provisionOf(account) != 0) _violate("INV-09: a healthy account is provisioned");
    }

    function take(uint256 a, uint256 b, uint256 c) external now_ {
        address account = _forSale(b);
        address token = _heldToken(account, c);
        // Mostly all that may be sold, sometimes a part.
        uint256 most = a % 3 == 0 ? _between(c >> 8, 1, pool.collateralOf(account, token) + 1) : type(uint256).max;
        _take(_actor(a), account, token, most);
    }

    // --- whom an action is about: drawn blindly, hardly any sale would come about -----------------------------------

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
            if (pool.borrowCapacityOf(account) >= pool.debtOf(account) + 100e6) return account;
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

    /// @dev Somebody who was for sale, and whose prices have come back, every other time hardly.
    function _healed(uint256 word) internal returns (address account) {
        for (uint256 i; i < ACTORS; ++i) {
            account = _actor(word + i);
            if (pool.accountOf(account).kickedAt == 0) continue;
            if ((word >> 8) % 2 == 0) {
                for (uint256 j; j < _tokens.length; ++j) _oracle.setPrice(address(_tokens[j]), _initialPrice36[j] * 3);
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
                uint256 price = (_oracle.liquidationPrice(token) * 101) / 100;
                if (price <= _initialPrice36[i] * 3) _oracle.setPrice(token, price);
            }
        }
    }

    /// @dev By a tenth at a time, until the account is unhealthy or the price at its lowest.
    function _crash(address account) private {
        for (uint256 round; round < 12 && pool.debtSharesOf(account) != 0 && !_isLiquidatable(account, 0); ++round) {
            for (uint256 i; i < _tokens.length; ++i) {
                address token = address(_tokens[i]);
                if (pool.collateralOf(account, token) == 0) continue;
                uint256 price = (_oracle.liquidationPrice(token) * 9) / 10;
                if (price >= _initialPrice36[i] / 10) _oracle.setPrice(token, price);
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

    /// @dev The seams for what is judged of sales alone.
    function _beforeSale(address account, address token) internal virtual returns (uint256 tip) {}

    function _afterSale(address account, address token, uint256 amount, uint256 paid) internal virtual {}

    /// @dev The shares for a tip are rounded up, which may make the account's debt a unit more than it was and the tip.
    function _withTip(address account, uint256 tip) private view returns (uint256) {
        return pool.debtOf(account) + tip + (tip == 0 ? 0 : 1);
    }

    /// @return amount Sold. [collateral base units] 0: nothing
    /// @return paid [loan base units]
    function _take(
        address taker,
        address account,
        address token,
        uint256 most
    ) internal returns (uint256 amount, uint256 paid) {
        bytes memory order = abi.encodeCall(
            ILiquidationSales.take,
            (account, token, most, type(uint256).max, taker, "")
        );
        bool unhealthy = _isLiquidatable(account, 0);
        uint256 debt = _withTip(account, _beforeSale(account, token));
        Before memory before = _before();
        (bool ok, bytes memory result) = _call(taker, order);
        if (!ok) return (0, 0);
        (amount, paid) = abi.decode(result, (uint256, uint256));
        netLoanFlow += paid;
        if (!unhealthy) _violate("INV-08: a healthy account was sold");
        _afterSale(account, token, amount, paid);
        uint256 loss;
        if (pool.accountOf(account).collateralMask == 0) {
            loss = _zeroFloorSub(debt, paid + before.reserves - pool.totals().reserves);
            lenderLosses += loss;
        }
        if (pool.collateralOf(account, token) == 0) smallDebtAllowed[account] = true;
        _after(before, loss, true);
    }

    // --- everybody ------------------------------------------------------------------------------------------------

    function flashLoan(uint256 a, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 0, pool.totals().cash);
        uint256 fee = pool.flashFee(address(_loan), assets);
        (bool ok, ) = _act(_actor(a), abi.encodeCall(pool.flashLoan, (_flashBorrower, address(_loan), assets, "")));
        if (ok) netLoanFlow += fee;
    }

    function accrue(uint256 a, uint256, uint256) external now_ {
        _act(_actor(a), abi.encodeCall(pool.accrue, ()));
    }

    function donate(uint256 a, uint256 b, uint256 c) external now_ {
        MockERC20 token = c % 2 == 0 ? _loan : _token(c);
        uint256 amount = _between(b, 0, 1_000 * 10 ** token.decimals());
        Before memory before = _before();
        vm.prank(_actor(a));
        token.transfer(address(pool), amount);
        donated[address(token)] += amount;
        ++succeeded[msg.sig];
        if (pool.totalAssets() != before.lenderAssets) _violate("INV-05: a donation moved the share price");
        _after(before, 0, true);
    }

    /// @dev This contract is an administrator of the pool.
    function withdrawReserves(uint256, uint256 b, uint256) external now_ {
        uint256 assets = _between(b, 1, pool.totals().reserves + 1);
        (bool ok, ) = _act(address(this), abi.encodeCall(IPoolAdmin.withdrawReserves, (assets, address(this))));
        if (ok) netLoanFlow -= assets;
    }

    /// @dev By a factor of 0.7 to 1.35, and between a tenth and the triple of the first price.
    function movePrice(uint256, uint256 b, uint256 c) external now_ {
        uint256 i = c % _tokens.length;
        address token = address(_tokens[i]);
        uint256 price = (_oracle.liquidationPrice(token) * _between(b, 700, 1_350)) / 1_000;
        uint256 low = _initialPrice36[i] / 10;
        uint256 high = _initialPrice36[i] * 3;
        _oracle.setPrice(
            token,
            price < low
                ? low
                : price > high
                    ? high
                    : price
        );
        ++succeeded[msg.sig];
    }

    /// @dev Up to a week. Interest never lowers the share price.
    function wait(uint256, uint256 b, uint256) external now_ {
        Before memory before = _before();
        time += _between(b, 1, 7 days);
        vm.warp(time);
        ++succeeded[msg.sig];
        _after(before, 0, false);
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
        if (debt != 0 && pool.borrowCapacityOf(account) < debt) {
            _violate("INV-04: left below the borrow test");
        }
    }

    function _isLiquidatable(address account, uint256 tolerance) internal view returns (bool) {
        IPoolTypes.Health memory h = pool.healthOf(account);
        return h.debt > h.liquidationCapacity + tolerance;
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
