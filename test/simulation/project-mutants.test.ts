import { describe, expect, it } from 'vitest'
import { assign, enqueueActions, type AnyStateMachine } from 'xstate'
import { approvalMachine } from '../../src/machines/approval.ts'
import { phaseMachine } from '../../src/machines/phase.ts'
import { sagaMachine } from '../../src/machines/saga.ts'
import type { Command, OwnedStore } from '../../src/runtime/store/store.ts'
import { seededRandom } from '../../src/testing/index.ts'
import type { Tamper } from './project-disk.ts'
import { projectScenario } from './project-scenario.ts'

/** A fault that is not found in so many worlds would not be found soon enough. */
const SEEDS_MAX = 60

async function isFound(sentence: RegExp, tamper?: Tamper): Promise<boolean> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const problems = await projectScenario(seededRandom(seed), { ...(tamper && { tamper }) })
    if (problems.some((problem) => sentence.test(problem))) return true
  }
  return false
}

/** Puts something else in the place of a named guard or action of a chart that all lifecycles share, for a while. */
async function withMutant<T>(
  machine: AnyStateMachine,
  of: 'guards' | 'actions',
  name: string,
  mutantOf: (original: never) => unknown,
  work: () => Promise<T>,
): Promise<T> {
  // What a chart is made of is of many types; here it is only kept and put back.
  const parts = machine.implementations[of] as Record<string, unknown>
  const original = parts[name]
  expect(original, `the chart has no ${name}`).toBeDefined()
  parts[name] = mutantOf(original as never)
  try {
    return await work()
  } finally {
    parts[name] = original
  }
}

describe('a fault in the house is found by the simulation', () => {
  it('when the store forgets a step that it has acknowledged', async () => {
    let commits = 0
    const forgetful = (store: OwnedStore): OwnedStore => ({
      ...store,
      commit: async (steps) => {
        commits += 1
        const cursor = (await store.newestCursor()) + 1
        return commits % 10 === 0 ? steps.map(() => cursor) : store.commit(steps)
      },
    })
    expect(await isFound(/is lost or changed/, forgetful)).toBe(true)
  })

  it('when the store forgets work that is open', async () => {
    const forgetful = (store: OwnedStore): OwnedStore => ({ ...store, commandsOf: async () => [] })
    expect(await isFound(/does not come to an end/, forgetful)).toBe(true)
  })

  it('when the store takes timers to be due sooner than they are', async () => {
    const sooner = (command: Command): Command =>
      command.kind === 'timer' ? { ...command, dueAt: command.dueAt - 300 } : command
    const hasty = (store: OwnedStore): OwnedStore => ({
      ...store,
      commit: (steps) => store.commit(steps.map((step) => ({ ...step, opens: step.opens.map(sooner) }))),
    })
    expect(await isFound(/came before the deadline|timed out after/, hasty)).toBe(true)
  })

  it('when an outcome is recorded twice', async () => {
    const twice = (original: never) => {
      Object.assign(phaseMachine.implementations.actions, { sayTaskOnce: original })
      return enqueueActions(({ enqueue }) => {
        // Both are in the chart's implementations, which its types do not know of.
        for (const action of ['sayTaskOnce', 'sayTaskOnce']) enqueue({ type: action } as never)
      })
    }
    const found = withMutant(phaseMachine, 'actions', 'sayTask', twice, () => isFound(/is recorded twice/))
    expect(await found).toBe(true)
    Reflect.deleteProperty(phaseMachine.implementations.actions, 'sayTaskOnce')
  })

  it('when a phase goes on although a critical task has failed', async () => {
    const careless = () => () => false
    const found = withMutant(phaseMachine, 'guards', 'criticalFailed', careless, () =>
      isFound(/is completed, and \S+ has failed/),
    )
    expect(await found).toBe(true)
  })

  it('when one person is enough where two are asked for', async () => {
    type Decide = { readonly type: string; readonly proposed?: { readonly decision: string } }
    const hasty =
      () =>
      ({ event }: { event: Decide }, { as }: { as: string }) =>
        event.proposed?.decision === 'APPROVED' && as === 'approved'
    const found = withMutant(approvalMachine, 'guards', 'settles', hasty, () =>
      isFound(/1 of 2 have approved/),
    )
    expect(await found).toBe(true)
  })

  it('when what was done is forgotten', async () => {
    const forgetful = () => () => false
    const found = withMutant(sagaMachine, 'guards', 'stepsLeft', forgetful, () => isFound(/is forgotten/))
    expect(await found).toBe(true)
  })

  it('when something that could not be undone is said to be', async () => {
    const careless = () => () => true
    const found = withMutant(sagaMachine, 'guards', 'isUndone', careless, () => isFound(/nobody has undone/))
    expect(await found).toBe(true)
  })

  it('when what tasks have set is not put together', async () => {
    const forgetful = () => () => false
    const found = withMutant(phaseMachine, 'guards', 'setsValues', forgetful, () =>
      isFound(/the ISA must be/),
    )
    expect(await found).toBe(true)
  })

  it('when what tasks have set differently is not told of', async () => {
    const silent = () =>
      assign(({ event }: { event: { output: { isa: unknown } } }) => ({
        isa: event.output.isa,
        conflicts: [],
      }))
    const found = withMutant(phaseMachine, 'actions', 'noteMerge', silent, () =>
      isFound(/there are the conflicts/),
    )
    expect(await found).toBe(true)
  })

  it('when a decision that was accepted is not recorded', async () => {
    const silent = () => enqueueActions(() => {})
    const found = withMutant(approvalMachine, 'actions', 'sayReceived', silent, () =>
      isFound(/was taken, and is not recorded/),
    )
    expect(await found).toBe(true)
  })
})
