import type { Rng } from "../../sim/rng.ts";
import { classifyRpcError, type RpcFailure } from "./rpc-errors.ts";
import type { Sleep } from "./sleep.ts";

/** Any EIP-1193 provider. */
export interface Eip1193 {
  request(request: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

/** A request that failed for good. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly method: string;
  readonly failure: RpcFailure;

  constructor(method: string, failure: RpcFailure, cause: unknown) {
    super(`${method}: ${failure.message}`, { cause });
    this.method = method;
    this.failure = failure;
  }
}

/** The keeper is stopping: what it was about to ask no longer matters. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

export interface RpcOptions {
  readonly sleep: Sleep;
  readonly rng: Rng;
  readonly attempts?: number;
  /** Longest wait after the first failure; doubles with each. [ms] */
  readonly firstWait?: number;
  readonly longestWait?: number; // [ms]
  /** Told of each attempt. */
  readonly observe?: (method: string, result: "ok" | RpcFailure["kind"], isLast: boolean) => void;
  readonly signal?: AbortSignal;
}

/**
 * A node that is asked again while it is out of reach, out of breath or behind, a bounded number of times. Waits grow
 * exponentially, and half of each is drawn, so that keepers which lost the same node do not come back all at once.
 */
export class Rpc {
  readonly #provider: Eip1193;
  readonly #options: Required<Omit<RpcOptions, "signal">> & Pick<RpcOptions, "signal">;

  constructor(provider: Eip1193, options: RpcOptions) {
    this.#provider = provider;
    this.#options = { attempts: 6, firstWait: 250, longestWait: 8_000, observe: () => undefined, ...options };
  }

  /**
   * @throws RpcError with what the node's answer means, at once or after the last attempt.
   * @throws StoppedError if the signal came between two attempts.
   */
  async request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const { attempts, observe, signal } = this.#options;
    for (let attempt = 1; ; ++attempt) {
      try {
        const result = await this.#provider.request({ method, params });
        observe(method, "ok", true);
        return result;
      } catch (error) {
        const failure = classifyRpcError(error);
        const isLast = failure.kind !== "transient" || attempt >= attempts;
        observe(method, failure.kind, isLast);
        if (isLast) throw new RpcError(method, failure, error);
      }
      await this.#options.sleep(this.#waitAfter(attempt), signal);
      if (signal?.aborted === true) throw new StoppedError("stopping");
    }
  }

  #waitAfter(attempt: number): number {
    const { firstWait, longestWait, rng } = this.#options;
    return Math.min(firstWait * 2 ** (attempt - 1), longestWait) * rng.between(0.5, 1);
  }
}

/** What a failed request means, or undefined if the error is of another kind. */
export function failureOf(error: unknown): RpcFailure | undefined {
  return error instanceof RpcError ? error.failure : undefined;
}
