import { expect } from "chai";
import { parseEther } from "ethers";
import { network } from "hardhat";
import { readFileSync } from "node:fs";

import { deployAccessManager } from "../../shared/oracle-fixtures.ts";

const USD = 10n ** 6n;
const ASSET = `0x${"22".repeat(20)}`;
const PARAMETERS = {
  ...{ zHundredths: 400, betaBps: 500, bufferBps: 2_500 },
  ...{ minLiquidationFactorBps: 4_000, maxLiquidationFactorBps: 9_000 },
  ...{ freeLeverageBps: 40_000, leverageSlopeBps: 500, freeRiseBps: 1_000, riseSlopeBps: 2_500, maxAddOnBps: 1_500 },
};

/** The table below "Worked example": value by step. */
function documented(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL("../../../docs/risk-model.md", import.meta.url), "utf8");
  const section = text.split("## Worked example")[1].split("\n## ")[0];
  const rows = [...section.matchAll(/^\| (.+?) +\| +(.+?) \|$/gm)].map(([, step, value]) => [step, value] as const);
  return new Map(rows.filter(([step]) => step !== "step" && !step.startsWith("---")));
}

const percent = (bps: bigint) => `${(Number(bps) / 100).toFixed(2)} %`;
const whole = (amount: bigint) => amount.toString().replace(/\B(?=(\d{3})+$)/g, ",");

/** What docs/risk-model.md works out by hand is what the contracts answer. */
describe("the risk model's worked example", () => {
  it("is what the contracts compute, to the last digit shown", async () => {
    const connection = await network.create();
    const { ethers } = connection;
    const [governor] = await ethers.getSigners();
    const model = await ethers.deployContract("CollateralFactorModel", [await deployAccessManager(governor)]);
    const math = await ethers.deployContract("RiskMathHarness");
    await model.setParameters(ASSET, PARAMETERS);

    const sigmaWad = await math.sigmaUp(
      parseEther("0.035"),
      parseEther("0.0405"),
      parseEther("0.08"),
      0n,
      parseEther("0.01"),
    );
    const depth = 1_200_000n * USD;
    const reserve = await math.reserveDown(depth, 200n);
    const salePerDay = depth * 144n;
    const inputs = {
      ...{ sigmaWad, exposure: 72_000_000n * USD, salePerDay, slice: depth, reserve },
      ...{ leverageWad: parseEther("2"), riseWad: 0n, liquidationFactorBps: 9_000n },
    };
    const calm = await model.targets(ASSET, inputs);
    const windy = await model.targets(ASSET, {
      ...inputs,
      ...{ leverageWad: parseEther("5"), riseWad: parseEther("0.2") },
    });
    const owed = async (value: bigint) => {
      const byFactor = (value * calm.borrowFactorBps) / 10_000n;
      const healing = await model.healingDebt(ASSET, value, reserve);
      return byFactor < healing ? byFactor : healing;
    };
    const tightness = await math.tightnessUp(parseEther("0.075"), parseEther("0.05"), parseEther("0.1"));
    const values = [10_000n * USD, 10_000n * USD];
    const capacities = values.map((value) => (value * calm.borrowFactorBps) / 10_000n);
    const loading = await math.loadingPercentUp(parseEther("0.81"));
    const together = await math.basketDown(values, capacities, [loading, loading]);

    expect(Object.fromEntries(documented())).to.deep.equal({
      "σ\\* = ¾ · 4.05 % + ¼ · 8 %": `${(Number(sigmaWad) / 1e16).toFixed(4)} %`,
      "y = 1,200,000 ÷ (1 − √0.98)": whole(reserve / USD),
      "T = 72 ÷ (1.2 · 144) days": `${whole(calm.timeToLiquidate)} s`,
      LT: percent(calm.liquidationFactorBps),
      "BF, no add-on": percent(calm.borrowFactorBps),
      "BF, the pool at 5× leverage and the price 20 % too high": percent(windy.borrowFactorBps),
      "a position of 1,000,000 may owe": whole((await owed(1_000_000n * USD)) / USD),
      "a position of 20,000,000 may owe": whole((await owed(20_000_000n * USD)) / USD),
      "BF at a divergence of 7.5 %: tightness ½": percent(
        (calm.borrowFactorBps * (10n ** 18n - tightness)) / 10n ** 18n,
      ),
      "two collaterals of 10,000, ρ = 0.81: benefit": whole((together - capacities[0] - capacities[1]) / USD),
    });
    await connection.close();
  });
});
