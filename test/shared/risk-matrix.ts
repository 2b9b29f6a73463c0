import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { MaxUint256, type ContractTransactionResponse, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES, selectorsOf } from "../../ignition/modules/roles.ts";
import { poolInterface } from "../../sim/market/uniswap-artifacts.ts";
import { DAY, deployRiskPool, ETHER, HOUR, Level, MAX_AGE, USD, WHOLE_MAX_AGE } from "./risk-fixtures.ts";

export const LEVELS = ["NORMAL", "CAUTION", "RESTRICTED", "RECOVERY", "POOL RESTRICTED", "AS POKED"] as const;
/** Where collateral and pool stand. AS POKED: Normal before the failure, which the engine has been poked in since. */
export type MatrixLevel = (typeof LEVELS)[number];

export const MODES = [
  "none",
  "feed stale",
  "feed reverting",
  "feed zero",
  "feed gas bomb",
  "TWAP gone",
  "no source fresh",
  "sequencer down",
  "sequencer back",
] as const;
export type MatrixMode = (typeof MODES)[number];

export const ACTIONS = [
  "deposit",
  "redeem within the flow limit",
  "supply new collateral",
  "top up collateral",
  "repay a part",
  "repay the whole",
  "borrow",
  "withdraw collateral, with debt",
  "withdraw collateral, without debt",
  "unwind in proportion",
  "kick, deeply unhealthy",
  "kick, mildly unhealthy",
  "take, kicked",
  "take, deeply unhealthy",
  "take, mildly unhealthy",
  "mark",
  "flash loan",
  "oracle poke",
  "engine poke",
] as const;
export type MatrixAction = (typeof ACTIONS)[number];

export const SEQUENCER_GRACE = 3_600n;
const FEED_MODE = { reverting: 1, gasBomb: 2 } as const;
/** As `BreakablePool.Mode`. */
const POOL_MODE = { normal: 0, reverting: 1 } as const;
/** What the oracle may ask a Uniswap pool for a TWAP. */
const HISTORY = ["slot0", "observations", "observe"] as const;
/** What fails has failed for so long: longer than snapshots go unquestioned before a sale. [s] */
const OUTAGE = 601n;

/**
 * The pool of `deployRiskPool`, its TWAP behind a front that can break, with a sequencer and with accounts of every kind.
 * They borrowed while governance's factor was 95 %; that has been ramped down since, so that without any move of the price
 * one account is at 90 % and one at 97 % of what health requires, and the engine finds everything at rest.
 */
