import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GATE_RESULTS, type GateResult, type TaskPlan } from '../../src/model/lifecycle.ts'
import {
  allEnded,
  criticalFailed,
  cutTasks,
  endedTasks,
  failed,
  isEnd,
  outcomeOf,
  readyTasks,
  skipOrphans,
  type PhaseReview,
  type TaskEnd,
  type TaskState,
  type TaskStates,
} from '../../src/model/phase.ts'
import { VERDICTS } from '../../src/model/verdict.ts'
import { taskPlan } from '../machines/plans.ts'

/** A graph without circles: a task depends on some of those before it. */
const plan: fc.Arbitrary<readonly TaskPlan[]> = fc.integer({ min: 0, max: 6 }).chain((size) =>
  fc
    .tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.record({
          dependsOn: fc.subarray(Array.from({ length: index }, (__, other) => `t${other}`)),
          critical: fc.boolean(),
        }),
      ),
    )
    .map((tasks) => tasks.map((own, index) => taskPlan(`t${index}`, own))),
)

const NO_WORK = { attempts: 0, durationMs: 0 }
const ENDS: readonly TaskEnd[] = [
  { status: 'succeeded', attempts: 1, durationMs: 5, output: 'ref:made' },
  { status: 'failed', attempts: 3, durationMs: 5, error: { code: 'error', message: 'ref:down' } },
  { status: 'timed_out', attempts: 3, durationMs: 5, error: { code: 'timeout', message: 'ref:late' } },
  { status: 'cancelled', ...NO_WORK },
  { status: 'skipped', ...NO_WORK, because: 'condition' },
  { status: 'skipped', ...NO_WORK, because: 'dependency' },
  { status: 'skipped', ...NO_WORK, because: 'phase_ended' },
]
const STATES: readonly TaskState[] = [{ status: 'pending' }, { status: 'running' }, ...ENDS]

const planned = plan.chain((tasks) =>
  fc.tuple(
    fc.constant(tasks),
    fc
      .tuple(...tasks.map(() => fc.constantFrom(...STATES)))
      .map((states): TaskStates =>
        Object.fromEntries(tasks.map(({ name }, index) => [name, states[index]!])),
      ),
  ),
)

/** Said by hand, for each way to end: may another task build on it? */
const isFoundation = (state: TaskState | undefined) =>
  state?.status === 'succeeded' || (state?.status === 'skipped' && (state as TaskEnd).because === 'condition')

describe('the tasks of a phase', () => {
  it('are ready exactly when they wait and everything they depend on succeeded or was left out', () => {
    fc.assert(
      fc.property(planned, ([tasks, states]) => {
        const ready = readyTasks(tasks, states)
        for (const task of tasks)
          expect(ready.includes(task)).toBe(
            states[task.name]?.status === 'pending' &&
              task.dependsOn.every((other) => isFoundation(states[other])),
          )
      }),
      { numRuns: 500 },
    )
  })

  it('are skipped when something they depend on can no longer succeed, and theirs in turn; the rest stay', () => {
    fc.assert(
      fc.property(planned, ([tasks, states]) => {
        const after = skipOrphans(tasks, states)
        for (const { name, dependsOn } of tasks) {
          const isOrphan =
            states[name]?.status === 'pending' &&
            dependsOn.some((other) => isEnd(after[other]) && !isFoundation(after[other]))
          if (isOrphan) expect(after[name]).toMatchObject({ status: 'skipped', because: 'dependency' })
          else expect(after[name]).toBe(states[name])
        }
        expect(skipOrphans(tasks, after)).toBe(after)
      }),
      { numRuns: 500 },
    )
  })

  it('all come to an end, each run at most once, whatever happens to them and in whatever order', () => {
    const chances = fc.infiniteStream(fc.nat())
    fc.assert(
      fc.property(plan, chances, (tasks, chance) => {
        const draw = (below: number) => (chance.next().value as number) % below
        let states: TaskStates = Object.fromEntries(
          tasks.map(({ name }) => [name, { status: 'pending' as const }]),
        )
        const started: string[] = []
        for (;;) {
          const ready = readyTasks(tasks, states)
          for (const { name, dependsOn } of ready) {
            for (const other of dependsOn) expect(isFoundation(states[other])).toBe(true)
            started.push(name)
            states = { ...states, [name]: { status: 'running' } }
          }
          const running = Object.keys(states).filter((name) => states[name]?.status === 'running')
          const next = running[draw(Math.max(1, running.length))]
          if (next === undefined) break
          states = skipOrphans(tasks, { ...states, [next]: ENDS[draw(ENDS.length)]! })
        }
        expect(allEnded(states)).toBe(true)
        expect(new Set(started).size).toBe(started.length)
      }),
      { numRuns: 300 },
    )
  })

  it('fail the phase only by a critical one that can no longer succeed', () => {
    fc.assert(
      fc.property(planned, ([tasks, states]) => {
        const lost = tasks.filter(({ name, critical }) => critical && failed(states[name]))
        expect(criticalFailed(tasks, states)).toBe(lost.length > 0)
        for (const { name } of lost) expect(isFoundation(states[name])).toBe(false)
      }),
    )
  })

  it('have all ended when the phase is cut, and what was done before the cut is untouched', () => {
    fc.assert(
      fc.property(planned, ([, states]) => {
        const cut = cutTasks(states)
        expect(allEnded(cut)).toBe(true)
        for (const [name, state] of Object.entries(states)) {
          if (isEnd(state)) expect(cut[name]).toBe(state)
          else
            expect(cut[name]).toMatchObject(
              state.status === 'running'
                ? { status: 'cancelled' }
                : { status: 'skipped', because: 'phase_ended' },
            )
        }
      }),
    )
  })

  it('need not be done again when others may build on them, and only then', () => {
    fc.assert(
      fc.property(planned, ([, states]) => {
        const kept = endedTasks(cutTasks(states))
        for (const [name, state] of Object.entries(states))
          expect(kept[name]).toBe(isFoundation(state) ? state : undefined)
        expect(endedTasks(kept)).toEqual(kept)
      }),
    )
  })
})

