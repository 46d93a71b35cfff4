import { describe, expect, it } from 'vitest'
import type { Fact, FactType } from 'stagecraft/runtime'
import { LIMITS } from '../../../src/model/limits.ts'
import { Episodes } from '../../../src/runtime/telemetry/episodes.ts'

let cursor = 0

const fact = (project: string, type: FactType, payload: Fact['payload'], at = 0): Fact => ({
  project,
  type,
  payload,
  at,
  seq: 1,
  cursor: (cursor += 1),
  hash: '',
})

const asked = (project: string, at: number) =>
  fact(project, 'APPROVAL_REQUESTED', { approval: 'approval-1', version: 2, phase: 'DRAFT' }, at)

const timedOut = (project: string, at: number) =>
  fact(project, 'APPROVAL_TIMEOUT', { approval: 'approval-1', version: 2, phase: 'DRAFT' }, at)

describe('episodes', () => {
  it('forget the longest wait rather than hold more than they may, and say so at its end', () => {
    const episodes = new Episodes()
    for (let index = 0; index <= LIMITS.telemetryOpenMax; index += 1)
      episodes.take(asked(`project-${index}`, 1_000 + index))
    const [oldest] = episodes.take(timedOut('project-0', 90_000))
    expect(oldest).toMatchObject({ kind: 'approval', isStartKnown: false, startedAt: 90_000 })
    const [next] = episodes.take(timedOut('project-1', 90_000))
    expect(next).toMatchObject({ kind: 'approval', isStartKnown: true, startedAt: 1_001, endedAt: 90_000 })
  })

  it('do not take one approval of many for the end of the wait', () => {
    const episodes = new Episodes()
    const decided = { approval: 'approval-1', version: 1, phase: 'DRAFT', decision: 'APPROVED' }
    episodes.take(asked('drone-001', 0))
    expect(episodes.take(fact('drone-001', 'APPROVAL_RECEIVED', decided, 5))).toEqual([])
    // Of another step, so it has nothing to do with the decision before it.
    cursor += 1
    const completed = { phase: 'DRAFT', run: 1, cause: 'gate' }
    expect(episodes.take(fact('drone-001', 'PHASE_COMPLETED', completed, 9))).toMatchObject([
      { kind: 'phase' },
    ])
    expect(episodes.take(timedOut('drone-001', 10))).toMatchObject([{ end: 'refused', startedAt: 0 }])
  })

  it('know of a task whose start nobody heard how long it took', () => {
    const episodes = new Episodes()
    const ended = { phase: 'DRAFT', run: 1, task: 'write', agent: 'writer', status: 'succeeded', attempts: 2 }
    episodes.take(fact('drone-001', 'AGENT_COMPLETED', { ...ended, durationMs: 700 }, 1_000))
    const [run] = episodes.take(fact('drone-001', 'PHASE_FAILED', { phase: 'DRAFT', run: 1 }, 1_200))
    expect(run).toMatchObject({
      kind: 'phase',
      outcome: 'failed',
      isStartKnown: false,
      tasks: [{ task: 'write', startedAt: 300, endedAt: 1_000, attempts: 2 }],
    })
  })
})
