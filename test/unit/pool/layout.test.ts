import { expect } from "chai";
import { artifacts, network } from "hardhat";
import { readFileSync } from "node:fs";

import { activePool } from "../../shared/pool-fixtures.ts";

interface Variable {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}

interface Layout {
  readonly storage: readonly Variable[];
  readonly types: Record<string, { readonly numberOfBytes: string; readonly members?: readonly Variable[] }>;
}

interface ContractOutput {
  readonly storageLayout?: Layout;
  readonly transientStorageLayout?: Layout;
}

interface BuildOutput {
  readonly output: { readonly contracts: Record<string, Record<string, ContractOutput>> };
}

/** Variables that the pool has after the shared ones: those of the libraries that only it uses. */
const POOL_ONLY = [
  ...["_balances", "_allowances", "_totalSupply", "_name", "_symbol", "_nameFallback", "_versionFallback", "_nonces"],
  ...["_authority", "_consumingSchedule"],
];

async function layoutsOf(contract: string): Promise<{ persistent: Layout; transient: Layout }> {
  const { buildInfoId = "", inputSourceName = "" } = await artifacts.readArtifact(contract);
  const path = await artifacts.getBuildInfoOutputPath(buildInfoId);
  const { output } = JSON.parse(readFileSync(path ?? "", "utf8")) as BuildOutput;
  const { storageLayout, transientStorageLayout } = output.contracts[inputSourceName][contract];
  if (storageLayout === undefined || transientStorageLayout === undefined) {
    throw new Error(`no layout of ${contract}: add it to outputSelection in hardhat.config.ts`);
  }
  return { persistent: storageLayout, transient: transientStorageLayout };
}

/** One line a variable. Types carry identifiers of the compiler run, which are left out. */
function describeLayout({ storage, types }: Layout): string[] {
  return storage.map(({ slot, offset, label, type }) => {
    const { numberOfBytes } = types[type];
    return `${slot}+${offset} ${label}: ${type.replaceAll(/\)\d+/g, ")")}, ${numberOfBytes} bytes`;
  });
}

/** Names of our contracts that answer as modules do and, by their errors, are built on the pool's storage. */
async function modules(): Promise<string[]> {
  const names = [...(await artifacts.getAllFullyQualifiedNames())].filter(
    (name) => name.startsWith("contracts/") && !name.startsWith("contracts/mocks/"),
  );
  const found = await Promise.all(names.map((name) => artifacts.readArtifact(name)));
  const { abi } = await artifacts.readArtifact("IPoolModule");
  const [{ name: answer }] = abi;
  const has = (entries: readonly object[], name: string) => entries.some((e) => "name" in e && e.name === name);
  return found
    .filter(({ abi, bytecode }) => bytecode !== "0x" && has(abi, answer) && has(abi, "PoolLocked"))
    .map(({ contractName }) => contractName);
}

/** Sums in comments such as "slot 1: 14 + 14 + 4 = 32", with the widths that they add. */
function sumsIn(text: string): { widths: number[]; total: number }[] {
  return [...text.matchAll(/((?:\d+ \+ )+\d+) = (\d+)/g)].map(([, sum, total]) => ({
    widths: sum.split(" + ").map(Number),
    total: Number(total),
  }));
}

function widthsBySlot(variables: readonly Variable[], { types }: Layout): number[][] {
  const slots: number[][] = [];
  for (const { slot, type } of variables) (slots[Number(slot)] ??= []).push(Number(types[type].numberOfBytes));
  return slots;
}

function source(path: string): string {
  return readFileSync(new URL(`../../../contracts/${path}`, import.meta.url), "utf8");
}

