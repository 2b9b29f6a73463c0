import { expect } from "chai";
import { AbiCoder } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ETHER, load, USD } from "../../shared/borrower-fixtures.ts";
import { scriptedPool } from "../../shared/pool-fixtures.ts";

/** An account of a contract that owes 10,000 against 10 ETH, has no loan assets, and whom `liquidator` lets sell. */
async function pennilessContract(connection: NetworkConnection) {
  const p = await scriptedPool(connection);
  const { pool, poolAddress, loan, loanAddress, account, accountAddress, stranger, liquidator } = p;
  const eth = p.collaterals[0];
  const encode = pool.interface.encodeFunctionData.bind(pool.interface);
  await account.run([
    {
      target: poolAddress,
      data: encode("supplyCollateral", [eth.address, 10n * ETHER, accountAddress, "0x"]),
    },
    { target: poolAddress, data: encode("borrow", [10_000n * USD, 0, accountAddress, accountAddress]) },
    {
      target: loanAddress,
      data: loan.interface.encodeFunctionData("transfer", [stranger.address, 110_000n * USD]),
    },
  ]);
  await loan.connect(liquidator).approve(accountAddress, 10n ** 30n);
  return { ...p, eth };
}

describe("LiquidationModule: unwinding", () => {
  describe("#unwind", () => {
    describe("with a callback", () => {
      const sell = async (collateral: bigint, proceeds: bigint) => {
        const p = await load(pennilessContract);
        const { account, accountAddress, eth, loan, loanAddress, liquidation, liquidator, poolAddress } = p;
        const script = AbiCoder.defaultAbiCoder().encode(
          ["tuple(address,bytes)[]"],
          [
            [
              [eth.address, eth.token.interface.encodeFunctionData("transfer", [liquidator.address, collateral])],
              [
                loanAddress,
                loan.interface.encodeFunctionData("transferFrom", [liquidator.address, accountAddress, proceeds]),
              ],
            ],
          ],
        );
        const unwind = liquidation.interface.encodeFunctionData("unwind", [
          ...[4_000n * USD, 0, eth.address, collateral, accountAddress, accountAddress, script],
        ] as never);
        // It was funded with collateral: only what comes out of the pool may be sold.
        const spare = await eth.token.balanceOf(accountAddress);
        const burn = eth.token.interface.encodeFunctionData("transfer", [p.stranger.address, spare]);
        await account.run([{ target: eth.address, data: burn }]);
        return { ...p, send: () => account.run([{ target: poolAddress, data: unwind }]) };
      };

      it("the collateral is there to be sold before the payment is pulled", async () => {
        const { pool, send, accountAddress, eth, loan } = await sell(2n * ETHER, 4_000n * USD);
        await send();
        expect(await pool.debtOf(accountAddress)).to.be.within(5_999n * USD, 6_001n * USD);
        expect(await pool.collateralOf(accountAddress, eth.address)).to.equal(8n * ETHER);
        expect(await loan.balanceOf(accountAddress)).to.equal(0);
      });

      it("what it does not bring in is not lent", async () => {
        const { ethers, send } = await sell(2n * ETHER, 4_000n * USD - 1n);
        await expect(send()).to.revert(ethers);
      });
    });
  });
});
