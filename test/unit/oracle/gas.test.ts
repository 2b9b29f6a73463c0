import { expect } from "chai";
import { ZeroAddress } from "ethers";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployOracleSources, type MarketInput } from "../../shared/oracle-fixtures.ts";

type Sources = Awaited<ReturnType<typeof deployOracleSources>>;

const INTRINSIC = 21_000n + 24n * 16n; // a transaction, and the bytes of its call

/**
 * Most that each arrangement may cost, some 5 % above what it does. [gas] A `MockAggregator` takes 14,300 of it, as much
 * as a proxied Chainlink feed; the live pool here is a mock too (a real one with short history takes some 10,000 more).
 */
const LIMITS: readonly [
  name: string,
  feeds: number,
  changes: Partial<MarketInput>,
  borrow: bigint,
  liquidation: bigint,
][] = [
  [
    "one feed in the quote asset",
    1,
    { feedsInQuote: true, twapPool: ZeroAddress, requiredSources: 1n },
    28_500n,
    27_000n,
  ],
  ["one feed in the quote asset, stored TWAP", 1, { feedsInQuote: true, snapshotMaxAge: 3_600n }, 29_000n, 29_000n],
  ["one feed and the quote's, stored TWAP", 1, { snapshotMaxAge: 3_600n }, 45_000n, 44_500n],
  ["one feed and the quote's, live TWAP", 1, {}, 58_500n, 58_500n],
  ["three feeds and the quote's, live TWAP", 3, {}, 98_500n, 98_500n],
];

describe("PriceOracle: gas", () => {
  let connection: NetworkConnection;
  before(async function () {
    connection = await network.create();
    if (hre.globalOptions.coverage) this.skip(); // its probes cost gas
  });
  after(() => connection.close());

  /** Gas of a read as a call of its own, everything cold. `eth_estimateGas` would find the gas floors instead. */
  async function gasOf({ ethers, oracle, wethAddress }: Sources, name: "borrowPrice" | "liquidationPrice") {
    const call = {
      to: await oracle.getAddress(),
      data: oracle.interface.encodeFunctionData(name as "borrowPrice", [wethAddress]),
      gas: "0x1000000",
    };
    const options = { disableStorage: true, disableMemory: true, disableStack: true };
    const trace: unknown = await ethers.provider.send("debug_traceCall", [call, "latest", options]);
    if (typeof trace !== "object" || trace === null || !("gas" in trace)) throw new Error("no trace");
    return BigInt(trace.gas as string) - INTRINSIC;
  }

  for (const [name, feeds, changes, borrow, liquidation] of LIMITS) {
    it(`${name}: borrowPrice ≤ ${borrow}, liquidationPrice ≤ ${liquidation}`, async () => {
      const sources = await connection.networkHelpers.loadFixture(deployOracleSources);
      await sources.oracle.setMarket(sources.wethAddress, sources.market(feeds, changes));
      await sources.pass(30n);
      expect(await gasOf(sources, "borrowPrice"), "borrowPrice").to.be.within((borrow * 9n) / 10n, borrow);
      expect(await gasOf(sources, "liquidationPrice"), "liquidationPrice").to.be.within(
        (liquidation * 9n) / 10n,
        liquidation,
      );
    });
  }

  it("a poke of one feed and a TWAP, warm memory: ≤ 95,000 as a transaction", async () => {
    const sources = await connection.networkHelpers.loadFixture(deployOracleSources);
    const { oracle, wethAddress, market, pass } = sources;
    await oracle.setMarket(wethAddress, market(1));
    await pass(30n);
    const receipt = await (await oracle.poke(wethAddress)).wait();
    expect(receipt?.gasUsed).to.be.within(82_000n, 95_000n);
  });
});
