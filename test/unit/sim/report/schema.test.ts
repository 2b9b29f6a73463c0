import { readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { SCHEMA_VERSION, type RunResult, type RunSeries } from "../../../../sim/metrics/run-result.ts";
import { formatResult } from "../../../../sim/report/result-file.ts";
import { checkSchema, type Schema } from "../../../shared/check-schema.ts";
import { sampleCongestion, sampleResult } from "../../../shared/sample-result.ts";

const FILE = path.resolve(import.meta.dirname, "../../../../docs/result.schema.json");
const schema = JSON.parse(readFileSync(FILE, "utf8")) as Schema;

const whole = sampleResult();
const brief = (run: RunResult): RunResult => {
  const series = Object.entries(run.series).map(([name, values]) => [name, (values as readonly number[]).slice(0, 3)]);
  return { ...run, series: Object.fromEntries(series) as RunSeries };
};
const congestion = sampleCongestion(3, 12);
const text = formatResult({ ...whole, run: { ...brief(whole.run), congestion }, twin: brief(whole.twin) });

/** A fresh copy as a reader of the file sees it. */
function sample(): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

/** Paths of every object's fields, one of each kind of agent, invariant and number being enough. */
function fields(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Array.isArray(value) ? Object.entries(value).slice(0, 1) : Object.entries(value);
  return entries.flatMap(([name, field]) => {
    const here = [...at, name];
    return [...(Array.isArray(value) ? [] : [here]), ...fields(field, here)];
  });
}

function parentOf(root: Record<string, unknown>, at: readonly string[]): Record<string, unknown> {
  return at.slice(0, -1).reduce((object, name) => object[name] as Record<string, unknown>, root);
}

describe("docs/result.schema.json", () => {
  it("is of the version that is written", () => {
    expect(schema.properties?.schemaVersion.const).to.equal(SCHEMA_VERSION);
  });

  it("describes a result, all of it", () => {
    expect(checkSchema(schema, sample())).to.deep.equal([]);
    expect(checkSchema(schema, { ...sample(), amplification: null })).to.deep.equal([]);
  });

  it("notices what is missing, has another type or is not documented", () => {
    const paths = fields(sample()).filter((at) => at[0] !== "parameters" || at.length === 1);
    expect(paths.length).to.be.greaterThan(90);
    for (const at of paths) {
      const name = at[at.length - 1];
      const lacking = sample();
      delete parentOf(lacking, at)[name];
      expect(checkSchema(schema, lacking).join(), `without ${at.join(".")}`).to.include(`${name} is missing`);
      const wrong = sample();
      parentOf(wrong, at)[name] = typeof parentOf(wrong, at)[name] === "string" ? 5 : "five";
      expect(checkSchema(schema, wrong), `wrong ${at.join(".")}`).to.not.deep.equal([]);
      const more = sample();
      parentOf(more, at)[`${name}2`] = {};
      expect(checkSchema(schema, more).join(), `beside ${at.join(".")}`).to.include(`${name}2`);
    }
  });

  it("notices values that cannot be", () => {
    for (const change of [{ schemaVersion: 1 }, { curve: "square" }, { exogenousLow: -1 }, { parameters: { x: [] } }]) {
      expect(checkSchema(schema, { ...sample(), ...change }), JSON.stringify(change)).to.have.lengthOf(1);
    }
  });
});
