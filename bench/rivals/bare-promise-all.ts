/** The floor: all critics at once, and nothing else. */

import type { Workload } from '../workload.ts'
import { expectHarmless, worstOf, type Contestant } from './contestant.ts'

export function barePromiseAll({ critics, input }: Workload): Contestant {
  return {
    name: 'bare Promise.all',
    critics: critics.length,
    review: async () => {
      expectHarmless(worstOf(await Promise.all(critics.map((critic) => critic.evaluate(input)))))
    },
  }
}
