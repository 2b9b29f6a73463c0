import { dataLength, getBytes } from "ethers";

import type { BenchChain, Measured } from "./chain.ts";

const TRANSACTION = 21_000;
const [BYTE, ZERO_BYTE] = [16, 4];
const [COLD_SLOT, COLD_ADDRESS, WARM] = [2_100, 2_600, 100];
const PRECOMPILES = 0x11n;

/** Where the gas of a transaction went; counts and gas of each kind. */
export interface Spending {
  readonly total: number; // receipt.gasUsed
  /** The transaction itself and its data. */
  readonly transaction: number;
  readonly coldAddresses: number; // beside that of the call
  readonly calls: number; // by any of the opcodes, precompiles left out
  readonly callsGas: number; // for reaching addresses, not for what they do
  readonly coldSlots: number; // read, or written without being read
  readonly coldSlotsGas: number;
  readonly warmReads: number;
  readonly warmReadsGas: number;
  /** Slots that were not zero, and those that were; not counting that they were cold. */
  readonly writes: number;
  readonly newWrites: number;
  readonly writesGas: number;
  readonly logs: number;
  readonly logsGas: number;
  readonly transientGas: number;
  readonly refund: number;
  /** What is left: arithmetic, memory, hashes, jumps. */
  readonly code: number;
}

/** Several transactions as if they were one. */
export function addUp(several: readonly Spending[]): Spending {
  const sum = { ...several[0] } as Record<keyof Spending, number>;
  for (const each of several.slice(1))
    for (const kind of Object.keys(each) as (keyof Spending)[]) sum[kind] += each[kind];
  return sum;
}

interface Step {
  readonly op: string;
  readonly gas: number;
  readonly gasCost: number;
  readonly depth: number;
  readonly stack: readonly string[];
}

const CALLS = new Set(["CALL", "STATICCALL", "DELEGATECALL", "CALLCODE"]);
const LOOKS = new Set(["EXTCODESIZE", "EXTCODEHASH", "EXTCODECOPY", "BALANCE"]);

function fromTop(stack: readonly string[], place: number): bigint {
  const value = stack[stack.length - 1 - place];
  return BigInt(value.startsWith("0x") ? value : `0x${value}`);
}

function transactionGas(data: string): number {
  return getBytes(data).reduce((gas, byte) => gas + (byte === 0 ? ZERO_BYTE : BYTE), TRANSACTION);
}

/** Counts what a transaction read, wrote, called and logged, from the trace of its opcodes. */
export async function traceSpending(chain: BenchChain, { hash, gas: total }: Measured): Promise<Spending> {
  const options = { disableMemory: true, disableStorage: true };
  const { structLogs: steps } = (await chain.rpc("debug_traceTransaction", hash, options)) as {
    readonly structLogs: readonly Step[];
  };
  const { from, to, input, gas } = (await chain.rpc("eth_getTransactionByHash", hash)) as Record<string, string>;
  const block = (await chain.rpc("eth_getBlockByNumber", "latest", false)) as { readonly miner: string };

  const s = {
    ...{ coldAddresses: 0, calls: 0, callsGas: 0, coldSlots: 0, coldSlotsGas: 0, warmReads: 0, warmReadsGas: 0 },
    ...{ writes: 0, newWrites: 0, writesGas: 0, logs: 0, logsGas: 0, transientGas: 0 },
  };
  const met = new Set([from, to, block.miner].map(BigInt));
  const reach = (address: bigint) => {
    if (address <= PRECOMPILES) {
      s.callsGas += WARM;
      return;
    }
    s.callsGas += met.has(address) ? WARM : COLD_ADDRESS;
    if (!met.has(address)) s.coldAddresses += 1;
    met.add(address);
  };
  for (const { op, gasCost, stack } of steps) {
    if (CALLS.has(op)) {
      const address = fromTop(stack, 1);
      if (address > PRECOMPILES) s.calls += 1;
      reach(address);
    } else if (LOOKS.has(op)) {
      reach(fromTop(stack, 0));
    } else if (op === "SLOAD") {
      if (gasCost === COLD_SLOT) {
        s.coldSlots += 1;
        s.coldSlotsGas += gasCost;
      } else {
        s.warmReads += 1;
        s.warmReadsGas += gasCost;
      }
    } else if (op === "SSTORE") {
      // 100: what is there already, or the second time; 2,900: another value; 20,000: where there was zero. 2,100 more if cold.
      const wasCold = [2_200, 5_000, 22_100].includes(gasCost);
      if (wasCold) {
        s.coldSlots += 1;
        s.coldSlotsGas += COLD_SLOT;
      }
      const writing = wasCold ? gasCost - COLD_SLOT : gasCost;
      s.writesGas += writing;
      if (writing === 20_000) s.newWrites += 1;
      else if (writing > WARM) s.writes += 1;
    } else if (op.startsWith("LOG")) {
      s.logs += 1;
      s.logsGas += 375 * (1 + Number(op.slice(3))) + 8 * Number(fromTop(stack, 1));
    } else if (op === "TLOAD" || op === "TSTORE") {
      s.transientGas += gasCost;
    }
  }
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const transaction = transactionGas(input);
  const executed = first.gas - (last.gas - last.gasCost);
  if (Number(gas) - transaction !== first.gas) {
    throw new Error(`${hash}: ${dataLength(input)} bytes of data cost ${Number(gas) - first.gas}, not ${transaction}`);
  }
  const kinds = s.callsGas + s.coldSlotsGas + s.warmReadsGas + s.writesGas + s.logsGas + s.transientGas;
  return { ...s, total, transaction, refund: transaction + executed - total, code: executed - kinds };
}
