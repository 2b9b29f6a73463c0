import { expect } from "chai";

import { Alarm } from "../../../sim/agents/alarm.ts";

const plan = { address: "0x01", alarmHealth: 1.1, reactionSeconds: 300 };
const REST = 600;

describe("Alarm", () => {
  it("is silent while health is at its threshold or above", () => {
    const alarm = new Alarm();
    for (const health of [1.1, 1.2, Infinity]) expect(alarm.isDue(plan, health, 1e6)).to.equal(false);
  });

  it("is due once the time to react has passed since it was first seen", () => {
    const alarm = new Alarm();
    const due = [1_000, 1_012, 1_299].map((seconds) => alarm.isDue(plan, 1.09, seconds));
    expect(due).to.deep.equal([false, false, false]);
    expect(alarm.isDue(plan, 1.05, 1_300)).to.equal(true);
  });

  it("is due at once for those who need no time", () => {
    expect(new Alarm().isDue({ ...plan, reactionSeconds: 0 }, 1.09, 0)).to.equal(true);
  });

  it("forgets what it saw when health recovers", () => {
    const alarm = new Alarm();
    alarm.isDue(plan, 1.09, 0);
    expect(alarm.isDue(plan, 1.1, 200)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 301)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 600)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 601)).to.equal(true);
  });

  it("rests between two attempts, and needs no new reaction after", () => {
    const alarm = new Alarm();
    alarm.isDue(plan, 1.09, 0);
    expect(alarm.isDue(plan, 1.09, 300)).to.equal(true);
    expect(alarm.isDue(plan, 1.09, 312)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 300 + REST - 1)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 300 + REST)).to.equal(true);
  });

  it("keeps accounts apart", () => {
    const alarm = new Alarm();
    const other = { ...plan, address: "0x02" };
    alarm.isDue(plan, 1.09, 0);
    expect(alarm.isDue(other, 1.09, 300)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 300)).to.equal(true);
    expect(alarm.isDue(other, 1.2, 600)).to.equal(false);
    expect(alarm.isDue(plan, 1.09, 900)).to.equal(true);
  });
});
