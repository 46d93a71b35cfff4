/** The lifecycles of the recorded journals. Never change one: the journals beside it were written with it. */

import { defineAgent, defineLifecycle } from '../../src/runtime/index.ts'

const worker = defineAgent({
  name: 'worker',
  retry: { retriesMax: 1, backoff: { baseMs: 1_000, jitter: 'none' } },
  run: (_view, { attempt }) => {
    if (attempt === 1) throw new Error('not at once')
    return { made: 'a part', weight: 2.5 }
  },
})
const doomed = defineAgent({
  name: 'doomed',
  retry: { retriesMax: 0 },
  run: () => {
    throw new Error('never')
  },
})

export const houseV1 = defineLifecycle({
  name: 'house',
  version: 1,
  phasesMax: 12,
  phases: [
    {
      name: 'PLAN',
      tasks: [
        { agent: worker, critical: true },
        { agent: doomed },
        { name: 'orphan', agent: worker, dependsOn: ['doomed'] },
        { name: 'left_out', agent: worker, when: () => false },
      ],
      conflicts: ({ iteration }) =>
        iteration === 1 ? [{ id: 'roof', between: ['worker', 'doomed'], message: 'The roof leaks.' }] : [],
      gate: ({ iteration }) => (iteration === 1 ? { result: 'RETRY', reason: 'Once more.' } : 'PASS'),
    },
    {
      name: 'BUILD',
      loopbackTo: ['PLAN', 'BUILD'],
      approval: { quorum: 2, roles: ['owner', 'engineer'], deadlineMs: 60_000, separation: true },
      gate: ({ run }) =>
        run === 3 ? { result: 'LOOPBACK', loopbackTo: 'BUILD', reason: 'Crooked.' } : 'PASS',
      compensate: () => {},
    },
    { name: 'PAINT', tasks: [{ agent: worker }] },
  ],
})

/** The same with one phase more at its end. */
export const houseV2 = defineLifecycle({
  name: 'house',
  version: 2,
  phasesMax: 12,
  phases: [...Object.values(houseV1.phases), { name: 'HAND_OVER' }],
})
