import { expect } from "chai";
import { MaxUint256, Signature, ZeroAddress, type Signer } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { activePool, deployPool, SHARE_OFFSET, type DeployedPool } from "../../shared/pool-fixtures.ts";

const DAY = 86_400n;
const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

interface Permission {
  readonly owner: string;
  readonly spender: string;
  readonly value: bigint;
  readonly nonce: bigint;
  readonly deadline: bigint;
}

/** ERC-2612 signature as of the standard, not as the contract describes its own domain. */
async function sign(p: DeployedPool, signer: Signer, permission: Permission, domain = {}): Promise<Signature> {
  const { chainId } = await p.ethers.provider.getNetwork();
  const standard = { name: "Breakwater USD", version: "1", chainId, verifyingContract: p.poolAddress };
  return Signature.from(await signer.signTypedData({ ...standard, ...domain }, PERMIT, permission));
}

/** What `lender` allows `stranger`, valid for a day. */
async function permission(p: DeployedPool, changes: Partial<Permission> = {}): Promise<Permission> {
  const now = BigInt(await p.networkHelpers.time.latest());
  const [owner, spender] = [p.lender.address, p.stranger.address];
  return { ...{ owner, spender, value: 1_000n, nonce: 0n, deadline: now + DAY }, ...changes };
}

function submit({ pool, stranger }: DeployedPool, { owner, spender, value, deadline }: Permission, s: Signature) {
  return pool.connect(stranger).permit(owner, spender, value, deadline, s.v, s.r, s.s);
}

