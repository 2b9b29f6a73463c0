import { revertData } from "../../tasks/shared/decode-revert.ts";

/** What a node's answer means for a keeper, whatever client it runs. */
export type RpcErrorKind =
  | "transient" // ask again: the network, the node's load, a block that has not reached it
  | "range" // too many logs or blocks at once
  | "revert" // the call itself failed
  | "known" // the node has this very transaction already
  | "underpriced" // a transaction with this nonce is there and pays more, or this one pays too little to be kept
  | "nonce-too-low" // used already
  | "nonce-too-high" // the node does not queue
  | "funds" // the account cannot pay
  | "fatal"; // asking again will not help

export interface RpcFailure {
  readonly kind: RpcErrorKind;
  readonly message: string;
  /** Of a revert, if the node gave it. */
  readonly data?: string;
  /** Some nodes mine a transaction that reverts, and report its revert as the answer to sending it. */
  readonly transactionHash?: string;
}

/** First match decides. Texts of Geth, Erigon, Nethermind, Besu, Reth, Hardhat, Anvil, and the large providers. */
const MESSAGES: readonly (readonly [RpcErrorKind, RegExp])[] = [
  ["known", /already ?known|known transaction|already imported|already exists|already in (the )?(mem)?pool/i],
  [
    "underpriced",
    /underpriced|could not replace existing|replacement (transaction )?(fee )?too low|fee ?cap|(max ?fee|gas ?price).{0,40}(less than|too low|below)/i,
  ],
  ["nonce-too-low", /nonce (is )?too low|oldnonce|nonce.{0,20}already been used|invalid nonce.{0,20}low/i],
  ["nonce-too-high", /nonce (is )?too high|nonce gap|gapped/i],
  ["funds", /insufficient funds|enough funds|insufficient balance|sender balance/i],
  [
    "range",
    /block range|range (is )?(too|limit|exceed)|exceeds? the range|limited to (a )?[\d,]+ (block|range)|(more than|exceed\w*|maximum|max).{0,40}(results|logs|blocks)|too many (results|logs)|response size|query timeout/i,
  ],
  ["revert", /revert|vm exception|invalid opcode|out of gas|always failing/i],
  [
    "transient",
    /timed? ?out|timeout|rate.?limit|too many requests|429|50[0234]|socket|hang up|fetch failed|econn|enotfound|eai_again|epipe|network|connection|cannot connect|header not found|unknown block|unavailable|overloaded|busy|capacity|internal error|try again|not yet|syncing|unexpected end of json|invalid json/i,
  ],
];

/** Codes of JSON-RPC and of EIP-1474 that say: this request is wrong. */
const WRONG_REQUEST = new Set([-32_600, -32_601, -32_602, -32_004, -32_006, 4_200]);
const REVERT_CODE = 3;
const LIMIT_EXCEEDED = -32_005;

/** Tells what a failed request means. Never throws. */
export function classifyRpcError(error: unknown): RpcFailure {
  const chain = [...links(error)];
  const message = chain.map((link) => textOf(link)).join("; ");
  const codes = new Set(chain.map((link) => (link as { readonly code?: unknown }).code));
  const [data] = revertData(error);
  const transactionHash = chain.map(hashOf).find((hash) => hash !== undefined);
  const failure = (kind: RpcErrorKind): RpcFailure => ({
    ...{ kind, message },
    ...(data === undefined ? {} : { data }),
    ...(transactionHash === undefined ? {} : { transactionHash }),
  });
  if (codes.has(REVERT_CODE)) return failure("revert");
  const matched = MESSAGES.find(([, pattern]) => pattern.test(message));
  if (matched !== undefined) return failure(matched[0]);
  if (data !== undefined) return failure("revert");
  if (codes.has(LIMIT_EXCEEDED)) return failure("transient");
  if ([...codes].some((code) => WRONG_REQUEST.has(Number(code)))) return failure("fatal");
  // An unknown complaint is worth asking again, a bug of ours is not.
  return failure(error instanceof TypeError || error instanceof RangeError ? "fatal" : "transient");
}

/** The error and what it wraps. */
function* links(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== "object" || error === null || depth > 5) return;
  yield error;
  const record = error as Record<string, unknown>;
  for (const key of ["error", "info", "cause"]) yield* links(record[key], depth + 1);
}

function textOf(link: object): string {
  const { message, code, name } = link as Record<string, unknown>;
  return [message, typeof code === "string" ? code : undefined, name === "HardhatError" ? undefined : name]
    .filter((part): part is string => typeof part === "string" && part !== "Error")
    .join(" ");
}

function hashOf(link: object): string | undefined {
  const { data, transactionHash: own } = link as { readonly data?: unknown; readonly transactionHash?: unknown };
  const { txHash, transactionHash } = (typeof data === "object" && data !== null ? data : {}) as Record<
    string,
    unknown
  >;
  return [own, txHash, transactionHash].find((hash) => typeof hash === "string");
}
