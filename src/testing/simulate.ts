/** Runs a scenario under many seeds; the first that goes wrong is named, so that it can be run again. */

import { messageOf, StagecraftError } from '../model/errors.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'

/** One world, made from chance alone. It gives back what is wrong with it: nothing, or sentences. */
export type Scenario = (random: SeededRandom, seed: number) => Promise<readonly string[]>

export type SimulationOptions = {
  /** The first seed; default 1. */
  readonly seed?: number
  /** How many seeds, counting up. */
  readonly runs: number
  /** What a person types to run one seed again; it is printed with the seed that failed. */
  readonly replayWith: (seed: number) => string
}

/**
 * Runs the scenario once for each seed.
 * @throws StagecraftError `testing.simulation` with the failing seed, what went wrong, and how to replay it.
 */
export async function simulate(
  scenario: Scenario,
  { seed = 1, runs, replayWith }: SimulationOptions,
): Promise<void> {
  for (let current = seed; current < seed + runs; current++) {
    const problems = await problemsOf(scenario, current)
    if (problems.length > 0)
      throw new StagecraftError(
        'testing.simulation',
        `Seed ${current} went wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nReplay it with: ${replayWith(current)}`,
      )
  }
}

async function problemsOf(scenario: Scenario, seed: number): Promise<readonly string[]> {
  try {
    return await scenario(seededRandom(seed), seed)
  } catch (error) {
    return [`it threw: ${messageOf(error)}`]
  }
}
