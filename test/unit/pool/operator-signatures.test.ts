import { expect } from "chai";
import { concat, MaxUint256, Signature, toBeHex, ZeroAddress, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { calmPool, load } from "../../shared/borrower-fixtures.ts";
import { mirroredSignature, PERMIT, SET_OPERATOR } from "../../shared/typed-data.ts";

/** As `ContractWallet.Answer`. */
const Answer = { Honest: 0, WrongValue: 1, Revert: 2 };

/** With a wallet contract for which `borrower` signs, and another pool of the same parts. */
async function signedPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  const wallet = await p.ethers.deployContract("ContractWallet", [p.borrower.address]);
  const twin = await p.ethers.deployContract("LendingPool", [p.params]);
  const domain = {
    ...{ name: p.params.name, version: "1", verifyingContract: p.poolAddress },
    chainId: (await p.ethers.provider.getNetwork()).chainId,
  };
  return { ...p, wallet, walletAddress: await wallet.getAddress(), twin, domain };
}

async function loadSigned() {
  const p = await load(signedPool);
  const message = {
    ...{ owner: p.borrower.address, operator: p.stranger.address, approved: true, nonce: 0n },
    deadline: BigInt(await p.networkHelpers.time.latest()) + 3_600n,
  };
  const sign = (changes: Partial<typeof message> = {}, signer: Signer = p.borrower, domain = p.domain) =>
    signer.signTypedData(domain, SET_OPERATOR, { ...message, ...changes });
  /** Sent by somebody whom it does not concern. */
  const submit = (signature: string, changes: Partial<typeof message> = {}, pool = p.pool) => {
    const { owner, operator, approved, deadline } = { ...message, ...changes };
    return pool.connect(p.liquidator).setOperatorWithSig(owner, operator, approved, deadline, signature);
  };
  const approved = () => p.pool.isOperator(p.borrower.address, p.stranger.address);
  return { ...p, message, sign, submit, approved };
}

