import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

const TRANSACTION_GAS_CAP = 2n ** 24n; // EIP-7825
const CONTRACT_SIZE_LIMIT = 24_576; // [bytes] EIP-170

/** Creation code that deploys `size` bytes of zeros. */
function deploysBytes(size: number): string {
  return `0x62${size.toString(16).padStart(6, "0")}5ff3`; // PUSH3 size, PUSH0, RETURN
}

describe("simulated networks", () => {
  let home: NetworkConnection;
  let away: NetworkConnection;

  beforeEach(async () => {
    home = await network.create("chainA");
    away = await network.create("chainB");
  });

  afterEach(async () => {
    await Promise.all([home.close(), away.close()]);
  });

  it("are two chains with identities and clocks of their own", async () => {
    expect(await home.ethers.provider.getNetwork()).to.have.property("chainId", 31337n);
    expect(await away.ethers.provider.getNetwork()).to.have.property("chainId", 31338n);

    const before = await away.networkHelpers.time.latest();
    await home.networkHelpers.time.increase(1_000_000);
    expect(await away.networkHelpers.time.latest()).to.equal(before);
  });

  it("hold many transactions in a block, each with mainnet's gas cap", async function () {
    skipUnderCoverage(this);
    const [sender] = await home.ethers.getSigners();
    const block = await home.ethers.provider.getBlock("latest");
    expect(block?.gasLimit).to.equal(1_000_000_000n);

    await home.networkHelpers.setBalance(sender.address, 10n ** 24n);
    const fits = await sender.sendTransaction({ to: sender.address, gasLimit: TRANSACTION_GAS_CAP });
    expect(await fits.wait()).to.have.property("status", 1);
    await expect(sender.sendTransaction({ to: sender.address, gasLimit: TRANSACTION_GAS_CAP + 1n })).to.be.rejectedWith(
      /gas/i,
    );
  });

  it("accept a transaction and a call without a gas limit", async () => {
    const [from] = (await home.provider.request({ method: "eth_accounts" })) as string[];
    const hash = await home.provider.request({ method: "eth_sendTransaction", params: [{ from, to: from }] });
    expect(hash).to.match(/^0x[0-9a-f]{64}$/);
    expect(await home.provider.request({ method: "eth_call", params: [{ from, to: from }, "latest"] })).to.equal("0x");
  });

  it("refuse contracts above the size limit", async function () {
    skipUnderCoverage(this);
    const [sender] = await home.ethers.getSigners();
    const fits = await sender.sendTransaction({ data: deploysBytes(CONTRACT_SIZE_LIMIT) });
    expect(await fits.wait()).to.have.property("status", 1);
    await expect(sender.sendTransaction({ data: deploysBytes(CONTRACT_SIZE_LIMIT + 1) })).to.be.rejectedWith(
      /too large/,
    );
  });
});
