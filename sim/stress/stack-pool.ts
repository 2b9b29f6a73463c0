import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { ContractFactory, Interface, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createFounder } from "../engine/founder.ts";
import { WARM_UP_BLOCK_SECONDS, type World } from "../engine/world.ts";
import { curveOf } from "../liquidation-curves.ts";
import type { EncodedCall } from "../market/uniswap-calls.ts";
import { addressOf, exposureOf } from "../population.ts";
import { Breakwater } from "../protocols/breakwater.ts";
import { deployCurve } from "../protocols/breakwater-deploy.ts";
import type { Protocol, Token } from "../protocols/protocol.ts";
import type { Rng } from "../rng.ts";
import type { Stack } from "../scenarios/stress.ts";
import { toFloat, toUnits } from "../units.ts";

const MAX = (1n << 256n) - 1n;
const UNCAPPED = (1n << 112n) - 1n;
const WAD = 10n ** 18n;
/** The second pool sells at a fixed bonus: what is compared is the first pool. */
const CURVE = "fixed";
/** What its oracle believes of a rise of the share's rate. [bps per day] */
const MAX_RISE_BPS = 100;
/** A loop's rounds, and how near it goes to what the second pool lends. */
const ROUNDS = 14;
const MARGIN = 0.98;
/** Capital of the desk that buys shares, ÷ debt of the second pool. */
const DESK_SHARE = 0.3;
const GAS = 1_500_000;

const tokens = new Interface([
  "function mint(address to, uint256 amount)",
  "function approve(address spender, uint256 amount)",
]);

export const STACK_LENDER = addressOf("stack lender");
export const STACK_DESK = addressOf("stack desk");

/** A second pool whose collateral is the share token of the world's pool, and who is in it. */
export interface StackedPool {
  readonly protocol: Protocol;
  readonly loopers: readonly string[];
}

/**
 * Builds the second pool on the real contracts and lets loopers loop: they lend to the first pool, put the shares up in the
 * second, borrow there, and lend that to the first pool again. Its oracle prices the share by the first pool's own rate.
 */
export async function buildStack(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  world: World,
  stack: Stack,
  rng: Rng,
): Promise<StackedPool> {
  const protocol = await deploy(hre, connection, world, stack);
  const loopers = Array.from({ length: stack.loopers }, (_, i) => addressOf(`stack looper ${i}`));
  await world.chain.unlock([...loopers, STACK_LENDER, STACK_DESK]);
  await populate(world, protocol, loopers, stack, rng);
  return { protocol, loopers };
}

async function deploy(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  { chain, protocol: first, parameters }: World,
  { borrowFactorBps, liquidationFactorBps }: Stack,
): Promise<Protocol> {
  const { ethers } = connection;
  const { loan, spender } = first;
  await chain.releaseBlocks();
  const founder = await createFounder(connection, chain);
  const create = async (name: string, ...args: unknown[]) =>
    (await (await ethers.deployContract(name, args, founder)).waitForDeployment()).getAddress();
  const manager = await new ContractFactory(accessManagerArtifact.abi, accessManagerArtifact.bytecode, founder).deploy(
    await founder.getAddress(),
  );
  const authority = await manager.getAddress();
  const oracle = await create("PriceOracle", loan.address, authority);
  const priceOracle = await ethers.getContractAt("PriceOracle", oracle, founder);
  await (await priceOracle.setShare(spender, MAX_RISE_BPS)).wait();
  const curve = await deployCurve(connection, founder, CURVE, parameters.curve);
  const pool = await create("LendingPool", {
    ...{ asset: loan.address, name: `Breakwater ${loan.symbol} on shares`, symbol: `bw2${loan.symbol}` },
    ...{ authority, oracle },
    interestRateModel: await create("AdaptiveRateModel", {
      ...{ targetUtilisationWad: (9n * WAD) / 10n, steepnessWad: 4n * WAD, initialPerYearWad: WAD / 25n },
      ...{ minPerYearWad: WAD / 1_000n, maxPerYearWad: 2n * WAD, speedPerYearWad: 50n * WAD },
    }),
    liquidationModule: await create("LiquidationModule", loan.address),
    adminModule: await create("PoolAdminModule", loan.address),
    riskModule: await create("PoolRiskModule", loan.address),
  });
  const admin = await ethers.getContractAt("IPoolAdmin", pool, founder);
  await (await admin.setMinDebt(toUnits(parameters.lab.minDebt, loan.decimals))).wait();
  await (await admin.setReserveFactor(parameters.lab.reserveFactorBps)).wait();
  const listing = { token: spender, borrowFactorBps, liquidationFactorBps, supplyCap: UNCAPPED, curve };
  await (await admin.listCollateral(listing)).wait();
  const share = await ethers.getContractAt("LendingPool", spender, founder);
  const collateral: Token = {
    ...{ address: spender, symbol: await share.symbol(), decimals: Number(await share.decimals()) },
  };
  const lens = await create("AccountLens");
  await chain.holdBlocks();
  const nowhere = { feed: ZeroAddress, venue: ZeroAddress, router: ZeroAddress, flashLiquidator: ZeroAddress };
  const { kickLifeSeconds } = curveOf(CURVE, parameters.curve);
  const addresses = { authority, pool, oracle, lens, ...nowhere };
  return Breakwater.connect(hre, chain, addresses, { collateral, loan, kickLifeSeconds });
}

