import {
  AbiCoder,
  Contract,
  ContractFactory,
  getCreate2Address,
  keccak256,
  ZeroAddress,
  type BaseContract,
  type Signer,
} from "ethers";

import {
  uniswapArtifacts,
  factoryInterface,
  poolInterface,
  positionManagerInterface,
  quoterInterface,
  swapRouterInterface,
  weth9Interface,
  type ContractArtifact,
} from "./uniswap-artifacts.ts";

/** Addresses of one deployment of Uniswap v3. Plain strings: the lab passes them between processes. */
export interface UniswapAddresses {
  readonly weth9: string;
  readonly factory: string;
  readonly positionManager: string;
  readonly swapRouter: string;
  readonly quoter: string;
}

/** Hash of the pool's creation code: what pool addresses derive from. */
export const POOL_INIT_CODE_HASH = keccak256(uniswapArtifacts.pool.bytecode);

/**
 * Deploys the canonical contracts, one transaction each.
 * @param deployer Pays and becomes the factory's owner.
 * @param weth9 Existing wrapped ether; a canonical WETH9 is deployed if it is left out.
 * @remarks Position NFTs carry no picture: the position manager is given no descriptor, so only `tokenURI` reverts.
 */
export async function deployUniswapV3(deployer: Signer, weth9?: string): Promise<UniswapAddresses> {
  const weth = weth9 ?? (await deployArtifact(deployer, uniswapArtifacts.weth9));
  const factory = await deployArtifact(deployer, uniswapArtifacts.factory);
  return {
    weth9: weth,
    factory,
    positionManager: await deployArtifact(deployer, uniswapArtifacts.positionManager, factory, weth, ZeroAddress),
    swapRouter: await deployArtifact(deployer, uniswapArtifacts.swapRouter, factory, weth),
    quoter: await deployArtifact(deployer, uniswapArtifacts.quoter, factory, weth),
  };
}

async function deployArtifact(deployer: Signer, artifact: ContractArtifact, ...args: string[]): Promise<string> {
  const contract: BaseContract = await new ContractFactory(artifact.abi, artifact.bytecode, deployer).deploy(...args);
  await contract.waitForDeployment();
  return contract.getAddress();
}

/** Contract objects of a deployment, for tests and scripts that call single functions. */
export function connectUniswapV3(
  addresses: UniswapAddresses,
  runner: Signer,
): Record<keyof UniswapAddresses, Contract> {
  return {
    weth9: new Contract(addresses.weth9, weth9Interface, runner),
    factory: new Contract(addresses.factory, factoryInterface, runner),
    positionManager: new Contract(addresses.positionManager, positionManagerInterface, runner),
    swapRouter: new Contract(addresses.swapRouter, swapRouterInterface, runner),
    quoter: new Contract(addresses.quoter, quoterInterface, runner),
  };
}

/** Contract object of one pool. */
export function connectPool(pool: string, runner: Signer): Contract {
  return new Contract(pool, poolInterface, runner);
}

/** Address that the factory gives to the pool of a pair and fee, whether it exists or not. */
export function poolAddressOf(factory: string, tokenA: string, tokenB: string, fee: number): string {
  const [token0, token1] = sortTokens(tokenA, tokenB);
  const salt = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "address", "uint24"], [token0, token1, fee]));
  return getCreate2Address(factory, salt, POOL_INIT_CODE_HASH);
}

/** Uniswap's order of a pair: by address. */
export function sortTokens(tokenA: string, tokenB: string): [token0: string, token1: string] {
  const [a, b] = [BigInt(tokenA), BigInt(tokenB)];
  if (a === b) throw new RangeError(`a pair needs two tokens, got ${tokenA} twice`);
  return a < b ? [tokenA, tokenB] : [tokenB, tokenA];
}
