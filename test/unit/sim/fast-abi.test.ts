import { expect } from "chai";
import { hexlify, Interface, toBeHex } from "ethers";

import { decodeEvent, decodeResult, encodeCall, type Argument, type Value } from "../../../sim/protocols/fast-abi.ts";
import { createRng } from "../../../sim/rng.ts";

const abi = new Interface([
  "function market(address pool, uint256 amount) view returns (tuple(uint256 a, tuple(uint128 b, bool c) inner, uint8 d))",
  "function offers(address pool, address[] accounts, uint256 size, address[] others) returns (tuple(uint256 x, uint256 y)[][])",
  "function balances(address[] owners) view returns (uint256[])",
  "function lists(address pool) view returns (tuple(uint256 a, uint256[] list, address who)[])",
  "function call(bool isOn, bytes data, uint128 amount, bytes more)",
  "function swap(tuple(address from, uint24 fee, bool isExact) params, uint256 most)",
  "function loop(tuple(address pool, address[] venues, bytes[] middle) market, tuple(uint256 amount, bytes note)[] orders)",
  "function answer(int256 price, int24 tick)",
  "function name(string text)",
  "event Taken(address indexed account, uint256 repaid, bool indexed isWhole, uint128 price)",
  "event Named(string text)",
  "function pair() view returns (uint256, uint256)",
  "function text() view returns (string)",
]);
const rng = createRng("fast abi");
const number = () => BigInt(Math.floor(rng.next() * 2 ** 50)) ** 2n;
const address = () => toBeHex(BigInt(Math.floor(rng.next() * 2 ** 50)), 20);
const bytes = () => hexlify(Uint8Array.from({ length: rng.integer(70) }, () => rng.integer(256)));
const many = <T>(make: () => T, most: number) => Array.from({ length: rng.integer(most + 1) }, make);

describe("the ABI, quickly", () => {
  it("encodes as ethers does", () => {
    for (let i = 0; i < 50; ++i) {
      const calls: [string, Argument[]][] = [
        ["market", [address(), number()]],
        ["offers", [address(), many(address, 5), number(), many(address, 5)]],
        ["balances", [many(address, 9)]],
        ["call", [rng.integer(2) === 1, bytes(), number(), bytes()]],
        ["swap", [{ from: address(), fee: 500n, isExact: rng.integer(2) === 1 }, number()]],
        [
          "loop",
          [
            { pool: address(), venues: many(address, 3), middle: many(bytes, 3) },
            many(() => ({ amount: number(), note: bytes() }), 3),
          ],
        ],
        ["answer", [rng.integer(2) === 1 ? -number() : number(), BigInt(rng.integer(2 ** 24) - 2 ** 23)]],
      ];
      for (const [name, args] of calls) {
        expect(encodeCall(abi, name, args)).to.equal(abi.encodeFunctionData(name, args));
      }
    }
  });

  it("decodes what ethers encodes", () => {
    for (let i = 0; i < 50; ++i) {
      const flag = rng.integer(2);
      const results: [string, Value, Value][] = [
        ...[{ a: number(), inner: { b: number() >> 10n, c: flag }, d: 7n }].map((m): [string, Value, Value] => [
          "market",
          m as unknown as Value,
          { ...m, inner: { b: m.inner.b, c: BigInt(flag) } },
        ]),
        ...[many(() => many(() => ({ x: number(), y: number() }), 4), 4)].map((m): [string, Value, Value] => [
          "offers",
          m,
          m,
        ]),
        ...[many(number, 6)].map((m): [string, Value, Value] => ["balances", m, m]),
        ...[many(() => ({ a: number(), list: many(number, 3), who: address() }), 3)].map(
          (m): [string, Value, Value] => ["lists", m, m],
        ),
      ];
      for (const [name, value, expected] of results) {
        expect(decodeResult(abi, name, abi.encodeFunctionResult(name, [value])), name).to.deep.equal(expected);
      }
    }
  });

  it("decodes events as ethers does", () => {
    const event = abi.getEvent("Taken");
    if (event === null) throw new Error("no event");
    for (let i = 0; i < 50; ++i) {
      const isWhole = rng.integer(2);
      const [account, repaid, price] = [address(), number(), number()];
      const log = { address: address(), ...abi.encodeEventLog(event, [account, repaid, isWhole === 1, price]) };
      expect(decodeEvent(abi, "Taken", log)).to.deep.equal({ account, repaid, isWhole: BigInt(isWhole), price });
    }
    const log = { address: address(), topics: [event.topicHash], data: "0x" };
    expect(() => decodeEvent(abi, "Taken", log)).to.throw(RangeError, "ends before byte");
    expect(() => decodeEvent(abi, "Named", log)).to.throw("no decoder for events with values of any size");
    expect(() => decodeEvent(abi, "Nothing", log)).to.throw("no one event Nothing");
  });

  it("refuses data that ends too soon, and what it does not know", () => {
    const data = abi.encodeFunctionResult("balances", [[1n, 2n]]);
    expect(() => decodeResult(abi, "balances", data.slice(0, -2))).to.throw(RangeError, "ends before byte");
    expect(() => decodeResult(abi, "pair", data)).to.throw("no function with one result");
    expect(() => decodeResult(abi, "text", data)).to.throw("no decoder for string");
    expect(() => encodeCall(abi, "market", ["0x12", 1n])).to.throw("invalid address");
    expect(() => encodeCall(abi, "market", [address()])).to.throw("market has 2 arguments, got 1");
    expect(() => encodeCall(abi, "market", [1n, 1n])).to.throw("market, 0: 1 is no address");
    expect(() => encodeCall(abi, "swap", [{ from: address(), fee: 500n }, 1n])).to.throw(
      "swap, 0.isExact: undefined is no bool",
    );
    expect(() => encodeCall(abi, "swap", [1n, 1n])).to.throw("swap, 0: 1 is no tuple(address,uint24,bool)");
    expect(() => encodeCall(abi, "balances", [[1n]])).to.throw("balances, 0[]: 1 is no address");
    expect(() => encodeCall(abi, "balances", [1n])).to.throw("balances, 0: 1 is no address[]");
    expect(() => encodeCall(abi, "name", ["Ann"])).to.throw("no encoder for name, 0, a string");
    for (const amount of [-1n, 1n << 128n]) {
      expect(() => encodeCall(abi, "call", [true, "0x", amount, "0x"])).to.throw(`call, 2: ${amount} is no uint128`);
    }
    for (const tick of [-(1n << 23n) - 1n, 1n << 23n]) {
      expect(() => encodeCall(abi, "answer", [1n, tick])).to.throw(`answer, 1: ${tick} is no int24`);
    }
    expect(() => encodeCall(abi, "nothing", [])).to.throw("no one function nothing");
  });
});
