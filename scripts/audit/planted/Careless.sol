// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Bugs on purpose: `npm run audit -- --with scripts/audit/planted/Careless.sol` must report them
contract Careless {
    mapping(address account => uint256) private _balance;

    receive() external payable {
        _balance[msg.sender] += msg.value;
    }

    /// @dev Pays before it writes.
    function withdraw() external {
        (bool ok, ) = msg.sender.call{value: _balance[msg.sender]}("");
        require(ok);
        _balance[msg.sender] = 0;
    }

    /// @dev Anyone may send anything to anyone.
    function drain(address payable to) external {
        to.transfer(address(this).balance);
    }
}
