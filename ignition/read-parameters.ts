import { dataSlice, id } from "ethers";
import { readFile } from "node:fs/promises";

import { UserError } from "../sim/user-error.ts";
import { ParameterReader, type ResolveName } from "./parameter-reader.ts";
import { readCollateralRisk, readRisk } from "./read-risk.ts";
import type {
  AccessParameters,
  CollateralParameters,
  CoreParameters,
  DemoParameters,
  DemoToken,
  FeedParameters,
  LinearParameters,
  MarketParameters,
  PacedParameters,
  RateModelParameters,
  StairsParameters,
  SystemParameters,
} from "./parameters.ts";

const WAD = 10n ** 18n;
const MAX_UINT112 = (1n << 112n) - 1n;
const MAX_UINT80 = (1n << 80n) - 1n;
const MAX_UINT16 = 65_535n;
const DAY = 86_400n;

/** A parsed parameter file. What it says of the system is read once its names have addresses. */
export interface ParameterFile {
  readonly chainId?: bigint; // the only chain that the file is meant for
  readonly demo?: DemoParameters;
  readonly system: (resolve: ResolveName) => SystemParameters;
}

/**
 * Reads and checks a parameter file, before anything is sent.
 * @throws UserError if it is absent, not JSON, or a field is missing, unknown or wrong.
 */
export async function readParameterFile(file: string): Promise<ParameterFile> {
  const json = await readJson(file);
  const root = new ParameterReader(file, json, () => undefined);
  const chainId = root.has("chainId") ? root.whole("chainId", 1n, 2n ** 53n) : undefined;
  const demo = root.has("demo") ? readDemo(root.section("demo")) : undefined;
  const system = (resolve: ResolveName) => readSystem(file, json, resolve);
  // Without a demo no name has an address.
  system(demo === undefined ? () => undefined : draftAddress);
  return {
    system,
    ...(chainId === undefined ? {} : { chainId }),
    ...(demo === undefined ? {} : { demo }),
  };
}

/** Stands for the address of a demo contract that is not deployed yet: enough for a check, and to read numbers. */
export const draftAddress: ResolveName = (name) => dataSlice(id(name), 0, 20);

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`cannot read the parameter file ${file}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file} is not JSON: ${reason}`, { cause: error });
  }
}

function readSystem(file: string, json: unknown, resolve: ResolveName): SystemParameters {
  const root = new ParameterReader(file, json, resolve);
  if (root.has("chainId")) root.whole("chainId", 1n, 2n ** 53n);
  if (root.has("demo")) readDemo(root.section("demo"));
  const isGoverned = root.has("risk");
  const access = readAccess(root.section("access"), isGoverned);
  const core = readCore(root.section("core"));
  const collaterals = root.list("collaterals").map((entry) => readCollateral(entry, core, isGoverned));
  const tokens = collaterals.map(({ token }) => token);
  const risk = isGoverned ? { risk: readRisk(root.section("risk"), tokens) } : {};
  root.rejectUnknown();
  if (collaterals.length > 16) throw new UserError(`${file}: a pool takes 16 collaterals at most`);
  return { access, core, collaterals, ...risk };
}

function readAccess(r: ParameterReader, isGoverned: boolean): AccessParameters {
  return {
    executionDelaySeconds: r.whole("executionDelaySeconds", 0n, 60n * DAY),
    ...(r.has("admin") ? { admin: r.account("admin") } : {}),
    ...(r.has("governor") ? { governor: r.account("governor") } : {}),
    ...(r.has("guardian") ? { guardian: r.account("guardian") } : {}),
    // Without an engine there is nothing to post to: the field is then unknown.
    ...(isGoverned && r.has("impliedPoster") ? { impliedPoster: r.account("impliedPoster") } : {}),
  };
}

function readCore(r: ParameterReader): CoreParameters {
  return {
    loanAsset: r.address("loanAsset"),
    name: r.text("name"),
    symbol: r.text("symbol"),
    rateModel: readRateModel(r.section("rateModel")),
    paced: readPaced(r.section("paced")),
    fixedBonusBps: r.whole("fixedBonusBps", 0n, 5_000n),
    dutchPremiumBps: r.whole("dutchPremiumBps", 0n, 10_000n),
    dutchMaxBonusBps: r.whole("dutchMaxBonusBps", 1n, 5_000n),
    dutchSeconds: r.whole("dutchSeconds", 60n, DAY),
    ...(r.has("linear") ? { linear: readLinear(r.section("linear")) } : {}),
    ...(r.has("stairs") ? { stairs: readStairs(r.section("stairs")) } : {}),
    quoteFeeds: r.list("quoteFeeds").map(readFeed),
    ...(r.has("sequencer") ? { sequencer: readSequencer(r.section("sequencer")) } : {}),
    supplyCap: r.whole("supplyCap", 0n, MAX_UINT112),
    borrowCap: r.whole("borrowCap", 0n, MAX_UINT112),
    minDebt: r.whole("minDebt", 0n, MAX_UINT80),
    kickTip: r.whole("kickTip", 0n, MAX_UINT80),
    reserveFactorBps: r.whole("reserveFactorBps", 0n, 5_000n),
    flashFeeBps: r.whole("flashFeeBps", 0n, 100n),
  };
}

function readLinear(r: ParameterReader): LinearParameters {
  return {
    premiumBps: r.whole("premiumBps", 0n, 10_000n),
    maxBonusBps: r.whole("maxBonusBps", 1n, 5_000n),
    secondsToFloor: r.whole("secondsToFloor", 60n, DAY),
  };
}

