import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import { attackedPool, BLOCK, credulousPool, type Attack } from "../shared/attack-fixtures.ts";
import { ETHER, FLOW, HOUR, Level, USD } from "../shared/risk-fixtures.ts";

const BPS = 10_000n;

describe("Attack: lenders who come and go", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(attackedPool);

  const deposit = async ({ call, pool, attackerAddress }: Attack, assets: bigint) =>
    call(pool, "deposit", [assets, attackerAddress]);
  const redeem = async ({ call, pool, attackerAddress }: Attack, shares: bigint) =>
    call(pool, "redeem", [shares, attackerAddress, attackerAddress]);

  it("probe", async () => {
    const a = await load();
    const { engine, eth, factors, attack, pool, pokes } = a;
    await a.later(60);
    await engine.poke(eth.address);
    const f0 = await factors();
    const assets = 1_000_000_000n * USD;
    const shares = await pool.previewDeposit(assets);
    await attack([await deposit(a, assets), ...(await pokes()), await redeem(a, shares)]);
    const f1 = await factors();
    await a.later();
    await a.networkHelpers.mine();
    const f2 = await factors();
    console.log(f0.exitFloorShares, f1.exitFloorShares, f2.exitFloorShares, await pool.totalSupply());
    console.log(
      await a.wealth(2000),
      f0.borrowFactorBps,
      f0.liquidationFactorBps,
      f0.liquidationTargetBps,
      f0.reserve / USD,
    );
    const v = await a.addVictim(100n * ETHER);
    console.log(await a.health(v), await pool.debtOf(v));
  });
});
