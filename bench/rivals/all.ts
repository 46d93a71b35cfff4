/** Everyone who takes part. */

import { barePromiseAll } from './bare-promise-all.ts'
import type { MakeContestant } from './contestant.ts'
import { effect } from './effect.ts'
import { langGraph } from './langgraph.ts'
import { pQueueCockatiel } from './p-queue-cockatiel.ts'
import { pQueueCockatielStaged } from './p-queue-cockatiel-staged.ts'
import { stagecraft } from './stagecraft.ts'

/** Ours first. */
export const CONTESTANTS: readonly MakeContestant[] = [
  stagecraft,
  barePromiseAll,
  pQueueCockatiel,
  pQueueCockatielStaged,
  effect,
  langGraph,
]

/** Those that promise to try again, so that the benchmark can check that they do. */
export const RETRYING: readonly MakeContestant[] = [
  stagecraft,
  pQueueCockatiel,
  pQueueCockatielStaged,
  effect,
  langGraph,
]
