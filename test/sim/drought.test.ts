import { expect } from "chai";

import { FleeingProvider, PROVIDER } from "../../sim/agents/fleeing-provider.ts";
import { poolInterface } from "../../sim/market/uniswap-artifacts.ts";
import { encodeSwapExactInput } from "../../sim/market/uniswap-calls.ts";
import type { Drought } from "../../sim/scenarios/stress.ts";
import { expectClose } from "../shared/expect-close.ts";
import { ether } from "../shared/hand-made-view.ts";
import { agentOf, ANN, BLOCK, intentOf, openLab, START_PRICE, type Lab } from "../shared/lab-world.ts";

const DROUGHT: Drought = { fromSeconds: 3 * BLOCK, toSeconds: 6 * BLOCK, exchangeShare: 1, venueShare: 0.25 };

describe("a provider who flees", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab("fixed");
    await lab.chain.unlock([PROVIDER]);
  });
  beforeEach(() => lab.reset());
  after(() => lab.close());

  const liquidity = async () => {
    const data = poolInterface.encodeFunctionData("liquidity");
    const read = await lab.chain.call(lab.world.venue, data);
    return poolInterface.decodeFunctionResult("liquidity", read)[0] as bigint;
  };

  /** Runs some blocks; `sale` is what ANN sells on chain in block 4. Answers with the real liquidity after each. */
  async function run(blocks: number, sale = 0) {
    const { world, protocol } = lab;
    const seller = agentOf({
      members: [ANN],
      decide: ({ block, venue }) => {
        if (sale === 0 || block !== 4) return [];
        const tokenIn = protocol.collateral.address;
        const swap = { tokenIn, recipient: ANN, amountIn: ether(sale) };
        const approve = { ...protocol.permissions()[0] };
        const spender = world.uniswap.swapRouter.slice(2).toLowerCase();
        const data = approve.data.slice(0, 34) + spender + approve.data.slice(74);
        return [
          intentOf(ANN, { ...approve, data }, { priorityFeeWei: 2n }),
          intentOf(ANN, encodeSwapExactInput(world.uniswap, venue.pool, swap), { priorityFeeWei: 1n }),
        ];
      },
    });
    const provider = new FleeingProvider(world.venue, world.uniswap, [DROUGHT]);
    const { stepper } = await lab.start([provider, seller]);
    const start = await liquidity();
    const shares: number[] = [];
    for (let block = 1; block <= blocks; ++block) {
      const { outcomes } = await stepper.step(START_PRICE);
      for (const { receipt, intent, error } of outcomes) expect(receipt.ok, `${intent.label}: ${error}`).to.equal(true);
      const real = await liquidity();
      expect(stepper.venue.activeLiquidity, `block ${block}`).to.equal(real); // what agents reckon with
      shares.push(Number(real) / Number(start));
    }
    return shares;
  }

  it("takes the share of the liquidity away for the time given, in the real pool, and brings it back", async () => {
    const shares = await run(8);
    for (const [i, expected] of [1, 1, 0.25, 0.25, 0.25, 1, 1, 1].entries()) expectClose(shares[i], expected, 1e-6);
  });

  it("leaves a market in which a sale moves the price more, and comes back with what it has", async () => {
    const { liquidity: whole, feeShare } = await lab.world.readVenue();
    const shares = await run(8, 100);
    const { price } = await lab.world.readVenue();
    // Selling Δ into the liquidity L moves 1/√P by Δ(1 − fee)/L.
    const moved = 1 / Math.sqrt(price) - 1 / Math.sqrt(START_PRICE);
    expectClose((moved * whole) / (100 * (1 - feeShare)), 1 / DROUGHT.venueShare, 1e-3);
    // The price is lower than where it left: it has too little of the collateral for all of its liquidity.
    expect(shares[7]).to.be.lessThan(1);
    expect(shares[7]).to.be.greaterThan(0.9);
  });
});