describe('the outcome of a phase', () => {
  const review = (verdict: PhaseReview['verdict']): PhaseReview => ({
    verdict,
    auditHash: 'hash',
    review: 'ref:r',
  })
  const reviews = [null, ...VERDICTS.map(review)]
  type Reply = Parameters<typeof outcomeOf>[0]
  const replies = GATE_RESULTS.flatMap((result): Reply[] => [
    { result },
    { result, loopbackTo: 'DRAFT' },
    { result, loopbackTo: 'ELSEWHERE' },
  ])
  const combinations = replies.flatMap((reply) =>
    [true, false].flatMap((needsApproval) =>
      [true, false].flatMap((hasGate) =>
        [[], ['DRAFT']].map((loopbackTo) => ({ reply, needsApproval, hasGate, loopbackTo })),
      ),
    ),
  )

  /** How far an outcome lets a project go on: on by itself, on with a person, not on. */
  const HOW_FAR: Readonly<Record<GateResult, number>> = {
    PASS: 2,
    APPROVAL_NEEDED: 1,
    FAIL: 0,
    RETRY: 0,
    LOOPBACK: 0,
  }

  it('can only be made stricter by a review, and the more so the worse its verdict', () => {
    for (const { reply, ...rest } of combinations) {
      const far = reviews.map((own) => HOW_FAR[outcomeOf(reply, { ...rest, review: own }).outcome])
      expect(far).toEqual(far.toSorted((a, b) => b - a))
    }
  })

  it('is never laxer than the gate, the panel or the plan allow, each for itself', () => {
    for (const { reply, ...rest } of combinations)
      for (const own of reviews) {
        const far = HOW_FAR[outcomeOf(reply, { ...rest, review: own }).outcome]
        expect(far).toBeLessThanOrEqual(HOW_FAR[reply.result])
        if (own?.verdict === 'deny') expect(far).toBe(0)
        if (own?.verdict === 'escalate' || rest.needsApproval) expect(far).toBeLessThan(2)
      }
  })

  it('goes back only where it may, and anything but going back names no phase', () => {
    for (const { reply, ...rest } of combinations)
      for (const own of reviews) {
        const { outcome, loopbackTo, cause } = outcomeOf(reply, { ...rest, review: own })
        if (outcome === 'LOOPBACK') expect(rest.loopbackTo).toContain(loopbackTo)
        else expect(loopbackTo).toBeNull()
        expect(
          outcome === 'LOOPBACK' || reply.result !== 'LOOPBACK' || cause === 'loopback_not_allowed',
        ).toBe(true)
      }
  })

  it('repeats, fails and goes back as its gate says, whatever the panel thinks', () => {
    for (const { reply, ...rest } of combinations)
      for (const own of reviews) {
        const { outcome } = outcomeOf(reply, { ...rest, review: own })
        const goesBack = reply.result === 'LOOPBACK' && rest.loopbackTo.includes(reply.loopbackTo ?? '')
        const isItsOwn = goesBack || reply.result === 'RETRY' || reply.result === 'FAIL'
        expect(isItsOwn ? outcome : reply.result).toBe(reply.result)
      }
  })

  it('says in one word why it is what it is', () => {
    const free = { review: null, needsApproval: false, loopbackTo: [], hasGate: true }
    const causeOf = (result: GateResult, over: Partial<Parameters<typeof outcomeOf>[1]> = {}) =>
      outcomeOf({ result }, { ...free, ...over }).cause
    expect(causeOf('PASS')).toBe('gate')
    expect(causeOf('PASS', { hasGate: false })).toBe('no_gate')
    expect(causeOf('PASS', { needsApproval: true })).toBe('approval_required')
    expect(causeOf('PASS', { review: review('escalate'), needsApproval: true })).toBe('review_escalated')
    expect(causeOf('APPROVAL_NEEDED', { review: review('deny') })).toBe('review_denied')
    expect(causeOf('APPROVAL_NEEDED', { review: review('escalate') })).toBe('gate')
    expect(causeOf('LOOPBACK')).toBe('loopback_not_allowed')
  })
})
