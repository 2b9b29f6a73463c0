import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { encodeSwapExactInput } from "../../sim/market/uniswap-calls.ts";
import { deployAave } from "./aave.ts";
import { deployBreakwater } from "./breakwater.ts";
import { deployMorpho } from "./morpho.ts";
import type { Gas, MeasuredId } from "./rows.ts";
import { tellStory, type Story } from "./story.ts";
import { traceSpending, type Spending } from "./trace.ts";
import { createWorld, USD, type World } from "./world.ts";

const SWAPPED = 1_000n * USD;

/** A run's figures. Gas is that of whole transactions. */
export interface Results {
  readonly ours: Gas;
  /** Ours with the real oracle. */
  readonly real: Gas;
  readonly rivals: readonly { readonly name: string; readonly gas: Gas }[];
  /** A swap in a Uniswap v3 pool, through its router. */
  readonly swap: number;
}

export interface Run extends Results {
  /** Where the gas of one of ours, or of a rival's, went. */
  readonly trace: (who: "ours" | number, id: MeasuredId) => Promise<Spending>;
  readonly close: () => Promise<void>;
}

/** Measures everything once, on one chain. */
export async function runBench(hre: HardhatRuntimeEnvironment): Promise<Run> {
  const world = await createWorld(hre);
  const morpho = await tellStory(world, await deployMorpho(world));
  const aave = await tellStory(world, await deployAave(world));
  const ours = await tellStory(world, await deployBreakwater(world, "constant"));
  const swap = await measureSwap(world);
  const real = await tellStory(world, await deployBreakwater(world, "real"));
  const rivals = [
    { name: "Morpho Blue 1.0.0", story: morpho },
    { name: "Aave core-v3 1.19.3", story: aave },
  ];
  return {
    ...{ ours: gasOf(ours), real: gasOf(real), swap },
    rivals: rivals.map(({ name, story }) => ({ name, gas: gasOf(story) })),
    trace: (who, id) => {
      const measured = (who === "ours" ? ours : rivals[who].story)[id];
      if (measured === undefined) throw new Error(`${id} was not measured`);
      return traceSpending(world.chain, measured);
    },
    close: () => world.chain.close(),
  };
}

function gasOf(story: Story): Gas {
  return Object.fromEntries(Object.entries(story).map(([id, { gas }]) => [id, gas]));
}

/** The second of two, as nothing of it is the first of its kind then. */
async function measureSwap({ chain, uniswap, supplier, loan, collaterals, ethers }: World): Promise<number> {
  const token = await ethers.getContractAt("MockERC20", loan.address);
  await token.connect(supplier).approve(uniswap.swapRouter, ethers.MaxUint256);
  const swap = { tokenIn: loan.address, recipient: supplier.address, amountIn: SWAPPED };
  const call = encodeSwapExactInput(uniswap, collaterals[0].market, swap);
  const nothing = () => Promise.resolve();
  await chain.measure(supplier, call, nothing);
  return (await chain.measure(supplier, call, nothing)).gas;
}