export async function matrixWorld(connection: NetworkConnection) {
  const p = await deployRiskPool(connection, { governed: false });
  const { ethers, networkHelpers, oracle, admin, risk, engine, engineAddress, eth, pool, poolAddress, loan } = p;
  const { lender, borrower, breaker, authority, guardian, liquidator, liquidation, liquidity, pass } = p;
  const front = await ethers.deployContract("BreakablePool", [eth.market.address]);
  const uptime = await ethers.deployContract("MockAggregator", [0, "Sequencer uptime", 0]);
  const setMarket = async () =>
    oracle.setMarket(eth.address, {
      feeds: [{ source: await eth.feed.getAddress(), heartbeat: 2n * HOUR }],
      ...{ feedsInQuote: true, twapPool: await front.getAddress(), twapWindow: 1_800n, snapshotMaxAge: 60n },
      ...{ emaTimeConstant: HOUR, bandBps: 500n, bandWidenBpsPerMinute: 100n, requiredSources: 2n },
    });
  await setMarket();
  const manager = await ethers.getContractAt(accessManagerArtifact.abi, authority);
  const raise = selectorsOf(["raise(address,address,uint8,uint32)"]);
  await manager.getFunction("setTargetFunctionRole").send(await breaker.getAddress(), raise, ROLES.guardian);
  await manager.getFunction("grantRole").send(ROLES.guardian, guardian.address, 0);

  const [deep, mild, kicked, idle, newcomer] = (await ethers.getSigners()).slice(6);
  const owe = async (account: Signer, collateral: bigint, dollars: bigint) => {
    const address = await account.getAddress();
    for (const token of [loan, eth.token]) {
      await token.mint(address, 10_000n * 10n ** (await token.decimals()));
      await token.connect(account).approve(poolAddress, MaxUint256);
    }
    if (collateral !== 0n) {
      await pool.connect(account).supplyCollateral(eth.address, collateral * ETHER, address, "0x");
    }
    if (dollars !== 0n) await pool.connect(account).borrow(dollars * USD, 0, address, address);
  };
  await admin.setCollateralFactors(eth.address, 9_500, 9_600, 0);
  await owe(borrower, 100n, 5_000n);
  await owe(deep, 10n, 18_800n);
  await owe(mild, 10n, 17_400n);
  await owe(kicked, 10n, 18_800n);
  await owe(idle, 10n, 0n);
  await owe(newcomer, 0n, 0n);
  const ramp = (1_100n * DAY) / 200n;
  await admin.setCollateralFactors(eth.address, 8_000, 8_500, ramp);
  await pass(ramp);

  /** The sources are asked anew, an hour after they last were, and the engine says what it finds. */
  await eth.feed.setAnswer(eth.dollars * 10n ** 8n);
  const long = BigInt(await networkHelpers.time.latest()) - DAY;
  await uptime.setRound(0, long, long);
  await oracle.setSequencer(await uptime.getAddress(), SEQUENCER_GRACE);
  await risk.setRiskEngine(engineAddress, MAX_AGE);
  await liquidity.pokeDepth(eth.address);
  await pass(12n);
  await engine.poke(eth.address);
  await liquidation.kick(kicked.address);
  await pass(12n);
  const flash = await ethers.deployContract("MockFlashBorrower", [loan, poolAddress]);

  const now = async () => BigInt(await networkHelpers.time.latest());
  /** Brings collateral or pool to a level, all sources well. */
  const reach = async (level: MatrixLevel) => {
    const raised = async (subject: string, to: bigint, seconds: bigint) => {
      await breaker.connect(guardian).raise(engineAddress, subject, to, seconds);
      if (subject === poolAddress) await pass(WHOLE_MAX_AGE);
      await engine.poke(eth.address);
      await pass(12n);
    };
    if (level === "CAUTION") await raised(eth.address, Level.Caution, 2n * HOUR);
    if (level === "RESTRICTED") await raised(eth.address, Level.Restricted, 2n * HOUR);
    if (level === "POOL RESTRICTED") await raised(poolAddress, Level.Restricted, 2n * HOUR);
    if (level === "RECOVERY") {
      await raised(eth.address, Level.Restricted, 60n);
      await pass(60n);
      await engine.poke(eth.address);
    }
    await pass(61n); // no snapshot of the TWAP stands in for it any more
  };
  /** Makes the Uniswap pool forget its past, as far as the oracle of prices can see, or remember it again. */
  const setHistory = async (mode: keyof typeof POOL_MODE) => {
    for (const name of HISTORY) await front.breakFunction(poolInterface.getFunction(name)!.selector, POOL_MODE[mode]);
  };
  /** Breaks sources, and lets time pass. Answers when the sequencer's grace ends; zero: it is not in it. */
  const breakSources = async (mode: MatrixMode): Promise<bigint> => {
    const old = (await now()) - 2n * HOUR - 60n;
    const stale = mode === "feed stale" || mode === "no source fresh";
    if (stale) await eth.feed.setRound(eth.dollars * 10n ** 8n, old, old);
    if (mode === "feed reverting") await eth.feed.setMode(FEED_MODE.reverting);
    if (mode === "feed zero") await eth.feed.setAnswer(0);
    if (mode === "feed gas bomb") await eth.feed.setMode(FEED_MODE.gasBomb);
    if (mode === "TWAP gone" || mode === "no source fresh") await setHistory("reverting");
    if (mode === "sequencer down" || mode === "sequencer back") await uptime.setAnswer(1);
    await pass(OUTAGE);
    if (mode !== "sequencer back") return 0n;
    await uptime.setAnswer(0);
    return (await now()) + SEQUENCER_GRACE;
  };

  const as = (account: { address: string } & Signer) => pool.connect(account);
  const all = MaxUint256;
  const take = (account: string) =>
    liquidation.connect(liquidator).take(account, eth.address, all, all, liquidator.address, "0x");
  const sharesOf = await pool.balanceOf(lender.address);
  const actions: Record<MatrixAction, () => Promise<ContractTransactionResponse>> = {
    deposit: () => as(lender).deposit(USD, lender.address),
    "redeem within the flow limit": () => as(lender).redeem(sharesOf / 10n, lender.address, lender.address),
    "supply new collateral": () => as(newcomer).supplyCollateral(eth.address, ETHER, newcomer.address, "0x"),
    "top up collateral": () => as(borrower).supplyCollateral(eth.address, ETHER, borrower.address, "0x"),
    "repay a part": () => as(borrower).repay(1_000n * USD, 0, borrower.address, "0x"),
    "repay the whole": async () =>
      as(borrower).repay(0, await pool.debtSharesOf(borrower.address), borrower.address, "0x"),
    borrow: () => as(borrower).borrow(1_000n * USD, 0, borrower.address, borrower.address),
    "withdraw collateral, with debt": () =>
      as(borrower).withdrawCollateral(eth.address, ETHER, borrower.address, borrower.address),
    "withdraw collateral, without debt": () =>
      as(idle).withdrawCollateral(eth.address, 10n * ETHER, idle.address, idle.address),
    "unwind in proportion": () =>
      liquidation
        .connect(borrower)
        .unwind(1_000n * USD, 0, eth.address, 10n * ETHER, borrower.address, borrower.address, "0x"),
    "kick, deeply unhealthy": () => liquidation.kick(deep.address),
    "kick, mildly unhealthy": () => liquidation.kick(mild.address),
    "take, kicked": () => take(kicked.address),
    "take, deeply unhealthy": () => take(deep.address),
    "take, mildly unhealthy": () => take(mild.address),
    mark: () => liquidation.mark(deep.address),
    "flash loan": () => pool.flashLoan(flash, p.loanAddress, 1_000n * USD, "0x"),
    "oracle poke": () => oracle.poke(eth.address),
    "engine poke": () => engine.poke(eth.address),
  };
  return { ...p, reach, breakSources, setHistory, actions, accounts: { deep, mild, kicked, idle, newcomer } };
}

export type MatrixWorld = Awaited<ReturnType<typeof matrixWorld>>;

/** "ok", or the error with its values, addresses by name. */
export async function outcomeOf(world: MatrixWorld, action: MatrixAction): Promise<string> {
  try {
    await world.actions[action]();
    return "ok";
  } catch (error) {
    return errorOf(world, error);
  }
}

function errorOf(world: MatrixWorld, error: unknown): string {
  const data = (error as { data?: string }).data;
  if (typeof data !== "string") throw error;
  const names: Readonly<Record<string, string>> = { [world.eth.address]: "ETH", [world.poolAddress]: "pool" };
  for (const { interface: known } of [world.pool, world.oracle]) {
    const parsed = known.parseError(data);
    if (parsed !== null) return `${parsed.name}(${parsed.args.map((each) => names[each] ?? String(each)).join(", ")})`;
  }
  throw error;
}
