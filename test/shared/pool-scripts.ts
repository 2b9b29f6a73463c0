import { applyRisk, type PoolUpdate, type RiskUpdate } from "../../sim/reference/pool-engine.ts";
import { kinkedRates } from "../../sim/reference/pool-rates.ts";
import { SPEC, type Rules } from "../../sim/reference/pool-rules.ts";
import { listCollateral } from "../../sim/reference/pool-admin.ts";
import { copyOfLedger, newLedger, NOBODY } from "../../sim/reference/ledger.ts";
import { UNCAPPED, type Engine, type Oracle, type Pool } from "../../sim/reference/pool-state.ts";
import { PoolRefused } from "../../sim/reference/word.ts";
import { RATES } from "./pool-fixtures.ts";
import type { PoolWorld } from "./pool-world.ts";

/** `ConstantPriceOracle`. */
export class ScriptedOracle implements Oracle {
  readonly prices = new Map<string, { borrow36: bigint; liquidation36: bigint; fresh: boolean }>();

  constructor(readonly address: string) {}

  of(token: string) {
    const price = this.prices.get(token);
    if (price === undefined) throw new Error(`no price of ${token}`);
    return price;
  }

  borrowPrice(token: string): bigint {
    const { borrow36, fresh } = this.of(token);
    if (!fresh) throw new PoolRefused("OracleInsufficientSources", [token, 0n, 1n]);
    return borrow36;
  }

  liquidationPriceOrLast(token: string) {
    const { liquidation36: price36, fresh } = this.of(token);
    return { price36, fresh };
  }
}

export type EngineMode = "silent" | "reverting" | "writing";
/** As `MockRiskEngine.Mode` counts. */
export const ENGINE_MODES = { silent: 0n, reverting: 1n, writing: 3n } as const;

/** `MockRiskEngine`. */
export class ScriptedEngine implements Engine {
  mode: EngineMode = "silent";
  update: readonly [RiskUpdate, PoolUpdate] | undefined;

  constructor(readonly address: string) {}

  refresh(p: Pool, token: string): void {
    if (this.mode === "reverting") throw new PoolRefused("EngineBroken");
    if (this.mode === "writing" && this.update !== undefined) applyRisk(p, this.address, token, ...this.update);
  }
}

/** The pool as it was deployed, of which the first deed of a sequence sets the rate model anew. */
export function newPool(world: PoolWorld, oracle: ScriptedOracle, rules: Rules = SPEC): Pool {
  for (const { address, price36 } of world.collaterals) {
    oracle.prices.set(address, { borrow36: price36, liquidation36: price36, fresh: true });
  }
  const p: Pool = {
    ...{ rules, now: 0n, bookedAt: 0n, address: world.pool, asset: world.asset, unit: world.unit / 100n },
    ...{ debtAssets: 0n, debtShares: 0n, cash: 0n, reserves: 0n, rateState: 0n, oracle },
    tokens: new Map(world.tokens.map((token) => [token.address, copyOfLedger(token)])),
    shares: newLedger(world.pool),
    rates: { address: world.rates[0].address, model: kinkedRates(RATES) },
    parameters: {
      ...{ supplyCap: UNCAPPED, borrowCap: UNCAPPED, minDebt: 0n, reserveFactorBps: 0n, flashFeeBps: 0n },
      ...{ pauseFlags: 0n, targetHealthBps: 10_400n, kickTip: 0n, maxCollaterals: 8n },
    },
    ...{ engine: undefined, maxAge: 0n, restricted: false, exit: undefined, collaterals: [], accounts: new Map() },
    ...{ operators: new Set<string>(), totalProvision: 0n, badDebt: 0n },
    ...{ keepers: [NOBODY, world.keeper], owed: [0n, 0n], nonces: new Map<string, bigint>() },
  };
  for (const { address: token, borrowFactorBps, liquidationFactorBps } of world.collaterals) {
    const { fixedCurve: curve, terms } = world;
    listCollateral(p, { token, borrowFactorBps, liquidationFactorBps, supplyCap: UNCAPPED, curve, terms });
  }
  return p;
}
