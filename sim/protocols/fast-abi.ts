import { getAddress, type FunctionFragment, type Interface, type ParamType } from "ethers";

/** A value as the ABI has it: numbers and booleans as bigint, addresses in lower case, bytes in hexadecimal. */
export type Value = bigint | string | readonly Value[] | { readonly [name: string]: Value };

type Decoder = (words: Words, at: number, base: number) => Value;

/** Returned data, read by words. */
class Words {
  readonly #hex: string;

  constructor(hex: string) {
    this.#hex = hex;
  }

  /** @param at Byte. */
  hex(at: number, bytes = 32): string {
    const from = 2 + 2 * at;
    if (this.#hex.length < from + 2 * bytes) throw new RangeError(`returned data ends before byte ${at + bytes}`);
    return this.#hex.slice(from, from + 2 * bytes);
  }

  number(at: number): number {
    return parseInt(this.hex(at), 16);
  }
}

const fragments = new WeakMap<Interface, Map<string, Prepared>>();

interface Prepared {
  readonly fragment: FunctionFragment;
  readonly decode: Decoder;
}

function prepared(abi: Interface, name: string): Prepared {
  let known = fragments.get(abi);
  if (known === undefined) fragments.set(abi, (known = new Map<string, Prepared>()));
  let found = known.get(name);
  if (found === undefined) {
    const fragment = abi.getFunction(name);
    if (fragment === null || fragment.outputs.length !== 1) throw new Error(`${name} is no function with one result`);
    known.set(name, (found = { fragment, decode: decoderOf(fragment.outputs[0]) }));
  }
  return found;
}

/** Calldata of a function whose arguments are numbers, addresses and lists of addresses. As ethers, and many times as fast. */
export function encodeCall(
  abi: Interface,
  name: string,
  args: readonly (bigint | string | readonly string[])[],
): string {
  const { fragment } = prepared(abi, name);
  const head: string[] = [];
  const tail: string[] = [];
  let tailWords = 0;
  for (const arg of args) {
    if (typeof arg === "object") {
      head.push(word(BigInt(32 * (args.length + tailWords))));
      tail.push(word(BigInt(arg.length)), ...arg.map(addressWord));
      tailWords += 1 + arg.length;
    } else head.push(typeof arg === "bigint" ? word(arg) : addressWord(arg));
  }
  return fragment.selector + head.join("") + tail.join("");
}

/** The one result of a function: tuples by the names of their fields. */
export function decodeResult(abi: Interface, name: string, data: string): Value {
  return prepared(abi, name).decode(new Words(data), 0, 0);
}

function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

function addressWord(address: string): string {
  if (address.length !== 42) getAddress(address); // which says what is wrong with it
  return address.slice(2).toLowerCase().padStart(64, "0");
}

function isDynamic({ baseType, arrayChildren, arrayLength, components, type }: ParamType): boolean {
  if (baseType === "array") return arrayLength === -1 || arrayChildren === null || isDynamic(arrayChildren);
  if (baseType === "tuple") return (components ?? []).some(isDynamic);
  return type === "bytes" || type === "string";
}

/** Bytes that a value takes where it stands. */
function sizeOf(type: ParamType): number {
  if (isDynamic(type) || type.baseType !== "tuple") return 32;
  return (type.components ?? []).reduce((sum, each) => sum + sizeOf(each), 0);
}

/** A value where it stands, or, of one without a fixed size, where the offset that stands there points to. */
function decoderOf(type: ParamType): Decoder {
  const decode = contentDecoder(type);
  if (!isDynamic(type)) return decode;
  return (words, at, base) => {
    const place = base + words.number(at);
    return decode(words, place, place);
  };
}

function contentDecoder(type: ParamType): Decoder {
  if (type.baseType === "tuple") {
    let offset = 0;
    const fields = (type.components ?? []).map((component) => {
      const field = { name: component.name, offset, decode: decoderOf(component) };
      offset += sizeOf(component);
      return field;
    });
    return (words, at) => {
      const value: Record<string, Value> = {};
      for (const { name, offset: from, decode } of fields) value[name] = decode(words, at + from, at);
      return value;
    };
  }
  if (type.baseType === "array" && type.arrayLength === -1 && type.arrayChildren !== null) {
    const [decode, size] = [decoderOf(type.arrayChildren), sizeOf(type.arrayChildren)];
    return (words, at) => {
      const length = words.number(at);
      return Array.from({ length }, (_, i) => decode(words, at + 32 + i * size, at + 32));
    };
  }
  if (type.type === "address") return (words, at) => `0x${words.hex(at + 12, 20)}`;
  if (/^(uint\d*|bool)$/.test(type.type)) return (words, at) => BigInt(`0x${words.hex(at)}`);
  throw new Error(`no decoder for ${type.type}`);
}
