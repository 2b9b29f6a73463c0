import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { positionManagerInterface } from "../../sim/market/uniswap-artifacts.ts";
import { encodeCollect, encodeDecreaseLiquidity, encodeMint } from "../../sim/market/uniswap-calls.ts";
import { usableTickDown } from "../../sim/market/uniswap-math.ts";
import { readSlot0 } from "../../sim/market/uniswap-pool.ts";
import { createRng } from "../../sim/rng.ts";
import { attackedBorrower, spotDepthBorrower, type AttackedBorrower } from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { expectWithinBps } from "../shared/oracle-fixtures.ts";
import { ETHER, USD } from "../shared/risk-fixtures.ts";

const CASES = 12;
const RISE_TAU = 6 * 3_600;
const WINDOW = 1_800;
/** The attacker's first position: the fixture minted one. */
const TOKEN = 2n;
/** So large that what a sale would do to the market decides how much he may borrow. */
const WHALE = 8_000n * ETHER;

removable("averaged depth");

describe("Attack: liquidity for the moment of a poke", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** More to lend than the whale could borrow. */
  async function rich(a: AttackedBorrower) {
    await a.loan.mint(a.lender.address, 30_000_000n * USD);
    await a.pool.connect(a.lender).deposit(30_000_000n * USD, a.lender.address);
    await a.attack(await a.pokes());
    await a.attack(await a.pokes());
    return a;
  }
  const load = async () => rich(await connection.networkHelpers.loadFixture(attackedBorrower));

  /** Mints around the price and takes all of it out again. */
  async function around(a: AttackedBorrower, dollars: bigint, span: number) {
    const { eth, uniswap, attackerAddress, ethers, price, imagine, attack } = a;
    const { tick } = await readSlot0(ethers.provider, eth.market.address);
    const spacing = eth.market.tickSpacing;
    const amounts = [(dollars * ETHER) / BigInt(price), dollars * USD];
    const [amount0, amount1] = eth.market.baseIsToken0 ? amounts : amounts.reverse();
    const mint = encodeMint(uniswap, eth.market, {
      ...{ tickLower: usableTickDown(tick - span, spacing), tickUpper: usableTickDown(tick + span, spacing) + spacing },
      ...{ amount0, amount1, recipient: attackerAddress },
    });
    const add = { target: mint.to, data: mint.data };
    const liquidity = await imagine(async () => {
      await attack([add]);
      const data = positionManagerInterface.encodeFunctionData("positions", [TOKEN]);
      const answer = await ethers.provider.call({ to: uniswap.positionManager, data });
      return BigInt(positionManagerInterface.decodeFunctionResult("positions", answer).liquidity);
    });
    const remove = [encodeDecreaseLiquidity(uniswap, TOKEN, liquidity), encodeCollect(uniswap, TOKEN, attackerAddress)];
    return { add, remove: remove.map(({ to, data }) => ({ target: to, data })) };
  }

  const rng = createRng("just in time");
  for (let index = 0; index < CASES; ++index) {
    const draw = rng.fork(`case ${index}`);
    const dollars = BigInt(Math.floor(Math.exp(draw.between(13, 21))));
    const span = 10 + draw.integer(400);
    const blocks = index % 4; // 0: all in one transaction
    it(`raises neither depth nor reserve, nor what a whale may borrow: ${dollars} dollars within ${span} ticks for ${blocks} blocks`, async () => {
      const a = await load();
      const { supply, borrow, attack, imagine, pokes, factors, pool, attackerAddress, liquidity, eth } = a;
      const depthNow = async () => (await liquidity.depthOf(eth.address)).depth;
      const [depth, { reserve, borrowFactorBps }] = [await depthNow(), await factors()];
      const before = await a.wealth(a.price);
      const capacity = await imagine(async () => {
        for (let block = 0; block < blocks; ++block) await attack(await pokes());
        await attack([...(await pokes()), await supply(WHALE)]);
        return pool.borrowCapacityOf(attackerAddress);
      });
      const { add, remove } = await around(a, dollars, span);
      const within = [...(await pokes()), await supply(WHALE)];
      let start = [add];
      for (let block = 0; block < blocks; ++block, start = []) await attack([...start, ...(await pokes())]);
      // A harmonic mean over the window rises by no more, however much is added; the average believes some seconds of it.
      const held = 12 * blocks;
      const believed = 1 - Math.exp(-held / RISE_TAU);
      const rise = 1 + (believed * held) / (WINDOW - held);
      const extra = capacity + BigInt(Math.ceil(Number(capacity) * (rise - 1))) + 1n;
      await imagine(async () =>
        expect(attack([...start, ...within, await borrow(extra), ...remove])).to.be.revertedWithCustomError(
          pool,
          "PoolBorrowTestFailed",
        ),
      );
      await attack([...start, ...(await pokes()), ...remove]);
      const after = await factors();
      expect(Number(await depthNow()) / Number(depth)).to.be.at.most(rise);
      expect(Number(after.reserve) / Number(reserve)).to.be.at.most(rise + 1e-7);
      expect(after.borrowFactorBps).to.be.at.most(borrowFactorBps);
      if (blocks === 0) expect(await depthNow()).to.equal(depth);
      expect(await a.wealth(a.price)).to.be.at.most(before);
      await attack(await pokes());
      await attack(await pokes());
      expectWithinBps(await depthNow(), depth, blocks === 0 ? 0.5 : 1e4 * (rise - 1) + 0.5);
    });
  }

  it("an oracle of the moment's depth lends the whale more", async () => {
    const a = await rich(await connection.networkHelpers.loadFixture(spotDepthBorrower));
    const { supply, borrow, attack, imagine, pokes, pool, attackerAddress } = a;
    const capacity = await imagine(async () => {
      await attack([...(await pokes()), await supply(WHALE)]);
      return pool.borrowCapacityOf(attackerAddress);
    });
    const { add, remove } = await around(a, 50_000_000n, 300);
    await attack([add, ...(await pokes()), await supply(WHALE), await borrow((capacity * 102n) / 100n), ...remove]);
    expect(await pool.debtOf(attackerAddress)).to.be.greaterThan(capacity);
  });
});
