import { describe, expect, it } from 'vitest'
import { orchestratorMachine } from '../../src/machines/orchestrator.ts'
import { sameOnPaths } from '../compile/same-on-paths.ts'
import { coverageOf, doneEvent, errorEvent, lintMachine, pathsOf, replay } from '../../src/testing/index.ts'

const events = [
  { type: 'STOP' },
  { type: 'LOSE_STORE' },
  doneEvent('recover', undefined),
  errorEvent('recover', { message: 'the store is damaged' }),
  doneEvent('drain', undefined),
  errorEvent('drain', { message: 'the store would not close' }),
] as const

const paths = pathsOf(orchestratorMachine, { events })

describe('the chart of an orchestrator', () => {
  it('has no name that XState would ignore', () => {
    expect(lintMachine(orchestratorMachine)).toEqual([])
  })

  it('is covered by its generated paths, every state and transition', () => {
    const coverage = coverageOf(orchestratorMachine)
    for (const path of paths) replay(path, orchestratorMachine, { inspect: coverage.inspect, check: oracle })
    coverage.assertComplete()
  })

  it('does the same compiled', () => {
    sameOnPaths(orchestratorMachine, paths)
  })

  it('never runs again once it was told to stop, nor once its store is lost', () => {
    const after = paths.flatMap(({ steps }) => {
      const told = steps.findIndex(({ event }) => event.type === 'STOP' || event.type === 'LOSE_STORE')
      return told < 0 ? [] : steps.slice(told).map(({ value }) => value)
    })
    expect(after).toContain('stopped')
    expect(after).not.toContain('running')
  })

  it('drains before it stops, whatever happened before', () => {
    const before = paths.flatMap(({ steps }) => {
      const values = steps.map(({ value }) => value)
      return values.includes('stopped') ? [values[values.indexOf('stopped') - 1]] : []
    })
    expect(new Set(before)).toEqual(new Set(['draining']))
  })
})

type View = Parameters<
  NonNullable<NonNullable<Parameters<typeof replay<typeof orchestratorMachine>>[2]>['check']>
>[0]

/** Only what is named by the state is under way. */
function oracle({ snapshot, children }: View): void {
  const running = children.filter(({ status }) => status === 'running').map(({ id }) => id)
  const expected: Record<string, readonly string[]> = { recovering: ['recover'], draining: ['drain'] }
  expect(running).toEqual(expected[snapshot.value] ?? [])
}
