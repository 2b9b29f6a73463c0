import { readFile } from "node:fs/promises";

import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  ACTIONS,
  LEVELS,
  matrixWorld,
  MODES,
  outcomeOf,
  type MatrixAction,
  type MatrixLevel,
  type MatrixMode,
} from "../shared/risk-matrix.ts";
import { matrixTable, rowOf } from "../shared/risk-matrix-table.ts";
import { ETHER, Level } from "../shared/risk-fixtures.ts";

/** How many of the two sources that lending requires are left. What counts while the sequencer is down: none. */
const FRESH: Record<MatrixMode, number> = {
  ...{ none: 2, "feed stale": 1, "feed reverting": 1, "feed zero": 1, "feed gas bomb": 1, "TWAP gone": 1 },
  ...{ "no source fresh": 0, "sequencer down": 0, "sequencer back": 2 },
};

/** What the oracle says to whoever lends on it; nothing: a price. */
const NOT_LENDABLE: Partial<Record<MatrixMode, string>> = {
  "feed stale": "OracleInsufficientSources(ETH, 1, 2)",
  "feed reverting": "OracleInsufficientSources(ETH, 1, 2)",
  "feed zero": "OracleInsufficientSources(ETH, 1, 2)",
  "feed gas bomb": "OracleInsufficientSources(ETH, 1, 2)",
  "TWAP gone": "OracleInsufficientSources(ETH, 1, 2)",
  "no source fresh": "OracleInsufficientSources(ETH, 0, 2)",
  "sequencer down": "OracleSequencerDown()",
  "sequencer back": "OracleSequencerGrace(GRACE END)",
};

type Rule = (level: MatrixLevel, mode: MatrixMode) => string;
const always: Rule = () => "ok";

/** Who lowers an account's health needs an open pool, a collateral that is not restricted, and every source. */
const lendsOn: Rule = (level, mode) => {
  if (level === "POOL RESTRICTED") return "PoolRestricted(pool)";
  if (level === "RESTRICTED") return "PoolRestricted(ETH)";
  // A poke that finds a source missing has restricted the collateral.
  if (level === "AS POKED" && mode !== "none") return "PoolRestricted(ETH)";
  return NOT_LENDABLE[mode] ?? "ok";
};

/** Who puts up for sale, at whatever level, needs one fresh source. */
const needsOneSource: Rule = (_, mode) => (FRESH[mode] === 0 ? "LiquidationNoFreshPrice(ETH)" : "ok");

/**
 * After an outage not those who are only just unhealthy, whether or not anybody has poked the engine since: whoever kicks or
 * takes asks it, since its snapshot is older than the outage.
 */
const notInGrace: Rule = (level, mode) =>
  mode === "sequencer back" ? "LiquidationInGrace" : needsOneSource(level, mode);

/** The specification. */
const EXPECTED: Record<MatrixAction, Rule> = {
  deposit: always,
  "redeem within the flow limit": always,
  "supply new collateral": always,
  "top up collateral": always,
  "repay a part": always,
  "repay the whole": always,
  borrow: lendsOn,
  "withdraw collateral, with debt": lendsOn,
  "withdraw collateral, without debt": always,
  "unwind in proportion": always,
  "kick, deeply unhealthy": needsOneSource,
  "kick, mildly unhealthy": notInGrace,
  "take, kicked": always, // without any source at the last valid price
  "take, deeply unhealthy": needsOneSource,
  "take, mildly unhealthy": notInGrace,
  mark: needsOneSource,
  "flash loan": always,
  "oracle poke": always,
  "engine poke": always,
};

/** Said of every cell, whatever the rules above may become. */
const NEVER_REFUSED: readonly MatrixAction[] = [
  "redeem within the flow limit",
  "supply new collateral",
  "top up collateral",
  "repay a part",
  "repay the whole",
  "withdraw collateral, without debt",
  "unwind in proportion",
  "take, kicked",
];

/** The collateral's level, as the pool has been told. */
function standing(level: MatrixLevel, mode: MatrixMode): bigint {
  if (level === "CAUTION") return Level.Caution;
  if (level === "RECOVERY") return Level.Recovery;
  // Lending waits for the end of the sequencer's grace, too.
  const restricts = level === "RESTRICTED" || (level === "AS POKED" && NOT_LENDABLE[mode] !== undefined);
  return restricts ? Level.Restricted : Level.Normal;
}

