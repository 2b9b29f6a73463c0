import { expect } from "chai";
import { Signature } from "ethers";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";
import { PERMIT, SET_OPERATOR } from "../shared/typed-data.ts";

/** Of `lender`, worth a thousand dollars. */
const SHARES = 1_000n * 10n ** 12n;

/** `borrower` makes `liquidator` his operator, by a signature that everybody can read in the mempool. */
async function signed({ pool, poolAddress, ethers, networkHelpers, borrower, liquidator, params }: DeployedPool) {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: params.name, version: "1", verifyingContract: poolAddress, chainId };
  const deadline = BigInt(await networkHelpers.time.latest()) + 3_600n;
  const message = { owner: borrower.address, operator: liquidator.address, approved: true, nonce: 0n, deadline };
  const signature = await borrower.signTypedData(domain, SET_OPERATOR, message);
  const values = [borrower.address, liquidator.address, true, deadline, signature] as [
    string,
    string,
    boolean,
    bigint,
    string,
  ];
  return { values, data: pool.interface.encodeFunctionData("setOperatorWithSig", [...values]) };
}

/** `lender` allows `liquidator` to use so many of his shares, by a signature (ERC-2612). */
async function permitted({ pool, poolAddress, ethers, networkHelpers, lender, liquidator, params }: DeployedPool) {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: params.name, version: "1", verifyingContract: poolAddress, chainId };
  const deadline = BigInt(await networkHelpers.time.latest()) + 3_600n;
  const message = { owner: lender.address, spender: liquidator.address, value: SHARES, nonce: 0n, deadline };
  const { v, r, s } = Signature.from(await lender.signTypedData(domain, PERMIT, message));
  const values: PermitValues = [lender.address, liquidator.address, SHARES, deadline, v, r, s];
  return { values, data: pool.interface.encodeFunctionData("permit", [...values]) };
}
type PermitValues = [string, string, bigint, bigint, number, string, string];

/** The owner takes the allowance back. Whoever kept the signature gives it to the spender again, who takes the shares out. */
async function replayPermit(p: DeployedPool) {
  const { pool, lender, liquidator, stranger } = p;
  const { values } = await permitted(p);
  await pool.connect(stranger).permit(...values);
  await pool.connect(lender).approve(liquidator.address, 0);
  const again = await outcome(pool.connect(stranger).permit(...values));
  const robs = pool.connect(liquidator).redeem(SHARES, liquidator.address, lender.address);
  return { again, robbed: await outcome(robs) };
}

/** The owner takes the right back. Whoever kept the signature gives it to the operator again, who empties the account. */
async function replay(p: DeployedPool) {
  const { pool, borrower, liquidator, stranger, collaterals } = p;
  const { values } = await signed(p);
  await pool.connect(stranger).setOperatorWithSig(...values);
  await pool.connect(borrower).setOperator(liquidator.address, false);
  const again = await outcome(pool.connect(stranger).setOperatorWithSig(...values));
  const [{ address, unit }] = collaterals;
  const self = liquidator.address;
  const robs = pool.connect(liquidator).withdrawCollateral(address, 10n * unit, borrower.address, self);
  return { again, robbed: await outcome(robs) };
}

describe("Attack: using a signature before its owner does, or again", () => {
  const DEFENCE = removable("used signatures");

  it("brings a revoked operator back in the weak copy, and counts once", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, replay);
    expect(weak).to.deep.equal({ again: "done", robbed: "done" });
    expect(ours.again).to.contain("PoolSignatureInvalid");
    expect(ours.robbed).to.contain("PoolUnauthorized");
  });

  it("brings a revoked allowance back in the weak copy, and counts once", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, replayPermit);
    expect(weak).to.deep.equal({ again: "done", robbed: "done" });
    expect(ours.again).to.contain("ERC2612InvalidSigner");
    expect(ours.robbed).to.contain("ERC20InsufficientAllowance");
  });

  it("who is first with a permit in somebody's batch stops that batch, gains nothing, and the rest of it works", async () => {
    const attack = async (p: DeployedPool) => {
      const { pool, lender, liquidator, stranger } = p;
      const { values, data } = await permitted(p);
      const redeem = pool.interface.encodeFunctionData("redeem", [SHARES, liquidator.address, lender.address]);
      await pool.connect(stranger).permit(...values);
      const strangers = await pool.allowance(lender.address, stranger.address);
      const robs = await outcome(pool.connect(stranger).redeem(SHARES, stranger.address, lender.address));
      const batch = await outcome(pool.connect(liquidator).multicall([data, redeem]));
      const meant = await pool.allowance(lender.address, liquidator.address);
      const rest = await outcome(pool.connect(liquidator).multicall([redeem]));
      return { strangers, robs, batch, meant, rest };
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    expect(ours.batch).to.contain("ERC2612InvalidSigner");
    expect(ours.robs).to.contain("ERC20InsufficientAllowance");
    expect([ours.strangers, ours.meant, ours.rest]).to.deep.equal([0n, SHARES, "done"]);
  });

  it("who is first with a signature in somebody's batch stops that batch, gains nothing, and the rest of it works", async () => {
    const attack = async (p: DeployedPool) => {
      const { pool, borrower, liquidator, stranger, unit } = p;
      const { values, data } = await signed(p);
      const repay = pool.interface.encodeFunctionData("repay", [unit, 0, borrower.address, "0x"]);
      await pool.connect(stranger).setOperatorWithSig(...values);
      const batch = await outcome(pool.connect(borrower).multicall([data, repay]));
      const rest = await outcome(pool.connect(borrower).multicall([repay]));
      const strangers = await pool.isOperator(borrower.address, stranger.address);
      return { batch, rest, strangers, meant: await pool.isOperator(borrower.address, liquidator.address) };
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    expect(ours.batch).to.contain("PoolSignatureInvalid");
    expect([ours.rest, ours.strangers, ours.meant]).to.deep.equal(["done", false, true]);
  });
});
