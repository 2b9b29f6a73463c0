import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { withdrawFromExchange } from "../../../sim/agents/transfers.ts";
import type { CurveName } from "../../../sim/liquidation-curves.ts";
import { LAB } from "../../../sim/config.ts";
import type { Receipt } from "../../../sim/engine/chain.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import { addressOf } from "../../../sim/population.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { dollars, ether } from "../../shared/hand-made-view.ts";
import { ANN, BLOCK, BOB, intentOf, LENDER, openLab, openPosition, type Lab } from "../../shared/lab-world.ts";

const DAY = 86_400;

for (const curve of ["dutch", "fixed"] satisfies CurveName[]) {
  describe(`Breakwater, as the lab sees it: ${curve}`, () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(curve);
    });
    beforeEach(() => lab.reset());
    after(() => lab.close());

    /** Mines the intents after so many seconds; every one must succeed. */
    const mine = async (intents: readonly Intent[], seconds = BLOCK): Promise<Receipt[]> => {
      for (const intent of intents) await lab.chain.send(intent);
      const receipts = await lab.chain.mine((await lab.chain.timestamp()) + seconds);
      expect(receipts.map(({ ok }) => ok)).to.deep.equal(intents.map(() => true));
      return receipts;
    };
    const contracts = async () => {
      const { ethers } = lab.connection;
      const pool = await ethers.getContractAt("LendingPool", lab.protocol.spender);
      const oracle = await ethers.getContractAt("PriceOracle", (await pool.poolConfig()).oracle);
      return { pool, oracle, ethers };
    };
    /** ANN and BOB owe 15,900 and 8,000 dollars; a day's interest has run. */
    const indebted = async () => {
      await mine([...openPosition(lab, ANN, 10, 15_900), ...openPosition(lab, BOB, 20, 8_000)]);
      await mine([], DAY);
    };
    /** The feed falls, the venue's average does not yet: the oracle holds to its band. ANN is under water. */
    const fallen = async () => {
      await indebted();
      await mine([intentOf(LENDER, lab.protocol.publishPrice(1_900))]);
      if (curve === "dutch") await mine([intentOf(BOB, lab.protocol.kick(ANN))]);
    };

    it("says so when the feed has fallen silent: nothing may be borrowed", async () => {
      await indebted();
      const { oracle } = await contracts();
      const state = await lab.protocol.readState();
      expect(state.borrowPrice).to.equal(0);
      const [price36, fresh] = await oracle.liquidationPriceOrLast(lab.protocol.collateral.address);
      expect([state.liquidationPrice36, state.priceFresh]).to.deep.equal([price36, fresh]);
    });

    it("states the market as the pool and the oracle do", async () => {
      await indebted();
      await mine([intentOf(LENDER, lab.protocol.publishPrice(1_990))]);
      const { pool, oracle } = await contracts();
      const state = await lab.protocol.readState();
      const { debtAssets, debtShares, cash, reserves } = await pool.totals();
      expect(state).to.deep.include({ debtAssets, debtShares, cash, reserves, priceFresh: true });
      expect(debtAssets > dollars(23_900)).to.equal(true);
      expect(state.lenderAssets).to.equal(await pool.totalAssets());
      expect(state.lenderShares).to.equal(await pool.totalSupply());
      expect(state.timestamp).to.equal(await lab.chain.timestamp());
      const { address } = lab.protocol.collateral;
      expect(state.liquidationPrice36).to.equal(await oracle.liquidationPrice(address));
      expectClose(state.oraclePrice, Number(state.liquidationPrice36) / 1e24, 1e-9);
      expectClose(state.borrowPrice, Number(await oracle.borrowPrice(address)) / 1e24, 1e-9);
      const { borrowFactorBps, liquidationFactorBps } = lab.world.profile;
      expect(state.liquidationFactorBps).to.equal(BigInt(liquidationFactorBps));
      expect([state.borrowFactor, state.liquidationFactor]).to.deep.equal([
        borrowFactorBps / 1e4,
        liquidationFactorBps / 1e4,
      ]);
    });

    it("knows the pool's constants", async () => {
      const { pool, ethers } = await contracts();
      const { address } = lab.protocol.collateral;
      expect(lab.protocol.minDebt).to.equal((await pool.poolConfig()).minDebt);
      const curveAt = await ethers.getContractAt("ILiquidationCurve", (await pool.collateralConfig(address)).curve);
      const module = await ethers.getContractAt("LiquidationModule", await pool.liquidationModule());
      const life = (await curveAt.secondsToFloor()) + (await module.KICK_GRACE_SECONDS());
      expect(lab.protocol.kickLifeSeconds).to.equal(curve === "dutch" ? Number(life) : undefined);
    });

    it("computes debts and capacities to the unit, as the pool does", async () => {
      await fallen();
      const { pool } = await contracts();
      const { protocol } = lab;
      const state = await protocol.readState();
      const positions = await protocol.readPositions([ANN, BOB, LENDER]);
      for (const [i, account] of [ANN, BOB, LENDER].entries()) {
        expect(protocol.debtOf(positions[i], state)).to.equal(await pool.debtOf(account));
        const { liquidationCapacity } = await pool.healthOf(account);
        expect(protocol.liquidationCapacityOf(positions[i], state)).to.equal(liquidationCapacity);
      }
      // The last debtor owes everything there is.
      await mine([
        withdrawFromExchange(protocol.loan, BOB, dollars(100)), // for the interest
        intentOf(BOB, protocol.repayAll(positions[1].debtShares, BOB)),
      ]);
      const [last] = await protocol.readPositions([ANN]);
      const after = await protocol.readState();
      expect(protocol.debtOf(last, after)).to.equal(after.debtAssets);
      expect(await pool.debtOf(ANN)).to.equal(after.debtAssets);
    });

    for (const lag of [0, 300, 700, LAB.dutchSeconds, LAB.dutchSeconds + 900]) {
      it(`reads what a take ${lag} s after the next block would sell and cost`, async () => {
        await fallen();
        const { protocol, chain } = lab;
        const timestamp = (await chain.timestamp()) + BLOCK + lag;
        const [{ account, parts }, bob] = await protocol.readOffers([ANN, BOB], ether(1.5), 4_000, timestamp);
        expect(account).to.equal(ANN);
        expect(bob).to.deep.equal({ account: BOB, parts: [] });
        expect(parts).to.have.lengthOf(1); // a unit costs the same, however much is taken
        expect(await chain.timestamp()).to.be.lessThan(timestamp); // nothing has happened
        const take = intentOf(BOB, protocol.take(ANN, MaxUint256, MaxUint256, BOB));
        const [{ logs }] = await mine([take], BLOCK + lag);
        const [{ collateral, repaid }] = protocol.eventsOf(logs).liquidations;
        expect(parts[0]).to.deep.equal({ collateral, repay: repaid });
      });

      it(`offers nothing ${lag} s into a sale to whom a unit is worth less`, async () => {
        await fallen();
        const { protocol, chain } = lab;
        const timestamp = (await chain.timestamp()) + BLOCK + lag;
        const [{ parts }] = await protocol.readOffers([ANN], ether(1.5), 4_000, timestamp);
        const price = Number(parts[0].repay) / 1e6 / (Number(parts[0].collateral) / 1e18);
        const [dear] = await protocol.readOffers([ANN], ether(1.5), price * (1 - 1e-5), timestamp);
        const [cheap] = await protocol.readOffers([ANN], ether(1.5), price * (1 + 1e-5), timestamp);
        expect([dear.parts, cheap.parts]).to.deep.equal([[], parts]);
      });
    }

    it("reads from a take what was sold and paid", async () => {
      await fallen();
      await mine([], LAB.dutchSeconds);
      const { protocol } = lab;
      const [, receipt] = await mine([
        intentOf(LENDER, protocol.publishPrice(1_900)),
        intentOf(BOB, protocol.take(ANN, MaxUint256, MaxUint256, BOB)),
      ]);
      const { liquidations, losses } = protocol.eventsOf(receipt.logs);
      const [{ collateral, repaid }] = liquidations;
      expect([liquidations.length, losses.length]).to.deep.equal([1, 0]);
      expect(liquidations[0].account.toLowerCase()).to.equal(ANN);
      const [position] = await protocol.readPositions([ANN]);
      expect(position.collateral).to.equal(ether(10) - collateral);
      const [held] = await protocol.readBalances(protocol.loan.address, [BOB]);
      expect(held).to.equal(dollars(8_000) - repaid);
    });

    it("pages through long lists, everybody in place", async () => {
      await fallen();
      const accounts = Array.from({ length: 450 }, (_, i) => addressOf(`nobody-${i}`));
      [accounts[3], accounts[199], accounts[200], accounts[449]] = [ANN, BOB, ANN, BOB];
      const { protocol } = lab;
      const positions = await protocol.readPositions(accounts);
      const offers = await protocol.readOffers(accounts, ether(1.5), 4_000, (await lab.chain.timestamp()) + BLOCK);
      expect([positions.length, offers.length]).to.deep.equal([450, 450]);
      expect(offers.map(({ account }) => account)).to.deep.equal(accounts);
      const open = positions.flatMap(({ collateral }, i) => (collateral > 0n ? [[i, collateral]] : []));
      expect(open).to.deep.equal([
        [3, ether(10)],
        [199, ether(20)],
        [200, ether(10)],
        [449, ether(20)],
      ]);
      const offered = offers.flatMap(({ parts }, i) => (parts.length > 0 ? [i] : []));
      expect(offered).to.deep.equal([3, 200]);
      expect(await protocol.readPositions([])).to.deep.equal([]);
    });

    it("sees from outside whether the books are true", async () => {
      await fallen();
      const { protocol } = lab;
      const check = async (accounts: readonly string[]) => {
        const read = await protocol.readPositions(accounts);
        const known = new Map(accounts.map((account, i) => [account, read[i]]));
        return (await protocol.checkInvariants(known)).map(({ id, holds }) => `${id} ${holds}`);
      };
      expect(await check([ANN, BOB])).to.deep.equal(["INV-01 true", "INV-02 true", "INV-06 true"]);
      expect(await check([ANN])).to.deep.equal(["INV-01 true", "INV-02 false", "INV-06 false"]);
      const { ethers } = await contracts();
      const token = await ethers.getContractAt("MockERC20", protocol.loan.address);
      const donation = {
        to: protocol.loan.address,
        data: token.interface.encodeFunctionData("mint", [protocol.spender, 1n]),
      };
      await mine([intentOf(BOB, donation)]);
      expect(await check([ANN, BOB])).to.deep.equal(["INV-01 false", "INV-02 true", "INV-06 true"]);
    });
  });
}
