import { formatUnits } from "ethers";

import type { LeverageSession } from "./leverage-session.ts";
import { formatFixed } from "./numbers.ts";

const WAD = 10n ** 18n;
const PRICE_SCALE = 10n ** 36n;
const BPS = 10_000n;

/** An account as the pool sees it. */
export interface Position {
  readonly collateral: bigint; // [collateral base units]
  readonly debt: bigint; // [loan base units]
  readonly leverageWad: bigint; // value ÷ (value − debt); 0: debt is at or above the value
  readonly healthWad: bigint | undefined; // undefined: no debt
  readonly price36: bigint; // of the collateral, as liquidations see it
  /** Price at which the account becomes liquidatable, its other collaterals unchanged; undefined: at no price. */
  readonly liquidationPrice36: bigint | undefined;
}

export async function readPosition({ pool, oracle, account, entry }: LeverageSession): Promise<Position> {
  const [health, collateral, factorBps, [price36]] = await Promise.all([
    pool.healthOf(account),
    pool.collateralOf(account, entry.token),
    pool.liquidationFactorBps(entry.token),
    oracle.liquidationPriceOrLast(entry.token),
  ]);
  const { debt, collateralValue: value, liquidationCapacity: capacity } = health;
  const ownCapacity = (collateral * price36 * factorBps) / (PRICE_SCALE * BPS);
  const covered = capacity > ownCapacity ? capacity - ownCapacity : 0n; // by other collaterals
  const isExposed = debt > covered && collateral > 0n;
  return {
    collateral,
    debt,
    leverageWad: value > debt ? (value * WAD) / (value - debt) : value === 0n ? WAD : 0n,
    healthWad: debt === 0n ? undefined : (capacity * WAD) / debt,
    price36,
    liquidationPrice36: isExposed ? ((debt - covered) * PRICE_SCALE * BPS) / (collateral * factorBps) : undefined,
  };
}

/** Prices in whole loan tokens per whole collateral token. */
export function wholePrice(session: LeverageSession, price36: bigint): string {
  return formatUnits(price36, 36 + session.deployment.loan.decimals - session.entry.decimals);
}

/** For machines: decimal strings, nothing rounded. */
export function positionJson(session: LeverageSession, position: Position) {
  const { entry, deployment } = session;
  const optional = (value: bigint | undefined, format: (value: bigint) => string) =>
    value === undefined ? null : format(value);
  return {
    collateral: formatUnits(position.collateral, entry.decimals),
    debt: formatUnits(position.debt, deployment.loan.decimals),
    leverage: formatUnits(position.leverageWad, 18),
    healthFactor: optional(position.healthWad, (value) => formatUnits(value, 18)),
    price: wholePrice(session, position.price36),
    liquidationPrice: optional(position.liquidationPrice36, (value) => wholePrice(session, value)),
  };
}

const COLUMNS = [
  ["round", 6],
  ["collateral", 18],
  ["debt", 18],
  ["leverage", 10],
  ["health", 8],
  ["liquidation price", 19],
] as const;

export function positionHeader(session: LeverageSession): string {
  const units = ["", session.entry.symbol, session.deployment.loan.symbol, "×", "", session.deployment.loan.symbol];
  const names = COLUMNS.map(([name, width]) => name.padStart(width)).join("");
  return `${names}\n${COLUMNS.map(([, width], column) => units[column].padStart(width)).join("")}`;
}

/** One line of the table. */
export function positionRow(session: LeverageSession, label: string, position: Position): string {
  const { entry, deployment } = session;
  const priceDecimals = 36 + deployment.loan.decimals - entry.decimals;
  const { healthWad, liquidationPrice36 } = position;
  const cells = [
    label,
    formatFixed(position.collateral, entry.decimals, 4),
    formatFixed(position.debt, deployment.loan.decimals, 2),
    position.leverageWad === 0n ? "∞" : formatFixed(position.leverageWad, 18, 4),
    healthWad === undefined ? "–" : formatFixed(healthWad, 18, 4),
    liquidationPrice36 === undefined ? "–" : formatFixed(liquidationPrice36, priceDecimals, 2),
  ];
  return cells.map((cell, column) => cell.padStart(COLUMNS[column][1])).join("");
}
