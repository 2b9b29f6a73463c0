// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidationDesk} from "./ILiquidationDesk.sol";
import {ILiquidationSales} from "./ILiquidationSales.sol";

/// @title Liquidation entry points, answered at the pool's address
interface ILiquidationModule is ILiquidationSales, ILiquidationDesk {}
