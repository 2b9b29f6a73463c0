import { Interface, MaxUint256, type BaseContract } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { encodeSwapExactInput, poolSqrtPriceX96, type UniswapPool } from "../../sim/market/uniswap-calls.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { readSlot0, send } from "../../sim/market/uniswap-pool.ts";
import { isRemoved } from "./defences.ts";
import { deployRiskPool, ENGINE_ASSET, ETHER, FLOW, HOUR, MAX_AGE, USD, type RiskPool } from "./risk-fixtures.ts";

/** As `ScriptedAccount.Call`. */
export interface ScriptCall {
  readonly target: string;
  readonly data: string;
}

/** Which defence is taken out, so that a test can be seen to fail. */
export type Weakness =
  "spot prices" | "spot depth" | "untouched" | "hasty breaker" | "trusting kicks" | "boundless depth";

/** What stands for our system while a defence is removed from outside. See `defences.ts`. */
function removed(): Weakness | undefined {
  if (isRemoved("earlier blocks only") || isRemoved("averaged prices")) return "spot prices";
  if (isRemoved("averaged depth")) return "spot depth";
  if (isRemoved("market depth")) return "boundless depth";
  if (isRemoved("untouched blocks only")) return "untouched";
  if (isRemoved("kicks of the unhealthy only")) return "trusting kicks";
  return isRemoved("samples apart") ? "hasty breaker" : undefined;
}

/** More than any flash loan. */
const FORTUNE = 10n ** 12n;
const erc20 = new Interface([
  "function approve(address, uint256)",
  "function transfer(address, uint256)",
  "function setApprovalForAll(address, bool)",
]);
/** An Ethereum block. [s] */
export const BLOCK = 12;
/** After so long a poke looks at everything, whatever came before. [s] */
export const UNSEEN = 601;

/**
 * The pool of `deployRiskPool` and somebody against it: `attacker` is a contract with more of every token than any flash loan
 * gives, which does whole scripts in one transaction. `honest` is what every one of its moves is compared with.
 */
