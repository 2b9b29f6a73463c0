import { expect } from "chai";

import { Lenders } from "../../../sim/agents/lenders.ts";
import { LAB } from "../../../sim/config.ts";
import { addressOf } from "../../../sim/population.ts";
import type { ProtocolState } from "../../../sim/protocols/protocol.ts";
import { dollars, handMadeView, openBench, type Bench } from "../../shared/hand-made-view.ts";

const [ANN, BOB, CALM] = [addressOf("ann"), addressOf("bob"), addressOf("calm")];
const PANIC = 1_000;
const REST = 1_800;
/** Lenders' assets at the start: shares are worth one each. */
const WHOLE = dollars(125e6);

interface Moment {
  readonly seconds: number;
  /** Share of the assets that is left; 1 at first. */
  readonly left?: number;
  readonly cash?: number;
}

describe("Lenders", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  async function watch(moments: readonly Moment[], shares: Readonly<Record<string, number>> = { [ANN]: 1e6 }) {
    const lenders = new Lenders([
      { address: ANN, deposit: 1, panicSeconds: PANIC },
      { address: BOB, deposit: 1, panicSeconds: PANIC },
      { address: CALM, deposit: 1, panicSeconds: undefined },
    ]);
    const balances = Object.fromEntries(Object.entries(shares).map(([owner, amount]) => [`shares ${owner}`, amount]));
    const sent = [];
    for (const { seconds, left = 1, cash = 25e6 } of moments) {
      const state: Partial<ProtocolState> = {
        lenderAssets: (WHOLE * BigInt(Math.round(left * 1e9))) / 10n ** 9n,
        cash: dollars(cash),
      };
      const view = handMadeView({ protocol: bench.protocol, state, balances, seconds });
      for (const intent of await lenders.decide(view)) {
        const { name, args } = bench.decode(intent);
        sent.push({ seconds, name, amount: args[0] as bigint, owner: String(args[1]).toLowerCase(), intent });
      }
    }
    return sent;
  }

  /** A loss of 1 % at second 24, then a look when the panic has had its time. */
  const loss = [{ seconds: 12 }, { seconds: 24, left: 0.99 }];
  const panic = { seconds: 24 + PANIC, left: 0.99 };

  describe("send nothing", () => {
    it("without a loss: while shares gain, or lose no more than rounding does", async () => {
      const moments = [{ seconds: 0 }, { seconds: 12, left: 1.1 }, { seconds: 1e5, left: 1.1 * (1 - 0.9e-6) }];
      expect(await watch(moments)).to.deep.equal([]);
    });

    it("before their fear has grown", async () => {
      expect(await watch([...loss, { ...panic, seconds: panic.seconds - 1 }])).to.deep.equal([]);
    });

    it("if there is no cash worth the gas, or nothing of theirs", async () => {
      expect(await watch([...loss, { ...panic, cash: LAB.minDebt - 1 }])).to.deep.equal([]);
      expect(await watch([...loss, panic], { [ANN]: LAB.minDebt })).to.deep.equal([]);
      expect(await watch([...loss, panic], {})).to.deep.equal([]);
    });

    it("if they are calm", async () => {
      expect(await watch([...loss, panic], { [CALM]: 1e6 })).to.deep.equal([]);
    });
  });

  it("redeem every share when there is cash for it", async () => {
    const [{ name, amount, owner, intent }, ...others] = await watch([...loss, panic]);
    expect(others).to.deep.equal([]);
    expect([name, amount, owner]).to.deep.equal(["redeem", dollars(1e6) * 10n ** 6n, ANN]);
    expect(intent.from).to.equal(ANN);
  });

  it("measure the loss from the best that they have seen, and from the first time", async () => {
    const gain = { seconds: 12, left: 1.2 };
    const moments = [gain, { seconds: 24, left: 1.1 }, { seconds: 36, left: 1.05 }, { seconds: 24 + PANIC, left: 1.3 }];
    expect(await watch(moments)).to.have.lengthOf(1);
  });

  /** Shares worth so much of the cash at book value, less a thousandth, for those who hold a million. */
  function sharesFor(cash: number): bigint {
    return (dollars(1e6) * 10n ** 6n * dollars(cash) * 999n) / (dollars(990_000) * 1_000n);
  }

  it("redeem what the cash pays for when it is less than what they own, and no amount that a loss could exceed", async () => {
    for (const cash of [400_000, 980_000]) {
      const [{ name, amount }] = await watch([...loss, { ...panic, cash }]);
      expect(name).to.equal("redeem");
      expect(amount).to.be.closeTo(sharesFor(cash), 10n ** 6n);
    }
  });

  it("leave the next one what they do not take", async () => {
    const both = { [ANN]: 1e6, [BOB]: 1e6 };
    const sent = await watch([...loss, { ...panic, cash: 1_500_000 }], both);
    expect(sent.map(({ name, owner }) => [name, owner])).to.deep.equal([
      ["redeem", ANN],
      ["redeem", BOB],
    ]);
    expect(sent[1].amount).to.be.closeTo(sharesFor(1_500_000 - 990_000), 10n ** 10n);
    const short = await watch([...loss, { ...panic, cash: 991_000 }], both);
    expect(short.map(({ owner }) => owner)).to.deep.equal([ANN]);
  });

  it("try again after a rest, and only who has tried", async () => {
    const again = [12, REST - 1, REST].map((later) => ({ ...panic, seconds: panic.seconds + later }));
    const sent = await watch([...loss, panic, ...again]);
    expect(sent.map(({ seconds }) => seconds)).to.deep.equal([panic.seconds, panic.seconds + REST]);
    // Nobody has tried while there is no cash: the first to come is served at once.
    const dry = { ...panic, cash: 0 };
    const later = { ...panic, seconds: panic.seconds + 12 };
    expect((await watch([...loss, dry, later])).map(({ seconds }) => seconds)).to.deep.equal([later.seconds]);
  });
});
