import { expect } from "chai";

import {
  formatChange,
  formatCompact,
  formatMoney,
  formatNumber,
  formatPrice,
  formatTime,
} from "../../../../sim/report/format.ts";

describe("numbers for people", () => {
  const cases: [name: string, format: (value: number) => string, expected: [number, string][]][] = [
    [
      "#formatNumber",
      formatNumber,
      [
        [0, "0"],
        [-0.4, "0"],
        [999, "999"],
        [1000, "1,000"],
        [-1234567.5, "−1,234,568"],
      ],
    ],
    [
      "#formatMoney",
      formatMoney,
      [
        [0, "0"],
        [0.421, "0.42"],
        [-99.5, "−99.50"],
        [100.4, "100"],
        [-2e6, "−2,000,000"],
      ],
    ],
    [
      "#formatPrice",
      formatPrice,
      [
        [0, "0.00"],
        [86, "86.00"],
        [1888.456, "1,888.46"],
        [60_000, "60,000"],
        [0.874, "0.8740"],
        [0.000051, "0.0000510"],
      ],
    ],
    [
      "#formatCompact",
      formatCompact,
      [
        [0, "0"],
        [7, "7"],
        [999, "999"],
        [1000, "1k"],
        [14_968, "15k"],
        [1_209_182, "1.21M"],
        [-2.5e9, "−2.5B"],
        [999_960, "1M"],
      ],
    ],
    [
      "#formatChange",
      formatChange,
      [
        [-0.558, "−55.8 %"],
        [0.051, "+5.1 %"],
        [0, "0.0 %"],
        [0.00001, "0.0 %"],
      ],
    ],
    [
      "#formatTime",
      formatTime,
      [
        [0, "0 s"],
        [59.6, "1 min"],
        [90, "1 min 30 s"],
        [3600, "1 h"],
        [111_600, "31 h"],
        [50_280, "13 h 58 min"],
        [180_000, "2 d 2 h"],
        [172_800, "2 d"],
      ],
    ],
  ];
  for (const [name, format, expected] of cases) {
    describe(name, () => {
      for (const [value, text] of expected) {
        it(`writes ${value} as ${text}`, () => expect(format(value)).to.equal(text));
      }
    });
  }
});
