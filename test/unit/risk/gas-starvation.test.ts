import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { ETHER, HOUR, Level, MAX_AGE, USD } from "../../shared/risk-fixtures.ts";
import { matrixWorld } from "../../shared/risk-matrix.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";

/** From what cannot even start to what is plenty. */
const GAS_LIMITS = Array.from({ length: 60 }, (_, i) => 80_000n + (BigInt(i) * 2_320_000n) / 59n);
const PLENTY = 2_000_000n;
const ENGINE_MODE = { silent: 0, reverting: 1, gasBomb: 2 } as const;

/** The snapshot is an hour too old; sources and depth are well. The guardian has raised Caution, which no poke has seen. */
async function staleWorld(connection: NetworkConnection) {
  const w = await matrixWorld(connection);
  await w.breaker.connect(w.guardian).raise(w.engineAddress, w.eth.address, Level.Caution, 4n * HOUR);
  await w.pass(MAX_AGE + 1n);
  await w.eth.feed.setAnswer(w.eth.dollars * 10n ** 8n);
  await w.liquidity.pokeDepth(w.eth.address);
  return w;
}

/** The sequencer came back just now: the next refresh will set the grace period. */
async function staleAfterOutage(connection: NetworkConnection) {
  const w = await staleWorld(connection);
  await w.breakSources("sequencer back");
  return w;
}

/** The same, and the feed burns all gas that it is given. */
async function staleAfterOutageBesideGasBomb(connection: NetworkConnection) {
  const w = await staleAfterOutage(connection);
  await w.breakSources("feed gas bomb");
  return w;
}

/** Governance has put another engine in place. */
async function mockedEngine(connection: NetworkConnection) {
  const w = await staleWorld(connection);
  const mock = await w.ethers.deployContract("MockRiskEngine", [w.poolAddress]);
  await w.risk.setRiskEngine(await mock.getAddress(), MAX_AGE);
  return { ...w, mock };
}

