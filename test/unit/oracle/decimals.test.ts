import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAccessManager, HEARTBEAT, Status } from "../../shared/oracle-fixtures.ts";

const TOKEN_DECIMALS = [6, 8, 18, 27];
const FEED_DECIMALS = [0, 8, 18];

async function deployTokensAndFeeds(connection: NetworkConnection) {
  const { ethers } = connection;
  const [governor] = await ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const tokens = new Map<number, string>();
  const quotes = new Map<number, string>();
  for (const decimals of TOKEN_DECIMALS) {
    tokens.set(decimals, await (await ethers.deployContract("MockERC20", ["A", "A", decimals])).getAddress());
    quotes.set(decimals, await (await ethers.deployContract("MockERC20", ["Q", "Q", decimals])).getAddress());
  }
  const feedOf = async (decimals: number, dollars: bigint) =>
    (await ethers.deployContract("MockAggregator", [decimals, "feed", dollars * 10n ** BigInt(decimals)])).getAddress();
  return { ethers, authority, tokens, quotes, feedOf };
}

describe("PriceOracle: decimals", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const config = (source: string, feedsInQuote: boolean) => ({
    feeds: [{ source, heartbeat: HEARTBEAT }],
    feedsInQuote,
    twapPool: ZeroAddress,
    twapWindow: 0,
    snapshotMaxAge: 0,
    emaTimeConstant: 3_600,
    bandBps: 500,
    bandWidenBpsPerMinute: 100,
    requiredSources: 1,
  });

  // 12,000 dollars an asset, 4 dollars a quote unit: 3,000.
  for (const feedDecimals of FEED_DECIMALS) {
    for (const quoteFeedDecimals of FEED_DECIMALS) {
      it(`feeds of ${feedDecimals} and ${quoteFeedDecimals}: exact for tokens of 6, 8, 18 and 27`, async () => {
        const { ethers, authority, tokens, quotes, feedOf } =
          await connection.networkHelpers.loadFixture(deployTokensAndFeeds);
        const assetFeed = await feedOf(feedDecimals, 12_000n);
        const quoteFeed = await feedOf(quoteFeedDecimals, 4n);
        for (const [quoteDecimals, quote] of quotes) {
          const oracle = await ethers.deployContract("PriceOracle", [quote, authority]);
          await oracle.setQuoteFeeds([{ source: quoteFeed, heartbeat: HEARTBEAT }]);
          for (const [decimals, token] of tokens) {
            await oracle.setMarket(token, config(assetFeed, false));
            const price36 = 3_000n * 10n ** BigInt(36 + quoteDecimals - decimals);
            expect(await oracle.liquidationPrice(token), `asset ${decimals}, quote ${quoteDecimals}`).to.equal(price36);
            // What the pool makes of it: five whole tokens are worth 15,000 whole quote units.
            const value = (5n * 10n ** BigInt(decimals) * price36) / 10n ** 36n;
            expect(value).to.equal(15_000n * 10n ** BigInt(quoteDecimals));
          }
        }
      });
    }
  }

  it("a feed in the loan asset itself needs no feed of the quote", async () => {
    const { ethers, authority, tokens, quotes, feedOf } =
      await connection.networkHelpers.loadFixture(deployTokensAndFeeds);
    const oracle = await ethers.deployContract("PriceOracle", [quotes.get(18), authority]);
    await oracle.setMarket(tokens.get(8) as string, config(await feedOf(18, 15n), true));
    expect(await oracle.liquidationPrice(tokens.get(8) as string)).to.equal(15n * 10n ** 46n);
    expect(await oracle.borrowPrice(tokens.get(8) as string)).to.be.within(14_998n * 10n ** 43n, 15n * 10n ** 46n);
  });

  it("a price above the scale's 2^208 is refused: a token without decimals at 3,000 quote units of 27", async () => {
    const { ethers, authority, quotes, feedOf } = await connection.networkHelpers.loadFixture(deployTokensAndFeeds);
    const oracle = await ethers.deployContract("PriceOracle", [quotes.get(27), authority]);
    const ticket = await (await ethers.deployContract("MockERC20", ["Ticket", "TKT", 0])).getAddress();
    const feed = await feedOf(8, 3_000n);
    await expect(oracle.setMarket(ticket, config(feed, true)))
      .to.be.revertedWithCustomError(oracle, "OracleFeedRejected")
      .withArgs(feed, Status.Invalid);
  });

  it("cross-quotes that do not divide are rounded down", async () => {
    const { ethers, authority, tokens, quotes, feedOf } =
      await connection.networkHelpers.loadFixture(deployTokensAndFeeds);
    const oracle = await ethers.deployContract("PriceOracle", [quotes.get(6), authority]);
    await oracle.setQuoteFeeds([{ source: await feedOf(8, 3n), heartbeat: HEARTBEAT }]);
    await oracle.setMarket(tokens.get(18) as string, config(await feedOf(8, 2n), false));
    expect(await oracle.liquidationPrice(tokens.get(18) as string)).to.equal((2n * 10n ** 24n) / 3n);
  });
});
