import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onBoth, price36Of, type Sales } from "../shared/sale-fixtures.ts";

/** Three collaterals, each worth less than what a sale must be worth; together they carry a debt that has gone bad. */
async function spread(p: Sales) {
  await p.admin.setMinDebt(0);
  const [eth, btc, stb] = await p.pool.collateralList();
  const amounts = [10n ** 17n, 10n ** 5n, 60n * 10n ** 6n];
  const account = p.spare;
  for (const [i, token] of [eth, btc, stb].entries()) {
    const contract = await p.connection.ethers.getContractAt("MockERC20", token);
    await contract.mint(account.address, amounts[i]);
    await contract.connect(account).approve(await p.pool.getAddress(), amounts[i]);
    await p.pool.connect(account).supplyCollateral(token, amounts[i], account.address, "0x");
  }
  await p.pool.connect(account).borrow(110n * 10n ** 6n, 0, account.address, account.address);
  await p.admin.setMinDebt(100n * 10n ** 6n);
  for (const token of [eth, btc, stb]) await p.oracle.setPrice(token, ((await price36Of(p, token)) * 6n) / 10n);
  const sales = p.liquidation.connect(p.liquidator);
  await sales.kick(account.address);
  for (const token of [eth, btc, stb]) {
    if ((await p.pool.collateralOf(account.address, token)) === 0n) continue;
    const refused = await sales
      .take(account.address, token, 2n ** 255n, 2n ** 255n, p.liquidator.address, "0x")
      .then(() => undefined, String);
    if (refused !== undefined) return refused;
  }
  return String(await p.pool.debtSharesOf(account.address));
}

describe("Attack: a debt spread over many small collaterals", () => {
  it("cannot be sold at all in the weak copy; with us it is sold to the end", async () => {
    const { ours, weak } = await onBoth(removable("last holding is sold"), spread);
    expect(weak).to.contain("LiquidationDust");
    expect(ours).to.equal("0");
  });
});
