import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { Future } from "@nomicfoundation/ignition-core";
import { ZeroAddress } from "ethers";

import { UserError } from "../../sim/user-error.ts";
import type { SystemParameters } from "../parameters.ts";
import { accessModule, assignRoles } from "./access.ts";
import { plain } from "./plain.ts";
import { addRisk } from "./risk.ts";

/**
 * The whole system: access manager, oracle, rate model, curves, pool with its modules, leverage router, what
 * liquidators work with, and where the parameters say so a risk engine with its own modules; configured, with its
 * collaterals listed, and then handed to its roles. What anyone may call, the engine's first refreshes for example, comes
 * after it.
 * @param parameters Known while the module is built, because how many collaterals there are, which rate model it is and
 * whether the deployer steps down decide which transactions it has.
 */
export function buildCore(parameters: SystemParameters) {
  const { access, core, collaterals, risk } = parameters;

  return buildModule("Breakwater", (m) => {
    const { accessManager } = m.useModule(accessModule);
    const deployer = m.getAccount(0);

    const oracle = m.contract("PriceOracle", [core.loanAsset, accessManager]);
    const interestRateModel = m.contract(core.rateModel.contract, [plain(core.rateModel.params)]);
    const fixedBonusCurve = m.contract("FixedBonusCurve", [core.fixedBonusBps]);
    const dutchCurve = m.contract("DutchCurve", [core.dutchPremiumBps, core.dutchMaxBonusBps, core.dutchSeconds]);
    const { paced } = core;
    const pacedCurve = m.contract("PacedCurve", [
      ...[paced.premiumBps, paced.minBonusBps, paced.maxBonusBps, paced.secondsToFloor],
      {
        creditSeconds: paced.creditSeconds,
        fastPpm: paced.fastPpm,
        slowTenthPpm: paced.slowTenthPpm,
        kneeBps: paced.kneeBps,
      },
    ]);
    const { linear, stairs } = core;
    const more = {
      ...(linear && {
        linearCurve: m.contract("LinearCurve", [linear.premiumBps, linear.maxBonusBps, linear.secondsToFloor]),
      }),
      ...(stairs && {
        stairstepCurve: m.contract("StairstepCurve", [
          ...[stairs.premiumBps, stairs.maxBonusBps, stairs.stepSeconds, stairs.cutBps],
        ]),
      }),
    };
    const curves = {
      ...{ paced: pacedCurve, fixed: fixedBonusCurve, dutch: dutchCurve },
      ...{ linear: more.linearCurve, stairs: more.stairstepCurve },
    };
    const curveOf = (name: keyof typeof curves) => {
      const curve = curves[name];
      if (curve === undefined) throw new UserError(`core has no parameters of the ${name} curve`);
      return curve;
    };
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
    const flashLiquidator = m.contract("FlashLiquidator");
    const accountLens = m.contract("AccountLens");
    const riskLens = m.contract("RiskLens");
    const poolRegistry = m.contract("PoolRegistry", [accessManager]);
    const systemReporter = m.contract("SystemReporter", [poolRegistry, riskLens]);

    const configured: Future[] = [];
    if (core.quoteFeeds.length > 0) configured.push(m.call(oracle, "setQuoteFeeds", [plain(core.quoteFeeds)]));
    if (core.sequencer !== undefined) {
      configured.push(m.call(oracle, "setSequencer", [core.sequencer.feed, core.sequencer.graceSeconds]));
    }
    configured.push(
      m.call(poolAdmin, "setPoolCaps", [core.supplyCap, core.borrowCap]),
      m.call(poolAdmin, "setMinDebt", [core.minDebt]),
      m.call(poolAdmin, "setKickTip", [core.kickTip]),
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
        curve: curveOf(collateral.curve),
      };
      const list = m.call(poolAdmin, "listCollateral", [listing], { id: `list_${index}`, after: [market] });
      configured.push(market, list);
      listed = [list];
    });

    const riskContracts =
      risk === undefined
        ? {}
        : addRisk(m, { pool, oracle, accessManager, loanAsset: core.loanAsset }, collaterals, risk, configured);

    // Without feeds of its own the loan asset is what collaterals are priced in, and what reports count in.
    const [quoteFeed] = core.quoteFeeds;
    const entry = { pool, feed: quoteFeed?.source ?? ZeroAddress, heartbeat: quoteFeed?.heartbeat ?? 0n };
    configured.push(m.call(poolRegistry, "add", [entry]));

    const governor = access.governor ?? deployer;
    const holders = {
      governor,
      guardian: access.guardian ?? deployer,
      executionDelaySeconds: access.executionDelaySeconds,
      ...(risk === undefined ? {} : { impliedPoster: access.impliedPoster ?? governor }),
      ...(access.admin === undefined ? {} : { admin: access.admin }),
    };
    assignRoles(m, accessManager, { pool, oracle, poolRegistry, ...riskContracts }, holders, configured);

    return {
      accessManager,
      oracle,
      interestRateModel,
      pacedCurve,
      fixedBonusCurve,
      dutchCurve,
      ...more,
      liquidationModule,
      adminModule,
      riskModule,
      pool,
      leverageRouter,
      flashLiquidator,
      accountLens,
      riskLens,
      poolRegistry,
      systemReporter,
      ...riskContracts,
    };
  });
}