describe("Risk engine: too little gas", () => {
  let connection: NetworkConnection;
  before(async function () {
    skipUnderCoverage(this);
    connection = await network.create();
  });
  after(() => connection?.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  type World = Awaited<ReturnType<typeof staleWorld>>;
  type Send = (w: World, gasLimit: bigint) => Promise<ContractTransactionResponse>;

  const borrow =
    (assets: bigint): Send =>
    ({ pool, borrower }, gasLimit) =>
      pool.connect(borrower).borrow(assets, 0, borrower.address, borrower.address, { gasLimit });
  const withdraw =
    (amount: bigint): Send =>
    ({ pool, borrower, eth }, gasLimit) =>
      pool.connect(borrower).withdrawCollateral(eth.address, amount, borrower.address, borrower.address, { gasLimit });
  const kick =
    (who: "deep" | "mild"): Send =>
    ({ liquidation, accounts }, gasLimit) =>
      liquidation.kick(accounts[who].address, { gasLimit });
  const take =
    (who: "deep" | "mild"): Send =>
    ({ liquidation, liquidator, accounts, eth }, gasLimit) =>
      liquidation
        .connect(liquidator)
        .take(accounts[who].address, eth.address, ETHER, 10n ** 30n, liquidator.address, "0x", { gasLimit });

  /** The name of the error, "gas" where there is none or it says that gas is too little; nothing: it went through. */
  async function failure(w: World, send: Promise<unknown>): Promise<string | undefined> {
    try {
      await send;
      return undefined;
    } catch (error) {
      const raw = (error as { data?: string | { data?: string } }).data;
      const data = (typeof raw === "string" ? raw : raw?.data) ?? "0x";
      // Out of gas, at the top or in a part that hands nothing on.
      if (data === "0x") return "gas";
      const name = [w.pool, w.oracle].map((each) => each.interface.parseError(data)?.name).find(Boolean);
      if (name === "PoolGasTooLow" || name === "OracleGasTooLow") return "gas";
      return name ?? data;
    }
  }

  /** Sends under every gas limit, each time to the same state, which `check` sees where it went through. */
  async function sweep(w: World, send: Send, check?: () => Promise<void>) {
    const results: (string | undefined)[] = [];
    for (const gasLimit of GAS_LIMITS) {
      const snapshot = await w.networkHelpers.takeSnapshot();
      results.push(await failure(w, send(w, gasLimit)));
      if (results.at(-1) === undefined) await check?.();
      await snapshot.restore();
    }
    return results;
  }

  /** First too little gas, then enough, and nothing else. */
  function expectThreshold(results: readonly (string | undefined)[], enough?: string) {
    const first = results.findIndex((each) => each !== "gas");
    expect(first, "the least gas that is enough").to.be.within(1, GAS_LIMITS.length - 3);
    expect(new Set(results.slice(first))).to.deep.equal(new Set([enough]));
  }

  /** Fresh, and with the factor that the guardian's Caution halves. */
  const expectFresh = (w: World, staleFactor: bigint) => async () => {
    const view = await w.risk.riskOf(w.eth.address);
    expect(view.freshUntil).to.be.greaterThan(BigInt(await w.networkHelpers.time.latest()));
    expect(view.level).to.equal(Level.Caution);
    expect(view.borrowFactorBps).to.be.lessThan((staleFactor * 3n) / 5n);
  };

  describe("#borrow and #withdrawCollateral", () => {
    for (const [name, send] of [
      ["borrow", borrow(1_000n * USD)],
      ["withdrawCollateral", withdraw(ETHER)],
    ] as const) {
      it(`${name}: fails, or the snapshot is fresh`, async () => {
        const w = await load(staleWorld);
        const { borrowFactorBps, freshUntil } = await w.risk.riskOf(w.eth.address);
        expect(freshUntil).to.be.lessThan(BigInt(await w.networkHelpers.time.latest()));
        expectThreshold(await sweep(w, send, expectFresh(w, borrowFactorBps)));
      });
    }

    for (const [name, send] of [
      ["borrow", borrow(95_000n * USD)],
      ["withdrawCollateral", withdraw(95n * ETHER)],
    ] as const) {
      it(`${name}: what stale factors would allow and fresh ones do not goes through under no gas limit`, async () => {
        const w = await load(staleWorld);
        const { borrowFactorBps } = await w.risk.riskOf(w.eth.address);
        expect(borrowFactorBps, "the stale factor carries 100,000 on 200,000, or 5,000 on 10,000").to.be.greaterThan(
          5_200n,
        );
        expectThreshold(await sweep(w, send), "PoolBorrowTestFailed");
      });

      it(`${name}: is refused while the engine writes nothing`, async () => {
        const w = await load(mockedEngine);
        expect(new Set(await sweep(w, send))).to.deep.equal(new Set(["PoolRiskStale"])); // for little gas
      });
    }
  });

  describe("#kick and #take", () => {
    for (const [name, send] of [
      ["kick", kick("deep")],
      ["take", take("deep")],
    ] as const) {
      it(`${name}: with enough gas always goes through, with less says so`, async () => {
        expectThreshold(await sweep(await load(staleWorld), send));
      });

      it(`${name}: also in the grace period, where the account is deeply unhealthy`, async () => {
        expectThreshold(await sweep(await load(staleAfterOutage), send));
      });

      for (const [mode, value] of Object.entries(ENGINE_MODE)) {
        it(`${name}: also with an engine that is ${mode}`, async () => {
          const w = await load(mockedEngine);
          await w.mock.setMode(value);
          expectThreshold(await sweep(w, send));
        });
      }
    }

    it("says how much gas is required", async () => {
      const { liquidation, accounts, pool } = await load(staleWorld);
      await expect(liquidation.kick(accounts.deep.address, { gasLimit: 600_000n }))
        .to.be.revertedWithCustomError(pool, "PoolGasTooLow")
        .withArgs(
          (left: bigint) => left < 600_000n,
          (required: bigint) => required > 600_000n && required < PLENTY,
        );
    });

    for (const fixture of [staleAfterOutage, staleAfterOutageBesideGasBomb]) {
      for (const [name, send] of [
        ["kick", kick("mild")],
        ["take", take("mild")],
      ] as const) {
        it(`${name}, ${fixture.name}: no gas limit gets a mildly unhealthy account past a grace period that only the engine knows of`, async () => {
          const w = await load(fixture);
          const { grace } = await w.risk.riskOf(w.eth.address);
          expect(grace, "the pool does not know yet").to.equal(false);
          expectThreshold(await sweep(w, send), "LiquidationInGrace");
        });
      }
    }

    it("a mildly unhealthy account is put up for sale where there is no grace", async () => {
      expectThreshold(await sweep(await load(staleWorld), kick("mild")));
    });
  });
});
