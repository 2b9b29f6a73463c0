/** An order at the outside market's price, filled at once. */
export interface ExchangeOrder {
  readonly owner: string;
  readonly side: "buy" | "sell";
  readonly quantity: number; // [collateral units]
}

export interface ExchangeFill extends ExchangeOrder {
  readonly price: number; // average, impact included
}

export interface ExchangeParameters {
  /** Collateral value that moves the price by 2 %, at the start price. [loan asset] */
  readonly depth: number;
  readonly startPrice: number;
  readonly permanentShare: number;
  readonly halfLifeSeconds: number;
  /** False: trades do not move the price. What the twin run is made of. */
  readonly hasImpact: boolean;
}

/**
 * The outside market: an exogenous price, moved by what the lab's agents trade.
 *
 * Impact is linear in the logarithm: selling q moves ln P by −q/K, where K is how many units move it by one. A share κ of
 * the move stays, the rest decays exponentially: the permanent and temporary impact of Almgren and Chriss, "Optimal
 * execution of portfolio transactions", J. Risk 3 (2001), in logarithms, with the temporary part relaxing as in Obizhaeva
 * and Wang, "Optimal trading strategy and supply/demand dynamics", J. Financial Markets 16 (2013).
 */
export class Exchange {
  /** K: units of collateral that move ln P by one, in a book of the usual depth. */
  readonly unitsPerLogMove: number;
  readonly #permanentShare: number;
  readonly #halfLifeSeconds: number;
  readonly #holdings = new Map<string, { collateral: number; loan: number }>();
  #hasImpact: boolean;
  /** Depth and half-life as they are, as shares of what they usually are. */
  #depthShare = 1;
  #halfLifeFactor = 1;
  #exogenous: number;
  #permanent = 0;
  #temporary = 0;

  constructor({ depth, startPrice, permanentShare, halfLifeSeconds, hasImpact }: ExchangeParameters) {
    this.unitsPerLogMove = depth / startPrice / -Math.log(1 - 0.02);
    this.#permanentShare = permanentShare;
    this.#halfLifeSeconds = halfLifeSeconds;
    this.#hasImpact = hasImpact;
    this.#exogenous = startPrice;
  }

  /** What one more unit would trade at. [loan asset per unit] */
  get price(): number {
    return this.#exogenous * Math.exp(this.#permanent + this.#temporary);
  }

  get exogenousPrice(): number {
    return this.#exogenous;
  }

  /** Largest move of ln P per unit sold: 0 without impact. */
  get logImpactPerUnit(): number {
    return this.#hasImpact ? 1 / (this.unitsPerLogMove * this.#depthShare) : 0;
  }

  /**
   * From now on the book is thinner, or as deep as ever, and recovers more slowly from what is traded.
   * @param depthShare Of its usual depth, above 0.
   * @param halfLifeFactor Of the usual half-life of temporary impact, above 0.
   */
  thin(depthShare: number, halfLifeFactor: number): void {
    if (!(depthShare > 0 && halfLifeFactor > 0)) throw new RangeError(`no market: ${depthShare}, ${halfLifeFactor}`);
    this.#depthShare = depthShare;
    this.#halfLifeFactor = halfLifeFactor;
  }

  /** Lets time pass: the exogenous price moves, temporary impact decays. */
  advance(exogenousPrice: number, seconds: number): void {
    this.#exogenous = exogenousPrice;
    this.#temporary *= 2 ** (-seconds / (this.#halfLifeSeconds * this.#halfLifeFactor));
  }

  holdings(owner: string): { readonly collateral: number; readonly loan: number } {
    return this.#holdings.get(owner) ?? { collateral: 0, loan: 0 };
  }

  /** Credits (or debits, below zero) an account: a transfer from or to the chain. */
  credit(owner: string, collateral: number, loan: number): void {
    const held = this.holdings(owner);
    this.#holdings.set(owner, { collateral: held.collateral + collateral, loan: held.loan + loan });
  }

  /**
   * Takes trades out of the price that the exogenous path contains already: `quantity` units that somebody in the lab
   * bought (or sold, below zero) as the market's arbitrageurs did when the path was recorded.
   */
  discount(quantity: number): void {
    this.#move(-quantity * this.logImpactPerUnit);
  }

  #move(logMove: number): void {
    this.#permanent += this.#permanentShare * logMove;
    this.#temporary += (1 - this.#permanentShare) * logMove;
  }

  /** Fills an order at the integral of the price over its quantity, and moves the price. */
  trade(order: ExchangeOrder): ExchangeFill {
    const { owner, side, quantity } = order;
    if (!(quantity > 0 && quantity < Infinity)) throw new RangeError(`an order over ${quantity}`);
    const sign = side === "buy" ? 1 : -1;
    const move = sign * quantity * this.logImpactPerUnit;
    // (1/q)∫ P·e^(±x/K) dx = P·(e^m − 1)/m with m = ±q/K.
    const price = move === 0 ? this.price : (this.price * Math.expm1(move)) / move;
    this.#move(move);
    this.credit(owner, sign * quantity, -sign * quantity * price);
    return { ...order, price };
  }
}
