import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import { parseCandles } from "../../../sim/scenarios/candles.ts";
import { readCsvScenario } from "../../../sim/scenarios/csv.ts";
import { UserError } from "../../../sim/user-error.ts";

const HEADER = "timestamp,open,high,low,close";
const FIRST = "2020-03-12T00:00:00Z,100,110,90,105";
const SECOND = "2020-03-12T01:00:00Z,105,106,80,82";
const GOOD = [HEADER, FIRST, SECOND].join("\n");

/** Beside the repository, or beside the folder of its work trees. */
const BLACK_THURSDAY = ["..", "../.."]
  .map((above) => path.resolve(above, "shared/data/black_thursday_2020_03/ETH_USDT_1h.csv"))
  .find((file) => existsSync(file));

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error("nothing was refused");
}

describe("#parseCandles", () => {
  /** Of the rows after the first good one; the row in question is on line 3. */
  const badRows: [what: string, row: string, message: string][] = [
    ["text for a price", "2020-03-12T01:00:00Z,105,abc,80,82", 'high is not a number: "abc"'],
    ["NaN", "2020-03-12T01:00:00Z,NaN,106,80,82", 'open is not a number: "NaN"'],
    ["Infinity", "2020-03-12T01:00:00Z,105,Infinity,80,82", 'high is not a number: "Infinity"'],
    ["an empty price", "2020-03-12T01:00:00Z,105,106,,82", 'low is not a number: ""'],
    ["a hexadecimal price", "2020-03-12T01:00:00Z,105,0xff,80,82", 'high is not a number: "0xff"'],
    ["a decimal comma", "2020-03-12T01:00:00Z,105,106,80;5,82", 'low is not a number: "80;5"'],
    ["a negative price", "2020-03-12T01:00:00Z,105,106,-80,82", "low must be above zero, got -80"],
    ["a price of zero", "2020-03-12T01:00:00Z,105,106,0.0,82", "low must be above zero, got 0.0"],
    ["a price too small to state", "2020-03-12T01:00:00Z,105,106,1e-9,82", "low must be from 0.000001 to 1000000000"],
    ["a price too large to state", "2020-03-12T01:00:00Z,105,1e999,80,82", "high must be from 0.000001 to 1000000000"],
    ["a low above the high", "2020-03-12T01:00:00Z,105,80,106,82", "low 106 is above high 80"],
    ["an open above the high", "2020-03-12T01:00:00Z,107,106,80,82", "open 107 is outside low 80 to high 106"],
    ["a close below the low", "2020-03-12T01:00:00Z,105,106,80,79", "close 79 is outside low 80 to high 106"],
    ["a row that ends early", "2020-03-12T01:00:00Z,105,106,80", 'no value for "close"'],
    [
      "a timestamp that is a word",
      "yesterday,105,106,80,82",
      'timestamp "yesterday" is neither ISO 8601 nor unix time',
    ],
    ["a month 13", "2020-13-12,105,106,80,82", 'timestamp "2020-13-12" is neither'],
    ["a 30 February", "2020-02-30,105,106,80,82", 'timestamp "2020-02-30" is neither'],
    ["an hour 25", "2020-03-12T25:00:00Z,105,106,80,82", 'timestamp "2020-03-12T25:00:00Z" is neither'],
    ["an American date", "3/12/2020,105,106,80,82", 'timestamp "3/12/2020" is neither'],
    ["a negative timestamp", "-5,105,106,80,82", 'timestamp "-5" is neither'],
    ["a time before the last row's", "2020-03-11T23:00:00Z,105,106,80,82", "the timestamp is before that of line 2"],
    ["the last row's time again", "2020-03-12 00:00,105,106,80,82", "the timestamp is the same as that of line 2"],
  ];
  for (const [what, row, message] of badRows) {
    it(`refuses ${what}, with file and line`, () => {
      const got = messageOf(() => parseCandles([HEADER, FIRST, row].join("\n"), "eth.csv"));
      expect(got.startsWith(`eth.csv:3: ${message}`), got).to.equal(true);
    });
  }

  const badFiles: [what: string, text: string, message: string][] = [
    ["an empty file", "", "eth.csv:1: the file is empty, expected timestamp,open,high,low,close"],
    ["a file of blank lines", "\n \n\n", "eth.csv:1: the file is empty"],
    ["a header alone", HEADER, "eth.csv:1: 0 rows of prices, two are the least"],
    ["a single row", `${HEADER}\n${FIRST}\n`, "eth.csv:2: 1 rows of prices, two are the least"],
    ["no header", `${FIRST}\n${SECOND}`, 'eth.csv:1: no column "timestamp" in the header'],
    ["a missing column", GOOD.replace(",close", ",end"), 'eth.csv:1: no column "close" in the header'],
    ["a column twice", GOOD.replace(",close", ",close,open"), 'eth.csv:1: two columns "open" in the header'],
    ["semicolons", GOOD.replaceAll(",", ";"), 'eth.csv:1: no column "timestamp" in the header'],
    ["a binary file", "\0\x01PK\x03", 'eth.csv:1: no column "timestamp" in the header'],
  ];
  for (const [what, text, message] of badFiles) {
    it(`refuses ${what}`, () => {
      const got = messageOf(() => parseCandles(text, "eth.csv"));
      expect(got.startsWith(message), got).to.equal(true);
    });
  }

  it("prints nothing raw of what it refuses", () => {
    const row = `2020-03-12T01:00:00Z,105,\x1b[2J${"x".repeat(100)},80,82`;
    const got = messageOf(() => parseCandles([HEADER, FIRST, row].join("\n"), "eth.csv"));
    expect(got).to.equal(`eth.csv:3: high is not a number: "\\u001b[2J${"x".repeat(36)}…"`);
  });

  it("reads candles", () => {
    expect(parseCandles(GOOD, "eth.csv")).to.deep.equal([
      { line: 2, seconds: 1_583_971_200, open: 100, high: 110, low: 90, close: 105 },
      { line: 3, seconds: 1_583_974_800, open: 105, high: 106, low: 80, close: 82 },
    ]);
  });

  it("takes more columns, another order, quotes, blank lines, Windows' line ends and a byte order mark", () => {
    const text =
      '\uFEFF"Volume", "Close","Low","High","Open","Timestamp"\r\n' +
      '1,105,90,110,100,"2020-03-12 00:00:00"\r\n\r\n,82,80,106,1.05e2,"2020-03-12 01:00:00+00:00",extra\r\n';
    const strip = ({ seconds, open, high, low, close }: ReturnType<typeof parseCandles>[number]) => {
      return { seconds, open, high, low, close };
    };
    expect(parseCandles(text, "x").map(strip)).to.deep.equal(parseCandles(GOOD, "x").map(strip));
  });

  for (const [first, second] of [
    ["1583971200", "1583974800"],
    ["1583971200000", "1583974800000"],
    ["2020-03-12", "2020-03-12T01:00"],
    ["2020-03-12T00:00:00.000Z", "2020-03-12T02:00:00+0100"],
    ["2020-03-12 00:00:00 UTC", "2020-03-11T20:00:00-05:00"],
  ]) {
    it(`reads times such as ${first} and ${second}`, () => {
      const text = [HEADER, FIRST.replace(/^[^,]+/, first), SECOND.replace(/^[^,]+/, second)].join("\n");
      expect(parseCandles(text, "x").map(({ seconds }) => seconds)).to.deep.equal([1_583_971_200, 1_583_974_800]);
    });
  }
});

