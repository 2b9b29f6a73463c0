import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { activePool, SHARE_OFFSET } from "../../shared/pool-fixtures.ts";

/** What is the pool's own; what is the standard's, `test/standards/erc20.test.ts` has. */
describe("LendingPool shares as ERC-20", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(activePool);

  it("are as many as were minted and not burnt", async () => {
    const { pool, lender, otherLender, unit } = await load();
    await pool.connect(otherLender).mint(5n * SHARE_OFFSET, otherLender.address);
    await pool.connect(lender).redeem(3n * SHARE_OFFSET, lender.address, lender.address);
    expect(await pool.totalSupply()).to.equal((100_000n * unit + 2n) * SHARE_OFFSET);
  });

  describe("#transfer", () => {
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
});
