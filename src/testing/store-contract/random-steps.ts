/** Random steps, most of them right, over few ids, so that they meet each other. */

import { FACT_TYPES } from '../../model/fact.ts'
import type { Ref } from '../../model/content.ts'
import type { Command, Step } from '../../runtime/store/store.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { checkpointOf, NOON, stepOf, timerOf, workOf } from './sample-step.ts'
import { STRANGE_TEXTS } from './values.ts'

export const RANDOM_IDS = ['j-1', 'j-2', 'j-3', 'j-4', 'J_4'] as const
export const RANDOM_REFS: readonly Ref[] = ['ref:1', 'ref:2', 'ref:3']
export const RANDOM_REQUESTS = ['r1', 'r2', 'r3', 'r4', 'r5'] as const

const KEYS = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'] as const
const CHECKPOINTS = ['c1', 'c2', 'c3'] as const

/** @param seqOf where a journal stands, 0 for an unknown one. */
export function randomStep(random: SeededRandom, seqOf: (journal: string) => number): Step {
  const journal = random.pick(RANDOM_IDS)
  const seq = seqOf(journal)
  const expectedSeq = random.chance(0.05) ? random.between(0, seq + 2) : seq
  const lastSeq = expectedSeq + random.between(1, 3)
  const some = <T>(make: () => T): T[] => Array.from({ length: random.pick([0, 0, 1, 1, 2]) }, make)
  return stepOf(journal, expectedSeq, {
    entries: Array.from({ length: lastSeq - expectedSeq }, () => ({
      type: random.pick(FACT_TYPES.slice(0, 5)),
      payload: { text: random.pick(STRANGE_TEXTS) },
    })),
    record: {
      kind: random.pick(['project', 'review']),
      lifecycle: random.pick(['hardware-design', 'other']),
      version: random.between(1, 2),
      state: random.pick(STRANGE_TEXTS),
      ended: random.chance(0.2),
      charts: { text: random.pick(STRANGE_TEXTS) },
    },
    contents: some(() => {
      const ref = random.pick(RANDOM_REFS)
      // The same reference stands for the same content.
      return { ref, value: `content of ${ref}` }
    }),
    closes: some(() => random.pick(KEYS)),
    opens: some(() => randomCommand(random, journal)),
    drops: some(() => random.pick(CHECKPOINTS)),
    checkpoints: random.chance(0.3) ? [checkpointOf(journal, random.pick(CHECKPOINTS), lastSeq)] : [],
    erases: random.chance(0.05),
    answers: some(() => ({
      id: random.pick(RANDOM_REQUESTS),
      at: NOON + random.between(0, 9),
      body: random.pick(STRANGE_TEXTS),
    })),
  })
}

function randomCommand(random: SeededRandom, journal: string): Command {
  const key = random.pick(KEYS)
  return random.chance(0.5) ? workOf(journal, key) : timerOf(journal, key, NOON + random.between(0, 5))
}
