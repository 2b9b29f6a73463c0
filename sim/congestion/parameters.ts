/**
 * Congested blocks. Mainnet's blocks of March 2020 held 10 million gas; EIP-1559 made that the target and twice as much the
 * limit. Bids are such that demand of 1.5 costs 9 gwei, as before the crash, of 14 some 90 and bursts 200 and more: the mean
 * gas price of 12 March 2020 rose six times to some 80 gwei (Glassnode), with more than 200 at times (DeFi Pulse).
 */
export const CONGESTION = {
  slotSeconds: 12,
  targetGas: 10_000_000, // of a slot
  limitGas: 20_000_000,
  /** Largest change of the base fee from slot to slot, as EIP-1559 has it. */
  baseFeeStep: 1 / 8,
  minBaseFeeGwei: 1,
  /** What a background transaction is worth to its sender, lognormal: median, and deviation of the logarithm. */
  medianBidGwei: 15,
  bidDeviation: 1.2,
  /** A background transaction waits so long on average. */
  patienceSeconds: 600,
  burstsPerHour: 0.3, // for each unit of demand above 1
  burstFactor: [1.5, 4],
  burstMeanSeconds: 240,
  noise: 0.25, // of the logarithm, from slot to slot

  /** Where only the path is known: demand of a still price, and of one that has moved by so much in half an hour. */
  calmDemand: 1.5,
  crashDemand: 14,
  crashMove: 0.1,
  moveSeconds: 1_800,

  /** What everybody believes the base fee to be: its mean over so long, as gas stations told it. */
  estimateSeconds: 300,
  /** Most that our own transactions pay is so many times that, and the bid. */
  baseFeeHeadroom: 1.25,
  /** But no more than this to begin with, the default cap of Chainlink's nodes, unless the bid alone is more. [gwei] */
  feeCapGwei: 100,
  /**
   * Nor more than this when it is raised, unless the bid alone is. Our choice, between that cap and the 200 gwei at which DeFi
   * Saver's keepers ran on that day: with 100 prices wait for nearly three hours in the worst of it, with 200 for three
   * minutes, with this for up to half an hour. [gwei]
   */
  raiseCapGwei: 150,
  /** Who sends the same again replaces what waits, and must bid more by this (geth's default). */
  replaceShare: 0.1,
  /** What waits is bid up by so much after so long, as Chainlink's nodes do by default: 20 % after three blocks. */
  raiseShare: 0.2,
  raiseSeconds: 36,
  /** Then it is given up, but not before it has been outbid in two blocks. */
  expirySeconds: 300,
} as const;
