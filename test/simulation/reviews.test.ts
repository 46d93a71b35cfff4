import { describe, expect, it } from 'vitest'
import { seededRandom, simulate, type SeededRandom } from '../../src/testing/index.ts'
import { reviewScenario, type Tally } from './review-scenario.ts'

/** 1,000 in the suite; `npm run check:nightly` sets 100,000. One seed: STAGECRAFT_SEED=17 npx vitest run test/simulation */
const RUNS = Number(process.env['STAGECRAFT_SEEDS'] ?? 1_000)
const ONE = process.env['STAGECRAFT_SEED']

/** Seeds that once found a fault; they are run for ever. */
const PINNED: readonly number[] = []

/** All that can happen to a critic or a review: the worlds must be rich enough to meet every one. */
const EVERYTHING = [
  'cancelled',
  'degraded',
  'error',
  'from cache',
  'gated',
  'invalid',
  'rejected.budget_spent',
  'rejected.queue_full',
  'rejected.reviews_full',
  'retried',
  'skipped',
  'success',
  'timeout.attempt',
  'timeout.queue',
  'timeout.review',
  'timeout.stage',
  'verdict allow',
  'verdict constrained_allow',
  'verdict deny',
  'verdict escalate',
]

const replayWith = (seed: number) => `STAGECRAFT_SEED=${seed} npx vitest run test/simulation`

describe('a simulated world of reviews', () => {
  it(
    'keeps every promise under random panels and random faults',
    async () => {
      const tally: Tally = new Map()
      const scenario = (random: SeededRandom) => reviewScenario(random, tally)
      if (ONE !== undefined) return simulate(scenario, { seed: Number(ONE), runs: 1, replayWith })
      await simulate(scenario, { runs: RUNS, replayWith })
      expect([...tally.keys()].toSorted()).toEqual(EVERYTHING)
    },
    Math.max(60_000, RUNS * 100),
  )

  it('keeps them under every seed that once found a fault', async () => {
    for (const seed of PINNED)
      await simulate((random) => reviewScenario(random), { seed, runs: 1, replayWith })
    expect(PINNED.every(Number.isInteger)).toBe(true)
  })

  it('names the seed that goes wrong, and how to replay it', async () => {
    const failing = simulate(async (random) => (random.next() > 0.5 ? ['it is above a half'] : []), {
      runs: 50,
      replayWith,
    })
    await expect(failing).rejects.toMatchObject({ code: 'testing.simulation' })
    await expect(failing).rejects.toThrow(
      /Seed (\d+) went wrong:\n {2}- it is above a half\nReplay it with: STAGECRAFT_SEED=\1 /,
    )
  })

  it('repeats itself exactly under the same seed', () => {
    const numbers = (seed: number) => Array.from({ length: 20 }, seededRandom(seed).next)
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
  })
})
