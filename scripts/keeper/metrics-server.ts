import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Registry } from "prom-client";

import { UserError } from "../../sim/user-error.ts";

export interface MetricsServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface MetricsServerOptions {
  readonly registry: Registry;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Undefined: healthy. Otherwise what is wrong, for whoever restarts processes. */
  readonly complaint: () => string | undefined;
}

/** `/metrics` for Prometheus; `/healthz` says 200 or 503. */
export async function serveMetrics({ registry, host, port, complaint }: MetricsServerOptions): Promise<MetricsServer> {
  const answer = (response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8") => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    response.end(text);
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response, 405, "GET only\n");
    } else if (path === "/metrics") {
      registry.metrics().then(
        (text) => answer(response, 200, text, registry.contentType),
        () => answer(response, 500, "metrics are not to be had\n"),
      );
    } else if (path === "/healthz") {
      const reason = complaint();
      answer(response, reason === undefined ? 200 : 503, `${reason ?? "ok"}\n`);
    } else {
      answer(response, 404, "there are /metrics and /healthz\n");
    }
  });
  // Nobody may hold a stop up by asking slowly.
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UserError(`cannot serve metrics on ${host}:${port}: ${(error as Error).message}`, { cause: error });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
