import { attackTable, type AttackRow } from "./attacks/attack-table.ts";

/**
 * `npm run attacks:table [-- NAME…]`: takes every defence out, one by one, and runs the attack tests that name it, with the
 * defence and without. Fails unless each is green with it and red without. Names: parts of file names; default: all.
 */
const names = process.argv.slice(2);
const show = ({ file, defence, lacking, ours, removed }: AttackRow): string[] => [
  file,
  defence,
  lacking,
  ours,
  removed,
];

const widths = [28, 28, 34, 12, 12];
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(widths[i]))
    .join(" ")
    .trimEnd();

process.stdout.write(`${line(["attack", "defence", "weak copy", "with it", "without it"])}\n`);
let [rows, wrong] = [0, 0];
for await (const row of attackTable(names)) {
  process.stdout.write(`${line(show(row))}\n`);
  if (row.problem !== undefined) process.stdout.write(`    ${row.problem}\n`);
  rows += 1;
  if (row.problem !== undefined) wrong += 1;
}
process.stdout.write(`${rows} defences removed and restored, ${wrong} without the expected result\n`);
if (rows === 0 || wrong > 0) process.exitCode = 1;