export async function deployAttack(connection: NetworkConnection, weakness = removed()) {
  const liquidationModule = weakness === "trusting kicks" ? "TrustingKicks" : undefined;
  const setting = await deployRiskPool(connection, { liquidationModule });
  const { ethers, networkHelpers, governor, stranger, pool, loan, oracle, volatility, liquidity } = setting;
  const { eth, uniswap, poolAddress, loanAddress, borrower, liquidation } = setting;
  const live = await weaken(setting, weakness);
  const attacker = await ethers.deployContract("ScriptedAccount");
  const address = await attacker.getAddress();
  const tokens = [loanAddress, eth.address];
  await loan.mint(address, FORTUNE * USD);
  await eth.token.mint(address, FORTUNE * ETHER);
  const spenders = [poolAddress, uniswap.swapRouter, uniswap.positionManager];
  const approvals = tokens.flatMap((target) =>
    spenders.map((to) => ({ target, data: erc20.encodeFunctionData("approve", [to, MaxUint256]) })),
  );
  await attacker.run(approvals);

  const call = async (contract: BaseContract, name: string, args: readonly unknown[]): Promise<ScriptCall> => ({
    target: await contract.getAddress(),
    data: contract.interface.encodeFunctionData(name, [...args]),
  });
  /** One block, 12 s or more after the last, with these calls in one transaction. */
  const attack = async (calls: readonly ScriptCall[], seconds = BLOCK) => {
    await networkHelpers.time.setNextBlockTimestamp((await networkHelpers.time.latest()) + seconds);
    return attacker.connect(stranger).run([...calls], { gasLimit: 16_000_000n });
  };
  /** Does one transaction of anybody 12 s after the last block. */
  const later = async (seconds = BLOCK) =>
    networkHelpers.time.setNextBlockTimestamp((await networkHelpers.time.latest()) + seconds);
  const priceOf = (dollars: number) =>
    unitPrice({ numerator: BigInt(Math.round(dollars * 1e6)), denominator: 1_000_000n }, 18, 6);
  const swapToRoot = (market: UniswapPool, from: bigint, to: bigint, recipient: string) => {
    const tokenIn = to < from ? market.token0 : market.token1;
    return encodeSwapExactInput(uniswap, market, { tokenIn, amountIn: 10n ** 32n, sqrtPriceLimitX96: to, recipient });
  };
  /** Square-root price of the market now. */
  const rootNow = async () => (await readSlot0(ethers.provider, eth.market.address)).sqrtPriceX96;
  const rootAt = (dollars: number) => poolSqrtPriceX96(eth.market, priceOf(dollars));
  /** The attacker's swap from one square-root price to another. */
  const swap = (from: bigint, to: bigint): ScriptCall => {
    const { to: target, data } = swapToRoot(eth.market, from, to, address);
    return { target, data };
  };
  /** Somebody else trades the market to a price: an arbitrageur, or the market itself. */
  const tradeTo = async (dollars: number | bigint) => {
    const [from, to] = [await rootNow(), typeof dollars === "bigint" ? dollars : rootAt(dollars)];
    if (from !== to) await send(governor, swapToRoot(eth.market, from, to, governor.address));
  };
  /** Every poke there is. */
  const pokes = async () => [
    await call(oracle, "poke", [eth.address]),
    await call(liquidity, "pokeDepth", [eth.address]),
    await call(volatility, "poke", [eth.address]),
    await call(live.engine, "poke", [eth.address]),
  ];
  const supply = (ether: bigint) => call(pool, "supplyCollateral", [eth.address, ether, address, "0x"]);
  const borrow = (assets: bigint) => call(pool, "borrow", [assets, 0n, address, address]);
  const repayAll = async (shares: bigint) => call(pool, "repay", [0n, shares, address, "0x"]);
  const withdraw = (ether: bigint) => call(pool, "withdrawCollateral", [eth.address, ether, address, address]);
  const kick = (account: string) => call(liquidation, "kick", [account]);
  const take = (account: string, ether: bigint) =>
    call(liquidation, "take", [account, eth.address, ether, MaxUint256, address, "0x"]);
  /** What the attacker has, at a price that nobody made up. [loan base units] */
  const wealth = async (dollars: number) => {
    const ether = (await eth.token.balanceOf(address)) + (await pool.collateralOf(address, eth.address));
    const shares = await pool.convertToAssets(await pool.balanceOf(address));
    const loans = (await loan.balanceOf(address)) + shares - (await pool.debtOf(address));
    return loans + (ether * BigInt(Math.round(dollars * 1e6))) / ETHER;
  };
  /** A borrower whose debt is this share of what would make him liquidatable now. */
  const addVictim = async (ether: bigint) => {
    await pool.connect(borrower).supplyCollateral(eth.address, ether, borrower.address, "0x");
    await pool
      .connect(borrower)
      .borrow(await pool.borrowCapacityOf(borrower.address), 0n, borrower.address, borrower.address);
    return borrower.address;
  };
  /** The true price becomes this: feed, market and averages, two days later. */
  const settle = async (dollars: number, seconds = 8n * HOUR) => {
    await tradeTo(dollars);
    for (let passed = 0n; passed < seconds; passed += HOUR / 2n) {
      await networkHelpers.time.increase(HOUR / 2n);
      await setting.setFeed(0, dollars);
      await liquidity.pokeDepth(eth.address);
      await live.engine.poke(eth.address);
    }
  };
  /** The pool's average leverage, as the engine last said. */
  const leverage = async () => {
    const events = await live.engine.queryFilter(live.engine.filters.RiskRefreshed(), -100);
    return events[events.length - 1].args.leverageWad;
  };
  /** What a call would leave behind; the chain is put back. */
  const imagine = async <T>(action: () => Promise<T>) => {
    const state = await networkHelpers.takeSnapshot();
    const result = await action();
    await state.restore();
    return result;
  };
  /**
   * These calls in a block in which a poke looks at the pool as a whole, 72 s after the last such one: the volatility's turn,
   * after a minute, comes first.
   */
  const look = async (calls: readonly ScriptCall[]) => {
    await attack(await pokes(), 60);
    return attack(calls);
  };
  const factors = () => setting.risk.riskOf(eth.address);
  const health = (account: string) => pool.healthOf(account);
  return {
    ...setting,
    ...{ live, attacker, attackerAddress: address, call, attack, later, swap, rootNow, rootAt, tradeTo, pokes, supply },
    ...{ borrow, repayAll, withdraw, kick, take, wealth, addVictim, settle, look, factors, health, leverage, imagine },
  };
}

