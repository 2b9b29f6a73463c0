import { getAddress, parseEther } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAccessManager } from "./oracle-fixtures.ts";
import { withoutAutomine } from "./without-automine.ts";

export const SUBJECT = getAddress("0x00000000000000000000000000000000000a55e7");
export const OTHER = getAddress("0x0000000000000000000000000000000000000b0b");
export const MINUTE = 60;

/** As in the contract. */
export const Level = { Normal: 0n, Caution: 1n, Restricted: 2n, Recovery: 3n } as const;

/** Nothing is known, or nothing is wrong. */
export const CALM = {
  divergenceWad: 0n,
  volatilityExcessWad: 0n,
  moveWad: 0n,
  outflowWad: 0n,
  backlogWad: 0n,
  lossWad: 0n,
  sourcesMissing: false,
};
export type BreakerInputs = typeof CALM;

/** Every input but one at zero. */
export const diverged = (share: string) => ({ ...CALM, divergenceWad: parseEther(share) });
export const moved = (sigmas: string) => ({ ...CALM, moveWad: parseEther(sigmas) });
export const MISSING = { ...CALM, sourcesMissing: true };

const band = (caution: string, restricted: string) => ({
  cautionWad: parseEther(caution),
  restrictedWad: parseEther(restricted),
});
export const DEFAULTS = {
  divergence: band("0.05", "0.1"),
  volatilityExcess: band("1", "3"),
  move: band("4", "8"),
  outflow: band("0.5", "1"),
  backlog: band("0.5", "2"),
  loss: band("0.0025", "0.01"),
};

/** The signers are engines as they are: state belongs to whoever calls. */
export async function deployBreaker(connection: NetworkConnection) {
  const [governor, engine, rival] = await connection.ethers.getSigners();
  const breaker = await connection.ethers.deployContract("CircuitBreaker", [await deployAccessManager(governor)]);
  const { time } = connection.networkHelpers;

  /** A sample of `engine` in a block of its own, `seconds` after the last one; where the subject stands then. */
  async function sample(inputs: BreakerInputs, seconds = 12) {
    await time.setNextBlockTimestamp((await time.latest()) + seconds);
    await breaker.connect(engine).assess(SUBJECT, inputs);
    return standing();
  }

  /** Where it stands as of the latest block. */
  async function standing() {
    const { level, tightnessWad, until } = await breaker.assessmentOf(engine.address, SUBJECT);
    return { level, tightnessWad, until };
  }

  /** Some time without a call. */
  async function wait(seconds: number) {
    await time.increase(seconds);
    return standing();
  }

  /** Restricted by a divergence, and expired. */
  async function recover() {
    await sample(diverged("0.2"));
    return wait(15 * MINUTE);
  }

  /** Several samples in one block; where the subject stands after it. */
  async function together(...all: BreakerInputs[]) {
    const nonce = await engine.getNonce();
    await withoutAutomine(connection, async () => {
      for (const [i, inputs] of all.entries()) {
        await breaker.connect(engine).assess(SUBJECT, inputs, { nonce: nonce + i, gasLimit: 200_000 });
      }
      await connection.networkHelpers.mine();
    });
    return standing();
  }

  return { breaker, governor, engine, rival, sample, standing, wait, recover, together };
}
