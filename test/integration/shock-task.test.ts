import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { ShockResult } from "../../sim/metrics/run-result.ts";
import type { ShockArguments } from "../../tasks/shock.ts";
import { checkSchema, type Schema } from "../shared/check-schema.ts";
import { freePort, runHardhat, startNode, type Finished } from "../shared/node-process.ts";
import { parseXml } from "../shared/parse-xml.ts";
import { refusalOf } from "../shared/refusal.ts";

/** Half an hour in which the price falls by 45 % and comes back in part: 150 blocks. */
const PRICES = [
  "timestamp,open,high,low,close,volume",
  "2024-01-01T00:00:00Z,2000,2010,1900,1910,1",
  "2024-01-01T00:10:00Z,1910,1920,1100,1200,9",
  "2024-01-01T00:20:00Z,1200,1500,1180,1450,3",
].join("\n");

const SMALL = ["--borrowers", "4", "--loopers", "2"];

describe("task shock", () => {
  let directory: string;
  let prices: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-shock-"));
    prices = path.join(directory, "eth.csv");
    await writeFile(prices, PRICES);
  });
  after(() => rm(directory, { recursive: true }));

  const inside = (name: string) => path.join(directory, name);

  describe("told what cannot be", () => {
    /** Runs the task as the command line does, and keeps what it prints. */
    function refusal(args: Partial<ShockArguments>): Promise<string> {
      const defaults = { scenario: "", prices: "", over: "", asset: "", seed: "1", borrowers: "5", loopers: "1" };
      const rest = { curve: "dutch", out: inside("refused.json"), chart: "", json: false };
      return refusalOf("shock", { ...defaults, ...rest, ...args });
    }

    const refused: [what: string, args: Partial<ShockArguments>, message: RegExp][] = [
      ["an unknown scenario", { scenario: "x" }, /^error: unknown scenario "x": there are black-thursday, /],
      [
        "contradicting options",
        { scenario: "may-19", prices: "a.csv" },
        /--scenario and --prices contradict each other/,
      ],
      ["a time without a shock", { over: "30m" }, /--over goes with --shock/],
      ["a file that is not there", { prices: "/none/a.csv" }, /cannot read \/none\/a.csv: no such file$/],
      ["no borrowers at all", { borrowers: "0", loopers: "0" }, /nobody to shock/],
      ["half a borrower", { borrowers: "0.5" }, /--borrowers must be a whole number from 0 to 5000, got "0.5"/],
      ["negative loopers", { loopers: "-1" }, /--loopers must be a whole number from 0 to 5000, got "-1"/],
      [
        "an unknown curve",
        { curve: "square" },
        /unknown --curve "square": there are paced, stairs, linear, fixed, dutch/,
      ],
      ["an empty seed", { seed: "" }, /--seed must be of 1 to 64 letters/],
      ["a seed with a line break", { seed: "a\nb" }, /--seed must be of 1 to 64 letters/],
      ["a result that is a directory", { out: tmpdir() }, /--out .* is a directory$/],
      ["a result in no directory", { out: "/none/r.json" }, /cannot write --out \/none\/r.json/],
      ["a chart in no directory", { chart: "/none/r.svg" }, /cannot write --chart \/none\/r.svg/],
      ["a latency in minutes", { latency: "2m" }, /--latency must be blocks, up to 1000, such as 2 or 1-5, got "2m"/],
      ["a latency that ends before it begins", { latency: "5-1" }, /--latency must be blocks, .* got "5-1"/],
      ["a report in no directory", { report: "/none/r.html" }, /cannot write --report \/none\/r.html/],
      ["one file for result and report", { out: "x.out", report: "./x.out" }, /--out and --report are the same file/],
      ["one file for chart and report", { chart: "x.o", report: "./x.o" }, /--chart and --report are the same file/],
      ["one file for result and chart", { out: "x.out", chart: "./x.out" }, /--out and --chart are the same file/],
    ];
    for (const [what, args, message] of refused) {
      it(`refuses ${what} in one line, and writes nothing`, async () => {
        const before = await readdir(directory);
        expect(await refusal(args)).to.match(message);
        expect(await readdir(directory)).to.deep.equal(before);
      });
    }

    it("refuses a malformed price file, with the line", async () => {
      const file = inside("bad.csv");
      await writeFile(file, PRICES.replace("1180", "-1180"));
      expect(await refusal({ prices: file })).to.equal(`error: ${file}:4: low must be above zero, got -1180`);
    });
  });

  describe("from the command line", () => {
    async function refusal(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await runHardhat(["shock", "--out", inside("refused.json"), ...args]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr.trim().split("\n")).to.have.lengthOf(1);
      expect(await readdir(directory)).to.not.include("refused.json");
      return stderr.trim();
    }

    for (const fall of ["0", "0.4", "-1", "-1.5", "NaN"]) {
      it(`refuses a shock of ${fall}`, async () => {
        const expected = `error: --shock must be a fall from -0.999 to below 0, such as -0.4 for −40 %, got "${fall}"`;
        expect(await refusal("--shock", fall, "--over", "30m")).to.equal(expected);
      });
    }

    it("reads a fall with its sign, and refuses the rest of the line for what it is", async () => {
      expect(await refusal("--shock", "-0.4", "--over", "0m")).to.match(/^error: --over must be a time .*, got "0m"$/);
      expect(await refusal("--shock=-0.4", "--asset", "DOGE")).to.match(/^error: unknown --asset "DOGE"/);
      expect(await refusal("--shock", "-0.4", "--scenario", "may-19")).to.match(/--scenario and --shock contradict/);
    });

    it("refuses a node that is not there", async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const { code, stdout, stderr } = await runHardhat(
        ["shock", "--network", "localhost", "--out", inside("r.json")],
        {
          LOCALHOST_RPC_URL: url,
        },
      );
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(/^error: [^\n]*localhost[^\n]*\n$/);
    });

    it("refuses a chain on which nobody can move time, before anything is sent to it", async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => (body += String(chunk)));
        request.on("end", () => {
          const { id, method } = JSON.parse(body) as { id: number; method: string };
          asked.push(method);
          const answer =
            method === "eth_chainId" ? { result: "0x1" } : { error: { code: -32601, message: "no such method" } };
          response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const { code, stderr } = await runHardhat(["shock", "--network", "localhost", "--out", inside("r.json")], {
          LOCALHOST_RPC_URL: url,
        });
        expect(code).to.equal(1);
        expect(stderr).to.match(/^error: network "localhost" is no simulator: [^\n]*\n$/);
        expect(new Set(asked)).to.deep.equal(new Set(["eth_chainId", "hardhat_metadata", "anvil_nodeInfo"]));
      } finally {
        server.close();
      }
    });
  });

  describe("run", () => {
    const run = (...args: string[]) => runHardhat(["shock", "--prices", prices, ...SMALL, ...args]);
    let machine: Finished; // with --json, in process

    before(async () => {
      machine = await run(
        "--json",
        "--out",
        inside("a.json"),
        "--chart",
        inside("a.svg"),
        "--report",
        inside("a.html"),
      );
    });

    it("prints JSON and nothing else with --json, the same as in the file, and as the schema says", async () => {
      const { code, stdout, stderr } = machine;
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      expect(await readFile(inside("a.json"), "utf8")).to.equal(stdout);
      const result = JSON.parse(stdout) as ShockResult;
      const schema = JSON.parse(await readFile(path.resolve("docs/result.schema.json"), "utf8")) as Schema;
      expect(checkSchema(schema, result)).to.deep.equal([]);

      expect(result.exogenousLow).to.equal(1100); // the file's, exactly
      expect(result.twin.metrics.priceLow).to.equal(1100);
      expect(result.scenario).to.include({ name: "prices", title: "eth.csv", asset: "WETH", durationSeconds: 1800 });
      expect(result.population).to.include({ borrowers: 4, loopers: 2 });
      expect(result.run.metrics.liquidations).to.be.greaterThan(0);
      expect(result.command).to.equal(
        `npx hardhat shock --prices ${prices} --asset WETH --seed 1 --borrowers 4 --loopers 2 --curve dutch`,
      );
      expect(parseXml(await readFile(inside("a.svg"), "utf8")).name).to.equal("svg");
      expect(result).to.deep.include({ congestion: false, latencyBlocks: [0, 0] });
      expect([result.run.congestion, result.twin.congestion]).to.deep.equal([null, null]);
      expect(Object.keys(result.parameters).filter((name) => name.startsWith("congestion"))).to.deep.equal([]);
    });

    it("fills blocks and slows liquidators when asked to, by the schema, and says so in command, table and chart", async () => {
      const { code, stdout, stderr } = await run(
        ...["--congestion", "--latency", "1-3", "--out", inside("full.json"), "--chart", inside("full.svg")],
        ...["--report", inside("full.html")],
      );
      expect(code, stderr).to.equal(0);
      const result = JSON.parse(await readFile(inside("full.json"), "utf8")) as ShockResult;
      const schema = JSON.parse(await readFile(path.resolve("docs/result.schema.json"), "utf8")) as Schema;
      expect(checkSchema(schema, result)).to.deep.equal([]);
      expect(result.command).to.match(/ --curve dutch --latency 1-3 --congestion$/);
      expect(result).to.deep.include({ congestion: true, latencyBlocks: [1, 3] });
      expect(result.parameters["congestion.targetGas"]).to.equal(10_000_000);
      expect(result.parameters).to.include({ "curve.premiumBps": 500, "curve.maxBonusBps": 1_000 });
      expect(Object.keys(result.parameters).filter((name) => name.startsWith("risk."))).to.deep.equal([]); // a static pool
      const { congestion, auction, metrics } = result.run;
      expect(congestion?.highestBaseFeeGwei).to.be.greaterThan(40); // calm blocks take ten
      expect(congestion?.inclusion.some(({ delayed }) => delayed > 0)).to.equal(true);
      expect(auction.sales.takes.reduce((sum, takes) => sum + takes, 0)).to.equal(metrics.liquidations);
      expect(stdout).to.include("\nblocks are full; liquidators act after 1 to 3 blocks\n");
      expect(stdout).to.match(/\n {2}base fee: mean, highest \[gwei\] +\d+, \d+ /);
      expect(stdout).to.match(/\n {2}time to clear: median, of nine tenths +\S+ min, /);
      expect(await readFile(inside("full.svg"), "utf8")).to.include("Base fee, gwei; highest ");
      expect(await readFile(inside("full.html"), "utf8")).to.include('<h2 id="s-full-blocks-h">Full blocks</h2>');
    });

    it("ends with a table, the files and the command; progress goes to standard error", async () => {
      const files = ["--out", inside("b.json"), "--chart", inside("b.svg"), "--report", inside("b.html")];
      const { code, stdout, stderr } = await run(...files);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^eth.csv\nUSDC lent against WETH, 30 min in 150 blocks of 12 s, dutch curve, seed 1\n/);
      expect(stdout).to.match(/\n {2}bad debt \[USDC\] +[\d,]+ +[\d,]+\n/);
      expect(stdout).to.match(/\n {2}exogenous low +1,100\.00\n/);
      expect(stdout).to.match(/\n {2}looper +2 /);
      expect(stdout).to.match(
        /\nResult +\S*b\.json\nChart +\S*b\.svg\nReport +\S*b\.html\nAgain +npx hardhat shock --prices \S+ /,
      );
      expect(await readFile(inside("b.html"), "utf8")).to.equal(await readFile(inside("a.html"), "utf8"));
      expect(stdout).to.not.include("\x1b");
      expect(stderr).to.match(/^deploying +…\npopulating/);
      expect(stderr).to.match(/\ntwin without +\d+ % {2}block +\d+\/150 /);
    });

    it("writes the same file on a node as in process, and leaves the node as it was", async () => {
      const node = await startNode();
      try {
        const height = async () => {
          const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] });
          const response = await fetch(node.url, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body,
          });
          return ((await response.json()) as { result: string }).result;
        };
        const before = await height();
        const args = [
          "shock",
          "--prices",
          prices,
          ...SMALL,
          "--out",
          inside("c.json"),
          "--network",
          "localhost",
          "--report",
          "",
        ];
        const { code, stderr } = await runHardhat(args, { LOCALHOST_RPC_URL: node.url });
        expect(code, stderr).to.equal(0);
        expect(await height()).to.equal(before);
        expect(await readFile(inside("c.json"), "utf8")).to.equal(machine.stdout);
      } finally {
        await node.stop();
      }
    });
  });
});