describe("storage of the pool", () => {
  it("begins, in the pool, with exactly the storage of every module", async () => {
    const names = await modules();
    expect(names).to.have.members(["LiquidationModule", "PoolAdminModule", "PoolRiskModule"]);
    const pool = await layoutsOf("LendingPool");
    for (const name of names) {
      const module = await layoutsOf(name);
      const shared = describeLayout(module.persistent);
      expect(describeLayout(pool.persistent).slice(0, shared.length), name).to.deep.equal(shared);
      expect(describeLayout(module.transient), name).to.deep.equal(describeLayout(pool.transient));
    }
  });

  it("has nothing else but what its libraries need, behind it", async () => {
    const { persistent } = await layoutsOf("PoolAdminModule");
    const { storage } = (await layoutsOf("LendingPool")).persistent;
    expect(storage.slice(persistent.storage.length).map(({ label }) => label)).to.deep.equal(POOL_ONLY);
  });

  it("keeps the lock in transient storage, in a word of its own", async () => {
    const { transient } = await layoutsOf("LendingPool");
    expect(describeLayout(transient)).to.deep.equal(["0+0 _locked: t_uint256, 32 bytes"]);
  });

  it("is packed as its comments say", async () => {
    const { persistent } = await layoutsOf("LendingPool");
    const text = source("pool/PoolStorage.sol");
    const actual = widthsBySlot(persistent.storage, persistent);
    const claims = [...text.matchAll(/\/\/ slot (\d+): ([^;\n]*)/g)];
    expect(claims).to.have.lengthOf(8);
    for (const [, slot, claim] of claims) {
      const widths = actual[Number(slot)];
      const total = widths.reduce((sum, width) => sum + width, 0);
      expect(sumsIn(claim), `slot ${slot}`).to.deep.equal([{ widths, total }]);
    }
    const slotOf = (label: string) => Number(persistent.storage.find((variable) => variable.label === label)?.slot);
    expect(text).to.contain(`// slots ${slotOf("_account")}..${slotOf("_isOperator")}\n`);
    const list = slotOf("_collateralList");
    expect(text).to.contain(`// slots ${list}..${list + 15}\n`);
  });

  for (const [name, slots, file] of [
    ["Account", 1, "interfaces/IPoolTypes.sol"],
    ["Collateral", 3, "pool/PoolStorage.sol"],
  ] as const) {
    it(`${name} takes ${slots} slot${slots === 1 ? "" : "s"}, packed as its comment says`, async () => {
      const { persistent } = await layoutsOf("LendingPool");
      const type = Object.keys(persistent.types).find((id) => id.startsWith(`t_struct(${name})`)) ?? "";
      const { numberOfBytes, members = [] } = persistent.types[type];
      expect(Number(numberOfBytes)).to.equal(32 * slots);
      const comment = /\/\/\/ @dev ((?:[^\n]|\n\s*\/\/\/)*)\s*$/.exec(source(file).split(`struct ${name} {`)[0]);
      const packed = widthsBySlot(members, persistent).filter((widths) => widths.length > 1);
      const actual = packed.map((widths) => ({ widths, total: widths.reduce((sum, width) => sum + width, 0) }));
      expect(sumsIn(comment?.[1] ?? "")).to.deep.equal(actual);
    });
  }

  // `PoolAccounting._book` writes the slot as a word, without the compiler's help.
  it("has debt, debt shares and the time of the last accrual where they are written by hand", async () => {
    const { persistent } = await layoutsOf("LendingPool");
    expect(describeLayout(persistent).slice(0, 3)).to.deep.equal([
      "0+0 _debtAssets: t_uint112, 14 bytes",
      "0+14 _debtShares: t_uint112, 14 bytes",
      "0+28 _lastAccrual: t_uint32, 4 bytes",
    ]);
  });

  // `PoolRiskModule.riskInputs` reads the slot, of which a module has no variable.
  it("has the number of shares where the risk module looks for it", async () => {
    const { storage } = (await layoutsOf("LendingPool")).persistent;
    const [, slot] = /TOTAL_SUPPLY_SLOT = (\d+);/.exec(source("pool/PoolStorage.sol")) ?? [];
    expect(storage.find(({ label }) => label === "_totalSupply")?.slot).to.equal(slot);
  });

  describe("immutables", () => {
    // Code that runs by delegatecall sees the module's own immutables, not the pool's.
    // The unit of the backlog follows from the loan asset.
    it("a module has one, the loan asset, which the pool compares with its own, and what follows from it", async () => {
      for (const name of await modules()) {
        const { immutableReferences = {} } = await artifacts.readArtifact(name);
        const count = name === "PoolAdminModule" ? 1 : 2;
        expect(Object.keys(immutableReferences), name).to.have.lengthOf(count);
      }
    });

    it("the pool names its modules, and all lend what it lends", async () => {
      const connection = await network.create();
      const { pool, liquidationModule, adminModule, riskModule, loanAddress } = await activePool(connection);
      expect(await pool.liquidationModule()).to.equal(await liquidationModule.getAddress());
      expect(await pool.adminModule()).to.equal(await adminModule.getAddress());
      expect(await pool.riskModule()).to.equal(await riskModule.getAddress());
      for (const module of [liquidationModule, adminModule, riskModule])
        expect(await module.loanAsset()).to.equal(loanAddress);
      await connection.close();
    });

    it("whoever uses a module directly changes the module's own storage, not the pool's", async () => {
      const connection = await network.create();
      const { pool, adminModule, stranger } = await activePool(connection);
      const [before, totals] = [await pool.poolConfig(), await pool.totals()];
      await adminModule.connect(stranger).setFlashFee(77);
      await adminModule.connect(stranger).setPauseFlags(15);
      expect(await pool.poolConfig()).to.deep.equal(before);
      expect((await pool.totals()).cash).to.equal(totals.cash);
      await connection.close();
    });
  });
});
