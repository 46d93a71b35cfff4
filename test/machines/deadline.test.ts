import { describe, expect, it } from 'vitest'
import { deadlineMachine } from '../../src/machines/deadline.ts'
import { sameOnPaths } from '../compile/same-on-paths.ts'
import { afterEvent, coverageOf, lintMachine, pathsOf, replay } from '../../src/testing/index.ts'

const input = { ms: 50 }
const events = [{ type: 'DONE' }, { type: 'CANCEL' }, afterEvent('time', 'deadline.running')] as const

/** How each event ends it, said once by hand. */
const ENDS: Readonly<Record<string, string>> = {
  DONE: 'done',
  CANCEL: 'cancelled',
  'xstate.after.time.deadline.running': 'timed_out',
}

describe('the deadline chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(deadlineMachine)).toEqual([])
  })

  it('ends once, by what comes first, and keeps its timer only until then', () => {
    const coverage = coverageOf(deadlineMachine)
    const paths = pathsOf(deadlineMachine, { input, events })
    for (const path of paths)
      replay(path, deadlineMachine, {
        inspect: coverage.inspect,
        check: ({ step, snapshot, timers }) => {
          expect(snapshot.value).toBe(step ? ENDS[step.event.type] : 'running')
          expect(timers).toEqual(step ? [] : [input.ms])
        },
      })
    coverage.assertComplete()
    sameOnPaths(deadlineMachine, paths)
    expect(paths.length).toBe(4)
  })
})
