import { expect } from "chai";

import { createMetrics } from "../../../scripts/keeper/metrics.ts";
import { serveMetrics } from "../../../scripts/keeper/metrics-server.ts";
import { UserError } from "../../../sim/user-error.ts";

describe("#serveMetrics", () => {
  async function serve(complaint: () => string | undefined = () => undefined) {
    const metrics = createMetrics();
    const server = await serveMetrics({ registry: metrics.registry, host: "127.0.0.1", port: 0, complaint });
    const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
    return { metrics, server, get };
  }

  it("answers in Prometheus' own format, each metric with its help and type", async () => {
    const { metrics, server, get } = await serve();
    try {
      metrics.transactions.inc({ kind: "take", outcome: "lost" }, 3);
      metrics.headBlock.set(12);
      const response = await get("/metrics");
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.match(/^text\/plain; version=0\.0\.4/);
      const text = await response.text();
      expect(text).to.include('\nkeeper_transactions_total{kind="take",outcome="lost"} 3\n');
      expect(text).to.include("\nkeeper_head_block 12\n");
      const names = [...text.matchAll(/^(?!#)(\w+)/gm)].map(([name]) => name);
      for (const name of names) {
        expect(text).to.include(`# HELP ${name} `);
        expect(text).to.match(new RegExp(`# TYPE ${name} ${name.endsWith("_total") ? "counter" : "gauge"}\n`));
      }
      expect(names.length).to.be.greaterThan(10);
    } finally {
      await server.close();
    }
  });

  it("says whether the keeper is well", async () => {
    let reason: string | undefined = "starting";
    const { server, get } = await serve(() => reason);
    try {
      const ill = await get("/healthz");
      expect([ill.status, await ill.text()]).to.deep.equal([503, "starting\n"]);
      reason = undefined;
      expect((await get("/healthz")).status).to.equal(200);
      expect((await get("/")).status).to.equal(404);
      expect((await get("/metrics", { method: "POST" })).status).to.equal(405);
    } finally {
      await server.close();
    }
  });

  it("is gone when it is closed, open connections and all", async () => {
    const { server, get } = await serve();
    await get("/metrics"); // kept alive
    await server.close();
    expect(await get("/metrics").catch(() => "refused")).to.equal("refused");
  });

  it("says in one line that a port is taken", async () => {
    const { server, metrics } = await serve();
    try {
      const options = { registry: metrics.registry, host: "127.0.0.1", port: server.port, complaint: () => undefined };
      const error: unknown = await serveMetrics(options).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).message).to.match(/^cannot serve metrics on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    } finally {
      await server.close();
    }
  });
});
