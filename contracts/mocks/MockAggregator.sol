// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Chainlink-style feed that is set by hand, and can fail in every way a feed fails
contract MockAggregator {
    enum Mode {
        Normal,
        Reverting,
        GasBomb,
        ShortAnswer,
        LongAnswer
    }

    uint8 public decimals;
    string public description;
    Mode public mode;

    uint80 private _round;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;
    uint80 private _roundsBehind;

    error FeedDown();

    constructor(uint8 decimals_, string memory description_, int256 answer) {
        decimals = decimals_;
        description = description_;
        setAnswer(answer);
    }

    /// @notice New round, stamped with the block's time.
    function setAnswer(int256 answer) public {
        setRound(answer, block.timestamp, block.timestamp);
    }

    function setRound(int256 answer, uint256 startedAt, uint256 updatedAt) public {
        ++_round;
        _answer = answer;
        _startedAt = startedAt;
        _updatedAt = updatedAt;
    }

    /// @notice The answer is carried over from this many rounds ago.
    function setRoundsBehind(uint80 rounds) external {
        _roundsBehind = rounds;
    }

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    function setDecimals(uint8 newDecimals) external {
        decimals = newDecimals;
    }

    /// @notice Other decimals, and the same price in them, as of the same round.
    function redenominate(uint8 newDecimals) external {
        if (newDecimals > decimals) _answer *= int256(10 ** (newDecimals - decimals));
        else _answer /= int256(10 ** (decimals - newDecimals));
        decimals = newDecimals;
    }

    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        if (mode == Mode.Reverting) revert FeedDown();
        if (mode == Mode.GasBomb) {
            uint256 i;
            while (true) ++i;
        }
        if (mode == Mode.ShortAnswer) {
            assembly {
                mstore(0, 1)
                return(0, 32)
            }
        }
        if (mode == Mode.LongAnswer) {
            assembly {
                return(0, 100000)
            }
        }
        return (_round, _answer, _startedAt, _updatedAt, _round - _roundsBehind);
    }
}
