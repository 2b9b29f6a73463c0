import { expect } from "chai";

import {
  colourAt,
  contrastOf,
  DARK,
  inkOn,
  LIGHT,
  luminanceOf,
  rgbOf,
  SERIES,
  VIRIDIS,
  type Tones,
} from "../../../../../sim/report/html/palette.ts";
import { expectClose } from "../../../../shared/expect-close.ts";

type Matrix = readonly (readonly [number, number, number])[];

/** What is seen without one kind of cone, in linear light: Machado, Oliveira and Fernandes (2009), severity 1. */
const VISIONS: Readonly<Record<string, Matrix>> = {
  "all cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red (protanopia)": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green (deuteranopia)": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no blue (tritanopia)": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b*, in which a distance of 2.3 is just seen. */
function labOf(hex: string, vision: Matrix): number[] {
  const linear = rgbOf(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [r, g, b] = vision.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, k, i) => sum + k * linear[i], 0),
      ),
    ),
  );
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: string, other: string, vision: Matrix): number {
  const [a, b] = [labOf(one, vision), labOf(other, vision)];
  return Math.hypot(...a.map((value, i) => value - b[i]));
}

describe("palette of reports", () => {
  for (const [mode, tones] of Object.entries({ light: LIGHT, dark: DARK }) as [string, Tones][]) {
    describe(mode, () => {
      it("has letters of a contrast of 4.5 on everything that they stand on", () => {
        for (const ground of [tones.page, tones.surface, tones.sunken]) {
          for (const ink of [tones.ink, tones.muted, tones.accent, tones.good, tones.bad]) {
            expect(contrastOf(ink, ground), `${ink} on ${ground}`).to.be.at.least(4.5);
          }
        }
      });

      it("has series of a contrast of 3 on the surface", () => {
        for (const name of SERIES) {
          expect(contrastOf(tones.colours[name], tones.surface), name).to.be.at.least(3);
        }
      });

      for (const [vision, matrix] of Object.entries(VISIONS)) {
        it(`has series that are told apart with ${vision}`, () => {
          SERIES.forEach((one, i) => {
            for (const other of SERIES.slice(i + 1)) {
              const seen = distance(tones.colours[one], tones.colours[other], matrix);
              expect(seen, `${one} and ${other}`).to.be.at.least(15);
            }
          });
        });
      }
    });
  }

  it("measures contrast as WCAG does", () => {
    expectClose(contrastOf("#000000", "#ffffff"), 21, 1e-9);
    expectClose(contrastOf("#777777", "#ffffff"), 4.48, 0.005);
  });

  it("notices colours that look alike to some: pure red and green do, to those without green", () => {
    const [all, none] = [VISIONS["all cones"], VISIONS["no green (deuteranopia)"]];
    expect(distance("#a05000", "#5f7300", all)).to.be.greaterThan(40);
    expect(distance("#a05000", "#5f7300", none)).to.be.lessThan(14);
  });

  it("has a scale that only gets brighter, with letters that can be read on all of it", () => {
    const steps = Array.from({ length: 101 }, (_, i) => colourAt(VIRIDIS, i / 100));
    steps.slice(1).forEach((step, i) => expect(luminanceOf(step)).to.be.greaterThan(luminanceOf(steps[i])));
    for (const step of steps) expect(contrastOf(inkOn(step), step), step).to.be.at.least(4.5);
  });

  it("gives what is beyond a scale its ends", () => {
    expect([colourAt(VIRIDIS, -3), colourAt(VIRIDIS, 7)]).to.deep.equal([VIRIDIS[0], VIRIDIS[VIRIDIS.length - 1]]);
    expect(colourAt(["#000000", "#ffffff"], 0.5)).to.equal("#808080");
  });
});