describe("LendingPool shares as ERC-20", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(activePool);

  it("have the name and symbol given, and six decimals more than the asset", async () => {
    const { pool } = await load();
    expect(await pool.name()).to.equal("Breakwater USD");
    expect(await pool.symbol()).to.equal("bwUSD");
    expect(await pool.decimals()).to.equal(12);
  });

  it("are as many as were minted and not burnt", async () => {
    const { pool, lender, otherLender, unit } = await load();
    await pool.connect(otherLender).mint(5n * SHARE_OFFSET, otherLender.address);
    await pool.connect(lender).redeem(3n * SHARE_OFFSET, lender.address, lender.address);
    expect(await pool.totalSupply()).to.equal((100_000n * unit + 2n) * SHARE_OFFSET);
  });

  describe("#transfer", () => {
    it("reverts when the sender has less", async () => {
      const { pool, lender, stranger } = await load();
      await expect(pool.connect(stranger).transfer(lender.address, 1))
        .to.be.revertedWithCustomError(pool, "ERC20InsufficientBalance")
        .withArgs(stranger.address, 0, 1);
    });

    it("reverts when the receiver is the zero address", async () => {
      const { pool, lender } = await load();
      await expect(pool.connect(lender).transfer(ZeroAddress, 1))
        .to.be.revertedWithCustomError(pool, "ERC20InvalidReceiver")
        .withArgs(ZeroAddress);
    });

    it("moves the claim with the shares: the receiver may redeem, the sender no more", async () => {
      const { pool, loan, lender, stranger } = await load();
      const shares = (await pool.balanceOf(lender)) / 10n;
      const claim = await pool.convertToAssets(shares);
      await expect(pool.connect(lender).transfer(stranger.address, shares))
        .to.emit(pool, "Transfer")
        .withArgs(lender.address, stranger.address, shares);
      expect(await pool.balanceOf(lender)).to.equal(9n * shares);
      await pool.connect(stranger).redeem(shares, stranger.address, stranger.address);
      expect(await loan.balanceOf(stranger)).to.be.within(claim, claim + 1_000n); // and a second or two of interest
      await expect(pool.connect(lender).transfer(stranger.address, 9n * shares + 1n))
        .to.be.revertedWithCustomError(pool, "ERC20InsufficientBalance")
        .withArgs(lender.address, 9n * shares, 9n * shares + 1n);
    });
  });

  describe("#approve and #transferFrom", () => {
    it("reverts when the allowance is a share short", async () => {
      const { pool, lender, stranger } = await load();
      await pool.connect(lender).approve(stranger.address, 99);
      await expect(pool.connect(stranger).transferFrom(lender.address, stranger.address, 100))
        .to.be.revertedWithCustomError(pool, "ERC20InsufficientAllowance")
        .withArgs(stranger.address, 99, 100);
    });

    it("reverts when the spender is the zero address", async () => {
      const { pool, lender } = await load();
      await expect(pool.connect(lender).approve(ZeroAddress, 1))
        .to.be.revertedWithCustomError(pool, "ERC20InvalidSpender")
        .withArgs(ZeroAddress);
    });

    it("moves what was approved and reduces the allowance", async () => {
      const { ethers, pool, lender, stranger, otherLender } = await load();
      await expect(pool.connect(lender).approve(stranger.address, 100))
        .to.emit(pool, "Approval")
        .withArgs(lender.address, stranger.address, 100);
      await expect(pool.connect(stranger).transferFrom(lender.address, otherLender.address, 60)).to.changeTokenBalances(
        ethers,
        pool,
        [lender, otherLender],
        [-60n, 60n],
      );
      expect(await pool.allowance(lender, stranger)).to.equal(40);
    });

    it("leaves an infinite allowance as it is", async () => {
      const { pool, lender, stranger } = await load();
      await pool.connect(lender).approve(stranger.address, MaxUint256);
      await pool.connect(stranger).transferFrom(lender.address, stranger.address, 60);
      expect(await pool.allowance(lender, stranger)).to.equal(MaxUint256);
    });

    it("an operator of an account has no right to its shares", async () => {
      const { pool, lender, stranger } = await load();
      await pool.connect(lender).setOperator(stranger.address, true);
      await expect(pool.connect(stranger).transferFrom(lender.address, stranger.address, 1))
        .to.be.revertedWithCustomError(pool, "ERC20InsufficientAllowance")
        .withArgs(stranger.address, 0, 1);
      await expect(pool.connect(stranger).redeem(10n ** 9n, stranger.address, lender.address))
        .to.be.revertedWithCustomError(pool, "ERC20InsufficientAllowance")
        .withArgs(stranger.address, 0, 10n ** 9n);
    });
  });

  describe("#permit", () => {
    it("reverts when the deadline has passed by a second", async () => {
      const p = await load();
      const granted = await permission(p);
      const signature = await sign(p, p.lender, granted);
      await p.networkHelpers.time.setNextBlockTimestamp(granted.deadline + 1n);
      await expect(submit(p, granted, signature))
        .to.be.revertedWithCustomError(p.pool, "ERC2612ExpiredSignature")
        .withArgs(granted.deadline);
    });

    it("reverts when somebody else signed", async () => {
      const p = await load();
      const granted = await permission(p);
      const signature = await sign(p, p.stranger, granted);
      await expect(submit(p, granted, signature))
        .to.be.revertedWithCustomError(p.pool, "ERC2612InvalidSigner")
        .withArgs(p.stranger.address, p.lender.address);
    });

    for (const field of ["spender", "value", "deadline"] as const) {
      it(`reverts when the ${field} is not the one signed`, async () => {
        const p = await load();
        const granted = await permission(p);
        const signature = await sign(p, p.lender, granted);
        const changed = field === "spender" ? p.otherLender.address : granted[field] + 1n;
        await expect(submit(p, { ...granted, [field]: changed }, signature)).to.be.revertedWithCustomError(
          p.pool,
          "ERC2612InvalidSigner",
        );
      });
    }

    it("reverts when it was signed for another chain or another pool", async () => {
      const p = await load();
      const other = await deployPool(connection);
      const granted = await permission(p);
      for (const domain of [{ chainId: 1n }, { verifyingContract: other.poolAddress }]) {
        const signature = await sign(p, p.lender, granted, domain);
        await expect(submit(p, granted, signature)).to.be.revertedWithCustomError(p.pool, "ERC2612InvalidSigner");
      }
    });

    it("reverts on replay", async () => {
      const p = await load();
      const granted = await permission(p);
      const signature = await sign(p, p.lender, granted);
      await submit(p, granted, signature);
      await p.pool.connect(p.lender).approve(p.stranger.address, 0);
      await expect(submit(p, granted, signature)).to.be.revertedWithCustomError(p.pool, "ERC2612InvalidSigner");
      expect(await p.pool.allowance(p.lender, p.stranger)).to.equal(0);
    });

    it("allows what was signed, in the second of the deadline too, and uses the nonce", async () => {
      const p = await load();
      const granted = await permission(p);
      const signature = await sign(p, p.lender, granted);
      await p.networkHelpers.time.setNextBlockTimestamp(granted.deadline);
      await expect(submit(p, granted, signature))
        .to.emit(p.pool, "Approval")
        .withArgs(p.lender.address, p.stranger.address, granted.value);
      expect(await p.pool.nonces(p.lender)).to.equal(1);
      const next = await permission(p, { value: 7n, nonce: 1n });
      await submit(p, next, await sign(p, p.lender, next));
      expect(await p.pool.allowance(p.lender, p.stranger)).to.equal(7);
    });

    it("when somebody else was faster to submit it, the allowance is there all the same", async () => {
      const p = await load();
      const granted = await permission(p, { value: 10n ** 9n });
      const { v, r, s } = await sign(p, p.lender, granted);
      const asOther = p.pool.connect(p.otherLender);
      await asOther.permit(granted.owner, granted.spender, granted.value, granted.deadline, v, r, s);
      await expect(p.pool.connect(p.stranger).redeem(10n ** 9n, p.stranger.address, p.lender.address)).to.emit(
        p.pool,
        "Withdraw",
      );
    });

    it("is bound to a domain that anyone can compute", async () => {
      const { ethers, pool, poolAddress } = await load();
      const { chainId } = await ethers.provider.getNetwork();
      const domain = { name: "Breakwater USD", version: "1", chainId, verifyingContract: poolAddress };
      expect(await pool.DOMAIN_SEPARATOR()).to.equal(ethers.TypedDataEncoder.hashDomain(domain));
    });
  });
});
