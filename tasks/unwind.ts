import { formatUnits } from "ethers";

import { UserError } from "../sim/user-error.ts";
import { openLoop } from "./loop.ts";
import { isFork } from "./shared/connect.ts";
import { requireFreshRisk } from "./shared/fresh-risk.ts";
import {
  confirm,
  deadline,
  explained,
  limitPrice36,
  marketPrice36,
  openLeverageSession,
  sendToRouter,
  withOperator,
  type LeverageSession,
} from "./shared/leverage-session.ts";
import { parseCount, parseFraction } from "./shared/numbers.ts";
import { positionHeader, positionJson, positionRow, readPosition, type Position } from "./shared/position.ts";
import { runTask } from "./shared/user-error.ts";

export interface UnwindArguments {
  readonly rounds: string;
  readonly asset: string;
  readonly account: string;
  readonly slippage: string;
  readonly flash: boolean;
  readonly json: boolean;
}

export interface UnwindResult {
  readonly account: string;
  readonly asset: string;
  readonly rounds: readonly ReturnType<typeof positionJson>[]; // the first is before unwinding
  readonly returned: string; // collateral that came back to the wallet
}

const WAD = 10n ** 18n;
const PRICE_SCALE = 10n ** 36n;
const NONE = { deadline: 0n, signature: "0x" };

/** `npx hardhat unwind`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<UnwindArguments, UnwindResult>(async (args, hre) => {
  const rounds = parseCount(args.rounds, 1, 50, "--rounds");
  const slippageWad = parseFraction(args.slippage, "--slippage");
  const say = args.json ? () => undefined : (line: string) => console.log(line);
  const session = await openLeverageSession(hre, args, (line) => say(`${line} …`));
  if (session.connection.networkConfig.type === "edr-simulated" && !isFork(session.connection)) {
    say("a fresh chain has no position to unwind: opening one with 10 at 0.7 first …");
    const amount = 10n * 10n ** BigInt(session.entry.decimals);
    const loop = { rounds: 5, ltvWad: (7n * WAD) / 10n, amount, slippageWad, flash: true };
    await openLoop(session, loop, () => undefined);
  }

  const { token, account } = session;
  const before = await token.balanceOf(account);
  const shown: Position[] = [];
  await unwind(session, { rounds, slippageWad, flash: args.flash }, (position) => {
    if (shown.length === 0) say(`\n${session.entry.symbol} position of ${account}\n\n${positionHeader(session)}`);
    say(positionRow(session, args.flash && shown.length > 0 ? "flash" : String(shown.length), position));
    shown.push(position);
  });
  const returned = formatUnits((await token.balanceOf(account)) - before, session.entry.decimals);
  say(`\nNo debt is left; ${returned} ${session.entry.symbol} came back`);

  const result = {
    account,
    asset: session.entry.symbol,
    rounds: shown.map((position) => positionJson(session, position)),
    returned,
  };
  if (args.json) console.log(JSON.stringify(result, null, 2));
  return result;
});

/**
 * Closes the position, one transaction a round, or a single one by flash swap.
 * @param onRound Told of the position before and after each round.
 * @throws UserError before the position is touched if there is no debt or a rehearsal of the whole way down fails.
 */
async function unwind(
  session: LeverageSession,
  order: { readonly rounds: number; readonly slippageWad: bigint; readonly flash: boolean },
  onRound: (position: Position) => void,
): Promise<void> {
  const { router, market, account, entry } = session;
  const start = await readPosition(session);
  if (start.debt === 0n) throw new UserError(`${account} has no debt in this pool`);
  if (start.collateral === 0n) throw new UserError(`${account} has no ${entry.symbol} in this pool`);
  const limit = limitPrice36(await marketPrice36(session), order.slippageWad, -1);
  if (limit === 0n) throw new UserError(`${entry.symbol} has no price in its Uniswap pool`);
  // A flash swap repays everything before anything is withdrawn: no test of what may be owed.
  if (!order.flash) await requireFreshRisk(session);

  await withOperator(session, async () => {
    const until = await deadline(session);
    if (order.flash) {
      // Room for the interest of the time that the transaction waits: a thousandth.
      const most = ((start.debt * 1_001n) / 1_000n) * PRICE_SCALE;
      const maxCollateralIn = most / limit + 1n;
      await explained(session, () => router.close.staticCall(market, maxCollateralIn, until, NONE));
      onRound(start);
      await confirm(session, sendToRouter(session, "close", [market, maxCollateralIn, until, NONE]));
      onRound(await readPosition(session));
      return;
    }
    const whole = { targetDebt: 0n, rounds: order.rounds, limitPrice36: limit, deadline: until };
    await explained(session, () => router.reduceByRounds.staticCall(market, whole, NONE));
    onRound(start);
    for (let position = start; position.debt !== 0n;) {
      const targetDebt = await targetOfRound(session, limit);
      const one = { ...whole, targetDebt, rounds: 1, deadline: await deadline(session) };
      await confirm(session, sendToRouter(session, "reduceByRounds", [market, one, NONE]));
      position = await readPosition(session);
      onRound(position);
    }
  });
}

/** Debt that one round can reach: what may be withdrawn now, less a little for interest, sold at the limit price. */
async function targetOfRound({ pool, oracle, account, entry }: LeverageSession, limit: bigint): Promise<bigint> {
  const [debt, capacity, held, listing, price36, config] = await Promise.all([
    pool.debtOf(account),
    pool.borrowCapacityOf(account),
    pool.collateralOf(account, entry.token),
    pool.collateralConfig(entry.token),
    oracle.borrowPrice(entry.token),
    pool.poolConfig(),
  ]);
  const spare = capacity > debt ? ((capacity - debt) * 999n) / 1_000n : 0n;
  const free =
    listing.borrowFactorBps === 0n ? held : (spare * 10_000n * PRICE_SCALE) / (listing.borrowFactorBps * price36);
  const proceeds = ((free < held ? free : held) * limit) / PRICE_SCALE;
  if (proceeds >= debt) return 0n;
  const target = debt - proceeds;
  const reachable = target < config.minDebt ? config.minDebt : target;
  if (reachable >= debt) throw new UserError("nothing more may be withdrawn between rounds: use --flash");
  return reachable;
}
