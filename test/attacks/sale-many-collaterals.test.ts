import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { price36, USD } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/** `MAX_COLLATERALS_PER_ACCOUNT`. */
const MOST = 10;
const DECIMALS = 6n;

/**
 * As many collaterals as an account can have, 60 dollars of each, less than what a sale must be worth; together they carry a debt
 * that has gone bad. One more is refused.
 */
async function spread(p: Sales) {
  const [account, pool] = [p.spare, await p.pool.getAddress()];
  await p.admin.setMinDebt(0);
  await p.admin.setMaxCollateralsPerAccount(MOST);
  const supply = (token: string) =>
    p.pool.connect(account).supplyCollateral(token, 60n * 10n ** DECIMALS, account.address, "0x");
  const tokens: string[] = [];
  for (let i = 0; i <= MOST; ++i) {
    const contract = await p.connection.ethers.deployContract("MockERC20", ["T", `T${i}`, DECIMALS]);
    const token = await contract.getAddress();
    await p.oracle.setPrice(token, price36(1n, DECIMALS));
    await p.admin.listCollateral({
      ...{ token, borrowFactorBps: 7_000n, liquidationFactorBps: 7_500n },
      ...{ supplyCap: 2n ** 112n - 1n, curve: await p.curve.getAddress() },
    });
    await contract.mint(account.address, 60n * 10n ** DECIMALS);
    await contract.connect(account).approve(pool, 60n * 10n ** DECIMALS);
    if (i < MOST) await supply(token);
    tokens.push(token);
  }
  const oneMore = await supply(tokens[MOST]).then(() => "supplied", String);
  await p.pool.connect(account).borrow(375n * USD, 0, account.address, account.address);
  await p.admin.setMinDebt(100n * USD);
  for (const token of tokens) await p.oracle.setPrice(token, price36(6n, DECIMALS) / 10n); // to 36 dollars each

  const sales = p.liquidation.connect(p.liquidator);
  await sales.kick(account.address);
  let [sold, refused] = [0, ""];
  for (const token of tokens.slice(0, MOST)) {
    await sales.take(account.address, token, 2n ** 255n, 2n ** 255n, p.liquidator.address, "0x").then(
      () => (sold += 1),
      (error: unknown) => (refused = String(error)),
    );
  }
  return { oneMore, sold, refused, shares: await p.pool.debtSharesOf(account.address) };
}

describe("Attack: a debt spread over as many small collaterals as an account can have", () => {
  it("cannot be sold at all in the weak copy; with us it is sold to the end", async () => {
    const { ours, weak } = await onBoth(removable("last holding is sold"), spread);
    for (const { oneMore } of [ours, weak]) expect(oneMore).to.contain("PoolTooManyCollaterals");
    expect(weak.sold).to.equal(0);
    expect(weak.refused).to.contain("LiquidationDust");
    expect(weak.shares).to.be.greaterThan(0n);
    expect([ours.sold, ours.refused, ours.shares]).to.deep.equal([MOST, "", 0n]);
  });
});
