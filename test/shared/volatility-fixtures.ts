import { expect } from "chai";
import { parseEther } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAccessManager } from "./oracle-fixtures.ts";

export const HOUR = 3_600;
export const DAY = 86_400;
/** Ticks of a path that nothing moved. */
export const START_TICK = -200_312;
/** So near the end of 56 bits that the accumulators wrap within minutes. */
export const NEARLY_WRAPPED = -(1n << 55n) + 10n ** 7n;

export interface AssetInput {
  readonly pool: string;
  readonly interval: bigint;
  readonly initialWad: bigint;
  readonly initialSlowWad: bigint;
  readonly stressWad: bigint;
  readonly floorWad: bigint;
  readonly clampWad: bigint;
  readonly impliedMaxAge: bigint;
}

/** As fractions per √day, the way the reference takes them. */
export const PARAMETERS = { initial: 0.04, stress: 0.08, floor: 0.01, clamp: 1.5 };

/**
 * An oracle for two assets with told paths of ticks (the second one as token1, so that its pool counts the other way), and
 * one that has a price only. An account runs several calls in one transaction.
 */
export async function volatilityOracle(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  const [governor, stranger] = await ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const newToken = async (symbol: string) =>
    (await ethers.deployContract("MockERC20", [symbol, symbol, 18])).getAddress();
  const [quote, first, second, priced] = [
    await newToken("USDC"),
    await newToken("WETH"),
    await newToken("WBTC"),
    await newToken("LINK"),
  ];
  const prices = await ethers.deployContract("ConstantPriceOracle", [quote]);
  await prices.setPrice(priced, 10n ** 36n);
  const oracle = await ethers.deployContract("VolatilityOracle", [await prices.getAddress(), authority]);
  const firstPool = await ethers.deployContract("MockTickPool", [first, quote, START_TICK, NEARLY_WRAPPED]);
  const secondPool = await ethers.deployContract("MockTickPool", [quote, second, START_TICK, -NEARLY_WRAPPED]);
  const script = await ethers.deployContract("ScriptedAccount");

  const input = async (pool: typeof firstPool | undefined, changes: Partial<AssetInput> = {}): Promise<AssetInput> => ({
    pool: pool === undefined ? ethers.ZeroAddress : await pool.getAddress(),
    interval: 1_800n,
    initialWad: wad(PARAMETERS.initial),
    initialSlowWad: 0n,
    stressWad: wad(PARAMETERS.stress),
    floorWad: wad(PARAMETERS.floor),
    clampWad: wad(PARAMETERS.clamp),
    impliedMaxAge: BigInt(DAY),
    ...changes,
  });
  const { time } = networkHelpers;
  /** The next transaction's block has this time. */
  const at = (seconds: number) => time.setNextBlockTimestamp(seconds);
  const now = () => time.latest();
  return {
    ...{ connection, ethers, networkHelpers, governor, stranger, authority, quote, first, second, priced },
    ...{ prices, oracle, firstPool, secondPool, script, input, at, now },
  };
}

export type VolatilitySetting = Awaited<ReturnType<typeof volatilityOracle>>;

/** Tells pools their paths, makes other calls, and calls the oracle, in one transaction. */
export async function tellAndCall(
  { script, oracle }: VolatilitySetting,
  paths: readonly (readonly [
    pool: VolatilitySetting["firstPool"],
    times: readonly number[],
    ticks: readonly number[],
  ])[],
  calls: readonly string[],
  others: readonly { readonly target: string; readonly data: string }[] = [],
) {
  const told = paths.map(async ([pool, times, ticks]) => ({
    target: await pool.getAddress(),
    data: pool.interface.encodeFunctionData("tell", [[...times], [...ticks]]),
  }));
  const target = await oracle.getAddress();
  await script.run([...(await Promise.all(told)), ...others, ...calls.map((data) => ({ target, data }))]);
}

/** All three assets configured, at a time that is a multiple of a day. */
export async function configuredVolatility(connection: NetworkConnection) {
  const setting = await volatilityOracle(connection);
  const { oracle, first, second, priced, firstPool, secondPool, input, at, now } = setting;
  const start = (Math.floor((await now()) / DAY) + 2) * DAY;
  await at(start - 2);
  await oracle.setAsset(first, await input(firstPool));
  await at(start - 1);
  await oracle.setAsset(second, await input(secondPool));
  await at(start);
  await oracle.setAsset(priced, await input(undefined));
  return { ...setting, start };
}

/** A fraction as WAD, to twelve digits. */
export function wad(value: number): bigint {
  return parseEther(value.toPrecision(12));
}

/** A WAD as a float. */
export function fromWad(value: bigint): number {
  return Number(value) / 1e18;
}

/** |actual − expected| as a share of the expected. */
export function relativeError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.abs(expected);
}

/** Asserts that WADs are as expected but for the 41 bits to which a variance is stored. */
export function expectWads(actual: readonly bigint[], expected: readonly bigint[]): void {
  expect(actual).to.have.lengthOf(expected.length);
  for (const [index, value] of actual.entries()) {
    const distance = value > expected[index] ? value - expected[index] : expected[index] - value;
    const close = distance * 10n ** 12n <= expected[index];
    expect(close, `${value} at ${index} is not ${expected[index]}`).to.equal(true);
  }
}
