import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import {
  DEFAULT_REQUIREMENT,
  settledBy,
  type ApprovalDecision,
  type Proposed,
  type Requirement,
} from '../../src/model/approval.ts'
import { LIMITS } from '../../src/model/limits.ts'
import type { ApprovalOutcome } from '../../src/model/project.ts'
import { approvalMachine, type ApprovalInput } from '../../src/machines/approval.ts'
import {
  afterEvent,
  lintMachine,
  pathsOf,
  steppingClock,
  type PathEvent,
  type ReplayOptions,
} from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

type Machine = typeof approvalMachine
type Event = PathEvent<Machine>

const ASKED_AT = 1_000
const DEADLINE_MS = 60_000

const inputOf = (requires: Partial<Requirement>): ApprovalInput => ({
  id: 'approval-3',
  version: 2,
  phase: 'PLAN',
  subject: { phase: 'PLAN', run: 4 },
  subjectHash: 'hash of run 4',
  requires: { ...DEFAULT_REQUIREMENT, deadlineMs: DEADLINE_MS, ...requires },
  author: 'ref:eva',
  at: ASKED_AT,
})

/** Each rule alone, and all together. */
const inputs = {
  'anyone, one of one': inputOf({}),
  'two of anyone': inputOf({ quorum: 2 }),
  'a lead or an owner': inputOf({ roles: ['lead', 'owner'] }),
  'two of three by name': inputOf({ quorum: 2, approvers: ['ana', 'ben', 'eva'] }),
  'not the author': inputOf({ separation: true }),
  'no plan to be had': { ...inputOf({}), offers: ['APPROVED', 'REJECTED'] as const },
  everything: inputOf({ quorum: 2, roles: ['lead'], approvers: ['ana', 'ben', 'eva'], separation: true }),
}
type Case = keyof typeof inputs
const cases = Object.keys(inputs) as Case[]

/** Who may decide in which case, said once by hand. */
const MAY: Readonly<Record<Case, readonly string[]>> = {
  'anyone, one of one': ['ana', 'ben', 'eva', 'zoe'],
  'two of anyone': ['ana', 'ben', 'eva', 'zoe'],
  'a lead or an owner': ['ana', 'ben', 'eva'],
  'two of three by name': ['ana', 'ben', 'eva'],
  'not the author': ['ana', 'ben', 'zoe'],
  'no plan to be had': ['ana', 'ben', 'eva', 'zoe'],
  everything: ['ana', 'ben'],
}

/** Eva is the author; Zoe holds no role that counts and is not named anywhere. */
const people: readonly Pick<Proposed, 'by' | 'roles' | 'named'>[] = [
  { by: 'ref:ana', roles: ['lead'], named: true },
  { by: 'ref:ben', roles: ['guest', 'lead'], named: true },
  { by: 'ref:eva', roles: ['lead'], named: true },
  { by: 'ref:zoe', roles: ['guest'], named: false },
]

const decide = (
  who: (typeof people)[number],
  decision: ApprovalDecision,
  over: Partial<Proposed> = {},
): Extract<Event, { type: 'DECIDE' }> => {
  const proposed = {
    approval: 'approval-3',
    version: 2,
    decision,
    comment: 'ref:said',
    at: ASKED_AT + 1,
    ...who,
    ...over,
  }
  return { type: 'DECIDE', proposed, at: proposed.at }
}

const [ana] = people
const stale: readonly Partial<Proposed>[] = [
  { version: 1 },
  { version: 3 },
  { approval: 'approval-2' },
  { subjectHash: 'hash of run 3' },
  { at: ASKED_AT + DEADLINE_MS },
  { at: ASKED_AT + DEADLINE_MS + 1 },
]
const events: readonly Event[] = [
  ...people.flatMap((who) =>
    (['APPROVED', 'REJECTED', 'PLAN_ONLY'] as const).map((decision) => decide(who, decision)),
  ),
  decide(ana!, 'APPROVED', { subjectHash: 'hash of run 4' }),
  decide(ana!, 'APPROVED', { at: ASKED_AT + DEADLINE_MS - 1 }),
  ...stale.map((over) => decide(ana!, 'APPROVED', over)),
  afterEvent('untilDeadline', 'approval.open'),
]

const pathsFor = (input: ApprovalInput, machine: Machine = approvalMachine) =>
  pathsOf(machine, { input, events })

type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const isStale = ({ approval, version, subjectHash, at }: Proposed) =>
  approval !== 'approval-3' ||
  version !== 2 ||
  (subjectHash ?? 'hash of run 4') !== 'hash of run 4' ||
  at >= ASKED_AT + DEADLINE_MS

