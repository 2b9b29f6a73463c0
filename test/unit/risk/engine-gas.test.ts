import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import type { ContractTransactionReceipt } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { busyRiskPool } from "../../shared/engine-gas-fixture.ts";
import { ETHER, poolInUse, USD } from "../../shared/gas-fixture.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";

/** What a governed, fresh snapshot may add to an action of a user. [gas] */
const RISK_COST = 5_000n;

/** The same actions before there was a risk engine. [gas of the whole transaction] */
const STATIC = { borrow: 86_569n, withdraw: 74_832n, withdrawCollateral: 77_146n } as const;

/** The pool of `test/unit/gas.test.ts`, whose collaterals an engine has judged, and whose lenders' exits have a limit. */
async function governedPool(connection: NetworkConnection) {
  const p = await poolInUse(connection);
  const { ethers } = connection;
  const poolAddress = await p.pool.getAddress();
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  await risk.setRiskEngine(await engine.getAddress(), 3_600);
  const shares = await p.pool.totalSupply();
  for (const token of await p.pool.collateralList()) {
    const { borrowFactorBps, liquidationFactorBps } = await p.pool.collateralConfig(token);
    await engine.write(
      token,
      {
        ...{ liquidationFactorBps: liquidationFactorBps - 100n, borrowFactorBps, calm: true, level: 0 },
        ...{ loadingPercent: 80, discountTenBps: 50, grace: false, reserve: 10n ** 15n },
      },
      { restricted: false, exitFloorShares: (shares * 8n) / 10n, exitRefillPerSecond: shares / 18_000n },
    );
  }
  return p;
}

/** The real stack, and its breaker; feeds answer in the loan asset. */
async function busyPool(connection: NetworkConnection) {
  return busyRiskPool(connection, true);
}

/** The same in dollars: the loan asset has a feed as well, as in the demo. */
async function busyPoolInDollars(connection: NetworkConnection) {
  return busyRiskPool(connection, true, true);
}

/** What no poke of a collateral is to cost, whatever its limits below. [gas] */
const POKE_LIMIT = 180_000n;

/** Of each kind of poke, what it costs at most. [gas] In an hour: also the first one of it. */
const POKES = [
  [
    ...(["feeds in the loan asset", busyPool] as const),
    {
      turns: [167_900n, 175_900n],
      sampled: 173_900n,
      begins: 173_700n,
      falling: 176_500n,
      moving: 179_900n,
      inHour: 176_400n,
    },
  ],
  [
    ...(["feeds in dollars", busyPoolInDollars] as const),
    {
      turns: [168_000n, 176_000n, 178_700n],
      sampled: 174_600n,
      begins: 174_200n,
      falling: 179_200n,
      moving: 179_950n,
      inHour: 178_700n,
    },
  ],
] as const;

const hex = (word: string) => (word.startsWith("0x") ? word : `0x${word}`);