function readStairs(r: ParameterReader): StairsParameters {
  return {
    premiumBps: r.whole("premiumBps", 0n, 10_000n),
    maxBonusBps: r.whole("maxBonusBps", 1n, 5_000n),
    stepSeconds: r.whole("stepSeconds", 1n, 3_600n),
    cutBps: r.whole("cutBps", 5_000n, 9_999n),
  };
}

function readPaced(r: ParameterReader): PacedParameters {
  const maxBonusBps = r.whole("maxBonusBps", 1n, 5_000n);
  const secondsToFloor = r.whole("secondsToFloor", 60n, MAX_UINT16);
  const fastPpm = r.whole("fastPpm", 1n, MAX_UINT16);
  const most = fastPpm * 10n < MAX_UINT16 ? fastPpm * 10n : MAX_UINT16;
  return {
    premiumBps: r.whole("premiumBps", 0n, 10_000n),
    minBonusBps: r.whole("minBonusBps", 0n, maxBonusBps),
    maxBonusBps,
    secondsToFloor,
    creditSeconds: r.whole("creditSeconds", secondsToFloor, MAX_UINT16),
    fastPpm,
    slowTenthPpm: r.whole("slowTenthPpm", 1n, most),
    kneeBps: r.whole("kneeBps", 1n, MAX_UINT16),
  };
}

/** Upper limits of the constructors, which check the rest themselves. */
const RATE_FIELDS: Record<RateModelParameters["contract"], Readonly<Record<string, bigint>>> = {
  AdaptiveRateModel: {
    targetUtilisationWad: WAD - 1n,
    steepnessWad: 10n * WAD,
    initialPerYearWad: 10n * WAD,
    minPerYearWad: 10n * WAD,
    maxPerYearWad: 10n * WAD,
    speedPerYearWad: 500n * WAD,
  },
  KinkedRateModel: {
    basePerYearWad: 10n * WAD,
    slopeToKinkPerYearWad: 10n * WAD,
    slopeAboveKinkPerYearWad: 100n * WAD,
    kinkWad: WAD - 1n,
    criticalUtilisationWad: WAD,
    surchargeFloorPerYearWad: 1_000n * WAD,
    surchargeCapPerYearWad: 1_000n * WAD,
    doublingSeconds: 365n * DAY,
  },
};

function readRateModel(r: ParameterReader): RateModelParameters {
  const contract = r.oneOf("contract", ["AdaptiveRateModel", "KinkedRateModel"]);
  const fields = Object.entries(RATE_FIELDS[contract]);
  return { contract, params: Object.fromEntries(fields.map(([field, max]) => [field, r.whole(field, 0n, max)])) };
}

function readSequencer(r: ParameterReader) {
  return { feed: r.address("feed"), graceSeconds: r.whole("graceSeconds", 0n, DAY) };
}

function readFeed(r: ParameterReader): FeedParameters {
  return { source: r.address("source"), heartbeat: r.whole("heartbeat", 60n, 7n * DAY) };
}

function readCollateral(r: ParameterReader, core: CoreParameters, isGoverned: boolean): CollateralParameters {
  const market = readMarket(r.section("market"));
  return {
    token: r.address("token"),
    borrowFactorBps: r.whole("borrowFactorBps", 0n, 9_800n),
    liquidationFactorBps: r.whole("liquidationFactorBps", 1n, 9_800n),
    supplyCap: r.whole("supplyCap", 0n, MAX_UINT112),
    curve: r.oneOf("curve", [
      ...(["paced", "fixed", "dutch"] as const),
      ...(core.linear === undefined ? [] : (["linear"] as const)),
      ...(core.stairs === undefined ? [] : (["stairs"] as const)),
    ]),
    market,
    ...(isGoverned ? { risk: readCollateralRisk(r.section("risk"), market.twapPool) } : {}),
  };
}

function readMarket(r: ParameterReader): MarketParameters {
  return {
    feeds: r.list("feeds").map(readFeed),
    feedsInQuote: r.flag("feedsInQuote"),
    twapPool: r.address("twapPool"),
    twapWindow: r.whole("twapWindow", 60n, DAY),
    snapshotMaxAge: r.whole("snapshotMaxAge", 0n, 3_600n),
    emaTimeConstant: r.whole("emaTimeConstant", 600n, 7n * DAY),
    bandBps: r.whole("bandBps", 10n, 5_000n),
    bandWidenBpsPerMinute: r.whole("bandWidenBpsPerMinute", 1n, 5_000n),
    requiredSources: r.whole("requiredSources", 1n, 4n),
  };
}

function readDemo(r: ParameterReader): DemoParameters {
  return {
    loan: readDemoToken(r.section("loan")),
    collaterals: r.list("collaterals").map((entry) => ({
      ...readDemoToken(entry),
      uniswapFee: BigInt(entry.oneOf("uniswapFee", ["500", "3000", "10000"])),
      liquidityUsd: entry.whole("liquidityUsd", 1n, 10n ** 15n),
    })),
    observations: r.whole("observations", 1n, MAX_UINT16),
    seedDepositUsd: r.whole("seedDepositUsd", 0n, 10n ** 15n),
  };
}

function readDemoToken(r: ParameterReader): DemoToken {
  return {
    symbol: r.text("symbol"),
    name: r.text("name"),
    decimals: r.whole("decimals", 0n, 18n),
    priceUsd: r.whole("priceUsd", 1n, 10n ** 9n),
  };
}
