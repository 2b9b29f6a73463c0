import { formatUnits } from "ethers";

import { UserError } from "../sim/user-error.ts";
import { requireFreshRisk } from "./shared/fresh-risk.ts";
import { openForecast, requireRoom } from "./shared/leverage-checks.ts";
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
import { parseCount, parseDecimal, parseFraction } from "./shared/numbers.ts";
import { positionHeader, positionJson, positionRow, readPosition, type Position } from "./shared/position.ts";
import { runTask } from "./shared/user-error.ts";

export interface LoopArguments {
  readonly rounds: string;
  readonly ltv: string;
  readonly amount: string;
  readonly asset: string;
  readonly account: string;
  readonly slippage: string;
  readonly flash: boolean;
  readonly json: boolean;
}

/** What is asked for, in the units of the contracts. */
export interface LoopOrder {
  readonly rounds: number;
  readonly ltvWad: bigint;
  readonly amount: bigint;
  readonly slippageWad: bigint;
  readonly flash: boolean;
}

export interface LoopResult {
  readonly account: string;
  readonly asset: string;
  readonly rounds: readonly ReturnType<typeof positionJson>[]; // the first is before any borrowing, unless flash
}

/** `npx hardhat loop`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<LoopArguments, LoopResult>(async (args, hre) => {
  const rounds = parseCount(args.rounds, 1, 50, "--rounds");
  const ltvWad = parseFraction(args.ltv, "--ltv");
  const slippageWad = parseFraction(args.slippage, "--slippage");
  parseDecimal(args.amount, 36, "--amount"); // before anything is deployed; its decimals are known later
  const say = args.json ? () => undefined : (line: string) => console.log(line);
  const session = await openLeverageSession(hre, args, (line) => say(`${line} …`));
  const amount = parseDecimal(args.amount, session.entry.decimals, "--amount");

  const shown: Position[] = [];
  await openLoop(session, { rounds, ltvWad, amount, slippageWad, flash: args.flash }, (position) => {
    if (shown.length === 0) {
      say(`\n${args.amount} ${session.entry.symbol} of ${session.account} at a loan-to-value of ${args.ltv}\n`);
      say(positionHeader(session));
    }
    say(positionRow(session, args.flash ? "flash" : String(shown.length), position));
    shown.push(position);
  });
  const last = shown[shown.length - 1];
  const exposure = formatUnits((last.collateral * 10n ** 18n) / amount, 18);
  const ideal = formatUnits(openForecast(10n ** 18n, ltvWad, rounds), 18);
  say(`\nExposure ${exposure} × the equity; without fees and slippage it would be ${ideal}`);

  const result: LoopResult = {
    account: session.account,
    asset: session.entry.symbol,
    rounds: shown.map((position) => positionJson(session, position)),
  };
  if (args.json) console.log(JSON.stringify(result, null, 2));
  return result;
});

/**
 * Opens the loop, one transaction a round, or a single one by flash swap.
 * @param onRound Told of the position after the supply (round 0) and after each round.
 * @throws UserError before the first transaction if anything known in advance stands in the way; before the position is
 * touched if a rehearsal of the whole loop on the chain's state fails.
 */
export async function openLoop(
  session: LeverageSession,
  order: LoopOrder,
  onRound: (position: Position) => void,
): Promise<void> {
  const { pool, router, token, account, market, entry, deployment } = session;
  await requireFreshRisk(session);
  await requireRoom(session, order);
  await provideCollateral(session, order.amount);
  const limit = limitPrice36(await marketPrice36(session), order.slippageWad, 1);
  const none = { deadline: 0n, signature: "0x" };
  const until = await deadline(session);
  const whole = {
    collateralIn: order.amount,
    ltvWad: order.ltvWad,
    rounds: order.rounds,
    limitPrice36: limit,
    deadline: until,
  };

  await withOperator(session, async () => {
    await confirm(session, token.approve(deployment.contracts.leverageRouter, order.amount));
    try {
      if (order.flash) {
        const bought = openForecast(order.amount, order.ltvWad, order.rounds) - order.amount;
        const increase = {
          collateralIn: order.amount,
          collateralToBuy: bought,
          maxLoanIn: (bought * limit) / 10n ** 36n,
          deadline: until,
        };
        await explained(session, () => router.open.staticCall(market, increase, none));
        await confirm(session, sendToRouter(session, "open", [market, increase, none]));
        onRound(await readPosition(session));
        return;
      }
      await explained(session, () => router.increaseByRounds.staticCall(market, whole, none));
    } catch (error) {
      await confirm(session, token.approve(deployment.contracts.leverageRouter, 0n));
      throw error;
    }
    // Supplied by the account itself, so that the table can start at a leverage of one.
    await confirm(session, token.approve(deployment.contracts.pool, order.amount));
    await confirm(session, pool.supplyCollateral(entry.token, order.amount, account, "0x"));
    await confirm(session, token.approve(deployment.contracts.leverageRouter, 0n));
    onRound(await readPosition(session));
    for (let round = 0; round < order.rounds; ++round) {
      const one = { ...whole, collateralIn: 0n, rounds: 1, deadline: await deadline(session) };
      await confirm(session, sendToRouter(session, "increaseByRounds", [market, one, none]));
      onRound(await readPosition(session));
    }
  });
}

/** The demo's tokens may be minted by anyone; elsewhere the account must have them. */
async function provideCollateral(session: LeverageSession, amount: bigint): Promise<void> {
  const { token, account, deployment, entry } = session;
  const held = await token.balanceOf(account);
  if (held >= amount) return;
  if (!deployment.demo) {
    const [has, needs] = [held, amount].map((value) => formatUnits(value, entry.decimals));
    throw new UserError(`${account} holds ${has} ${entry.symbol}, but --amount is ${needs}`);
  }
  await confirm(session, token.mint(account, amount - held));
}