describe("gas of the risk engine", () => {
  let connection: NetworkConnection;
  before(async function () {
    connection = await network.create();
    skipUnderCoverage(this);
  });
  after(() => connection.close());

  describe("a user's action, with a governed and fresh snapshot", () => {
    const load = () => connection.networkHelpers.loadFixture(governedPool);

    it(`borrow, one collateral: at most ${String(STATIC.borrow + RISK_COST)}`, async () => {
      const { pool, user } = await load();
      const tx = await pool.connect(user).borrow(1_000n * USD, 0, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.borrow + RISK_COST);
    });

    it("borrow, three collaterals: at most 122,000", async () => {
      const { pool, diversified } = await load();
      const tx = await pool.connect(diversified).borrow(1_000n * USD, 0, diversified.address, diversified.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(122_000n);
    });

    it(`withdraw: at most ${String(STATIC.withdraw + RISK_COST)}`, async () => {
      const { pool, user } = await load();
      const tx = await pool.connect(user).withdraw(1_000n * USD, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.withdraw + RISK_COST);
    });

    it(`withdraw collateral, with debt: at most ${String(STATIC.withdrawCollateral + RISK_COST)}`, async () => {
      const { pool, user, ether } = await load();
      const tx = await pool
        .connect(user)
        .withdrawCollateral(await ether.getAddress(), ETHER, user.address, user.address);
      expect((await tx.wait())?.gasUsed).to.be.lessThanOrEqual(STATIC.withdrawCollateral + RISK_COST);
    });
  });

  for (const [name, fixture, limits] of POKES) {
    describe(`a poke of the real stack, ${name}, rewarded, a minute after the last one`, () => {
      const load = () => connection.networkHelpers.loadFixture(fixture);
      const expectAtMost = (receipt: ContractTransactionReceipt | null, limit: bigint) => {
        expect(receipt?.gasUsed).to.be.lessThan(POKE_LIMIT);
        expect(receipt?.gasUsed).to.be.lessThanOrEqual(limit);
      };
      const sampledBy = (receipt: ContractTransactionReceipt | null, volatility: string) =>
        receipt?.logs.some(({ address }) => address === volatility) === true;

      it(`is at most ${limits.turns.join(", ")}, whose turn it is`, async () => {
        const { volatility, pokeAfter } = await load();
        const oracleOfVolatility = await volatility.getAddress();
        let costs: bigint[] = [];
        while (costs.length < 2 * limits.turns.length) {
          const receipt = await (await pokeAfter(60)).wait();
          // Whose turn it is begins anew.
          costs = sampledBy(receipt, oracleOfVolatility) ? [] : [...costs, receipt?.gasUsed ?? 0n];
        }
        const ascending = [...costs].sort((a, b) => Number(a - b));
        for (const [i, limit] of limits.turns.entries()) {
          for (const cost of ascending.slice(2 * i, 2 * i + 2)) expect(cost).to.be.within(limit - 1_000n, limit);
        }
      });

      it(`is at most ${limits.sampled} with a sample of the volatility, which puts off the look at the pool`, async () => {
        const { engine, risk, volatility, eth, pokeWithSample } = await load();
        const tx = await pokeWithSample();
        await expect(tx).to.emit(volatility, "VolatilitySampled");
        await expect(tx).to.emit(engine, "RiskRefreshed").withArgs(eth.address, anyValue, anyValue, anyValue, USD);
        await expect(tx).to.emit(risk, "RiskUpdated");
        expectAtMost(await tx.wait(), limits.sampled);
      });

      it(`is at most ${limits.begins} with a sample that begins a ramp of the liquidation factor, ${limits.falling} while that falls`, async () => {
        const p = await load();
        const target = async () => (await p.risk.riskOf(p.eth.address)).liquidationTargetBps;
        const before = await target();
        const sample = await p.pokeWithSample(true);
        await expect(sample)
          .to.emit(p.engine, "RiskRefreshed")
          .withArgs(p.eth.address, anyValue, anyValue, anyValue, USD);
        expect(await target()).to.equal(before - 50n);
        expectAtMost(await sample.wait(), limits.begins);
        for (let i = 0; i < 6; ++i) {
          const receipt = await (await p.pokeAfter(60)).wait();
          expectAtMost(receipt, limits.falling);
        }
        expect(await p.pool.liquidationFactorBps(p.eth.address)).to.be.within(before - 49n, before);
      });

      it(`is at most ${limits.moving} in a market that moves by 0.6 % a minute`, async () => {
        const { pokeAfter, setFeed, networkHelpers } = await load();
        const { time } = networkHelpers;
        for (let i = 0; i < 40; ++i) {
          await time.setNextBlockTimestamp((await time.latest()) + 3);
          await setFeed(0, i % 2 === 0 ? 2_004 : 2_016);
          expectAtMost(await (await pokeAfter(57)).wait(), limits.moving);
        }
      });

      it(`is at most ${limits.inHour} also where an hour begins, when feeds are asked for their decimals`, async () => {
        const { eth, pokeAfter, networkHelpers, loanFeed } = await load();
        const feeds = [await eth.feed.getAddress(), await loanFeed.getAddress()].map((each) => BigInt(each));
        const DECIMALS = eth.feed.interface.getFunction("decimals").selector;
        /** How many feeds a transaction asks for their decimals: calls of them with the selector in scratch space. */
        const decimalsAsked = async (hash: string) => {
          const trace = (await connection.provider.request({
            method: "debug_traceTransaction",
            params: [hash, { disableStorage: true, enableMemory: true }],
          })) as { structLogs: { op: string; stack: string[]; memory?: string[] }[] };
          return trace.structLogs.filter(
            ({ op, stack, memory }) =>
              op === "STATICCALL" &&
              feeds.includes(BigInt(hex(stack[stack.length - 2]))) &&
              hex(memory?.[0] ?? "").startsWith(DECIMALS),
          ).length;
        };
        let asked = 0;
        for (let i = 0; i < 62; ++i) {
          const tx = await pokeAfter(60);
          expectAtMost(await tx.wait(), limits.inHour);
          if ((await networkHelpers.time.latest()) % 3_600 < 660) asked += await decimalsAsked(tx.hash);
        }
        expect(asked).to.equal(limits.turns.length - 1); // of the collateral, and of the loan asset if it has one
      });
    });
  }

  it("a poke within 12 s of the last does nothing", async () => {
    const { engine, risk, pokeAfter } = await connection.networkHelpers.loadFixture(busyPool);
    await pokeAfter(60);
    const tx = await pokeAfter(10);
    await expect(tx).to.not.emit(risk, "RiskUpdated");
    await expect(tx).to.not.emit(engine, "RiskRefreshed");
  });
});
