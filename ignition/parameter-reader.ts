import { getAddress, isAddress, ZeroAddress } from "ethers";

import { UserError } from "../sim/user-error.ts";

/** Turns `$token:WETH` and the like into the address that the demo has deployed by then. */
export type ResolveName = (name: string) => string | undefined;

/**
 * Reads typed values out of parsed JSON. Whatever is missing, of the wrong kind, out of range or unknown ends with one
 * line that names the file and the field.
 */
export class ParameterReader {
  readonly #file: string;
  readonly #path: string;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #resolve: ResolveName;
  readonly #read = new Set<string>();
  readonly #children: ParameterReader[] = [];

  constructor(file: string, value: unknown, resolve: ResolveName, path = "") {
    this.#file = file;
    this.#path = path;
    this.#resolve = resolve;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new UserError(`${file}: ${path || "the file"} must be an object`);
    }
    this.#fields = new Map(Object.entries(value));
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  text(field: string): string {
    const value = this.#take(field);
    if (typeof value !== "string" || value === "") throw this.#bad(field, "a text", value);
    return value;
  }

  flag(field: string): boolean {
    const value = this.#take(field);
    if (typeof value !== "boolean") throw this.#bad(field, "true or false", value);
    return value;
  }

  oneOf<const T extends string>(field: string, choices: readonly T[]): T {
    const value = this.#take(field);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.#bad(field, `one of ${choices.join(", ")}`, value);
    return choice;
  }

  /** A whole number: JSON number, or Ignition's text form `"123n"` for what JSON numbers cannot hold. */
  whole(field: string, min: bigint, max: bigint): bigint {
    const value = this.#take(field);
    const digits = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof digits !== "string" || !/^\d+n?$/.test(digits)) {
      throw this.#bad(field, 'a whole number, as 123 or "123n"', value);
    }
    const number = BigInt(digits.replace("n", ""));
    if (number < min || number > max) throw this.#bad(field, `within ${min}..${max}`, value);
    return number;
  }

  /** An address with a right checksum or none, or `$name` of a demo contract. */
  address(field: string): string {
    return this.#toAddress(field, this.#take(field));
  }

  #toAddress(field: string, value: unknown): string {
    const resolved = typeof value === "string" && value.startsWith("$") ? this.#resolve(value.slice(1)) : value;
    if (typeof resolved !== "string" || !isAddress(resolved)) throw this.#bad(field, "an address", value);
    return getAddress(resolved);
  }

  /** The same, for what must not be left at zero. */
  account(field: string): string {
    const address = this.address(field);
    if (address === ZeroAddress) throw this.#bad(field, "an address other than zero", address);
    return address;
  }

  /** A list of addresses or names. */
  addresses(field: string): string[] {
    const value = this.#take(field);
    if (!Array.isArray(value)) throw this.#bad(field, "a list", value);
    return value.map((entry: unknown, index) => this.#toAddress(`${field}[${index}]`, entry));
  }

  section(field: string): ParameterReader {
    return this.#child(this.#take(field), this.#name(field));
  }

  list(field: string): ParameterReader[] {
    const value = this.#take(field);
    if (!Array.isArray(value)) throw this.#bad(field, "a list", value);
    return value.map((entry: unknown, index) => this.#child(entry, `${this.#name(field)}[${index}]`));
  }

  /** Refuses fields that nobody has read: they are misspelt. */
  rejectUnknown(): void {
    for (const field of this.#fields.keys()) {
      if (!this.#read.has(field)) throw new UserError(`${this.#file}: unknown parameter ${this.#name(field)}`);
    }
    for (const child of this.#children) child.rejectUnknown();
  }

  #take(field: string): unknown {
    this.#read.add(field);
    if (!this.#fields.has(field)) throw new UserError(`${this.#file}: parameter ${this.#name(field)} is missing`);
    return this.#fields.get(field);
  }

  #child(value: unknown, path: string): ParameterReader {
    const child = new ParameterReader(this.#file, value, this.#resolve, path);
    this.#children.push(child);
    return child;
  }

  #name(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }

  /** Error for a value whose field alone cannot tell that it is wrong. */
  refused(field: string, expected: string, value: unknown): UserError {
    return this.#bad(field, expected, value);
  }

  #bad(field: string, expected: string, value: unknown): UserError {
    const shown = JSON.stringify(value) ?? "nothing";
    return new UserError(`${this.#file}: parameter ${this.#name(field)} must be ${expected}, not ${shown}`);
  }
}
