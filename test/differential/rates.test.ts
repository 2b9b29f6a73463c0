import { expect } from "chai";
import { network } from "hardhat";

import { adaptiveRates, kinkedRates } from "../../sim/reference/pool-rates.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { RATES } from "../shared/pool-fixtures.ts";
import { chance, logarithmic, pick } from "../shared/pool-deeds.ts";
import { ADAPTIVE } from "../shared/pool-world.ts";

const SAMPLES = 400;
const WAD = 10n ** 18n;

/** In any state, at any use, over any time: also such as no pool gets into. */
function sample(rng: Rng, turns: readonly bigint[]) {
  const near = pick(rng, turns) + BigInt(rng.integer(5)) - 2n;
  const utilisationWad = chance(rng, 0.3) ? near : BigInt(Math.round(rng.next() * 1.1e18));
  const elapsed = chance(rng, 0.05) ? logarithmic(rng, 1n, 2n ** 255n) : logarithmic(rng, 1n, 10n ** 8n);
  const state = chance(rng, 0.2) ? 0n : logarithmic(rng, 1n, 2n ** 56n);
  return [utilisationWad, chance(rng, 0.05) ? 0n : elapsed, state] as const;
}

describe("Rate models against their reference", () => {
  const cases = [
    {
      name: "KinkedRateModel",
      parameters: RATES,
      model: kinkedRates(RATES),
      turns: [RATES.kinkWad, RATES.criticalUtilisationWad, 2n, WAD],
    },
    {
      name: "AdaptiveRateModel",
      parameters: ADAPTIVE,
      model: adaptiveRates(ADAPTIVE),
      turns: [ADAPTIVE.targetUtilisationWad, 2n, WAD],
    },
  ] as const;
  for (const { name, parameters, model, turns } of cases) {
    it(`${name}: equal to the last digit`, async () => {
      const { ethers } = await network.getOrCreate();
      const contract = await ethers.getContractAt(
        "IInterestRateModel",
        await (await ethers.deployContract(name, [parameters])).getAddress(),
      );
      const rng = createRng(name);
      for (let i = 0; i < SAMPLES; ++i) {
        const [utilisationWad, elapsed, state] = sample(rng, turns);
        const what = `of ${utilisationWad}, ${elapsed}, ${state}`;
        const { rateWad, state: next } = model.accrue(utilisationWad, elapsed, state);
        expect([...(await contract.accrue(utilisationWad, elapsed, state))], what).to.deep.equal([rateWad, next]);
        const now = await contract.ratePerSecondWad(utilisationWad, state);
        expect(now, what).to.equal(model.rateWad(utilisationWad, state));
      }
    });
  }
});