/** The rules, from the events alone: who has agreed, and what must have come of it. */
function oracleOf(name: Case): (view: View) => void {
  const { requires } = inputs[name]
  const agreed = new Set<string>()
  let end: ApprovalOutcome['end'] | undefined
  let by: string | null = null
  return ({ step, snapshot, emitted, timers }) => {
    const facts = emitted.map(({ type }) => type)
    if (!step) expect(facts).toEqual(['APPROVAL_REQUESTED'])
    else if (step.event.type !== 'DECIDE') {
      end = 'refused'
      by = null
      expect(facts).toEqual(['APPROVAL_TIMEOUT'])
    } else {
      const { proposed } = step.event as Extract<Event, { type: 'DECIDE' }>
      const isOffered = name !== 'no plan to be had' || proposed.decision !== 'PLAN_ONLY'
      const counts =
        isOffered &&
        !isStale(proposed) &&
        MAY[name].includes(proposed.by.slice('ref:'.length)) &&
        !agreed.has(proposed.by)
      expect(facts).toEqual(counts ? ['APPROVAL_RECEIVED'] : [])
      if (counts) {
        by = proposed.by
        if (proposed.decision === 'APPROVED') agreed.add(proposed.by)
        if (proposed.decision === 'REJECTED') end = 'rejected'
        if (proposed.decision === 'PLAN_ONLY') end = 'plan_only'
        if (agreed.size >= requires.quorum) end = 'approved'
      }
    }
    expect(snapshot.value).toBe(end ?? 'open')
    expect(timers).toEqual(end ? [] : [DEADLINE_MS])
    const approvals = snapshot.context.decisions.filter(({ decision }) => decision === 'APPROVED')
    expect(new Set(approvals.map((decided) => decided.by))).toEqual(agreed)
    expect(snapshot.output).toEqual(
      end && expect.objectContaining({ end, version: 2, by: end === 'refused' ? null : by }),
    )
  }
}

const walkOf = (name: Case): Walk<Machine> => ({
  pathsFor: (machine) => pathsFor(inputs[name], machine),
  rules: () => oracleOf(name),
})

describe('the approval chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(approvalMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(approvalMachine, cases.map(walkOf))
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(cases.map((name) => pathsFor(inputs[name]).length)).toMatchInlineSnapshot(`
      [
        22,
        127,
        22,
        106,
        22,
        22,
        85,
      ]
    `)
  })

  it('approves on no path without as many distinct people as it asks for', () => {
    for (const name of cases) {
      const approved = pathsFor(inputs[name]).filter(({ final }) => final.value === 'approved')
      expect(approved.length).toBeGreaterThan(0)
      for (const { steps } of approved) {
        const agreed = steps.map(({ event }) => (event as Extract<Event, { type: 'DECIDE' }>).proposed.by)
        const may = agreed.filter((by) => MAY[name].includes(by.slice('ref:'.length)))
        expect(new Set(may).size).toBeGreaterThanOrEqual(inputs[name].requires.quorum)
      }
    }
  })

  it('refuses when nobody answers in time, and not a moment before', () => {
    const clock = steppingClock()
    const approval = createActor(approvalMachine, { clock, input: inputs['two of anyone'] }).start()
    approval.send(decide(ana!, 'APPROVED'))
    clock.advance(DEADLINE_MS - 1)
    expect(approval.getSnapshot().value).toBe('open')
    clock.advance(1)
    expect(approval.getSnapshot()).toMatchObject({ value: 'refused', output: { end: 'refused', by: null } })
  })

  it('counts its deadline from when it is asked, and says it in its request', () => {
    const said: unknown[] = []
    const approval = createActor(approvalMachine, { clock: steppingClock(), input: inputOf({}) })
    approval.on('APPROVAL_REQUESTED', ({ payload }) => said.push(payload))
    approval.start()
    expect(said).toEqual([
      {
        approval: 'approval-3',
        version: 2,
        phase: 'PLAN',
        subjectHash: 'hash of run 4',
        requires: inputOf({}).requires,
        deadlineAt: ASKED_AT + DEADLINE_MS,
      },
    ])
    expect(inputOf({}).requires.deadlineMs).toBeLessThan(LIMITS.approval.deadlineMs.default)
  })
})

describe('an approval chart with a fault is caught by the rules', () => {
  type Settles = NonNullable<NonNullable<Parameters<Machine['provide']>[0]['guards']>['settles']>

  it('when the deadline approves', () => {
    const place = ['states', 'open', 'after', 'untilDeadline', 'target']
    expect(faultIn(mutantOf(approvalMachine, place, 'approved'), [walkOf('everything')])).toMatch(
      /the check says/,
    )
  })

  it('when one person is enough for two', () => {
    const mutant = mutantOf(approvalMachine, ['states', 'open', 'on', 'DECIDE', 3], {
      guard: 'accepted',
      target: 'approved',
      actions: ['note', 'sayReceived'],
    })
    expect(faultIn(mutant, [walkOf('two of anyone')])).toMatch(/the check says/)
  })

  it('when a decision is taken from anyone at any time', () => {
    const settles: Settles = ({ context, event }, { as }) =>
      event.type === 'DECIDE' && settledBy(context, event.proposed.decision) === as
    const mutant = approvalMachine.provide({ guards: { settles } })
    for (const name of ['a lead or an owner', 'not the author'] as const)
      expect(faultIn(mutant, [walkOf(name)])).toMatch(/the check says/)
  })

  it('when a decision is not written down', () => {
    expect(
      faultIn(approvalMachine.provide({ actions: { note: () => {} } }), [walkOf('two of anyone')]),
    ).toMatch(/the check says/)
  })
})
