import { expect } from "chai";

/** For floats: the matchers for ethers allow `closeTo` whole numbers only. */
export function expectClose(actual: number, expected: number, tolerance: number): void {
  const message = `${actual} is further than ${tolerance} from ${expected}`;
  expect(Math.abs(actual - expected) <= tolerance, message).to.equal(true);
}
