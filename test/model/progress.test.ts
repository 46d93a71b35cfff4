import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/model/canonical.ts'
import type { PhaseOutcome, PhaseResult } from '../../src/model/phase.ts'
import {
  afterApproval,
  afterPhase,
  begin,
  halt,
  keepResult,
  progressOf,
  restore,
  resumeAt,
  subjectOf,
} from '../../src/model/progress.ts'
import type { ApprovalOutcome, Progress, ProjectContext } from '../../src/model/project.ts'
import { lifecyclePlan, phasePlan, phaseResult } from '../machines/plans.ts'

const names = ['A', 'B', 'C', 'D']
const plan = lifecyclePlan(
  names.map((name) => phasePlan(name, { loopbackTo: names })),
  20,
)

const outcome = fc.constantFrom<PhaseOutcome>('PASS', 'RETRY', 'LOOPBACK', 'APPROVAL_NEEDED', 'FAIL')

/** A project somewhere in the middle: all phases before the present one have results. */
const context: fc.Arbitrary<ProjectContext> = fc
  .record({
    at: fc.integer({ min: 0, max: 3 }),
    runs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
    phasesRun: fc.integer({ min: 10, max: 19 }),
    iterations: fc.integer({ min: 1, max: 3 }),
    isPending: fc.boolean(),
    isHalted: fc.boolean(),
    approvalsAsked: fc.nat(5),
    hasFeedback: fc.boolean(),
  })
  .map(({ at, runs, isPending, isHalted, hasFeedback, ...counts }) => {
    const phase = names[at]!
    const before = names
      .slice(0, at)
      .map((name, index) => [name, phaseResult(name, runs[index]!, 'PASS')] as const)
    return {
      id: 'drone-001',
      lifecycle: 'demo',
      version: 1,
      mode: 'execute',
      intent: 'ref:intent',
      author: null,
      params: null,
      phase,
      results: Object.fromEntries(before),
      feedback: hasFeedback
        ? { from: phase, because: 'RETRY', comment: null, by: null, previous: phaseResult(phase, 1, 'RETRY') }
        : null,
      ...counts,
      halted: isHalted ? phaseResult(phase, counts.phasesRun, 'HALTED') : null,
      pending: isPending ? phaseResult(phase, counts.phasesRun, 'APPROVAL_NEEDED') : null,
      lastResult: null,
      acted: [],
      undone: [],
      lastApproval: null,
      approvalVersion: 1,
      conflicts: [],
      isa: null,
      undoing: null,
      reason: null,
    }
  })

/** A lifecycle lets a gate go back, but never forward. */
const ended = fc.tuple(context, outcome, fc.nat()).map(([now, how, back]) => {
  const reached = names.slice(0, names.indexOf(now.phase) + 1)
  const over = how === 'LOOPBACK' ? { loopbackTo: reached[back % reached.length]! } : {}
  return [now, phaseResult(now.phase, now.phasesRun, how, over)] as const
})

const changed = (now: ProjectContext, change: Partial<ProjectContext>): ProjectContext => ({
  ...now,
  ...change,
})
const isLast = ({ phase }: ProjectContext) => phase === 'D'

describe('a project that moves', () => {
  it('never has fewer runs behind it, and has one more whenever a phase begins', () => {
    fc.assert(
      fc.property(ended, ([now, result]) => {
        const after = changed(now, afterPhase(plan, now, result))
        const begins = result.outcome === 'RETRY' || result.outcome === 'LOOPBACK' || !isLast(now)
        expect(after.phasesRun).toBe(now.phasesRun + (begins ? 1 : 0))
        expect(changed(now, begin(now))).toMatchObject({ phasesRun: now.phasesRun + 1, iterations: 1 })
      }),
    )
  })

  it('has results of exactly the phases before the one it is in, and of all when it is through', () => {
    fc.assert(
      fc.property(ended, ([now, result]) => {
        const after = changed(now, afterPhase(plan, now, result))
        const isThrough =
          isLast(now) && after.phase === 'D' && result.outcome !== 'RETRY' && result.outcome !== 'LOOPBACK'
        const before = isThrough ? names : names.slice(0, names.indexOf(after.phase))
        expect(Object.keys(after.results)).toEqual(before)
        expect(after.pending).toBeNull()
        expect(after.halted).toBeNull()
      }),
    )
  })

  it('repeats with feedback from the run before, and goes on without', () => {
    fc.assert(
      fc.property(ended, ([now, result]) => {
        const after = changed(now, afterPhase(plan, now, result))
        const repeats = result.outcome === 'RETRY' || result.outcome === 'LOOPBACK'
        expect(after.feedback).toEqual(
          repeats
            ? { from: now.phase, because: result.outcome, comment: result.reason, by: null, previous: result }
            : null,
        )
        expect(after.iterations).toBe(
          result.outcome === 'RETRY' ? now.iterations + 1 : isLast(now) && !repeats ? now.iterations : 1,
        )
      }),
    )
  })

  it('keeps the result of a phase that is done when no run is left, and begins nothing', () => {
    fc.assert(
      fc.property(ended, ([now, result]) => {
        const after = changed(now, keepResult(now, result))
        expect(after.results).toEqual({ ...now.results, [now.phase]: result })
        expect([after.phase, after.phasesRun]).toEqual([now.phase, now.phasesRun])
      }),
    )
  })
})

