import { expect } from "chai";

import { load } from "../shared/borrower-fixtures.ts";
import { keeperScene, startKeeper, valueOf, type KeeperScene } from "../shared/keeper-in-process.ts";

const DEPTH = 10;
const MINUTE = 60;

/** `kill -9` of a keeper is in `test/integration/keeper-node.test.ts`, of a Monte Carlo worker in `montecarlo-task.test.ts` there. */
describe(`a reorganisation of ${DEPTH} blocks under the keeper`, function () {
  this.timeout(0);

  type Started = Awaited<ReturnType<typeof startKeeper>>;

  async function isHealthy({ pool }: KeeperScene, account: string): Promise<boolean> {
    const { debt, liquidationCapacity } = await pool.healthOf(account);
    return debt <= liquidationCapacity;
  }

  /** Ten blocks, in the first of which its kick and its take are, and some that it sees without having anything to do. */
  async function seeBlocks({ networkHelpers }: KeeperScene, { keeper }: Started): Promise<void> {
    const start = await networkHelpers.time.latestBlock();
    for (;;) {
      await keeper.round();
      if ((await networkHelpers.time.latestBlock()) >= start + DEPTH) break;
      await networkHelpers.mine();
    }
  }

  /** Blocks a minute apart, with a round on each; @returns after how many both accounts are healthy. */
  async function work(scene: KeeperScene, { keeper }: Started, most: number): Promise<number> {
    for (let blocks = 1; blocks <= most; ++blocks) {
      await keeper.round();
      if ((await isHealthy(scene, scene.eth.account)) && (await isHealthy(scene, scene.btc.account))) return blocks;
      await scene.networkHelpers.time.increase(MINUTE);
    }
    return expect.fail("they are still for sale");
  }

  const mined = async ({ metrics }: Started, kind: string) => valueOf(metrics.transactions, { kind, outcome: "mined" });
  const taken = async ({ pool }: KeeperScene) => pool.queryFilter(pool.filters.CollateralTaken());

  for (const [name, after] of [
    ["as long as before", DEPTH],
    ["longer", DEPTH + 5],
    ["shorter", DEPTH - 5],
  ] as const) {
    it(`that takes back its kicks and takes and leaves the chain ${name}: it does its work again, once`, async () => {
      const scene = await load(keeperScene);
      const { networkHelpers, pool, loan } = scene;
      const k = await startKeeper(scene);
      const snapshot = await networkHelpers.takeSnapshot();
      await seeBlocks(scene, k);
      expect([await mined(k, "kick"), await mined(k, "take")]).to.deep.equal([1, 1]);
      expect(await isHealthy(scene, scene.btc.account)).to.equal(true);

      await snapshot.restore();
      await networkHelpers.mine(after);
      expect(await isHealthy(scene, scene.btc.account)).to.equal(false);
      await work(scene, k, 90);
      await k.keeper.round();
      await k.keeper.round(); // whoever has hardly healed is put to rest
      expect(await valueOf(k.metrics.reorgs)).to.equal(1);
      expect(await valueOf(k.metrics.reorgedBlocks)).to.be.at.least(DEPTH);
      expect(await valueOf(k.metrics.pending)).to.equal(0);
      expect(k.lines.filter(({ event }) => event === "tx.reverted")).to.deep.equal([]);

      // In the chain that there is, everything is there once.
      const sales = await taken(scene);
      expect(new Set(sales.map(({ args }) => args.account)).size).to.equal(2);
      expect(sales.filter(({ args }) => args.account === scene.btc.account)).to.have.lengthOf(1);
      expect((await pool.queryFilter(pool.filters.AccountKicked())).length).to.equal(1);
      expect(await loan.balanceOf(k.address)).to.be.greaterThan(0n);

      // And it knows what one knows that begins now.
      const fresh = await startKeeper(scene, {}, { index: 1 });
      await fresh.keeper.round();
      for (const metric of ["accounts", "unhealthy", "forSale", "lowestHealth"] as const) {
        expect(await valueOf(k.metrics[metric]), metric).to.equal(await valueOf(fresh.metrics[metric]));
      }
      await fresh.close();
      await k.close();
    });
  }

  it("that it waits for, if it is told to: then it counts only what stays", async () => {
    const scene = await load(keeperScene);
    const { networkHelpers, loan } = scene;
    const k = await startKeeper(scene, { confirmations: String(DEPTH + 1) });
    const snapshot = await networkHelpers.takeSnapshot();
    await seeBlocks(scene, k);
    expect([await mined(k, "kick"), await mined(k, "take")]).to.deep.equal([0, 0]);
    await snapshot.restore();
    await networkHelpers.mine(DEPTH);
    await work(scene, k, 90);
    for (let block = 0; block <= DEPTH + 1; ++block) {
      await networkHelpers.mine();
      await k.keeper.round();
    }
    expect(await mined(k, "take")).to.equal((await taken(scene)).length);
    expect(await mined(k, "kick")).to.equal((await scene.pool.queryFilter(scene.pool.filters.AccountKicked())).length);
    const earned = await loan.balanceOf(k.address);
    expect(earned).to.be.greaterThan(0n);
    expect(Math.round((await valueOf(k.metrics.profit)) * 1e6)).to.equal(Number(earned));
    await k.close();
  });
});
