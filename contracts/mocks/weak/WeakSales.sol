// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BookWord} from "../../libraries/BookWord.sol";
import {CurveTerms} from "../../libraries/CurveTerms.sol";
import {LiquidationModule} from "../../liquidation/LiquidationModule.sol";
import {SaleCurve} from "../../liquidation/SaleCurve.sol";
import {ITransferHook} from "../OddTokens.sol";

// Weakened on purpose, for tests, which must be able to fail: each lacks one guard of the auction.

/// @title Sells and leaves any amount, however small
contract DustySales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _isDust(Sale memory, uint256, uint256, uint256) internal pure override returns (bool) {
        return false;
    }
}

/// @title Moves the schedule on from when the account sold came up for sale, as a variable-rate gradual auction would
contract JumpingClockSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _advance(Sale memory s, BookWord books) internal view override returns (BookWord) {
        uint256 from = uint256(int256(block.timestamp * SaleCurve.TICKS) - s.lag);
        return books.withClock(from + _ticks(s, s.amount));
    }
}

/// @title Lets the schedule run ahead of the clock without end
contract EndlessLeadSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _advance(Sale memory s, BookWord books) internal pure override returns (BookWord) {
        return books.withClock(s.clock + _ticks(s, s.amount));
    }
}

/// @title Charges a whole sale the price at which it begins
contract StalePriceSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _mean(Sale memory s, uint256) internal pure override returns (uint256) {
        return s.first;
    }

    function _advance(Sale memory, BookWord books) internal pure override returns (BookWord) {
        return books;
    }
}

/// @title Never forgets a kick
contract LongMemorySales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _expired(Account memory) internal pure override returns (bool) {
        return false;
    }
}

/// @title Starts the price anew whenever an account comes up for sale again
contract ForgetfulSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _startSale(Account memory record) internal view override {
        (record.kickedAt, record.saleDebtOrEasedAt, record.keeperOrLag) = (uint32(block.timestamp), 0, 0);
    }
}

/// @title Counts an account that nobody may buy of until it is healthy by a margin
contract RestlessSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _rest(address account, Account memory) internal pure override {
        revert LiquidationStillUnhealthy(account, 0, 0);
    }
}

/// @title Gives whatever discount the curve has reached, whether the sale heals or not
contract UnguardedSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _guarded(Sale memory, CurveTerms t) internal pure override returns (uint256) {
        return t.floorWad();
    }
}

/// @title Pays tips out of the pool, and without being asked
contract GenerousSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _chargeTip(
        Accrual memory,
        Account memory record
    ) internal view override returns (uint24 keeper, uint256 tip) {
        return (record.kickedAt == 0 ? 0 : record.keeperOrLag, _kickTip);
    }
}

/// @title Sends a tip to the keeper in the middle of the sale
contract PushedTipSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _creditTip(Accrual memory a, uint24 keeper, uint256 tip, address account) internal override {
        a.cash -= tip;
        _push(_loanAsset, _keeper[keeper].owner, tip);
        emit TipCredited(keeper, account, tip);
    }
}

/// @title Refuses every sale that is not worth the minimum debt, the last one of an account too
contract FussySales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) internal override {
        if (s.repay < _minDebt) revert LiquidationDust(s.amount, s.amount);
        super._settle(s, a, record, account, collateral);
    }
}

/// @title Goes on lowering the price until somebody pays it, down to next to nothing
contract ZeroBidSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _mean(Sale memory s, uint256 amount) internal pure override returns (uint256) {
        bool isOver = s.lag >= int256(s.terms.secondsToFloor() * SaleCurve.TICKS);
        return isOver ? 1e12 : super._mean(s, amount); // a millionth
    }
}

/// @title Stands still while borrowing is paused
contract PausableSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _startSale(Account memory record) internal view override {
        if (_pauseFlags & PAUSE_BORROW != 0) revert PoolPaused(PAUSE_BORROW);
        super._startSale(record);
    }
}

/// @title Sends the owner of what is sold a unit of the proceeds
contract RefundingSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) internal override {
        _push(_loanAsset, account, 1);
        super._settle(s, a, record, account, collateral);
    }
}

/// @title Calls the buyer back before anything of the sale is written
contract EarlyCallbackSales is LiquidationModule {
    constructor(address loanAsset) LiquidationModule(loanAsset) {}

    function _settle(
        Sale memory s,
        Accrual memory a,
        Account memory record,
        address account,
        address collateral
    ) internal override {
        _locked = UNLOCKED;
        ITransferHook(msg.sender).onTokenTransfer(address(this), msg.sender, s.amount);
        _locked = LOCKED;
        super._settle(s, a, record, account, collateral);
    }
}
