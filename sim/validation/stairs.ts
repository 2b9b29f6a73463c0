import { getCreateAddress, Interface, toQuantity } from "ethers";

import { MAX_GAS } from "../engine/chain.ts";
import { addressOf } from "../population.ts";
import { TRADER, withBench, type Bench, type Lab } from "./bench.ts";
import { judge, type Check } from "./check.ts";
import { salePriceFactor } from "./sales.ts";

const GROUP = "stairs";
/** Maker's Clipper and `abaci` of 2021 (docs.makerdao.com, Liquidation 2.0): `buf` 1.3, `cut` 0.99, `step` 90 s. */
const MAKER = { premiumBps: 3_000, cutBps: 9_900, stepSeconds: 90 };
const FLOOR_BONUS_BPS = 1_000;
const PAR_STEPS = 27;
const [DEBTOR, FOUNDER] = [addressOf("validation debtor"), addressOf("founder")];
const HELD = 100; // [collateral units]

const admin = new Interface(["function setLiquidationCurve(address collateral, address curve)"]);

/** Maker's clock on our stairs: the contract alone, and a sale of the real pool by it. */
export async function stairsChecks(lab: Lab): Promise<Check[]> {
  const { premiumBps, cutBps, stepSeconds } = MAKER;
  const analytic = Math.ceil(Math.log(1 + premiumBps / 1e4) / -Math.log(cutBps / 1e4));
  const { ethers } = lab.connection;
  return withBench(lab, { curve: "stairs" }, async (bench) => {
    const factory = await ethers.getContractFactory("StairstepCurve");
    const { data } = await factory.getDeployTransaction(premiumBps, FLOOR_BONUS_BPS, stepSeconds, cutBps);
    const curve = await create(bench, data);
    const contract = await ethers.getContractAt("StairstepCurve", curve);
    const factorAt = async (seconds: number) => Number(await contract.priceFactorWad(seconds)) / 1e18;
    const par = await firstStep((step) => factorAt(step * stepSeconds));
    const sold = await saleFactors(bench, curve, [(PAR_STEPS - 1) * stepSeconds, PAR_STEPS * stepSeconds]);
    const start = 1 + premiumBps / 1e4;
    return [
      judge(GROUP, "steps until 1.3 · 0.99ⁿ ≤ 1, reckoned", PAR_STEPS, analytic),
      judge(GROUP, "steps until StairstepCurve is at par", PAR_STEPS, par),
      judge(GROUP, "the same in minutes", 40.5, (par * stepSeconds) / 60),
      judge(
        GROUP,
        "factor in the last second before par",
        start * 0.99 ** 26,
        await factorAt(par * stepSeconds - 1),
        1e-9,
      ),
      judge(GROUP, "factor at par", start * 0.99 ** 27, await factorAt(par * stepSeconds), 1e-9),
      judge(GROUP, "real sale after 26 steps: price ÷ liquidation price", start * 0.99 ** 26, sold[0], 1e-9),
      judge(GROUP, "real sale after 27 steps: price ÷ liquidation price", start * 0.99 ** 27, sold[1], 1e-9),
    ];
  });
}

/** Deploys a contract in a block of the bench, which alone mines. @returns Its address. */
async function create(bench: Bench, code: string): Promise<string> {
  const { chain } = bench.world;
  const nonce = await chain.rpc("eth_getTransactionCount", TRADER, "latest");
  await chain.rpc("eth_sendTransaction", { from: TRADER, data: code, gas: toQuantity(MAX_GAS) });
  await bench.block([]);
  const address = getCreateAddress({ from: TRADER, nonce: Number(nonce) });
  if ((await chain.rpc("eth_getCode", address, "latest")) === "0x") throw new Error("a contract was not deployed");
  return address;
}

async function firstStep(factorAt: (step: number) => Promise<number>): Promise<number> {
  for (let step = 0; step < 100; ++step) if ((await factorAt(step)) <= 1) return step;
  return Number.NaN;
}

/** An account goes on sale by that curve: what a unit costs so many seconds after the kick, ÷ the liquidation price. */
async function saleFactors(bench: Bench, curve: string, lags: readonly number[]): Promise<number[]> {
  const { protocol } = bench;
  const data = admin.encodeFunctionData("setLiquidationCurve", [protocol.collateral.address, curve]);
  await bench.block([[FOUNDER, { to: protocol.spender, data }]]);
  await bench.block(bench.open(DEBTOR, HELD, 0.78 * HELD * bench.world.startPrice));
  await bench.settleAt(bench.world.startPrice * 0.92);
  await bench.block([[TRADER, protocol.kick(DEBTOR)]]);
  const factors: number[] = [];
  let passed = 0;
  for (const lag of lags) {
    await bench.follow(lag - passed);
    passed = lag;
    factors.push(await salePriceFactor(bench, DEBTOR, HELD / 4));
  }
  return factors;
}
