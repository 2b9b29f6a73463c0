/** Calls within calls: of several at once, and of whoever is called back before he pays. */
import { pull, type Pool } from "./pool-state.ts";

/** Something that is done to a pool. */
export type Call<Answer = void> = (p: Pool) => Answer;

export const NOTHING: Call = () => undefined;

/** All by the same caller, each at what those before it have left. The first refusal is that of all. */
export function multicall<Answer>(p: Pool, calls: readonly Call<Answer>[]): Answer[] {
  return p.rules.callsInTurn(calls).map((call) => call(p));
}

/**
 * Has the caller do what he wants to, then takes the payment. The books count it as paid already, and what he bought is his.
 *
 * @param booked As `pull` has it, by then.
 */
export function pullLast(
  p: Pool,
  during: Call,
  token: string,
  from: string,
  amount: bigint,
  booked: () => bigint = () => 0n,
): void {
  p.rules.payment(
    () => during(p),
    () => pull(p, token, from, amount, booked()),
  );
}