describe("LendingPool: operators by signature", () => {
  describe("#setOperatorWithSig", () => {
    it("reverts after the deadline, and not in its second", async () => {
      const { pool, networkHelpers, message, sign, submit, approved } = await loadSigned();
      await networkHelpers.time.setNextBlockTimestamp(message.deadline + 1n);
      await expect(submit(await sign()))
        .to.be.revertedWithCustomError(pool, "PoolSignatureExpired")
        .withArgs(message.deadline);
      const later = { deadline: message.deadline + 3_600n };
      await networkHelpers.time.setNextBlockTimestamp(later.deadline);
      await submit(await sign(later), later);
      expect(await approved()).to.equal(true);
    });

    it("reverts when anything but what is submitted was signed", async () => {
      const { pool, borrower, otherBorrower, message, sign, submit } = await loadSigned();
      for (const changes of [
        { operator: otherBorrower.address },
        { approved: false },
        { nonce: 1n },
        { deadline: message.deadline + 1n },
        { owner: otherBorrower.address },
      ]) {
        await expect(submit(await sign(changes)), Object.keys(changes)[0])
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(borrower.address);
      }
    });

    it("reverts when somebody else signed, the operator included", async () => {
      const { pool, borrower, otherBorrower, stranger, sign, submit } = await loadSigned();
      for (const signer of [otherBorrower, stranger]) {
        await expect(submit(await sign({}, signer)))
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(borrower.address);
      }
    });

    it("reverts for another pool, chain, name or version", async () => {
      const { pool, twin, borrower, domain, sign, submit, approved } = await loadSigned();
      for (const changes of [
        { verifyingContract: await twin.getAddress() },
        { chainId: domain.chainId + 1n },
        { name: "Breakwater EUR" },
        { version: "2" },
      ]) {
        await expect(submit(await sign({}, borrower, { ...domain, ...changes })))
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(borrower.address);
      }
      const signature = await sign();
      await expect(submit(signature, {}, twin))
        .to.be.revertedWithCustomError(twin, "PoolSignatureInvalid")
        .withArgs(borrower.address);
      await submit(signature);
      expect(await approved()).to.equal(true);
      expect(await twin.isOperator(borrower.address, pool)).to.equal(false);
    });

    it("reverts when a signature is used twice, also to bring back what was revoked", async () => {
      const { pool, borrower, stranger, sign, submit, approved } = await loadSigned();
      const signature = await sign();
      await submit(signature);
      for (const revoke of [false, true]) {
        if (revoke) await pool.connect(borrower).setOperator(stranger.address, false);
        await expect(submit(signature))
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(borrower.address);
      }
      expect(await approved()).to.equal(false);
    });

    it("reverts for the zero address and for signatures that are malformed", async () => {
      const { pool, borrower, sign, submit } = await loadSigned();
      const signature = await sign();
      const parts = Signature.from(signature);
      const { r, s, compactSerialized } = parts;
      const other = mirroredSignature(parts);
      const mirrored = concat([other.r, other.s, toBeHex(other.v)]);
      for (const malformed of ["0x", signature.slice(0, -2), `${signature}00`, compactSerialized, mirrored]) {
        await expect(submit(malformed), malformed)
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(borrower.address);
      }
      await expect(submit(concat([r, s, "0x1d"]), { owner: ZeroAddress }))
        .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
        .withArgs(ZeroAddress);
    });

    it("approves and revokes, whoever submits it, and says so", async () => {
      const { pool, borrower, stranger, sign, submit, approved } = await loadSigned();
      for (const [index, value] of [true, false, true].entries()) {
        const changes = { approved: value, nonce: BigInt(index) };
        await expect(submit(await sign(changes), changes))
          .to.emit(pool, "OperatorSet")
          .withArgs(borrower.address, stranger.address, value);
        expect(await approved()).to.equal(value);
        expect(await pool.nonces(borrower.address)).to.equal(index + 1);
      }
    });

    it("uses no nonce when it fails", async () => {
      const { pool, borrower, otherBorrower, sign, submit, approved } = await loadSigned();
      await expect(submit(await sign({}, otherBorrower)))
        .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
        .withArgs(borrower.address);
      expect(await pool.nonces(borrower.address)).to.equal(0);
      await submit(await sign());
      expect(await approved()).to.equal(true);
    });

    it("shares its nonces with ERC-2612 permits: either makes the other of the same nonce void", async () => {
      const { pool, borrower, liquidator, message, domain, sign, submit } = await loadSigned();
      const [owner, spender, value] = [borrower.address, liquidator.address, 5n];
      const permit = async (nonce: bigint) => {
        const { deadline } = message;
        const signed = await borrower.signTypedData(domain, PERMIT, { owner, spender, value, nonce, deadline });
        const { v, r, s } = Signature.from(signed);
        return pool.permit(owner, spender, value, deadline, v, r, s);
      };
      const first = await sign();
      await permit(0n);
      expect(await pool.allowance(owner, spender)).to.equal(value);
      await expect(submit(first)).to.be.revertedWithCustomError(pool, "PoolSignatureInvalid").withArgs(owner);
      await submit(await sign({ nonce: 1n }));
      await expect(permit(1n))
        .to.be.revertedWithCustomError(pool, "ERC2612InvalidSigner")
        .withArgs((recovered: string) => recovered !== owner, owner);
      await permit(2n);
      expect(await pool.nonces(owner)).to.equal(3);
    });

    it("does not take a permit for an appointment", async () => {
      const { pool, borrower, message, domain, submit } = await loadSigned();
      const values = { owner: borrower.address, spender: message.operator, value: 1n };
      const signed = await borrower.signTypedData(domain, PERMIT, { ...values, nonce: 0n, deadline: message.deadline });
      await expect(submit(signed))
        .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
        .withArgs(borrower.address);
    });

    it("works as one step of a batch, before the call that needs it", async () => {
      const { pool, borrower, stranger, message, sign, eth } = await loadSigned();
      await pool.connect(borrower).supplyCollateral(eth.address, 5, borrower.address, "0x");
      const { owner, operator, approved, deadline } = { ...message, deadline: MaxUint256 };
      const signature = await sign({ deadline });
      const batch = [
        pool.interface.encodeFunctionData("setOperatorWithSig", [owner, operator, approved, deadline, signature]),
        pool.interface.encodeFunctionData("withdrawCollateral", [eth.address, 5, owner, operator]),
      ];
      await pool.connect(stranger).multicall(batch);
      expect(await eth.token.balanceOf(stranger.address)).to.equal(5);
    });
  });

  describe("of a contract (ERC-1271)", () => {
    it("reverts when the wallet says no, answers something else, or reverts", async () => {
      const { pool, wallet, walletAddress, otherBorrower, sign, submit } = await loadSigned();
      const owner = { owner: walletAddress };
      for (const [answer, signer] of [
        [Answer.Honest, otherBorrower],
        [Answer.WrongValue, undefined],
        [Answer.Revert, undefined],
      ] as const) {
        await wallet.setAnswer(answer);
        await expect(submit(await sign(owner, signer), owner))
          .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
          .withArgs(walletAddress);
      }
    });

    it("reverts for contracts that know no signatures, such as the loan asset", async () => {
      const { pool, loanAddress, sign, submit } = await loadSigned();
      await expect(submit(await sign({ owner: loanAddress }), { owner: loanAddress }))
        .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
        .withArgs(loanAddress);
    });

    it("appoints when the wallet agrees, once", async () => {
      const { pool, walletAddress, stranger, sign, submit } = await loadSigned();
      const owner = { owner: walletAddress };
      const signature = await sign(owner);
      await expect(submit(signature, owner))
        .to.emit(pool, "OperatorSet")
        .withArgs(walletAddress, stranger.address, true);
      expect(await pool.nonces(walletAddress)).to.equal(1);
      await expect(submit(signature, owner))
        .to.be.revertedWithCustomError(pool, "PoolSignatureInvalid")
        .withArgs(walletAddress);
    });
  });
});
