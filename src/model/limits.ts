/** Every default and every bound of a review, with its unit in the name. Nothing else in the source repeats them. */

const SECOND = 1_000

export const LIMITS = {
  /** A critic's place inside its stage: 1 goes first. */
  priority: { min: 1, max: 10, default: 5 },
  /** One attempt of one critic. */
  timeoutMs: { min: 1, max: 24 * 3_600 * SECOND, default: 10 * SECOND },
  retriesMax: { min: 0, max: 100, default: 0 },
  backoff: { baseMs: 2 * SECOND, factor: 2, maxMs: 60 * SECOND },
  costMax: 1e9,
  /** Critics running at once in one panel (or in everything that shares its limits). */
  concurrentMax: 10,
  /** Critics waiting for a permit. */
  queueMax: 1_000,
  /** Reviews under way at once; more are shed before they spend anything. */
  reviewsMax: 1_000,
  /** Retries of all critics of one review together. */
  retriesTotalMax: 20,
  reviewMs: 60 * SECOND,
  queueMs: 30 * SECOND,
  hookMs: 1 * SECOND,
  /** Critics of one panel. */
  criticsMax: 10_000,
  /** Depth and size of an input or a finding. */
  dataDepthMax: 100,
  dataNodesMax: 1_000_000,
  violationsMax: 100_000,
  /** Problems that are told of one finding; more are not worth reading. */
  problemsMax: 20,
  cache: { entriesMax: 10_000, ttlMs: 3_600 * SECOND },
} as const

/** Node and browsers run a timer longer than this at once, so no delay may exceed it. Source: HTML, "timers", signed 32 bit. */
export const DELAY_MAX_MS = 2_147_483_647
