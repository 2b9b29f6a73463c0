import type { NetworkConnection } from "hardhat/types/network";

import { encodeMint, poolAmounts } from "../../sim/market/uniswap-calls.ts";
import { poolInterface, positionManagerInterface } from "../../sim/market/uniswap-artifacts.ts";
import { fullRange } from "../../sim/market/uniswap-math.ts";
import { Contact, RiskChain } from "./risk-chain.ts";
import { deployRiskPool, ETHER, USD } from "./risk-fixtures.ts";
import { deployProbe } from "./risk-volatility-world.ts";

const MAX = 2n ** 256n - 1n;
/** As the pool lists them, without an engine. [bps] */
export const LISTED = [
  { borrowCapBps: 8_000n, liquidationCapBps: 8_500n },
  { borrowCapBps: 7_000n, liquidationCapBps: 7_500n },
] as const;
/** When it is deployed: some days before sequences begin, so that interest is what it usually is. [unix s] */
const BUILT = 1_999_000_000;
/** Dollars, when all begins. */
export const DOLLARS = [2_000, 20] as const;

/**
 * A pool of real parts and three probes that may do everything: the first lends and provides liquidity to the markets, the others
 * owe. Markets are behind fronts that can be broken, the price oracle behind one that says how it answered the engine.
 */
export async function riskWorld(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  await networkHelpers.time.increaseTo(BUILT);
  const p = await deployRiskPool(connection, { collaterals: 2, governed: false });
  const names = [
    ...["RiskEngine", "VolatilityOracle", "LiquidityOracle", "CollateralFactorModel", "CircuitBreaker"],
    ...["PoolRiskModule", "RecordingOracle"],
  ];
  const chain = await RiskChain.connect(connection, names);
  const contact = async (name: string, contract: { getAddress(): Promise<string> }) =>
    chain.contact(name, await contract.getAddress());

  const recorder = await ethers.deployContract("RecordingOracle", [await p.oracle.getAddress()]);
  const sequencer = await ethers.deployContract("MockAggregator", [0, "sequencer", 0]);
  await p.admin.setOracle(await recorder.getAddress());
  const fronts: Contact[] = [];
  for (const { market } of p.collaterals) {
    fronts.push(await contact("BreakablePool", await ethers.deployContract("BreakablePool", [market.address])));
  }

  const probes: string[] = [];
  const tokens = [p.loan, ...p.collaterals.map(({ token }) => token)];
  for (let i = 0; i < 3; ++i) {
    const probe = await deployProbe(connection, p.authority);
    const spenders = [p.poolAddress, p.uniswap.swapRouter, p.uniswap.positionManager];
    const approvals = [];
    for (const token of tokens) {
      await token.mint(probe, 10n ** 33n);
      const erc20 = await contact("MockERC20", token);
      approvals.push(...spenders.map((spender) => erc20.call("approve", spender, MAX)));
    }
    const { timestamp } = (await ethers.provider.getBlock("latest"))!;
    await chain.run(probe, approvals, BigInt(timestamp) + 1n);
    probes.push(probe);
  }

  const pool = await contact("ILendingPool", p.pool);
  const vault = await contact("LendingPool", p.pool);
  const positions = p.collaterals.map((_, i) => BigInt(3 + i)); // after the fixture's own
  const [eth, alt] = p.collaterals.map(({ address }) => address);
  const run = async (probe: string, calls: Parameters<RiskChain["run"]>[1]) => {
    const { timestamp } = (await ethers.provider.getBlock("latest"))!;
    const { answers } = await chain.run(probe, calls, BigInt(timestamp) + 1n);
    for (const answer of answers) if (!answer.ok) throw new Error(`the world cannot be made: ${answer.error}`);
  };
  await run(probes[0], [
    vault.call("deposit", 3_000_000n * USD, probes[0]),
    ...p.collaterals.map(({ market, dollars }) => {
      const amounts = poolAmounts(market, (30_000_000n * ETHER) / dollars, 30_000_000n * USD);
      const position = { ...fullRange(market.tickSpacing), ...amounts, recipient: probes[0] };
      return encodeMint(p.uniswap, market, position);
    }),
  ]);
  await run(probes[1], [
    pool.call("supplyCollateral", eth, 2_500n * ETHER, probes[1], "0x"),
    pool.call("supplyCollateral", alt, 100_000n * ETHER, probes[1], "0x"),
    pool.call("borrow", 4_200_000n * USD, 0, probes[1], probes[1]),
  ]);
  await run(probes[2], [
    pool.call("supplyCollateral", eth, 400n * ETHER, probes[2], "0x"),
    pool.call("borrow", 500_000n * USD, 0, probes[2], probes[2]),
  ]);
  const liquidity: bigint[] = [];
  const { positionManager } = p.uniswap;
  for (const id of positions) {
    const data = positionManagerInterface.encodeFunctionData("positions", [id]);
    const answer = await ethers.provider.call({ to: positionManager, data });
    liquidity.push(positionManagerInterface.decodeFunctionResult("positions", answer).liquidity as bigint);
  }
  return {
    ...{ chain, probes, fronts, positions, liquidity, uniswap: p.uniswap, pool, vault, modules: p.modules },
    /** The fronts, asked as the pools that they are. */
    sums: fronts.map(({ address }) => new Contact(address, poolInterface)),
    assets: [eth, alt] as const,
    markets: p.collaterals.map(({ market }) => market),
    feeds: [
      await contact("MockAggregator", p.collaterals[0].feed),
      await contact("MockAggregator", p.collaterals[1].feed),
    ],
    loanFeed: await contact("MockAggregator", p.loanFeed),
    sequencer: await contact("MockAggregator", sequencer),
    oracle: await contact("PriceOracle", p.oracle),
    volatility: await contact("VolatilityOracle", p.volatility),
    liquidityOracle: await contact("LiquidityOracle", p.liquidity),
    model: await contact("CollateralFactorModel", p.model),
    breaker: await contact("CircuitBreaker", p.breaker),
    engine: await contact("RiskEngine", p.engine),
    risk: await contact("IPoolRisk", p.pool),
    sales: await contact("ILiquidationModule", p.pool),
    recorder: await recorder.getAddress(),
  };
}

export type RiskWorld = Awaited<ReturnType<typeof riskWorld>>;