describe("#readCsvScenario", () => {
  let directory: string;
  before(async () => void (directory = await mkdtemp(path.join(tmpdir(), "breakwater-csv-"))));
  after(() => rm(directory, { recursive: true }));

  async function save(text: string): Promise<string> {
    const file = path.join(directory, "eth.csv");
    await writeFile(file, text);
    return file;
  }

  async function refusal(file: string): Promise<string> {
    const error: unknown = await readCsvScenario(file, "WETH").then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }

  it("refuses a file that is not there, and a directory", async () => {
    const missing = path.join(directory, "none.csv");
    expect(await refusal(missing)).to.equal(`cannot read ${missing}: no such file`);
    await mkdir(path.join(directory, "folder.csv"));
    expect(await refusal(path.join(directory, "folder.csv"))).to.match(/folder.csv: it is a directory$/);
  });

  it("refuses candles closer than four seconds", async () => {
    const file = await save(`${HEADER}\n0,1,1,1,1\n4,1,1,1,1\n7,1,1,1,1`);
    expect(await refusal(file)).to.equal(`${file}:4: only 3 s after the line before, 4 s are the least`);
  });

  it("refuses what would run for hours", async () => {
    const file = await save(`${HEADER}\n0,1,1,1,1\n60,1,1,1,1\n31536000,1,1,1,1`);
    expect(await refusal(file)).to.match(/eth.csv: 31536060 s .* every 60 s need 2102404 blocks, 20000 are the most/);
  });

  it("gives each candle its open, extremes and close, to the bit and in the likelier order", async () => {
    const scenario = await readCsvScenario(await save(GOOD), "WETH");
    expect(scenario).to.include({ asset: "WETH", loan: "USDC", blockSeconds: 12, durationSeconds: 7200 });
    const prices = scenario.keyframes.map(({ price }) => price);
    expect(prices).to.deep.equal([100, 90, 110, 105, 105, 106, 80, 82]); // up: low first; down: high first
    const path = scenario.path(createRng("1"));
    expect(path).to.have.lengthOf(601);
    for (const { seconds, price } of scenario.keyframes) expect(path[seconds / 12]).to.equal(price);
    expect(path.slice(0, 300).every((price) => price >= 90 && price <= 110)).to.equal(true);
    expect(path.slice(300).every((price) => price >= 80 && price <= 106)).to.equal(true);
  });

  it("bridges gaps in the file", async () => {
    const rows = ["0,5,6,4,5", "60,5,6,4,5", "6000,3,3.5,2,2.5"];
    const scenario = await readCsvScenario(await save([HEADER, ...rows].join("\n")), "WBTC");
    expect(scenario).to.include({ blockSeconds: 12, durationSeconds: 6060 });
    const path = scenario.path(createRng("1"));
    expect(path[500]).to.equal(3);
    expect(path.slice(10, 500).every((price) => price >= 2 && price <= 6)).to.equal(true);
    expect(Math.min(...path)).to.equal(2);
  });

  for (const bar of [4, 7, 60, 61, 300, 3600, 3601, 14_400, 86_400]) {
    it(`keeps every extreme of candles of ${bar} s`, async () => {
      const rows = Array.from({ length: 200 }, (_, i) => `${i * bar},${10 + i},${12 + i},${8 + i},${11 + i}`);
      const scenario = await readCsvScenario(await save([HEADER, ...rows].join("\n")), "WETH");
      expect(scenario.keyframes).to.have.lengthOf(800);
      const path = scenario.path(createRng("1"));
      expect([Math.min(...path), Math.max(...path)]).to.deep.equal([8, 211]);
      expect(path.length).to.be.at.most(2602);
    });
  }

  it("quotes USDC in DAI", async () => {
    expect(await readCsvScenario(await save(GOOD), "USDC")).to.include({ asset: "USDC", loan: "DAI" });
  });

  // The file is not ours to ship; where it lies, it must do.
  if (BLACK_THURSDAY !== undefined) {
    it("has the low of Black Thursday's file exactly", async () => {
      const scenario = await readCsvScenario(BLACK_THURSDAY, "WETH");
      for (const seed of ["1", "2"]) expect(Math.min(...scenario.path(createRng(seed)))).to.equal(86);
      expect(scenario.durationSeconds / scenario.blockSeconds).to.be.at.most(2600);
    });
  }
});