export type Attack = Awaited<ReturnType<typeof deployAttack>>;

/** Puts a weak copy in the place of one part. */
async function weaken(setting: RiskPool, weakness: Weakness | undefined) {
  const { ethers, admin, engine, eth, loanAddress, modules, poolAddress, authority, risk, liquidity, networkHelpers } =
    setting;
  const live: { engine: typeof engine; breaker: Pick<RiskPool["breaker"], "assessmentOf" | "getAddress"> } = {
    engine,
    breaker: setting.breaker,
  };
  if (weakness === undefined || weakness === "trusting kicks") return live;
  const addressOf = async (name: string, args: unknown[]) => (await ethers.deployContract(name, args)).getAddress();
  if (weakness === "spot prices") {
    await admin.setOracle(await addressOf("SpotPriceOracle", [loanAddress, eth.market.address]));
  } else if (weakness === "spot depth") {
    const liquidityOracle = await addressOf("SpotLiquidityOracle", [await liquidity.getAddress()]);
    await engine.setModules({ ...modules, liquidityOracle });
  } else if (weakness === "boundless depth") {
    await engine.setModules({
      ...modules,
      liquidityOracle: await addressOf("BoundlessLiquidityOracle", [loanAddress]),
    });
  } else if (weakness === "hasty breaker") {
    live.breaker = await ethers.deployContract("HastyBreaker");
    await engine.setModules({ ...modules, breaker: await live.breaker.getAddress() });
  } else {
    const front = await ethers.deployContract("CredulousFront", [poolAddress]);
    const frontAddress = await front.getAddress();
    live.engine = await ethers.deployContract("RiskEngine", [frontAddress, authority, modules]);
    await front.setEngine(await live.engine.getAddress());
    await live.engine.setAsset(eth.address, ENGINE_ASSET);
    await live.engine.setFlow(FLOW);
    await risk.setRiskEngine(frontAddress, MAX_AGE);
  }
  await networkHelpers.time.increase(BigInt(UNSEEN));
  await live.engine.poke(eth.address);
  return live;
}

/** Price at which the victim of `attackedBorrower` is all but liquidatable. */
const BRINK = 1_900;

/**
 * Which of the pokes of every block look at the pool as a whole, if nobody uses it in their blocks.
 * @param since When volatility and pool were both looked at.
 */
export function looks(since: number): (time: number) => boolean {
  let [asked, looked] = [since, since];
  return (time) => {
    let isWhole = time - looked >= 60;
    if (time - asked >= 60 && (!isWhole || time - asked >= time - looked)) {
      [asked, isWhole] = [time, time - looked >= 300];
    }
    if (isWhole) looked = time;
    return isWhole;
  };
}

/** With a borrower close to his liquidation, at a price that has been the same for hours. */
async function withVictim(a: Attack) {
  const victim = await a.addVictim(200n * ETHER);
  await a.settle(BRINK);
  return { ...a, victim, price: BRINK };
}

export async function attackedBorrower(connection: NetworkConnection) {
  return withVictim(await deployAttack(connection));
}

/** Two days later: the averages have arrived where they were going, so that it does not matter when they are looked at. */
async function withTime<T extends Attack & { price: number }>(a: T) {
  await a.settle(a.price, 48n * HOUR);
  return a;
}

export async function settledBorrower(connection: NetworkConnection) {
  return withTime(await attackedBorrower(connection));
}

export async function settledCredulousBorrower(connection: NetworkConnection) {
  return withTime(await credulousBorrower(connection));
}

export async function spotPricedBorrower(connection: NetworkConnection) {
  return withVictim(await deployAttack(connection, "spot prices"));
}

export async function spotDepthBorrower(connection: NetworkConnection) {
  return withVictim(await deployAttack(connection, "spot depth"));
}

export async function credulousBorrower(connection: NetworkConnection) {
  return withVictim(await deployAttack(connection, "untouched"));
}

export async function hastyBorrower(connection: NetworkConnection) {
  return withVictim(await deployAttack(connection, "hasty breaker"));
}

export type AttackedBorrower = Awaited<ReturnType<typeof attackedBorrower>>;
