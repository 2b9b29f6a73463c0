import { debtOf } from "../../sim/reference/debt.ts";
import { allowanceOf, balanceOf } from "../../sim/reference/ledger.ts";
import { inUse } from "../../sim/reference/pool-borrower.ts";
import * as lender from "../../sim/reference/pool-lender.ts";
import { rampAt } from "../../sim/reference/pool-ramp.ts";
import { borrowCapacity, healthOf } from "../../sim/reference/pool-risk.ts";
import { nonceOf } from "../../sim/reference/pool-signatures.ts";
import { accountOf, accrued, pairOf, type Pool } from "../../sim/reference/pool-state.ts";
import { keeperAt } from "../../sim/reference/pool-tips.ts";
import * as views from "../../sim/reference/pool-views.ts";
import { PoolRefused, type RefusedValue } from "../../sim/reference/word.ts";
import { Divergence } from "./auction-compare.ts";
import type { Answer, PoolChain } from "./pool-chain.ts";
import type { PoolWorld } from "./pool-world.ts";

/** A word of an answer; an address is text. Undefined: it means nothing. */
export type Word = bigint | boolean | string | undefined;

const toBig = (word: bigint | boolean | string) => BigInt(word === true ? 1 : word === false ? 0 : word);

/** Throws where an answer is not made of these words. */
export function expectWords(what: string, data: string, words: readonly Word[]): void {
  const length = (data.length - 2) / 64;
  if (length !== words.length) throw new Divergence(`${what}: pool answers ${length} words, model ${words.length}`);
  words.forEach((word, i) => {
    if (word === undefined) return;
    const actual = BigInt(`0x${data.slice(2 + 64 * i, 66 + 64 * i)}`);
    const where = words.length === 1 ? what : `${what}, word ${i}`;
    if (actual !== toBig(word)) throw new Divergence(`${where}: pool ${actual}, model ${String(word)}`);
  });
}

const told = (name: string, values: readonly RefusedValue[]) => `${name}(${values.join(", ")})`;

/** Throws unless both refuse, by the same error with the same values. */
export function expectSameRefusal(what: string, actual: Answer, expected: PoolRefused): void {
  if (!("name" in actual)) throw new Divergence(`${what}: pool does it, model ${expected.message}`);
  const [text, wanted] = [told(actual.name, actual.values), told(expected.reason, expected.values)];
  if (text !== wanted) throw new Divergence(`${what}: pool ${text}, model ${wanted}`);
}

interface View {
  readonly name: string;
  readonly args: readonly (string | bigint)[];
  readonly words: (p: Pool) => readonly Word[];
}

const list = (tokens: readonly string[]) => [32n, BigInt(tokens.length), ...tokens];
const one =
  (f: (p: Pool) => Word) =>
  (p: Pool): readonly Word[] => [f(p)];

/**
 * @param keepers How many numbers of keepers there are.
 * @param asked Amounts of assets and of shares to convert.
 */
function poolViews(
  { asset, users, engine, collaterals }: PoolWorld,
  keepers: number,
  asked: readonly bigint[],
): View[] {
  const [assets, shares] = asked;
  return [
    { name: "totalAssets", args: [], words: one(lender.totalAssets) },
    { name: "totalSupply", args: [], words: one((p) => p.shares.supply) },
    { name: "maxDeposit", args: [users[0]], words: one(lender.maxDeposit) },
    { name: "maxMint", args: [users[0]], words: one(lender.maxMint) },
    { name: "convertToShares", args: [assets], words: one((p) => lender.convertToShares(p, assets)) },
    { name: "convertToAssets", args: [shares], words: one((p) => lender.convertToAssets(p, shares)) },
    { name: "previewDeposit", args: [assets], words: one((p) => lender.previewDeposit(p, assets)) },
    { name: "previewMint", args: [shares], words: one((p) => lender.previewMint(p, shares)) },
    { name: "previewWithdraw", args: [assets], words: one((p) => lender.previewWithdraw(p, assets)) },
    { name: "previewRedeem", args: [shares], words: one((p) => lender.previewRedeem(p, shares)) },
    { name: "maxFlashLoan", args: [asset], words: one((p) => lender.maxFlashLoan(p, asset)) },
    { name: "flashFee", args: [asset, assets], words: one((p) => lender.flashFee(p, asset, assets)) },
    { name: "totals", args: [], words: (p) => Object.values(views.totals(p)) },
    { name: "borrowRatePerSecondWad", args: [], words: one(views.borrowRatePerSecondWad) },
    { name: "poolConfig", args: [], words: (p) => Object.values(views.poolConfig(p)) },
    { name: "totalProvision", args: [], words: one((p) => p.totalProvision) },
    { name: "locked", args: [], words: () => [false] },
    { name: "collateralList", args: [], words: (p) => list(p.collaterals.map(({ token }) => token)) },
    { name: "riskEngine", args: [], words: (p) => [p.engine?.address ?? 0n, p.maxAge] },
    { name: "isOperator", args: [users[2], engine], words: (p) => [p.operators.has(pairOf(users[2], engine))] },
    ...collaterals.flatMap(({ address }) => collateralViews(address)),
    // One more than there are.
    ...Array.from({ length: keepers + 1 }, (_, i) => keeperView(BigInt(i))),
  ];
}

