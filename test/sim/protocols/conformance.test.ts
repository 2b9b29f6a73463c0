import { expect } from "chai";
import { Interface } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { LAB } from "../../../sim/config.ts";
import type { Receipt } from "../../../sim/engine/chain.ts";
import { buildWorld, type World } from "../../../sim/engine/world.ts";
import { aaveProfile } from "../../../sim/frontier/perform.ts";
import type { EncodedCall } from "../../../sim/market/uniswap-calls.ts";
import { addressOf } from "../../../sim/population.ts";
import type { Position } from "../../../sim/protocols/protocol.ts";
import { createShockScenario } from "../../../sim/scenarios/shock.ts";
import { toFloat, toUnits } from "../../../sim/units.ts";
import { expectClose } from "../../shared/expect-close.ts";

/** What every protocol of the lab must do, and how its worlds are built. */
const PROTOCOLS = [
  { name: "breakwater", options: { curve: "paced", features: "dynamic+breaker" } },
  { name: "breakwater-static", options: { curve: "fixed", features: "static" } },
  { name: "aave-v3", options: { curve: "fixed", rival: "aave-v3" } },
  { name: "morpho-blue", options: { curve: "fixed", rival: "morpho-blue" } },
] as const;

const PRICE = 2_000;
const [LENDER, ANN, BOB, DESK] = ["lender", "ann", "bob", "desk"].map((name) => addressOf(`conformance ${name}`));
const MAX = (1n << 256n) - 1n;
const tokens = new Interface(["function mint(address to, uint256 amount)", "function approve(address, uint256)"]);

