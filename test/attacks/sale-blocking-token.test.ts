import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/** The keeper who kicked can receive no loan assets: he is on a block list, or is a contract whose hook reverts. */
async function blockKeeper(p: Sales) {
  const { address } = p.second;
  await p.liquidation.connect(p.second).registerKeeper();
  await p.liquidation.connect(p.second).kickFor(p.user.address, ZeroAddress, 2);
  const loan = await p.connection.ethers.getContractAt("BlocklistERC20", await p.loan.getAddress());
  await loan.setBlocked(address, true);
  return p.take(p.user, ETHER).then(() => "sold", String);
}

describe("Attack: a tip that nobody can receive", () => {
  it("keeps the account from being sold in the weak copy, and only itself from being fetched", async () => {
    const { ours, weak } = await onBoth(removable("tips are fetched"), blockKeeper, { blocklist: true });
    expect(weak).to.contain("Blocked");
    expect(ours).to.equal("sold");
  });
});
