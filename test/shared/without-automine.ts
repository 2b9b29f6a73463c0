import type { NetworkConnection } from "hardhat/types/network";

/** What `act` sends waits for a block that `act` mines; afterwards every transaction gets its own again, whatever happened. */
export async function withoutAutomine<T>({ provider }: NetworkConnection, act: () => Promise<T>): Promise<T> {
  const setAutomine = (on: boolean) => provider.request({ method: "evm_setAutomine", params: [on] });
  await setAutomine(false);
  try {
    return await act();
  } finally {
    await setAutomine(true);
  }
}
