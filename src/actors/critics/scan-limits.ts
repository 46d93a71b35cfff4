/** Every default and bound of the built-in critics, with its unit in the name. */

const KIBI = 1_024

export const SCAN_LIMITS = {
  /** Violations listed in one finding; the total is in `details.total`. */
  violationsMax: 100,
  /** Violations of one kind in one text that are counted; after so many, looking ends. */
  countedMax: 10_000,
  /** Characters of one violation's message. */
  messageMaxChars: 300,
  /** Characters handed to an optional library, whose speed is not ours to promise. */
  peerTextMaxChars: 64 * KIBI,
  /** Phone-number candidates handed to an optional library. */
  phoneCandidatesMax: 1_000,
  /** Signs of prompt injection of one kind in one text, after which looking ends. */
  signsMax: 1_000,
  /** Encoded runs that are decoded and read. */
  encodedRunsMax: 200,
  json: { depthMax: 100, valuesMax: 20_000 },
  judge: { textMaxChars: 100_000, outputTokensMax: 2_000, timeoutMs: 30_000, cost: 10 },
  http: { bodyMaxBytes: KIBI * KIBI },
} as const
