import type { CallableContractFuture, Future, IgnitionModuleBuilder } from "@nomicfoundation/ignition-core";
import { ZeroAddress } from "ethers";

import type { CollateralParameters, RiskParameters } from "../parameters.ts";
import { plain } from "./plain.ts";

export interface GovernedPool {
  readonly pool: CallableContractFuture<string>;
  readonly oracle: CallableContractFuture<string>;
  readonly accessManager: CallableContractFuture<string>;
  readonly loanAsset: string;
}

/**
 * The risk engine and all that it asks, configured and made the pool's own. It governs a collateral from its first
 * refresh on, within the factors as which the collateral is listed.
 * @param configured All that must be there before, and that the hand-over to the roles waits for: added to.
 */
export function addRisk(
  m: IgnitionModuleBuilder,
  { pool, oracle, accessManager, loanAsset }: GovernedPool,
  collaterals: readonly CollateralParameters[],
  parameters: RiskParameters,
  configured: Future[],
) {
  const volatilityOracle = m.contract("VolatilityOracle", [oracle, accessManager]);
  const liquidityOracle = m.contract("LiquidityOracle", [loanAsset, accessManager]);
  const factorModel = m.contract("CollateralFactorModel", [accessManager]);
  const breaker = parameters.breaker ? m.contract("CircuitBreaker", [accessManager]) : undefined;
  const modules = { volatilityOracle, liquidityOracle, factorModel, breaker: breaker ?? ZeroAddress };
  const riskEngine = m.contract("RiskEngine", [pool, accessManager, modules]);

  // The sources of a market, and its place in the pool, come first.
  const listed = [...configured];
  const governed: Future[] = [];
  collaterals.forEach(({ token, market, risk }, index) => {
    if (risk === undefined) throw new Error(`collateral ${index} has no risk parameters`);
    const asset = { pool: market.twapPool, ...risk.volatility };
    const options = (name: string) => ({ id: `${name}_${index}`, after: listed });
    const known = [
      m.call(volatilityOracle, "setAsset", [token, plain(asset)], options("volatility")),
      m.call(liquidityOracle, "setMarket", [token, plain(risk.depth)], options("depth")),
      m.call(factorModel, "setParameters", [token, plain(risk.factors)], options("factors")),
    ];
    governed.push(m.call(riskEngine, "setAsset", [token, plain(risk.engine)], { id: `govern_${index}`, after: known }));
  });
  governed.push(
    m.call(riskEngine, "setFlow", [plain(parameters.flow)]),
    m.call(riskEngine, "setRewards", [plain(parameters.rewards)]),
  );
  parameters.correlations.forEach(({ assets, floorPercent, initialPercent }, index) => {
    const args = [...assets, floorPercent, initialPercent];
    governed.push(m.call(volatilityOracle, "setPair", args, { id: `pair_${index}`, after: [...governed] }));
  });
  const poolRisk = m.contractAt("IPoolRisk", pool, { id: "PoolRisk" });
  configured.push(...governed, m.call(poolRisk, "setRiskEngine", [riskEngine, parameters.maxAge], { after: governed }));

  return {
    ...{ volatilityOracle, liquidityOracle, factorModel, riskEngine },
    ...(breaker === undefined ? {} : { breaker }),
  };
}
