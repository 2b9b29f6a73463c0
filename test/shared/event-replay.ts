import { type Interface, type Log, type LogDescription, ZeroAddress } from "ethers";

/** Amounts by a key such as `account/token`; what is not there is zero. */
export class Ledger {
  readonly #amounts = new Map<string, bigint>();

  of(...key: string[]): bigint {
    return this.#amounts.get(key.join("/")) ?? 0n;
  }

  add(amount: bigint, ...key: string[]): void {
    const after = this.of(...key) + amount;
    if (after < 0n) throw new Error(`the events take ${-amount} from ${key.join("/")}, which had less`);
    this.#amounts.set(key.join("/"), after);
  }

  sum(): bigint {
    return [...this.#amounts.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  /** Keys whose amount is not zero. */
  keys(): string[] {
    return [...this.#amounts].filter(([, amount]) => amount !== 0n).map(([key]) => key);
  }
}

/** What an indexer makes of a pool: it sees events and nothing else. */
export class EventReplay {
  readonly shares = new Ledger();
  readonly debtShares = new Ledger();
  readonly provisions = new Ledger();
  /** By account and token. */
  readonly collateral = new Ledger();
  /** By owner and operator; 1 or 0. */
  readonly operators = new Ledger();
  readonly seen = new Map<string, number>();
  readonly #interface: Interface;
  debtAssets = 0n;
  cash = 0n;
  reserves = 0n;

  constructor(abi: Interface) {
    this.#interface = abi;
  }

  apply(log: Log): void {
    const event = this.#interface.parseLog(log);
    if (event === null) throw new Error(`the pool emitted an event that its interface does not have: ${log.topics[0]}`);
    this.seen.set(event.name, (this.seen.get(event.name) ?? 0) + 1);
    this.#applyLenders(event);
    this.#applyBorrowers(event);
  }

  #applyLenders({ name, args }: LogDescription): void {
    switch (name) {
      case "Transfer":
        if (args.from !== ZeroAddress) this.shares.add(-BigInt(args.value), args.from);
        if (args.to !== ZeroAddress) this.shares.add(args.value, args.to);
        break;
      case "Deposit":
        this.cash += args.assets;
        break;
      case "Withdraw":
      case "ReservesWithdrawn":
        this.cash -= args.assets;
        if (name === "ReservesWithdrawn") this.reserves -= args.assets;
        break;
      case "FlashLoaned":
        this.cash += args.fee;
        break;
      case "InterestAccrued":
        this.debtAssets += args.interestAssets;
        this.reserves += args.reserveAssets;
        break;
    }
  }

  #applyBorrowers({ name, args }: LogDescription): void {
    switch (name) {
      case "CollateralSupplied":
        this.collateral.add(args.amount, args.account, args.collateral);
        break;
      case "CollateralWithdrawn":
        this.collateral.add(-BigInt(args.amount), args.account, args.collateral);
        break;
      case "Borrowed":
        this.cash -= args.assets;
        this.debtAssets += args.assets;
        this.debtShares.add(args.debtShares, args.account);
        break;
      case "Repaid":
        this.cash += args.assets;
        this.#reduceDebt(args.account, args.assets, args.debtShares);
        break;
      case "CollateralTaken":
        this.collateral.add(-BigInt(args.collateralAmount), args.account, args.collateral);
        this.cash += args.repaidAssets;
        this.#reduceDebt(args.account, args.repaidAssets, args.repaidShares);
        break;
      case "BadDebtRealized":
        this.#reduceDebt(args.account, args.debtAssets, args.debtShares);
        this.reserves -= args.paidByReserves;
        break;
      case "ProvisionSet":
        this.provisions.add(BigInt(args.provision) - this.provisions.of(args.account), args.account);
        break;
      case "OperatorSet": {
        const before = this.operators.of(args.owner, args.operator);
        this.operators.add((args.approved ? 1n : 0n) - before, args.owner, args.operator);
        break;
      }
    }
  }

  /** As the pool: rounding may pay a unit more than is owed, and no debt is left without shares. */
  #reduceDebt(account: string, assets: bigint, shares: bigint): void {
    this.debtShares.add(-shares, account);
    this.debtAssets = this.debtShares.sum() === 0n || assets > this.debtAssets ? 0n : this.debtAssets - assets;
  }
}
