import { expect } from "chai";
import accessManagedArtifact from "@openzeppelin/contracts/build/contracts/AccessManaged.json" with { type: "json" };
import { ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { load } from "../../shared/borrower-fixtures.ts";
import { stackedPools } from "../../shared/stacked-pools.ts";

/** FeedReader.Status */
const STATUS = { ok: 0n, reverted: 2n, stale: 5n, wrongDecimals: 7n } as const;

async function stack(connection: NetworkConnection) {
  return stackedPools(connection);
}

describe("PoolRegistry", () => {
  it("refuses everybody but its governor", async () => {
    const { registry, base, entry, ethers } = await load(stack);
    const stranger = registry.connect(base.stranger);
    const access = await ethers.getContractAt(accessManagedArtifact.abi, await registry.getAddress());
    await expect(stranger.add(entry(base.poolAddress, ZeroAddress, 0n)))
      .to.be.revertedWithCustomError(access, "AccessManagedUnauthorized")
      .withArgs(base.stranger.address);
    await expect(stranger.remove(base.poolAddress))
      .to.be.revertedWithCustomError(access, "AccessManagedUnauthorized")
      .withArgs(base.stranger.address);
  });

  it("reverts for what is no pool, or is there already", async () => {
    const { registry, base, entry } = await load(stack);
    for (const address of [base.loanAddress, base.stranger.address, ZeroAddress]) {
      await expect(registry.add(entry(address, ZeroAddress, 0n)))
        .to.be.revertedWithCustomError(registry, "RegistryPoolRejected")
        .withArgs(address);
    }
    await expect(registry.add(entry(base.poolAddress, ZeroAddress, 0n)))
      .to.be.revertedWithCustomError(registry, "RegistryPoolKnown")
      .withArgs(base.poolAddress);
  });

  it("reverts for a feed that does not answer, or a heartbeat out of range", async () => {
    const { registry, base, entry, feed } = await load(stack);
    await registry.remove(base.poolAddress);
    const source = await feed.getAddress();
    for (const heartbeat of [59n, 604_801n]) {
      await expect(registry.add(entry(base.poolAddress, source, heartbeat)))
        .to.be.revertedWithCustomError(registry, "RegistryHeartbeatOutOfRange")
        .withArgs(heartbeat, 60n, 604_800n);
    }
    await expect(registry.add(entry(base.poolAddress, ZeroAddress, 60n)))
      .to.be.revertedWithCustomError(registry, "RegistryHeartbeatOutOfRange")
      .withArgs(60n, 0n, 0n);
    await expect(registry.add(entry(base.poolAddress, base.stranger.address, 60n)))
      .to.be.revertedWithCustomError(registry, "RegistryFeedRejected")
      .withArgs(base.stranger.address, STATUS.reverted);
    await base.networkHelpers.time.increase(61);
    await expect(registry.add(entry(base.poolAddress, source, 60n)))
      .to.be.revertedWithCustomError(registry, "RegistryFeedRejected")
      .withArgs(source, STATUS.stale);
  });

  it("keeps the list, whichever pool is taken out", async () => {
    const { registry, base, top, entry, feed } = await load(stack);
    const source = await feed.getAddress();
    const list = async () => (await registry.entries()).map(({ pool, feed: at, heartbeat }) => [pool, at, heartbeat]);
    const [first, second] = [
      [base.poolAddress, source, 86_400n],
      [top.poolAddress, ZeroAddress, 0n],
    ];
    expect(await list()).to.deep.equal([first, second]);
    await expect(registry.remove(base.poolAddress)).to.emit(registry, "PoolRemoved").withArgs(base.poolAddress);
    expect(await list()).to.deep.equal([second]);
    expect(await registry.isRegistered(base.poolAddress)).to.equal(false);
    await expect(registry.remove(base.poolAddress))
      .to.be.revertedWithCustomError(registry, "RegistryPoolUnknown")
      .withArgs(base.poolAddress);
    await expect(registry.add(entry(base.poolAddress, source, 86_400n)))
      .to.emit(registry, "PoolAdded")
      .withArgs(base.poolAddress, source, 86_400n);
    expect(await list()).to.deep.equal([second, first]);
    await registry.remove(base.poolAddress); // the last one
    await registry.remove(top.poolAddress);
    expect(await list()).to.deep.equal([]);
  });

  it("says what a loan asset is worth, or that nobody knows now", async () => {
    const { registry, base, top, feed } = await load(stack);
    expect([...(await registry.scaleOf(base.poolAddress))]).to.deep.equal([STATUS.ok, 10n ** 30n]);
    expect([...(await registry.scaleOf(top.poolAddress))]).to.deep.equal([STATUS.ok, 10n ** 30n]);
    await feed.setAnswer(98n * 10n ** 6n);
    expect([...(await registry.scaleOf(base.poolAddress))]).to.deep.equal([STATUS.ok, 98n * 10n ** 28n]);
    await base.networkHelpers.time.increase(86_401);
    expect([...(await registry.scaleOf(base.poolAddress))]).to.deep.equal([STATUS.stale, 0n]);
    await expect(registry.scaleOf(base.loanAddress))
      .to.be.revertedWithCustomError(registry, "RegistryPoolUnknown")
      .withArgs(base.loanAddress);
  });
});