describe("Integration: every action at every breaker level in every failure of the oracle", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** Results in the order of `MODES`, for the table of the documentation. */
  const found = new Map<string, string[]>();

  for (const level of LEVELS) {
    describe(level, () => {
      for (const mode of MODES) {
        /** The cell before any action. */
        const cell = async () => {
          const world = await connection.networkHelpers.loadFixture(matrixWorld);
          await world.reach(level);
          const graceEnd = await world.breakSources(mode);
          if (level === "AS POKED") await world.engine.poke(world.eth.address);
          return { ...world, graceEnd };
        };

        it(`oracle: ${mode}`, async () => {
          const { risk, eth } = await connection.networkHelpers.loadFixture(cell);
          const view = await risk.riskOf(eth.address);
          expect([view.level, view.poolRestricted]).to.deep.equal([standing(level, mode), level === "POOL RESTRICTED"]);
          const problems: string[] = [];
          for (const action of ACTIONS) {
            const world = await connection.networkHelpers.loadFixture(cell);
            const outcome = (await outcomeOf(world, action))
              .replace(`(${world.graceEnd})`, "(GRACE END)")
              .replace(/^LiquidationInGrace\(.*/, "LiquidationInGrace");
            const expected = EXPECTED[action](level, mode);
            if (outcome !== expected) problems.push(`${action}: ${outcome} instead of ${expected}`);
            if (outcome !== "ok" && NEVER_REFUSED.includes(action)) problems.push(`${action} must never be refused`);
            const row = rowOf(level, action);
            found.set(row, [...(found.get(row) ?? []), outcome]);
          }
          expect(problems).to.deep.equal([]);
        });

        if (standing(level, mode) === Level.Restricted) {
          it(`oracle: ${mode}: what is added counts for nothing`, async () => {
            const { pool, borrower, eth, actions } = await connection.networkHelpers.loadFixture(cell);
            const before = await pool.borrowCapacityOf(borrower.address);
            const held = await pool.collateralOf(borrower.address, eth.address);
            await actions["top up collateral"]();
            expect(await pool.collateralOf(borrower.address, eth.address)).to.equal(held + ETHER);
            expect([before, await pool.borrowCapacityOf(borrower.address)]).to.deep.equal([0n, 0n]);
          });
        }

        if (FRESH[mode] === 0) {
          it(`oracle: ${mode}: who is kicked is sold at the last valid price`, async () => {
            const { actions, accounts, oracle, eth, pool } = await connection.networkHelpers.loadFixture(cell);
            const { lastValidPrice36 } = await oracle.snapshotOf(eth.address);
            expect(lastValidPrice36).to.equal(2_000n * 10n ** 24n);
            const { kickedAt } = await pool.accountOf(accounts.kicked.address);
            const sale = (await (await actions["take, kicked"]()).wait())!;
            const sold = sale.logs
              .map((log) => pool.interface.parseLog(log))
              .find((e) => e?.name === "CollateralTaken");
            const curve = (await pool.collateralConfig(eth.address)).curve;
            const { timestamp } = (await sale.getBlock())!;
            const factor = await (
              await connection.ethers.getContractAt("DutchCurve", curve)
            ).priceFactorWad(BigInt(timestamp) - kickedAt);
            expect(sold?.args.price36).to.equal((lastValidPrice36 * factor + ETHER - 1n) / ETHER);
          });
        }
      }
    });
  }

  describe("the documentation", () => {
    it("shows what was found; `RISK_MATRIX=1` prints it", async function () {
      if (found.size < LEVELS.length * ACTIONS.length) this.skip(); // some levels were left out
      const table = matrixTable(found);
      if (process.env.RISK_MATRIX !== undefined) console.log(`\n${table}\n`);
      const plain = (text: string) => text.replace(/ +/g, "").replace(/-+/g, "-");
      const document = await readFile(new URL("../../docs/risk-matrix.md", import.meta.url), "utf8");
      expect(plain(document)).to.contain(plain(table));
    });
  });
});