async function populate(
  world: World,
  second: Protocol,
  loopers: readonly string[],
  { debtShare, borrowFactorBps }: Stack,
  rng: Rng,
): Promise<void> {
  const { chain, protocol: first, parameters } = world;
  const { lab } = parameters;
  const { loan } = first;
  const units = (amount: number) => toUnits(amount, loan.decimals);
  const call = (to: Token | string, data: string): EncodedCall => ({
    to: typeof to === "string" ? to : to.address,
    data,
  });
  const mint = (to: string, amount: number) => call(loan, tokens.encodeFunctionData("mint", [to, units(amount)]));
  const approve = (token: string, spender: string) => call(token, tokens.encodeFunctionData("approve", [spender, MAX]));
  const block = async (calls: readonly (readonly [from: string, call: EncodedCall])[]) => {
    for (const [from, each] of calls) await chain.send({ ...each, from, gas: GAS, priorityFeeWei: 0n });
    const receipts = await chain.mine((await chain.timestamp()) + WARM_UP_BLOCK_SECONDS);
    const failed = receipts.find(({ ok }) => !ok);
    if (failed === undefined) return;
    throw new Error(
      `the second pool could not be set up: ${second.explain(await chain.revertDataOf(failed.hash)).name}`,
    );
  };

  const total = lab.totalDebt * debtShare;
  const weights = loopers.map(() => rng.lognormal(1, 0.6));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const ltv = (borrowFactorBps / 1e4) * MARGIN;
  const equities = weights.map((weight) =>
    Math.max(5 * lab.minDebt, (total * weight) / sum / (exposureOf(ltv, ROUNDS) - 1)),
  );
  const lent =
    (1.1 * equities.reduce((all, equity) => all + equity, 0) * (exposureOf(ltv, ROUNDS) - 1)) / lab.utilisation;
  await block([
    ...[STACK_LENDER, STACK_DESK].map((owner) => [owner, approve(loan.address, second.spender)] as const),
    [STACK_LENDER, mint(STACK_LENDER, lent)],
    [STACK_LENDER, second.deposit(units(lent), STACK_LENDER)],
    [STACK_DESK, mint(STACK_DESK, DESK_SHARE * total)],
    ...loopers.flatMap((looper, i) => [
      [looper, mint(looper, equities[i])] as const,
      [looper, approve(loan.address, first.spender)] as const,
      [looper, approve(first.spender, second.spender)] as const,
    ]),
  ]);
  for (let round = 0; round <= ROUNDS; ++round) {
    const cash = await first.readBalances(loan.address, loopers);
    await block(loopers.map((looper, i) => [looper, first.deposit(cash[i], looper)]));
    const shares = await first.readBalances(first.spender, loopers);
    await block(loopers.map((looper, i) => [looper, second.supplyCollateral(shares[i], looper)]));
    if (round === ROUNDS) break;
    await block(
      loopers.map((looper, i) => [looper, second.borrow(units(toFloat(cash[i], loan.decimals) * ltv), looper)]),
    );
  }
}