function keeperView(keeper: bigint): View {
  const words = (p: Pool) => [keeperAt(p, keeper), p.owed[Number(keeper)] ?? 0n, p.parameters.kickTip];
  return { name: "keeperOf", args: [keeper], words };
}

function collateralViews(token: string): View[] {
  const args = [token];
  const config = (p: Pool) => p.collaterals.find((c) => c.token === token)!;
  return [
    { name: "collateralConfig", args, words: (p) => Object.values(views.collateralConfig(p, token)) },
    { name: "liquidationFactorBps", args, words: one((p) => rampAt(config(p).ramp, p.now)) },
    { name: "riskOf", args, words: (p) => Object.values(views.riskOf(p, token)) },
    { name: "riskInputs", args: [token, 1n], words: (p) => Object.values(views.riskInputs(p, token)) },
    { name: "saleOf", args, words: (p) => Object.values(views.saleOf(p, token)) },
  ];
}

function accountViews(account: string, { users, collaterals }: PoolWorld): View[] {
  const args = [account];
  const record = (p: Pool) => accountOf(p, account);
  return [
    { name: "debtOf", args, words: one((p) => debtOf(accrued(p), record(p).shares)) },
    { name: "debtSharesOf", args, words: one((p) => record(p).shares) },
    { name: "accountOf", args, words: (p) => Object.values(views.accountRecord(p, account)) },
    { name: "collateralsOf", args, words: (p) => list(inUse(record(p)).map((i) => p.collaterals[i].token)) },
    { name: "healthOf", args, words: (p) => Object.values(healthOf(p, account)) },
    { name: "borrowCapacityOf", args, words: one((p) => borrowCapacity(p, record(p).held).capacity) },
    { name: "provisionOf", args, words: one((p) => record(p).provision) },
    { name: "nonces", args, words: one((p) => nonceOf(p, account)) },
    { name: "balanceOf", args, words: one((p) => balanceOf(p.shares, account)) },
    { name: "maxWithdraw", args, words: one((p) => lender.maxWithdraw(p, account)) },
    { name: "maxRedeem", args, words: one((p) => lender.maxRedeem(p, account)) },
    ...collaterals.map(({ address }, i): View => {
      return { name: "collateralOf", args: [account, address], words: one((p) => record(p).held[i]) };
    }),
    ...users.flatMap((other): View[] => [
      { name: "isOperator", args: [account, other], words: (p) => [p.operators.has(pairOf(account, other))] },
      { name: "allowance", args: [account, other], words: (p) => [allowanceOf(p.shares, account, other)] },
    ]),
  ];
}

/** All that a pool tells, of itself and of everybody, and every balance of every token. */
export async function expectSamePool(
  chain: PoolChain,
  world: PoolWorld,
  p: Pool,
  asked: readonly bigint[],
): Promise<number> {
  const { users, stranger, pool } = world;
  const all = [...users, stranger].flatMap((account) => accountViews(account, world));
  const answered: { view: View; words: readonly Word[] }[] = [];
  const refused: { view: View; refusal: PoolRefused }[] = [];
  for (const view of [...poolViews(world, p.keepers.length, asked), ...all]) {
    try {
      answered.push({ view, words: view.words(p) });
    } catch (error) {
      if (!(error instanceof PoolRefused)) throw error;
      refused.push({ view, refusal: error });
    }
  }
  const what = ({ name, args }: View) => `${name}(${args.join(", ")})`;
  const data = ({ name, args }: View) => chain.encodeOften(name, args);
  const answers = await chain.askAll(
    pool,
    answered.map(({ view }) => data(view)),
  );
  for (const [i, { view, words }] of answered.entries()) {
    if (answers !== undefined) expectWords(what(view), answers[i], words);
    else await askOne(chain, pool, what(view), data(view), words);
  }
  if (answers === undefined) throw new Divergence("pool refuses what it does not refuse one by one");
  for (const { view, refusal } of refused) {
    expectSameRefusal(what(view), await chain.ask({ to: pool, data: data(view) }), refusal);
  }
  await expectSameBalances(chain, world, p);
  return answered.length + refused.length;
}

async function askOne(chain: PoolChain, to: string, what: string, data: string, words: readonly Word[]) {
  const answer = await chain.ask({ to, data });
  if ("name" in answer) {
    throw new Divergence(`${what}: pool ${told(answer.name, answer.values)}, model ${words.join(", ")}`);
  }
  expectWords(what, answer.data, words);
}

async function expectSameBalances(chain: PoolChain, { holders }: PoolWorld, p: Pool): Promise<void> {
  const asked = [...p.tokens.values()].flatMap((token) => holders.map((holder) => ({ token, holder })));
  await Promise.all(
    asked.map(({ token, holder }) =>
      askOne(
        chain,
        token.address,
        `balance of ${holder} in ${token.address}`,
        chain.encodeOften("balanceOf", [holder]),
        [balanceOf(token, holder)],
      ),
    ),
  );
}
