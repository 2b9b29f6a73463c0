import { expect } from "chai";

import { FeedHeartbeat } from "../../../sim/agents/feed-heartbeat.ts";
import { OracleKeeper } from "../../../sim/agents/oracle-keeper.ts";
import { LAB } from "../../../sim/config.ts";
import { AT, handMadeView, openBench } from "../../shared/hand-made-view.ts";

const BLOCK = 12;

describe("FeedHeartbeat", () => {
  it("says the price at every heartbeat, as the keeper of the feed, and nothing else: many loopers take longer to come in than an answer is good for", async () => {
    const { protocol, decode } = await openBench();
    const heartbeat = new FeedHeartbeat();
    const sent: unknown[][] = [];
    for (let seconds = BLOCK; seconds < 2.5 * LAB.feedHeartbeatSeconds; seconds += BLOCK) {
      for (const intent of await heartbeat.decide(handMadeView({ protocol, price: 2_000, seconds }))) {
        const { name, args } = decode(intent);
        sent.push([seconds, intent.to, intent.from, name, args[0]]);
      }
    }
    const answer = [AT.feed, new OracleKeeper(2_000).members[0], "setAnswer", 2_000n * 10n ** 8n];
    expect(sent).to.deep.equal([
      [LAB.feedHeartbeatSeconds, ...answer],
      [2 * LAB.feedHeartbeatSeconds, ...answer],
    ]);
  });
});
