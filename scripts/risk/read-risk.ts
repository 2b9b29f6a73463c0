import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { describePool, type PoolReading } from "../../sim/risk/describe-pool.ts";
import { describeSystem, sameAddress } from "../../sim/risk/describe-system.ts";
import { RISK_SCHEMA_VERSION, type RiskReport } from "../../sim/risk/risk-report.ts";
import { createRng } from "../../sim/rng.ts";
import { UserError } from "../../sim/user-error.ts";
import { Chain } from "../keeper/chain.ts";
import { Rpc, type Eip1193 } from "../keeper/rpc.ts";
import { sleep } from "../keeper/sleep.ts";
import { readPoolInterface, type AccountOptions } from "./accounts.ts";
import { Lens, readCompiledLens } from "./lens.ts";
import { readPool } from "./read-pool.ts";
import { readRegistry, type RegisteredPool } from "./registry.ts";

/** What is to be reported. */
export interface RiskQuestion extends AccountOptions {
  readonly network: string;
  readonly isFork: boolean;
  /** Checked to be pools. Left out: all of the registry. */
  readonly pools?: readonly string[];
  /** Prices the loan assets, so that several pools are comparable. */
  readonly registry?: string;
  /** Left out: its code comes along with the calls. */
  readonly lens?: string;
  readonly nearest: number;
}

/**
 * Reads the risk of pools, all as of one block.
 * @param provider Any node; nothing is sent, no account is needed.
 */
export async function readRisk(
  hre: Pick<HardhatRuntimeEnvironment, "artifacts">,
  provider: Eip1193,
  question: RiskQuestion,
): Promise<RiskReport> {
  // The waits between attempts decide nothing that is reported.
  const rpc = new Rpc(provider, { sleep, rng: createRng("risk") });
  const chain = new Chain(rpc);
  const chainId = await chain.chainId();
  const head = await chain.block("latest");
  if (head === undefined) throw new UserError(`${question.network} has no blocks`);
  const compiled = await readCompiledLens(hre);
  const poolAbi = await readPoolInterface(hre);
  const place = question.lens === undefined ? { code: compiled.code } : { address: question.lens };
  const lens = new Lens(rpc, compiled, place, head.number);
  const registered = question.registry === undefined ? [] : await readRegistry(rpc, question.registry, head.number);
  const addresses = question.pools ?? registered.map(({ pool }) => pool);
  if (addresses.length === 0) throw new UserError("there is no pool to report: the registry is empty");

  const readings: PoolReading[] = [];
  for (const pool of addresses) {
    const reading = await readPool(rpc, lens, poolAbi, pool, head, { ...question, unitPrice: null });
    readings.push({ ...reading, unitPrice: priceOf(reading, registered) });
  }
  const unit = unitOf(readings, question.registry);
  const isPool = (address: string) => addresses.some((pool) => sameAddress(pool, address));
  const pools = readings.map((reading) =>
    describePool(isOneAsset(unit, question.registry) ? { ...reading, unitPrice: 1 } : reading, isPool),
  );
  return {
    schemaVersion: RISK_SCHEMA_VERSION,
    ...{ network: question.network, chainId, block: head.number, timestamp: head.timestamp },
    ...{ isFork: question.isFork, lens: question.lens ?? null, registry: question.registry ?? null },
    pools,
    system: unit === undefined ? null : describeSystem(pools, unit),
  };
}

function priceOf({ pool, loan }: PoolReading, registered: readonly RegisteredPool[]): number | null {
  const entry = registered.find((known) => sameAddress(known.pool, pool));
  return entry === undefined ? null : entry.unitPriceOf(loan.decimals);
}

/** What the system is counted in; undefined: nothing makes the pools comparable. */
function unitOf(readings: readonly PoolReading[], registry: string | undefined): string | undefined {
  if (registry !== undefined) return "registry";
  const [first, ...others] = readings;
  const isSame = others.every(({ loan }) => sameAddress(loan.token, first?.loan.token ?? ZeroAddress));
  return isSame ? first?.loan.symbol : undefined;
}

function isOneAsset(unit: string | undefined, registry: string | undefined): boolean {
  return unit !== undefined && registry === undefined;
}
