import { getAddress, type EventFragment, type FunctionFragment, type Interface, type ParamType } from "ethers";

import type { Log } from "../market/venue.ts";

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

interface Encoder {
  readonly isDynamic: boolean;
  /** Bytes that a value takes where it stands. */
  readonly size: number;
  readonly encode: (value: Argument) => string;
}

const encoders: Cached<{ readonly selector: string; readonly inputs: readonly Encoder[] }> = new WeakMap();
const decoders: Cached<Decoder> = new WeakMap();
const eventDecoders: Cached<(log: Log) => Readonly<Record<string, Value>>> = new WeakMap();

function cached<T>(cache: Cached<T>, abi: Interface, name: string, make: () => T): T {
  let known = cache.get(abi);
  if (known === undefined) cache.set(abi, (known = new Map<string, T>()));
  let found = known.get(name);
  if (found === undefined) known.set(name, (found = make()));
  return found;
}

function functionOf(abi: Interface, name: string): FunctionFragment {
  const fragment = abi.getFunction(name);
  if (fragment === null) throw new Error(`there is no one function ${name}`);
  return fragment;
}

/** A tuple is an object with the names of its fields. */
export type Argument = bigint | boolean | string | readonly Argument[] | { readonly [name: string]: Argument };

/** Calldata of a function of numbers, booleans, addresses, bytes, and lists and tuples of them. As ethers, many times as fast. */
export function encodeCall(abi: Interface, name: string, args: readonly Argument[]): string {
  const { selector, inputs } = cached(encoders, abi, name, () => {
    const fragment = functionOf(abi, name);
    return { selector: fragment.selector, inputs: fragment.inputs.map((type, i) => encoderOf(type, `${name}, ${i}`)) };
  });
  if (args.length !== inputs.length) throw new Error(`${name} has ${inputs.length} arguments, got ${args.length}`);
  return selector + encodeAll(inputs, args);
}

/** Values one after the other; of one without a fixed size there stands an offset to where it is. */
function encodeAll(types: readonly Encoder[], values: readonly Argument[]): string {
  let place = types.reduce((sum, { size }) => sum + size, 0);
  let head = "";
  let tail = "";
  types.forEach(({ isDynamic, encode }, i) => {
    const encoded = encode(values[i]);
    if (!isDynamic) {
      head += encoded;
      return;
    }
    head += word(BigInt(place));
    tail += encoded;
    place += encoded.length / 2;
  });
  return head + tail;
}

/** @param name For errors. */
function encoderOf(param: ParamType, name: string): Encoder {
  const { type, baseType, components, arrayChildren, arrayLength } = param;
  const shape = { isDynamic: isDynamic(param), size: sizeOf(param) };
  const refuse = (value: Argument): never => {
    throw new Error(`${name}: ${typeof value === "bigint" ? value : typeof value} is no ${type}`);
  };
  if (baseType === "tuple" && components !== null) {
    const fields = components.map((component) => encoderOf(component, `${name}.${component.name}`));
    const names = components.map((component) => component.name);
    const encode = (value: Argument) =>
      typeof value === "object" && !isList(value)
        ? encodeAll(
            fields,
            names.map((field) => value[field]),
          )
        : refuse(value);
    return { ...shape, encode };
  }
  if (baseType === "array" && arrayLength === -1 && arrayChildren !== null) {
    const child = encoderOf(arrayChildren, `${name}[]`);
    const encode = (value: Argument) =>
      isList(value)
        ? word(BigInt(value.length)) +
          encodeAll(
            value.map(() => child),
            value,
          )
        : refuse(value);
    return { ...shape, encode };
  }
  const encode = plainEncoder(type);
  if (encode === undefined) throw new Error(`no encoder for ${name}, a ${type}`);
  return { ...shape, encode: (value) => encode(value) ?? refuse(value) };
}

/** Of a type without parts: undefined for what is no value of it. */
function plainEncoder(type: string): ((value: Argument) => string | undefined) | undefined {
  if (type === "bool") return (value) => (typeof value === "boolean" ? word(value ? 1n : 0n) : undefined);
  if (type === "address") return (value) => (typeof value === "string" ? addressWord(value) : undefined);
  if (type === "bytes") return (value) => (typeof value === "string" ? bytesWords(value.slice(2)) : undefined);
  const bits = /^u?int(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return undefined;
  const isSigned = type.startsWith("int");
  const least = isSigned ? -(1n << (BigInt(bits) - 1n)) : 0n;
  const most = least + (1n << BigInt(bits)) - 1n;
  return (value) => {
    if (typeof value !== "bigint" || value < least || value > most) return undefined;
    return word(BigInt.asUintN(256, value));
  };
}

function isList(value: Argument): value is readonly Argument[] {
  return Array.isArray(value);
}

/** The one result of a function: tuples by the names of their fields. */
export function decodeResult(abi: Interface, name: string, data: string): Value {
  const decode = cached(decoders, abi, name, () => {
    const { outputs } = functionOf(abi, name);
    if (outputs.length !== 1) throw new Error(`${name} is no function with one result`);
    return decoderOf(outputs[0]);
  });
  return decode(new Words(data), 0, 0);
}

/** Values of an event by their names. Whose log it is, and of which event, is for the caller to know. */
export function decodeEvent(abi: Interface, name: string, log: Log): Readonly<Record<string, Value>> {
  return cached(eventDecoders, abi, name, () => {
    const fragment = abi.getEvent(name);
    if (fragment === null) throw new Error(`there is no one event ${name}`);
    return eventDecoder(fragment);
  })(log);
}

function eventDecoder({ inputs }: EventFragment): (log: Log) => Readonly<Record<string, Value>> {
  if (inputs.some(isDynamic)) throw new Error("no decoder for events with values of any size");
  let [topic, at] = [1, 0];
  const fields = inputs.map((input) => {
    const { name, indexed } = input;
    const field = { name, decode: decoderOf(input), ...(indexed === true ? { topic, at: 0 } : { topic: 0, at }) };
    if (indexed === true) topic += 1;
    else at += sizeOf(input);
    return field;
  });
  return ({ topics, data }) => {
    const words = new Words(data);
    const value: Record<string, Value> = {};
    for (const { name, decode, topic: place, at: from } of fields) {
      value[name] = decode(place > 0 ? new Words(topics[place] ?? "0x") : words, from, 0);
    }
    return value;
  };
}

function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

function bytesWords(bytes: string): string {
  return word(BigInt(bytes.length / 2)) + bytes.padEnd(64 * Math.ceil(bytes.length / 64), "0");
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
