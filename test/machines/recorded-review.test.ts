import { describe, expect, it } from 'vitest'
import { recordedReviewMachine, type RecordedReviewInput } from '../../src/machines/recorded-review.ts'
import { DEFAULT_REQUIREMENT } from '../../src/model/approval.ts'
import type { ApprovalOutcome } from '../../src/model/project.ts'
import { VERDICTS } from '../../src/model/verdict.ts'
import { sameOnPaths } from '../compile/same-on-paths.ts'
import { coverageOf, doneEvent, lintMachine, pathsOf, replay } from '../../src/testing/index.ts'

const inputOf = (verdict: RecordedReviewInput['verdict']): RecordedReviewInput => ({
  panel: 'design',
  verdict,
  auditHash: 'a',
  input: 'ref:input',
  inputHash: 'h',
  review: 'ref:review',
  requires: DEFAULT_REQUIREMENT,
  at: 5,
})

const ends = ['approved', 'rejected', 'plan_only', 'refused'] as const
const outcome = (end: ApprovalOutcome['end']): ApprovalOutcome => ({
  end,
  version: 1,
  by: null,
  comment: null,
  decisions: [],
})
const events = ends.map((end) => doneEvent('approval', outcome(end)))

const pathsFor = (verdict: RecordedReviewInput['verdict']) =>
  pathsOf(recordedReviewMachine, { input: inputOf(verdict), events })

describe('the chart of a recorded review', () => {
  it('has no name that XState would ignore', () => {
    expect(lintMachine(recordedReviewMachine)).toEqual([])
  })

  it('is covered by its generated paths, every state and transition', () => {
    const coverage = coverageOf(recordedReviewMachine)
    for (const verdict of VERDICTS)
      for (const path of pathsFor(verdict))
        replay(path, recordedReviewMachine, {
          inspect: coverage.inspect,
          check: ({ snapshot, children }) => {
            // The verdict never changes, and only an escalated review waits for people.
            expect(snapshot.context.verdict).toBe(verdict)
            const waits = children.some(({ id, status }) => id === 'approval' && status === 'running')
            expect(waits).toBe(snapshot.value === 'AWAITING_APPROVAL')
            if (snapshot.value !== 'RECORDED') expect(verdict).toBe('escalate')
          },
        })
    coverage.assertComplete()
  })

  it('does the same compiled', () => {
    for (const verdict of VERDICTS) sameOnPaths(recordedReviewMachine, pathsFor(verdict))
  })

  it('is released only by an approval', () => {
    const finals = pathsFor('escalate').map(({ steps, final }) => {
      const last = steps.at(-1)?.event as { output?: ApprovalOutcome } | undefined
      return [last?.output?.end, final.value]
    })
    expect(finals).toContainEqual(['approved', 'RELEASED'])
    for (const [end, value] of finals)
      if (end !== undefined) expect(value === 'RELEASED').toBe(end === 'approved')
  })

  it('does not wait where nothing escalates', () => {
    for (const verdict of ['allow', 'constrained_allow', 'deny'] as const)
      expect(pathsFor(verdict).map(({ final }) => final.value)).toEqual(['RECORDED'])
  })
})