for (const { name, options } of PROTOCOLS) {
  describe(`the lab's ${name}`, () => {
    let connection: NetworkConnection;
    let world: World;
    let origin: unknown;

    const ether = (amount: number) => toUnits(amount, world.protocol.collateral.decimals);
    const dollars = (amount: number) => toUnits(amount, world.protocol.loan.decimals);

    /** Sends calls in one block, some seconds later. */
    async function send(calls: readonly (readonly [string, EncodedCall])[], later = 12): Promise<Receipt[]> {
      const { chain } = world;
      for (const [from, call] of calls) await chain.send({ ...call, from, gas: 3_000_000, priorityFeeWei: 0n });
      return chain.mine((await chain.timestamp()) + later);
    }

    async function sendAll(calls: readonly (readonly [string, EncodedCall])[], later?: number): Promise<Receipt[]> {
      const receipts = await send(calls, later);
      for (const [i, { ok, hash }] of receipts.entries()) {
        if (ok) continue;
        const { name: error } = world.protocol.explain(await world.chain.revertDataOf(hash));
        throw new Error(`call ${i} failed: ${error}`);
      }
      return receipts;
    }

    async function positionOf(account: string): Promise<Position> {
      return (await world.protocol.readPositions([account]))[0];
    }

    async function debtOf(account: string): Promise<number> {
      const { protocol } = world;
      const state = await protocol.readState();
      return toFloat(protocol.debtOf(await positionOf(account), state), protocol.loan.decimals);
    }

    async function balanceOf(token: string, owner: string): Promise<bigint> {
      return (await world.protocol.readBalances(token, [owner]))[0];
    }

    /** Most that the protocol says ANN can owe against so much ether. */
    async function mostFor(collateral: number): Promise<number> {
      const { borrowFactor, borrowPrice, reserve, liquidationDiscount } = await world.protocol.readState();
      const value = collateral * borrowPrice;
      const healing =
        reserve === Infinity ? Infinity : (value * reserve) / ((1 + liquidationDiscount) * (reserve + 2 * value));
      return Math.min(value * borrowFactor, healing);
    }

    /** The market falls to a price, and the feed says so; whoever has a breaker or an engine learns of it as in a run. */
    async function fallTo(price: number): Promise<void> {
      const { protocol } = world;
      await sendAll([[LENDER, protocol.publishPrice(price)]]);
      // Sources that disagree are bounded by a band, which widens by the minute.
      for (let i = 0; i < 40; ++i) {
        const calls = [protocol.poke(), protocol.publishPrice(price)].flatMap((call) => (call ? [call] : []));
        await sendAll(
          calls.map((call) => [LENDER, call] as const),
          120,
        );
        if ((await protocol.readState()).oraclePrice <= price * 1.02) return;
      }
      throw new Error("the oracle does not follow its feed");
    }

    before(async () => {
      connection = await hre.network.create();
      const scenario = createShockScenario(-0.3, 1_800, "WETH");
      world = await buildWorld(hre, connection, {
        scenario,
        startPrice: PRICE,
        profile: aaveProfile("WETH"),
        ...options,
      });
      const { chain, protocol } = world;
      const { collateral, loan } = protocol;
      await chain.unlock([LENDER, ANN, BOB, DESK]);
      const mint = (token: string, to: string, amount: bigint) =>
        ({ to: token, data: tokens.encodeFunctionData("mint", [to, amount]) }) as const;
      const approval = (token: string) =>
        ({ to: token, data: tokens.encodeFunctionData("approve", [protocol.spender, MAX]) }) as const;
      await sendAll([
        [LENDER, mint(loan.address, LENDER, dollars(2_000_000))],
        [LENDER, approval(loan.address)],
        [LENDER, protocol.deposit(dollars(1_000_000), LENDER)],
        [DESK, mint(loan.address, DESK, dollars(2_000_000))],
        [DESK, approval(loan.address)],
        ...[ANN, BOB].flatMap((account) => [
          [account, mint(collateral.address, account, ether(1_000))] as const,
          [account, mint(loan.address, account, dollars(1_000))] as const,
          ...protocol.permissions().map((call) => [account, call] as const),
        ]),
      ]);
      origin = await chain.snapshot();
    });

    beforeEach(async () => {
      await world.chain.revert(origin);
      origin = await world.chain.snapshot(); // a snapshot serves once
    });

    after(() => connection.close());

    it("has a name, tokens and a price", async () => {
      expect(world.protocol.name).to.be.oneOf([name, "breakwater"]);
      const state = await world.protocol.readState();
      expectClose(state.oraclePrice, PRICE, 1);
      expect(state.debtAssets).to.equal(0n);
      expect(state.cash).to.equal(dollars(1_000_000));
      expect(state.borrowFactor).to.be.within(0.3, state.liquidationFactor);
    });

    it("takes deposits and gives them back, by assets and by shares", async () => {
      const { protocol } = world;
      const { loan } = protocol;
      const before = await balanceOf(loan.address, LENDER);
      await sendAll([[LENDER, protocol.withdraw(dollars(250_000), LENDER)]]);
      expect((await balanceOf(loan.address, LENDER)) - before).to.equal(dollars(250_000));
      const [shares] = await protocol.readLenderShares([LENDER]);
      const state = await protocol.readState();
      expect(shares).to.equal(state.lenderShares);
      await sendAll([[LENDER, protocol.redeem(shares, LENDER)]]);
      expectClose(toFloat((await balanceOf(loan.address, LENDER)) - before, loan.decimals), 1_000_000, 0.01);
    });

    it("lends up to its limit, and not beyond", async () => {
      const { protocol } = world;
      await sendAll([[ANN, protocol.supplyCollateral(ether(10), ANN)]]);
      const most = await mostFor(10);
      const [refused] = await send([[ANN, protocol.borrow(dollars(most * 1.001), ANN)]]);
      expect(refused.ok).to.equal(false);
      await sendAll([[ANN, protocol.borrow(dollars(most * 0.999), ANN)]]);
      expectClose(await debtOf(ANN), most * 0.999, 0.01);
      const position = await positionOf(ANN);
      const state = await protocol.readState();
      expect(position.collateral).to.equal(ether(10));
      expect(protocol.debtOf(position, state) <= protocol.liquidationCapacityOf(position, state)).to.equal(true);
    });

    it("charges interest, and is repaid in part and in full", async () => {
      const { protocol } = world;
      await sendAll([
        [ANN, protocol.supplyCollateral(ether(600), ANN)],
        [ANN, protocol.borrow(dollars(500_000), ANN)],
      ]);
      await sendAll([[LENDER, protocol.publishPrice(PRICE)]], 30 * 86_400);
      const grown = await debtOf(ANN);
      expect(grown).to.be.within(500_050, 520_000);
      await sendAll([[ANN, protocol.repay(dollars(100_000), ANN)]]);
      expectClose(await debtOf(ANN), grown - 100_000, 1);
      // What she cannot pay out of what she borrowed she has besides.
      await sendAll([
        [ANN, { to: protocol.loan.address, data: tokens.encodeFunctionData("mint", [ANN, dollars(50_000)]) }],
      ]);
      await sendAll([[ANN, protocol.repayAll((await positionOf(ANN)).debtShares, ANN)]]);
      expect((await positionOf(ANN)).debtShares).to.equal(0n);
      const { lenderAssets } = await protocol.readState();
      expect(toFloat(lenderAssets, protocol.loan.decimals)).to.be.within(1_000_040, 1_020_000);
    });

    it("loops by rounds and by flash swap, and unwinds", async () => {
      const { protocol } = world;
      await sendAll([[ANN, protocol.loopRound(ether(10), 0.5, PRICE * 1.05)]]);
      expectClose(toFloat((await positionOf(ANN)).collateral, 18), 15, 0.1);
      expectClose(await debtOf(ANN), 10_000, 1);
      await sendAll([[BOB, protocol.leverageUp(ether(10), ether(10), dollars(10 * PRICE * 1.05))]]);
      expect((await positionOf(BOB)).collateral).to.equal(ether(20));
      const debt = await debtOf(BOB);
      expect(debt).to.be.within(20_000, 20_500);
      await sendAll([[BOB, protocol.leverageDown(dollars(10_000), ether(5.3))]]);
      expectClose(await debtOf(BOB), debt - 10_000, 0.1);
      expect(toFloat((await positionOf(BOB)).collateral, 18)).to.be.within(14.7, 15);
    });

    it("calls a bug a bug and a race a race", async () => {
      const { protocol, chain } = world;
      await sendAll([[ANN, protocol.supplyCollateral(ether(10), ANN)]]);
      const receipts = await send([
        [DESK, protocol.flashLiquidate(ANN, ether(1), 0n)],
        [ANN, protocol.supplyCollateral(0n, ANN)],
      ]);
      expect(receipts.map(({ ok }) => ok)).to.deep.equal([false, false]);
      const [race, bug] = await Promise.all(
        receipts.map(async ({ hash }) => protocol.explain(await chain.revertDataOf(hash))),
      );
      expect(race.isRace, race.name).to.equal(true);
      expect(bug.isRace, bug.name).to.equal(false);
    });

    it("sells nothing of a healthy account, and a liquidator's profit of one that is not", async () => {
      const { protocol, chain } = world;
      const { collateral, loan } = protocol;
      await sendAll([[ANN, protocol.supplyCollateral(ether(10), ANN)]]);
      const debt = (await mostFor(10)) * 0.999;
      await sendAll([[ANN, protocol.borrow(dollars(debt), ANN)]]);
      const offers = async () =>
        protocol.readOffers([ANN], ether(0.5), PRICE * 2, (await chain.timestamp()) + 12).then(([offer]) => offer);
      expect((await offers()).parts).to.deep.equal([]);

      const { liquidationFactor } = await protocol.readState();
      await fallTo((debt / 10 / liquidationFactor) * 0.93);
      if (protocol.kickLifeSeconds !== undefined) {
        await sendAll([[DESK, protocol.kick(ANN)]]);
        expect((await positionOf(ANN)).kickedAt).to.be.greaterThan(0);
        await sendAll([[LENDER, protocol.publishPrice((debt / 10 / liquidationFactor) * 0.93)]], 240);
      }
      const { account, parts } = await offers();
      const offered = parts.at(-1);
      expect(account).to.equal(ANN);
      if (offered === undefined) throw new Error("nothing is offered");
      const before = await positionOf(ANN);
      const held = await Promise.all([collateral, loan].map(({ address }) => balanceOf(address, DESK)));
      const [{ logs }] = await sendAll([
        [DESK, protocol.take(ANN, offered.collateral, offered.repay + offered.repay / 1_000n, DESK)],
      ]);
      const now = await Promise.all([collateral, loan].map(({ address }) => balanceOf(address, DESK)));
      const [bought, paid] = [now[0] - held[0], held[1] - now[1]];
      // What was offered, but for the interest of a block, and rounding.
      expectClose(Number(bought) / Number(offered.collateral), 1, 2e-3);
      expectClose(Number(paid) / Number(offered.repay), 1, 2e-3);
      const { liquidations, losses } = protocol.eventsOf(logs);
      expect(losses).to.deep.equal([]);
      expect(liquidations).to.have.length(1);
      expect(BigInt(liquidations[0].account)).to.equal(BigInt(ANN));
      expect(liquidations[0].repaid).to.equal(paid);
      const seized = before.collateral - (await positionOf(ANN)).collateral;
      expectClose(Number(liquidations[0].collateral) / Number(seized), 1, 1e-9);
      expect(await debtOf(ANN)).to.be.lessThan(debt - toFloat(paid, loan.decimals) + 1);
    });

    it("lets a flash liquidator sell in the venue, if that pays", async () => {
      const { protocol } = world;
      const { loan } = protocol;
      await sendAll([[ANN, protocol.supplyCollateral(ether(10), ANN)]]);
      const debt = (await mostFor(10)) * 0.999;
      await sendAll([[ANN, protocol.borrow(dollars(debt), ANN)]]);
      const { liquidationFactor } = await protocol.readState();
      const price = (debt / 10 / liquidationFactor) * 0.93;
      await fallTo(price);
      if (protocol.kickLifeSeconds !== undefined) {
        await sendAll([[DESK, protocol.kick(ANN)]]);
        await sendAll([[LENDER, protocol.publishPrice(price)]], 240);
      }
      const before = await balanceOf(loan.address, DESK);
      // The venue has not fallen: it pays well above what the protocol asks.
      const [refused] = await send([[DESK, protocol.flashLiquidate(ANN, ether(2), dollars(1e6))]]);
      expect(refused.ok).to.equal(false);
      await sendAll([[DESK, protocol.flashLiquidate(ANN, ether(2), dollars(10))]]);
      expect((await balanceOf(loan.address, DESK)) > before + dollars(10)).to.equal(true);
    });

    it("ends with sums that agree, after losses too", async () => {
      const { protocol } = world;
      await sendAll([
        [ANN, protocol.supplyCollateral(ether(10), ANN)],
        [BOB, protocol.supplyCollateral(ether(10), BOB)],
      ]);
      const debt = (await mostFor(10)) * 0.999;
      await sendAll([
        [ANN, protocol.borrow(dollars(debt), ANN)],
        [BOB, protocol.borrow(dollars(LAB.minDebt * 1.5), BOB)],
      ]);
      await fallTo((debt / 10) * 0.6);
      if (protocol.kickLifeSeconds !== undefined) await sendAll([[DESK, protocol.kick(ANN)]]);
      for (let i = 0; i < 30; ++i) {
        const position = await positionOf(ANN);
        if (position.debtShares === 0n || position.collateral < 10n ** 12n) break;
        const all = { from: DESK, call: protocol.take(ANN, position.collateral, dollars(2 * debt), DESK) };
        await send([[all.from, all.call]], 240);
      }
      const accounts = [ANN, BOB];
      const read = await protocol.readPositions(accounts);
      const broken = await protocol.checkInvariants(new Map(accounts.map((account, i) => [account, read[i]])));
      expect(broken.filter(({ holds }) => !holds)).to.deep.equal([]);
      expect(broken.map(({ id }) => id)).to.include.members(["INV-02", "INV-06"]);
      const without = await protocol.checkInvariants(new Map([[ANN, read[0]]]));
      expect(
        without.every(({ holds }) => holds),
        "an account that is left out is missed",
      ).to.equal(false);
    });
  });
}
