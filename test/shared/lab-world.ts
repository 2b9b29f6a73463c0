import { Interface } from "ethers";
import hre from "hardhat";

import { LAB } from "../../sim/config.ts";
import type { Agent, Dropped, Intent, Outcome, View } from "../../sim/engine/agent.ts";
import type { BlockSpace } from "../../sim/engine/block-space.ts";
import { Stepper } from "../../sim/engine/stepper.ts";
import { buildWorld } from "../../sim/engine/world.ts";
import { Exchange, type ExchangeOrder } from "../../sim/market/exchange.ts";
import type { EncodedCall } from "../../sim/market/uniswap-calls.ts";
import type { CurveName } from "../../sim/liquidation-curves.ts";
import { addressOf } from "../../sim/population.ts";
import type { Rng } from "../../sim/rng.ts";
import { createRng } from "../../sim/rng.ts";
import { createShockScenario } from "../../sim/scenarios/shock.ts";
import { dollars, ether } from "./hand-made-view.ts";

export const START_PRICE = 2_000;
export const BLOCK = 12; // [s]
export const [LENDER, ANN, BOB] = [addressOf("test lender"), addressOf("test ann"), addressOf("test bob")];
const tokens = new Interface(["function mint(address to, uint256 amount)", "function approve(address, uint256)"]);
const MAX = (1n << 256n) - 1n;

/** An agent that does what a test says. */
export interface Script {
  readonly name?: string;
  readonly members?: readonly string[];
  prepare?(view: View): void;
  decide?(view: View, rng: Rng): readonly Intent[] | Promise<readonly Intent[]>;
  settle?(outcomes: readonly Outcome[], view: View): readonly ExchangeOrder[];
  forget?(dropped: readonly Dropped[], view: View): void;
}

export function agentOf({ name = "scripted", members = [], prepare, decide, settle, forget }: Script): Agent {
  return {
    ...{ kind: "scripted", name, members },
    prepare: (view) => Promise.resolve(prepare?.(view)),
    decide: async (view, rng) => (await decide?.(view, rng)) ?? [],
    ...(settle === undefined ? {} : { settle }),
    ...(forget === undefined ? {} : { forget }),
  };
}

/** A call as an intent, at 1 gwei for the place in the block unless said otherwise. */
export function intentOf(from: string, call: EncodedCall, parts: Partial<Intent> = {}): Intent {
  return { ...call, from, gas: 1_000_000, priorityFeeWei: 10n ** 9n, label: "call", touches: [], ...parts };
}

/**
 * A world on a chain of its own: the real pool, oracle and Uniswap, in which LENDER lends ten million and ANN and BOB
 * hold 1,000 WETH each, all with their permissions given. Nobody owes anything. `reset` brings it back to that.
 */
export async function openLab(curve: CurveName) {
  const connection = await hre.network.create();
  const scenario = createShockScenario(-0.3, 1_800, "WETH");
  const world = await buildWorld(hre, connection, { scenario, curve, startPrice: START_PRICE });
  const { chain, protocol } = world;
  const { collateral, loan } = protocol;
  await chain.unlock([LENDER, ANN, BOB]);

  const mint = (token: string, to: string, amount: bigint) => ({
    to: token,
    data: tokens.encodeFunctionData("mint", [to, amount]),
  });
  const approval = { to: loan.address, data: tokens.encodeFunctionData("approve", [protocol.spender, MAX]) };
  const setUp: [string, EncodedCall][] = [
    [LENDER, mint(loan.address, LENDER, dollars(10e6))],
    [LENDER, approval],
    [LENDER, protocol.deposit(dollars(10e6), LENDER)],
    ...[ANN, BOB].flatMap((account): [string, EncodedCall][] => [
      [account, mint(collateral.address, account, ether(1_000))],
      ...protocol.permissions().map((call): [string, EncodedCall] => [account, call]),
    ]),
  ];
  for (const [from, call] of setUp) await chain.send(intentOf(from, call));
  const receipts = await chain.mine((await chain.timestamp()) + BLOCK);
  if (!receipts.every(({ ok }) => ok)) throw new Error("the lab could not be set up");

  let origin = await chain.snapshot();
  return {
    ...{ connection, world, chain, protocol },
    reset: async () => {
      await chain.revert(origin);
      origin = await chain.snapshot(); // a snapshot serves once
    },
    close: () => connection.close(),
    /** A stepper over the agents given, and the exchange that it trades at. */
    start: async (agents: readonly Agent[], parts: StartParts = {}) => {
      const { accounts = [], hasImpact = true, space } = parts;
      const exchange = new Exchange({
        ...{ depth: world.exchangeDepth, startPrice: START_PRICE, hasImpact },
        ...{ permanentShare: LAB.permanentImpactShare, halfLifeSeconds: LAB.impactHalfLifeSeconds },
      });
      const stepper = await Stepper.start(world, {
        ...{ exchange, agents, rng: createRng("test"), accounts },
        ...(space === undefined ? {} : { space }),
      });
      return { stepper, exchange };
    },
  };
}

interface StartParts {
  readonly accounts?: readonly string[];
  readonly hasImpact?: boolean;
  readonly space?: BlockSpace;
}

export type Lab = Awaited<ReturnType<typeof openLab>>;

/** What ANN or BOB sends to owe `debt` dollars against so many WETH. */
export function openPosition({ protocol }: Lab, account: string, collateral: number, debt: number): Intent[] {
  return [
    intentOf(account, protocol.supplyCollateral(ether(collateral), account), { touches: [account] }),
    intentOf(account, protocol.borrow(dollars(debt), account), { touches: [account] }),
  ];
}
