import { describe, expect, it } from 'vitest'
import {
  createActor,
  initialTransition,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate'
import { compile } from '../../../src/compile/index.ts'
import { projectMachine } from '../../../src/machines/project.ts'
import type { Json } from '../../../src/model/canonical.ts'
import { decide, decideFirst, type Decision } from '../../../src/runtime/engine/decide.ts'
import { pathsOf } from '../../../src/testing/index.ts'
import { eventsOf, input, seen, shortPlan } from '../../machines/project-events.ts'

const machine = projectMachine(shortPlan)
const compiledMachine = compile(machine)

/** Some paths of the whole graph, as lists of events. */
const paths = pathsOf(machine, { input, events: eventsOf(shortPlan), serializeContext: seen })
  .filter((_, index) => index % 25 === 0)
  .map(({ steps }) => steps.map(({ event }) => event as EventObject))

/** The decisions along a path, each on the JSON the one before it led to. */
function decisionsOf(chart: AnyStateMachine, events: readonly EventObject[]): readonly Decision[] {
  const decisions = [decideFirst(chart, input)]
  for (const event of events) decisions.push(decide(chart, decisions.at(-1)?.snapshot as Json, event))
  return decisions
}

type Pure = readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]]

/** The same by XState's own pure functions. */
function pureStepsOf(events: readonly EventObject[]): readonly Pure[] {
  const steps: Pure[] = [initialTransition(machine, input)]
  for (const event of events) {
    const snapshot = plain(machine.getPersistedSnapshot(steps.at(-1)?.[0] as never))
    const before = createActor(machine, { input, snapshot: snapshot as never }).getSnapshot()
    steps.push(transition(machine, before, event as never))
  }
  return steps
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

describe('decide', () => {
  it('decides what the pure functions of XState decide, along the paths of a project', () => {
    expect(paths.length).toBeGreaterThan(100)
    for (const events of paths) {
      const pure = pureStepsOf(events)
      decisionsOf(machine, events).forEach((decision, index) => {
        const [snapshot, actions] = pure[index] as Pure
        expect(decision.snapshot).toEqual(plain(machine.getPersistedSnapshot(snapshot as never)))
        const emitted = actions.filter(({ type }) => type === 'xstate.emit')
        expect(decision.sayings.filter(({ type }) => type !== 'CHECKPOINT_CREATED')).toEqual(
          emitted.map(({ params }) => (params as unknown as { event: unknown }).event),
        )
        const saved = actions.filter(({ type }) => type === 'saveCheckpoint')
        expect(decision.checkpoints).toEqual(saved.map(({ params }) => params))
        expect(decision.commands).toHaveLength(actions.length - emitted.length - saved.length)
      })
    }
  })

  it('decides the same on the compiled chart as on the one that XState interprets', () => {
    expect(compiledMachine).not.toBe(machine)
    for (const events of paths)
      expect(decisionsOf(compiledMachine, events)).toEqual(decisionsOf(machine, events))
  })

  it('leaves what it decides on as it was', () => {
    for (const events of paths.slice(0, 20)) {
      const frozen = decisionsOf(machine, events).map(({ snapshot }) => deepFrozen(snapshot))
      events.forEach((event, index) => {
        const again = decide(machine, frozen[index] as Json, event)
        expect(again.snapshot).toEqual(frozen[index + 1])
      })
    }
  })
})

function deepFrozen(value: Json): Json {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value as object) as Json[]) deepFrozen(item)
    Object.freeze(value)
  }
  return value
}
