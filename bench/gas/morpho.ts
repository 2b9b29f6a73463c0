import { encoder, type Subject } from "./subject.ts";
import { USD, type World } from "./world.ts";

const PACKAGE = "@morpho-org/morpho-blue/src";
/** The lowest limit enabled on Ethereum that is not below Aave's liquidation threshold of the asset. */
const LLTV_WAD = 86n * 10n ** 16n;
const SEIZED = 10n; // [whole tokens]

/** Morpho Blue with one market, and with the oracle and rate model of its own tests. */
export async function deployMorpho(world: World): Promise<Subject> {
  const { ethers, chain, governor, loan, collaterals } = world;
  const [collateral] = collaterals;
  const deploy = async (file: string, name: string, ...args: unknown[]) =>
    ethers.deployContract(`${PACKAGE}/${file}:${name}`, args, governor);
  const morpho = await deploy("Morpho.sol", "Morpho", governor.address);
  const oracle = await deploy("mocks/OracleMock.sol", "OracleMock");
  const irm = await deploy("mocks/IrmMock.sol", "IrmMock");
  const spender = await morpho.getAddress();
  const market = [loan.address, collateral.address, await oracle.getAddress(), await irm.getAddress(), LLTV_WAD];
  const call = encoder(spender, morpho.interface);
  await chain.send(governor, call("enableIrm", market[3]));
  await chain.send(governor, call("enableLltv", LLTV_WAD));
  await chain.send(governor, call("createMarket", market));
  const setPrice = async (dollars: bigint) => {
    const price36 = (dollars * USD * 10n ** 36n) / collateral.unit;
    await chain.send(governor, encoder(await oracle.getAddress(), oracle.interface)("setPrice", price36));
  };
  await setPrice(collateral.dollars);

  const id = ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(["address", "address", "address", "address", "uint256"], market),
  );
  const shares = async (user: string, of: "supplyShares" | "borrowShares") => {
    const data = morpho.interface.encodeFunctionData("position", [id, user]);
    const answer = (await chain.rpc("eth_call", { to: spender, data }, "latest")) as string;
    return morpho.interface.decodeFunctionResult("position", answer).getValue(of) as bigint;
  };
  return {
    ...{ name: "Morpho Blue", spender, collaterals: 1, setPrice },
    prepare: () => Promise.resolve(),
    supply: (user, amount) => call("supply", market, amount, 0, user, "0x"),
    withdraw: (user, amount) => call("withdraw", market, amount, 0, user, user),
    withdrawAll: async (user) => call("withdraw", market, 0, await shares(user, "supplyShares"), user, user),
    supplyCollateral: (user, _, amount) => call("supplyCollateral", market, amount, user, "0x"),
    withdrawCollateral: (user, _, amount) => call("withdrawCollateral", market, amount, user, user),
    borrow: (user, amount) => call("borrow", market, amount, 0, user, user),
    repay: (user, amount) => call("repay", market, amount, 0, user, "0x"),
    repayAll: async (user) => call("repay", market, 0, await shares(user, "borrowShares"), user, "0x"),
    liquidate: (_, account) => call("liquidate", market, account, SEIZED * collateral.unit, 0, "0x"),
    flashLoan: (_, amount) => call("flashLoan", loan.address, amount, "0x"),
  };
}
