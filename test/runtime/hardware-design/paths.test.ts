import { describe, expect, it } from 'vitest'
import type { ProjectMachine } from '../../../src/machines/project.ts'
import { hardwareDesign } from '../../../src/runtime/hardware-design/hardware-design.ts'
import { sameOnPaths } from '../../compile/same-on-paths.ts'
import { coverageOf, lintMachine, pathsOf, replay, type ReplayView } from '../../../src/testing/index.ts'
import {
  eventsAtLimit,
  eventsIn,
  input,
  ORDER,
  seen,
  type DesignEvent,
  type DesignSnapshot,
} from './design-events.ts'
import { requiredAgents } from './samples.ts'

/** Something to undo, so that a rollback has its state too. */
const design = (phasesMax: number) =>
  hardwareDesign({ agents: requiredAgents, phasesMax, phases: { FEASIBILITY: { compensate: () => {} } } })
    .machine

const machine = design(100)

/** What must hold wherever a project stands, and what a step may do. Nothing here asks the chart. */
function rules() {
  let before: DesignSnapshot | undefined
  return ({ snapshot, step, children }: ReplayView<ProjectMachine>) => {
    const { context } = snapshot
    const value: string = snapshot.value
    const at = ORDER.indexOf(context.phase)
    const passed = Object.keys(context.results)
    // What has passed comes before the phase, in order and without a gap; its own result stays where it was the last.
    expect([at, at + 1]).toContain(passed.length)
    expect(passed).toEqual(ORDER.slice(0, passed.length))
    if (value === 'COMPLETED') expect(passed).toEqual(ORDER)
    expect(context.iterations).toBeLessThanOrEqual(3)
    if (ORDER.includes(value)) expect(value).toBe(context.phase)
    // One child at a time, and the one that belongs to the state.
    const running = children.filter(({ status }) => status === 'running').map(({ src }) => src)
    expect(running).toEqual(childrenOf(value))
    if (before && step) expect([before.value, value]).toSatisfy(() => mayGo(before!, step.event, snapshot))
    before = snapshot
  }
}

function childrenOf(value: string): readonly string[] {
  if (ORDER.includes(value)) return ['phase']
  if (value === 'AWAITING_APPROVAL') return ['approval']
  return value === 'ROLLING_BACK' ? ['saga'] : []
}

/** On by one phase where it passed or was approved; again where it was not good enough; back only by loop or rollback. */
function mayGo(before: DesignSnapshot, event: DesignEvent, after: DesignSnapshot): boolean {
  const from: string = before.value
  const to: string = after.value
  const moved = ORDER.indexOf(after.context.phase) - ORDER.indexOf(before.context.phase)
  // While something is undone the project is where it was.
  if (to === 'ROLLING_BACK') return from !== 'CREATED' && (moved === 0 || event.type === 'ROLLBACK')
  if (from === 'ROLLING_BACK')
    return moved === 0 ? to !== 'COMPLETED' || before.context.reason === null : to === 'PAUSED'
  const { outcome, end } = ('output' in event ? event.output : {}) as { outcome?: string; end?: string }
  if (outcome === 'LOOPBACK') return from === 'VALIDATION' && to === 'GEOMETRY_KERNEL'
  if (outcome === 'PASS' || end === 'approved')
    return to === 'COMPLETED' ? moved === 0 : moved === 1 && to === after.context.phase
  if (outcome === 'RETRY') return moved === 0 && to === (before.context.iterations < 3 ? from : 'FAILED')
  if (end === 'rejected') return moved === 0 && to === before.context.phase
  if (event.type === 'ROLLBACK') return moved === 0 ? true : to === 'PAUSED'
  return moved === 0
}

describe('the chart of a hardware design', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(machine)).toEqual([])
  })

  it('has the phases, in order, among the states of every project', () => {
    expect(Object.keys(machine.states).filter((name) => ORDER.includes(name))).toEqual(ORDER)
  })

  it('enters every state and takes every transition on generated paths, by the rules', () => {
    const coverage = coverageOf(machine)
    const paths = pathsOf(machine, { input, events: eventsIn, serializeContext: seen })
    for (const path of paths) replay(path, machine, { inspect: coverage.inspect, check: rules() })
    sameOnPaths(machine, paths, 40)
    for (const phasesMax of ORDER.keys()) {
      const short = design(phasesMax + 1)
      for (const path of pathsOf(short, { input, events: eventsAtLimit(phasesMax + 1) }))
        replay(path, short, { inspect: coverage.inspect })
    }
    coverage.assertComplete()
  })

  it('runs no phase beyond the most it may, and says so', () => {
    for (const index of ORDER.keys()) {
      const phasesMax = index + 1
      const paths = pathsOf(design(phasesMax), { input, events: eventsAtLimit(phasesMax) })
      const ends = paths.flatMap(({ steps }) => steps.slice(-1)).filter(({ value }) => value === 'FAILED')
      expect(ends.length).toBeGreaterThan(0)
      for (const { context } of ends)
        expect(context).toMatchObject({ phasesRun: phasesMax, phase: ORDER[index], reason: 'phases_max' })
    }
  })
})