describe('a project that was decided on', () => {
  const decided = (end: ApprovalOutcome['end']): ApprovalOutcome => ({
    end,
    version: 1,
    by: 'ref:ana',
    comment: 'ref:more',
    decisions: [],
  })
  const pending = context.filter((now) => now.pending !== null)

  it('goes on as if the phase had passed when it is approved', () => {
    fc.assert(
      fc.property(pending, (now) => {
        const passed = phaseResult(now.phase, now.phasesRun, 'PASS')
        const expected = afterPhase(plan, now, passed)
        const results = { ...now.results, [now.phase]: now.pending }
        expect(afterApproval(plan, now, decided('approved'))).toEqual({ ...expected, results })
      }),
    )
  })

  it('begins the phase again with what was said when it is rejected, and loses nothing from before', () => {
    fc.assert(
      fc.property(pending, (now) => {
        const after = changed(now, afterApproval(plan, now, decided('rejected')))
        expect(after.results).toEqual(now.results)
        expect(after).toMatchObject({
          phase: now.phase,
          iterations: 1,
          phasesRun: now.phasesRun + 1,
          pending: null,
        })
        expect(after.feedback).toEqual({
          from: now.phase,
          because: 'REJECTED',
          comment: 'ref:more',
          by: 'ref:ana',
          previous: now.pending,
        })
      }),
    )
  })

  it('keeps its plan and begins nothing when no more than the plan is wanted', () => {
    fc.assert(
      fc.property(pending, (now) => {
        const after = changed(now, afterApproval(plan, now, decided('plan_only')))
        expect(after.results).toEqual({ ...now.results, [now.phase]: now.pending })
        expect([after.phase, after.phasesRun, after.pending]).toEqual([now.phase, now.phasesRun, null])
      }),
    )
  })

  it('is not moved by a decision about nothing', () => {
    fc.assert(
      fc.property(context, (now) => {
        expect(afterApproval(plan, { ...now, pending: null }, decided('approved'))).toEqual({})
      }),
    )
  })
})

describe('a project that was paused', () => {
  it('goes on with the run that was halted, and otherwise begins a new one', () => {
    fc.assert(
      fc.property(context, (now) => {
        const after = changed(now, resumeAt(now))
        expect(after.phasesRun).toBe(now.phasesRun + (now.halted ? 0 : 1))
        expect(after.iterations).toBe(now.halted ? now.iterations : 1)
        expect(after.reason).toBeNull()
      }),
    )
  })

  it('remembers of a halted run what need not be done again', () => {
    const tasks = {
      done: { status: 'succeeded', attempts: 1, durationMs: 5, output: 'ref:done' },
      broken: { status: 'failed', attempts: 1, durationMs: 5 },
      cut: { status: 'cancelled', attempts: 0, durationMs: 0 },
    } as const
    fc.assert(
      fc.property(context, (now) => {
        const { halted } = changed(now, halt(now, phaseResult(now.phase, now.phasesRun, 'HALTED', { tasks })))
        expect(halted?.tasks).toEqual({ done: tasks.done })
      }),
    )
  })
})

describe('a rollback', () => {
  const restored = (now: ProjectContext, progress: Progress) => changed(now, restore(now, progress))

  it('restores what the checkpoint saved, and neither forgets runs nor leaves anything under way', () => {
    fc.assert(
      fc.property(context, context, (saved, now) => {
        const after = restored(now, progressOf(saved))
        expect(progressOf(after)).toEqual(progressOf(saved))
        expect(after).toMatchObject({
          pending: null,
          halted: null,
          undoing: null,
          phasesRun: now.phasesRun,
        })
        expect(after.approvalsAsked).toBe(now.approvalsAsked)
      }),
    )
  })
})

describe('the subject of an approval', () => {
  const done = (output: string, attempts: number, durationMs: number) =>
    ({ status: 'succeeded', attempts, durationMs, output }) as const
  const review = { verdict: 'escalate', auditHash: 'hash', review: 'ref:r' } as const
  const result = phaseResult('A', 3, 'APPROVAL_NEEDED', {
    tasks: { made: done('ref:made', 1, 5), broken: { status: 'failed', attempts: 3, durationMs: 1 } },
    review,
    reason: 'ref:why',
  })
  const hash = (over: Partial<PhaseResult> = {}) => hashOf(subjectOf({ ...result, ...over }))

  it('changes with everything that people approve', () => {
    const others = [
      { run: 4 },
      { phase: 'B' },
      { tasks: { made: done('ref:other', 1, 5) } },
      { tasks: {} },
      { review: null },
      { review: { ...review, auditHash: 'other' } },
      { review: { ...review, verdict: 'allow' } as const },
      { conflicts: [{ id: 'mass', between: [], message: 'ref:m' }] },
      { reason: 'ref:other' },
    ]
    const hashes = [hash(), ...others.map((over) => hash(over))]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('does not change with how long it took or how often it was tried', () => {
    const slow = {
      made: done('ref:made', 3, 999),
      broken: { status: 'failed', attempts: 1, durationMs: 7 },
    } as const
    expect(hash({ tasks: slow })).toBe(hash())
  })
})
