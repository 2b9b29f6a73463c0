import { expect } from "chai";
import { network } from "hardhat";

import { createRng, type Rng } from "../../../sim/rng.ts";

const NONE = 2n ** 112n - 1n;
const MAX_40 = 2n ** 40n - 1n;
const MANTISSA = 2n ** 34n;

/** Any number of up to so many bits: each length as likely as any other. */
function randomBits(rng: Rng, bits: number): bigint {
  let value = 0n;
  for (let i = rng.integer(bits + 1); i > 0; i -= 16)
    value = (value << BigInt(Math.min(i, 16))) | BigInt(rng.integer(2 ** Math.min(i, 16)));
  return value;
}

async function load() {
  const { networkHelpers } = await network.getOrCreate();
  return networkHelpers.loadFixture(deployBooks);
}

async function deployBooks({ ethers }: Awaited<ReturnType<typeof network.getOrCreate>>) {
  return ethers.deployContract("BookWordHarness");
}

describe("BookWord's time of the last change", () => {
  it("is the latest only, whatever it was before", async () => {
    const harness = await load();
    const first = await harness.withTotal(await harness.list(0n), 5n, 0xaaaan);
    const second = await harness.withTotal(first, 7n, 0x5555n);
    expect(await harness.isChangedAt(first, 0xaaaan)).to.equal(true);
    expect(await harness.isChangedAt(second, 0x5555n)).to.equal(true);
    expect(await harness.isChangedAt(second, 0xffffn)).to.equal(false);
    expect((await harness.read(second, NONE)).total).to.equal(7);
  });
});

describe("PackedDecimal", () => {
  it("keeps exactly what has at most ten digits, whatever zeros follow", async () => {
    const harness = await load();
    for (const value of [0n, 1n, 9_999_999_999n, MANTISSA - 1n, 25n * 10n ** 30n, 17_179_869_183n * 10n ** 20n]) {
      expect(await harness.unpack(await harness.packDown(value, NONE), NONE)).to.equal(value);
    }
  });

  it("keeps what stands for none, and nothing else stands for it", async () => {
    const harness = await load();
    expect(await harness.packDown(NONE, NONE)).to.equal(MAX_40);
    expect(await harness.unpack(MAX_40, NONE)).to.equal(NONE);
    expect(await harness.unpack(MAX_40, 7n)).to.equal(7);
    expect(await harness.packDown(NONE - 1n, NONE)).to.be.lessThan(MAX_40);
  });

  it("drops digits and makes no limit looser", async () => {
    const harness = await load();
    const rng = createRng("decimals");
    for (let i = 0; i < 200; ++i) {
      const value = randomBits(rng, 112);
      if (value === NONE) continue;
      const packed = await harness.packDown(value, NONE);
      const kept = await harness.unpack(packed, NONE);
      let unit = 1n;
      while (value / unit >= MANTISSA) unit *= 10n;
      expect(packed).to.be.lessThan(MAX_40);
      expect(kept).to.equal((value / unit) * unit);
    }
  });

  it("is never more than ten units of the tenth digit below the number: 6e-10 of it", async () => {
    const harness = await load();
    for (const unit of [1n, 10n, 10n ** 15n, 10n ** 22n]) {
      for (const value of [MANTISSA * unit - 1n, MANTISSA * unit, MANTISSA * unit + 1n]) {
        const kept = await harness.unpack(await harness.packDown(value, NONE), NONE);
        expect(kept).to.be.within(value - (value * 6n) / 10n ** 10n, value);
      }
    }
  });
});

describe("BookWord", () => {
  it("of a token that is not listed is zero; of one that is it knows the place", async () => {
    const harness = await load();
    expect((await harness.read(0n, NONE)).listed).to.equal(false);
    for (const place of [0n, 1n, 15n, 254n]) {
      const books = await harness.read(await harness.list(place), NONE);
      expect([books.listed, books.index, books.total, books.clock, books.backlog]).to.deep.equal([
        true,
        place,
        0n,
        0n,
        0n,
      ]);
    }
  });

  it("keeps every field apart from all others, at their limits too", async () => {
    const harness = await load();
    const rng = createRng("books");
    const expected = { total: 0n, cap: 0n, clock: 0n, backlog: 0n };
    const index = 11n;
    let word = await harness.list(index);
    for (let i = 0; i < 200; ++i) {
      const full = rng.next() < 0.2;
      switch (rng.integer(4)) {
        case 0:
          expected.total = full ? NONE : randomBits(rng, 112);
          word = await harness.withTotal(word, expected.total, 1_900_000_000n + BigInt(rng.integer(1e6)));
          break;
        case 1:
          expected.cap = full ? NONE : randomBits(rng, 34) * 10n ** BigInt(rng.integer(20));
          word = await harness.withSupplyCap(word, expected.cap, NONE);
          break;
        case 2:
          expected.clock = full ? MAX_40 : randomBits(rng, 40);
          word = await harness.withClock(word, expected.clock);
          break;
        default:
          expected.backlog = full ? MAX_40 : randomBits(rng, 40);
          word = await harness.withBacklog(word, expected.backlog);
      }
      const { total, cap, clock, backlog, index: place } = await harness.read(word, NONE);
      expect({ total, cap, clock, backlog }).to.deep.equal(expected);
      expect(place).to.equal(index);
    }
  });

  it("knows in which second the total has changed, and that no other field did it", async () => {
    const harness = await load();
    const now = 1_999_999_999n;
    let word = await harness.withTotal(await harness.list(3n), 5n, now);
    word = await harness.withBacklog(await harness.withClock(word, MAX_40), MAX_40);
    expect(await harness.isChangedAt(word, now)).to.equal(true);
    for (const other of [now - 1n, now + 1n, now + 65_535n]) {
      expect(await harness.isChangedAt(word, other)).to.equal(false);
    }
    expect(await harness.isChangedAt(word, now + 65_536n)).to.equal(true); // the one chance
  });
});
