import { expect } from "chai";
import hre from "hardhat";

import { parseKeeperOptions, type KeeperArguments } from "../../../scripts/keeper/options.ts";
import { UserError } from "../../../sim/user-error.ts";

const COLLATERAL = "0x00000000000000000000000000000000000000aa";
const VENUE = "0x00000000000000000000000000000000000000bb";

/** What the command line gives when nothing is said. */
function defaults(): KeeperArguments {
  const options = [...hre.tasks.getTask("keeper").options];
  return Object.fromEntries(
    options.map(([name, { defaultValue }]) => [name, defaultValue]),
  ) as unknown as KeeperArguments;
}
const parse = (changed: Partial<KeeperArguments> = {}) => parseKeeperOptions({ ...defaults(), ...changed });

describe("#parseKeeperOptions", () => {
  it("accepts the task's own defaults", () => {
    expect(parse()).to.deep.include({
      ...{ isOnce: false, port: undefined, host: "127.0.0.1", pool: undefined, fromBlock: undefined, tag: undefined },
      ...{ minProfit: "1", keptBps: 5_000n, bidBps: 0n, kickYieldBps: 100n, poke: "stale", stopTimeout: 30_000 },
      fees: { maxFee: 200n * 10n ** 9n, leastTip: 10n ** 7n },
    });
  });

  it("reads amounts exactly", () => {
    const options = parse({ maxFee: "0.000000001", leastTip: "0", bid: "0.2501", ethPrice: "1999.5", fromBlock: "0" });
    expect(options).to.deep.include({ fees: { maxFee: 1n, leastTip: 0n }, bidBps: 2_501n, fromBlock: 0 });
    expect(options.ethPriceWad).to.equal(19_995n * 10n ** 17n);
  });

  it("takes several venues of a collateral", () => {
    const venues = `${COLLATERAL}=${VENUE}, ${COLLATERAL.toUpperCase().replace("0X", "0x")}=${COLLATERAL}`;
    expect([...parse({ venues }).venues]).to.deep.equal([[COLLATERAL, [VENUE, COLLATERAL]]]);
  });

  const refused: readonly (readonly [Partial<KeeperArguments>, RegExp])[] = [
    [{ pool: "0x12" }, /^--pool is not an address: 0x12$/],
    [{ lens: "x" }, /^--lens is not an address/],
    [{ rpc: "localhost:8545" }, /^--rpc must be an http or https address$/],
    [{ port: "70000" }, /^--port must be a whole number from 0 to 65535/],
    [{ interval: "1" }, /^--interval must be a whole number from 50/],
    [{ minProfit: "-1" }, /^--min-profit must be a number/],
    [{ keep: "1.5" }, /^--keep must be from 0 to 1, got 1.5$/],
    [{ bid: "0.00001" }, /^--bid has more than 4 decimals$/],
    [{ maxFee: "0" }, /^--max-fee must be above zero$/],
    [{ maxFee: "1", leastTip: "2" }, /^--least-tip is above --max-fee$/],
    [{ ethPrice: "0" }, /^--eth-price must be above zero$/],
    [{ fromBlock: "first" }, /^--from-block must be a whole number/],
    [{ logRange: "0" }, /^--log-range must be a whole number from 1/],
    [{ poke: "always" }, /^--poke must be one of off, paid, stale, got "always"$/],
    [{ tag: "safe" }, /^--tag must be one of latest, pending/],
    [{ logLevel: "loud" }, /^--log-level must be one of debug, info, warn, error/],
    [{ venues: `${COLLATERAL}` }, /^--venues must be COLLATERAL=POOL/],
  ];
  for (const [changed, message] of refused) {
    it(`refuses ${JSON.stringify(changed)}`, () => {
      expect(() => parse(changed))
        .to.throw(UserError)
        .with.property("message")
        .that.matches(message);
    });
  }

  it("does not repeat an address of a node, which may carry a key", () => {
    expect(() => parse({ rpc: "ftp://user:secret@host" }))
      .to.throw(UserError)
      .with.property("message")
      .not.includes("secret");
  });
});
