import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

async function deployTokens({ ethers }: NetworkConnection) {
  const [holder, other] = await ethers.getSigners();
  const plain = await ethers.deployContract("MockERC20", ["Token", "TKN", 8]);
  const fee = await ethers.deployContract("FeeOnTransferERC20", [18, 100]);
  const rebasing = await ethers.deployContract("RebasingERC20", [18]);
  const returnsFalse = await ethers.deployContract("ReturnsFalseERC20", [18]);
  const blocklist = await ethers.deployContract("BlocklistERC20", [6]);
  const noReturn = await ethers.deployContract("NoReturnERC20", [6]);
  const hooked = await ethers.deployContract("HookERC20", [18]);
  return { ethers, holder, other, plain, fee, rebasing, returnsFalse, blocklist, noReturn, hooked };
}

/** The pool's tests rely on these tokens to misbehave exactly as they say. */
describe("Mock tokens", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(deployTokens);

  it("MockERC20 mints to many and burns from anyone", async () => {
    const { plain, holder, other } = await load();
    await expect(plain.mintBatch([holder.address], []))
      .to.be.revertedWithCustomError(plain, "MintLengthMismatch")
      .withArgs(1, 0);
    await plain.mintBatch([holder.address, other.address], [5, 7]);
    await plain.burn(other.address, 3);
    expect(await plain.balanceOf(holder)).to.equal(5);
    expect(await plain.balanceOf(other)).to.equal(4);
    expect(await plain.decimals()).to.equal(8);
  });

  it("FeeOnTransferERC20 delivers less than was sent", async () => {
    const { ethers, fee, holder, other } = await load();
    await fee.mint(holder.address, 1_000);
    await expect(fee.transfer(other.address, 1_000)).to.changeTokenBalances(
      ethers,
      fee,
      [holder, other],
      [-1_000, 990],
    );
  });

  it("RebasingERC20 changes balances without a transfer", async () => {
    const { rebasing, holder } = await load();
    await rebasing.mint(holder.address, 1_000);
    await rebasing.rebase(9n * 10n ** 17n);
    expect(await rebasing.balanceOf(holder)).to.equal(900);
  });

  it("ReturnsFalseERC20 fails without reverting", async () => {
    const { ethers, returnsFalse, holder, other } = await load();
    await returnsFalse.mint(holder.address, 10);
    await returnsFalse.setFailing(true);
    expect(await returnsFalse.transfer.staticCall(other.address, 10)).to.equal(false);
    await expect(returnsFalse.transfer(other.address, 10)).to.changeTokenBalances(ethers, returnsFalse, [other], [0]);
  });

  it("BlocklistERC20 refuses both directions", async () => {
    const { blocklist, holder, other } = await load();
    await blocklist.mint(holder.address, 10);
    await blocklist.mint(other.address, 10);
    await blocklist.setBlocked(other.address, true);
    for (const [from, to] of [
      [holder, other],
      [other, holder],
    ]) {
      await expect(blocklist.connect(from).transfer(to.address, 1))
        .to.be.revertedWithCustomError(blocklist, "Blocked")
        .withArgs(other.address);
    }
  });

  it("NoReturnERC20 moves tokens and says nothing", async () => {
    const { ethers, noReturn, holder, other } = await load();
    await noReturn.mint(holder.address, 10);
    const data = noReturn.interface.encodeFunctionData("transfer", [other.address, 4]);
    expect(await ethers.provider.call({ to: await noReturn.getAddress(), from: holder.address, data })).to.equal("0x");
    await noReturn.transfer(other.address, 4);
    expect(await noReturn.balanceOf(other)).to.equal(4);
  });

  it("HookERC20 calls the sender's and the receiver's hook", async () => {
    const { hooked, holder, other, plain } = await load();
    await hooked.mint(holder.address, 10);
    await hooked.connect(other).setHook(await plain.getAddress()); // knows no hook, so it reverts
    await expect(hooked.transfer(other.address, 1)).to.revert(connection.ethers);
    await hooked.connect(holder).setHook(await plain.getAddress());
    await hooked.connect(other).setHook(connection.ethers.ZeroAddress);
    await expect(hooked.transfer(other.address, 1)).to.revert(connection.ethers);
    await hooked.connect(holder).setHook(connection.ethers.ZeroAddress);
    await hooked.transfer(other.address, 1);
    expect(await hooked.balanceOf(other)).to.equal(1);
  });
});
