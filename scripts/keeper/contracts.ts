import { Interface, type InterfaceAbi, type Result } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { revertData } from "../../tasks/shared/decode-revert.ts";
import type { BlockTag, Call, Chain } from "./chain.ts";

const CONTRACTS = [
  "LendingPool",
  "LiquidationModule",
  "PoolRiskModule",
  "PriceOracle",
  "FlashLiquidator",
  "AccountLens",
  "RiskEngine",
  "LiquidityOracle",
  "VolatilityOracle",
  "MockERC20",
] as const;
export type ContractName = (typeof CONTRACTS)[number];
export type Interfaces = Readonly<Record<ContractName, Interface>>;

/** ABIs of what the build made. */
export async function readInterfaces(hre: Pick<HardhatRuntimeEnvironment, "artifacts">): Promise<Interfaces> {
  const entries = await Promise.all(
    CONTRACTS.map(async (name) => {
      const { abi } = await hre.artifacts.readArtifact(name);
      return [name, new Interface(abi as unknown as InterfaceAbi)] as const;
    }),
  );
  return Object.fromEntries(entries) as Interfaces;
}

/** A refusal by name, as far as any of the contracts knows it. */
export interface Refusal {
  readonly name: string;
  readonly args: Result;
}

/** What others being faster looks like from inside a transaction. Anything else is worth a look. */
const RACES: ReadonlySet<string> = new Set([
  "LiquidationAccountHealthy",
  "LiquidationAlreadyKicked",
  "LiquidationNotKicked",
  "LiquidationStillUnhealthy",
  "LiquidationDust",
  "PoolCollateralInsufficient",
  "PoolDebtInsufficient",
  "FlashLiquidatorProfitTooLow",
]);

export const isRace = (refusal: Refusal | undefined): boolean => refusal !== undefined && RACES.has(refusal.name);

/** Calls by name. */
export class Contracts {
  readonly chain: Chain;
  readonly abi: Interfaces;
  /** Whose state decisions are made on. */
  readonly tag: BlockTag;

  constructor(chain: Chain, abi: Interfaces, tag: BlockTag) {
    this.chain = chain;
    this.abi = abi;
    this.tag = tag;
  }

  /** @throws RpcError; of a refusal, `refusalOf` says which. */
  async read(
    contract: ContractName,
    to: string,
    name: string,
    args: readonly unknown[] = [],
    { from, tag = this.tag }: { readonly from?: string; readonly tag?: BlockTag } = {},
  ): Promise<Result> {
    const abi = this.abi[contract];
    const call = { ...(from === undefined ? {} : { from }), to, data: abi.encodeFunctionData(name, args) };
    return abi.decodeFunctionResult(name, await this.chain.call(call, tag));
  }

  encode(contract: ContractName, to: string, name: string, args: readonly unknown[]): Call {
    return { to, data: this.abi[contract].encodeFunctionData(name, args) };
  }

  /** The contracts' own error inside whatever was thrown. */
  refusalOf(error: unknown): Refusal | undefined {
    for (const data of revertData(error)) {
      for (const abi of Object.values(this.abi)) {
        const parsed = abi.parseError(data);
        if (parsed !== null) return { name: parsed.name, args: parsed.args };
      }
    }
    return undefined;
  }
}
