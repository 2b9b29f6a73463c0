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

type Cached<T> = WeakMap<Interface, Map<string, T>>;

const encoders: Cached<{ readonly selector: string; readonly types: readonly string[] }> = new WeakMap();
const decoders: Cached<Decoder> = new WeakMap();

function cached<T>(cache: Cached<T>, abi: Interface, name: string, make: (fragment: FunctionFragment) => T): T {
  let known = cache.get(abi);
  if (known === undefined) cache.set(abi, (known = new Map<string, T>()));
  let found = known.get(name);
  if (found === undefined) {
    const fragment = abi.getFunction(name);
    if (fragment === null) throw new Error(`there is no one function ${name}`);
    known.set(name, (found = make(fragment)));
  }
  return found;
}

export type Argument = bigint | boolean | string | readonly string[];

/** Calldata of a function whose arguments are numbers, addresses, lists of addresses and bytes. As ethers, many times as fast. */
export function encodeCall(abi: Interface, name: string, args: readonly Argument[]): string {
  const { selector, types } = cached(encoders, abi, name, (fragment) => {
    return { selector: fragment.selector, types: fragment.inputs.map(({ type }) => type) };
  });
  if (args.length !== types.length) throw new Error(`${name} has ${types.length} arguments, got ${args.length}`);
  let head = "";
  let tail = "";
  args.forEach((arg, i) => {
    const type = types[i];
    if (typeof arg === "bigint" && type.startsWith("uint")) head += word(arg);
    else if (typeof arg === "boolean" && type === "bool") head += word(arg ? 1n : 0n);
    else if (typeof arg === "string" && type === "address") head += addressWord(arg);
    else {
      head += word(BigInt(32 * args.length + tail.length / 2));
      if (typeof arg === "object" && type === "address[]") {
        tail += word(BigInt(arg.length)) + arg.map(addressWord).join("");
      } else if (typeof arg === "string" && type === "bytes") {
        const bytes = arg.slice(2);
        tail += word(BigInt(bytes.length / 2)) + bytes.padEnd(64 * Math.ceil(bytes.length / 64), "0");
      } else throw new Error(`${name} takes ${type} at place ${i}, got ${typeof arg}`);
    }
  });
  return selector + head + tail;
}

/** The one result of a function: tuples by the names of their fields. */
export function decodeResult(abi: Interface, name: string, data: string): Value {
  const decode = cached(decoders, abi, name, ({ outputs }) => {
    if (outputs.length !== 1) throw new Error(`${name} is no function with one result`);
    return decoderOf(outputs[0]);
  });
  return decode(new Words(data), 0, 0);
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
