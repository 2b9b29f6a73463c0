import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { Future, SolidityParameterType } from "@nomicfoundation/ignition-core";

import type { SystemParameters } from "../parameters.ts";
import { accessModule, assignRoles } from "./access.ts";

/** Ignition wants plain, mutable objects; what we pass it is the same data. */
function plain(value: unknown): SolidityParameterType {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
  }
  return value as SolidityParameterType;
}

/**
 * The whole system: access manager, oracle, rate model, curves, pool with its modules, leverage router; configured, with
 * its collaterals listed, and then handed to its roles.
 * @param parameters Known while the module is built, because how many collaterals there are, which rate model it is and
 * whether the deployer steps down decide which transactions it has.
 */
export function buildCore(parameters: SystemParameters) {
  const { access, core, collaterals } = parameters;

  return buildModule("Breakwater", (m) => {
    const { accessManager } = m.useModule(accessModule);
    const deployer = m.getAccount(0);

    const oracle = m.contract("PriceOracle", [core.loanAsset, accessManager]);
    const interestRateModel = m.contract(core.rateModel.contract, [plain(core.rateModel.params)]);
    const fixedBonusCurve = m.contract("FixedBonusCurve", [core.fixedBonusBps]);
    const dutchCurve = m.contract("DutchCurve", [core.dutchPremiumBps, core.dutchMaxBonusBps, core.dutchSeconds]);
    const liquidationModule = m.contract("LiquidationModule", [core.loanAsset]);
    const adminModule = m.contract("PoolAdminModule", [core.loanAsset]);
    const riskModule = m.contract("PoolRiskModule", [core.loanAsset]);
    const pool = m.contract("LendingPool", [
      {
        asset: core.loanAsset,
        name: core.name,
        symbol: core.symbol,
        authority: accessManager,
        oracle,
        interestRateModel,
        liquidationModule,
        adminModule,
        riskModule,
      },
    ]);
    const poolAdmin = m.contractAt("IPoolAdmin", pool, { id: "PoolAdmin" });
    const leverageRouter = m.contract("LeverageRouter");

    const configured: Future[] = [];
    if (core.quoteFeeds.length > 0) configured.push(m.call(oracle, "setQuoteFeeds", [plain(core.quoteFeeds)]));
    if (core.sequencer !== undefined) {
      configured.push(m.call(oracle, "setSequencer", [core.sequencer.feed, core.sequencer.graceSeconds]));
    }
    configured.push(
      m.call(poolAdmin, "setPoolCaps", [core.supplyCap, core.borrowCap]),
      m.call(poolAdmin, "setMinDebt", [core.minDebt]),
      m.call(poolAdmin, "setReserveFactor", [core.reserveFactorBps]),
      m.call(poolAdmin, "setFlashFee", [core.flashFeeBps]),
    );
    // One after the other: their order is their index in the pool.
    let listed: Future[] = [...configured];
    collaterals.forEach((collateral, index) => {
      const market = m.call(oracle, "setMarket", [collateral.token, plain(collateral.market)], {
        id: `market_${index}`,
        after: listed,
      });
      const listing = {
        token: collateral.token,
        borrowFactorBps: collateral.borrowFactorBps,
        liquidationFactorBps: collateral.liquidationFactorBps,
        supplyCap: collateral.supplyCap,
        curve: collateral.curve === "fixed" ? fixedBonusCurve : dutchCurve,
      };
      const list = m.call(poolAdmin, "listCollateral", [listing], { id: `list_${index}`, after: [market] });
      configured.push(market, list);
      listed = [list];
    });

    const holders = {
      governor: access.governor ?? deployer,
      guardian: access.guardian ?? deployer,
      executionDelaySeconds: access.executionDelaySeconds,
      ...(access.admin === undefined ? {} : { admin: access.admin }),
    };
    assignRoles(m, accessManager, { pool, oracle }, holders, configured);

    return {
      accessManager,
      oracle,
      interestRateModel,
      fixedBonusCurve,
      dutchCurve,
      liquidationModule,
      adminModule,
      riskModule,
      pool,
      leverageRouter,
    };
  });
}
