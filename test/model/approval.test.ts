import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DECISIONS,
  DEFAULT_REQUIREMENT,
  judge,
  Requirement,
  settledBy,
  Submission,
  type Decided,
  type OpenApproval,
  type Proposed,
} from '../../src/model/approval.ts'
import { LIMITS } from '../../src/model/limits.ts'

const people = ['ref:ana', 'ref:ben', 'ref:cy', 'ref:eva']
const person = fc.constantFrom(...people)
const roles = fc.subarray(['lead', 'owner', 'guest'])
const decision = fc.constantFrom(...DECISIONS)
const at = fc.integer({ min: 0, max: 20 })

const decided: fc.Arbitrary<Decided> = fc.record({
  by: person,
  roles,
  decision,
  comment: fc.option(fc.constant('ref:said')),
  at,
})

const requirement: fc.Arbitrary<Requirement> = fc
  .record(
    {
      quorum: fc.integer({ min: 1, max: 3 }),
      approvers: fc.subarray(['ana', 'ben', 'cy'], { minLength: 3 }),
      roles: fc.subarray(['lead', 'owner'], { minLength: 1 }),
      separation: fc.boolean(),
    },
    { requiredKeys: ['quorum', 'separation'] },
  )
  .map((own) => ({ ...DEFAULT_REQUIREMENT, ...own }))

const open: fc.Arbitrary<OpenApproval> = fc.record({
  id: fc.constantFrom('approval-1', 'approval-2'),
  version: fc.integer({ min: 1, max: 3 }),
  phase: fc.constant('PLAN'),
  subject: fc.constant({}),
  subjectHash: fc.constantFrom('hash a', 'hash b'),
  requires: requirement,
  author: fc.option(fc.constant('ref:eva')),
  deadlineAt: fc.constant(10),
  decisions: fc.uniqueArray(decided, { selector: ({ by }) => by, maxLength: 2 }),
})

const proposed: fc.Arbitrary<Proposed> = fc
  .record(
    {
      approval: fc.constantFrom('approval-1', 'approval-2'),
      version: fc.integer({ min: 1, max: 3 }),
      subjectHash: fc.constantFrom('hash a', 'hash b'),
      named: fc.boolean(),
      decided,
    },
    { requiredKeys: ['approval', 'version', 'decided'] },
  )
  .map(({ decided: own, ...rest }) => ({ ...own, ...rest }))

/** A proposal that can only fail for reasons of who makes it. */
const fitting = fc
  .tuple(open, proposed)
  .map(([approval, { subjectHash: _, ...proposal }]): [OpenApproval, Proposed] => [
    { ...approval, decisions: [] },
    { ...proposal, approval: approval.id, version: approval.version, at: proposal.at % approval.deadlineAt },
  ])

const JUDGEMENTS = [
  'accepted',
  'repeated',
  'approval.outdated',
  'approval.settled',
  'approval.conflicting',
  'approval.not_allowed',
]

const accept = (approval: OpenApproval, { by, roles: own, decision: what, comment, at: when }: Proposed) => ({
  ...approval,
  decisions: [...approval.decisions, { by, roles: own, decision: what, comment, at: when }],
})

describe('judge', () => {
  it('has an answer to everything', () => {
    fc.assert(
      fc.property(open, proposed, (approval, proposal) => {
        expect(JUDGEMENTS).toContain(judge(approval, proposal))
      }),
      { numRuns: 500 },
    )
  })

  it('accepts only what is for this very question, in time, from somebody new who may decide', () => {
    fc.assert(
      fc.property(open, proposed, (approval, proposal) => {
        if (judge(approval, proposal) !== 'accepted') return
        const { requires, author } = approval
        expect([proposal.approval, proposal.version]).toEqual([approval.id, approval.version])
        expect([undefined, approval.subjectHash]).toContain(proposal.subjectHash)
        expect(proposal.at).toBeLessThan(approval.deadlineAt)
        expect(approval.decisions.map(({ by }) => by)).not.toContain(proposal.by)
        if (requires.approvers) expect(proposal.named).toBe(true)
        if (requires.roles)
          expect(requires.roles.filter((role) => proposal.roles.includes(role))).not.toEqual([])
        if (requires.separation && author !== null) expect(proposal.by).not.toBe(author)
      }),
      { numRuns: 2_000 },
    )
  })

  it('accepts whoever may decide', () => {
    const eligible = fitting.filter(([{ requires, author }, { by, named, roles: own }]) => {
      const isNamed = !requires.approvers || named === true
      const hasRole = !requires.roles || requires.roles.some((role) => own.includes(role))
      return isNamed && hasRole && !(requires.separation && (author === null || by === author))
    })
    fc.assert(
      fc.property(eligible, ([approval, proposal]) => {
        expect(judge(approval, proposal)).toBe('accepted')
      }),
    )
  })

  it('says why not: who may not decide is told so, and nothing else', () => {
    fc.assert(
      fc.property(fitting, ([approval, proposal]) => {
        expect(['accepted', 'approval.not_allowed']).toContain(judge(approval, proposal))
      }),
    )
  })

  it('refuses what is for another question, another version or another subject as outdated', () => {
    fc.assert(
      fc.property(fitting, fc.integer({ min: 4, max: 9 }), ([approval, proposal], version) => {
        for (const other of [{ approval: 'approval-9' }, { version }, { subjectHash: 'hash c' }])
          expect(judge(approval, { ...proposal, ...other })).toBe('approval.outdated')
      }),
    )
  })

  it('takes the same decision twice as a repetition, also after the deadline, and another one as a conflict', () => {
    fc.assert(
      fc.property(fitting, decision, at, ([approval, proposal], second, when) => {
        if (judge(approval, proposal) !== 'accepted') return
        const after = accept(approval, proposal)
        const again = judge(after, { ...proposal, decision: second, at: when })
        expect(again).toBe(second === proposal.decision ? 'repeated' : 'approval.conflicting')
      }),
    )
  })

  it('takes nothing new at the deadline or after it, whether or not a timer has fired', () => {
    fc.assert(
      fc.property(fitting, fc.integer({ min: 10, max: 99 }), ([approval, proposal], late) => {
        expect(judge(approval, { ...proposal, at: late })).toBe('approval.settled')
        if (judge(approval, proposal) === 'accepted')
          expect(judge(approval, { ...proposal, at: approval.deadlineAt - 1 })).toBe('accepted')
      }),
    )
  })

  it('looks only at what it is given: the same question twice has the same answer', () => {
    fc.assert(
      fc.property(open, proposed, (approval, proposal) => {
        const copy = JSON.parse(JSON.stringify([approval, proposal])) as [OpenApproval, Proposed]
        expect(judge(...copy)).toBe(judge(approval, proposal))
      }),
    )
  })
})

describe('settledBy', () => {
  const asked = (quorum: number): OpenApproval => ({
    id: 'approval-1',
    version: 1,
    phase: 'PLAN',
    subject: {},
    subjectHash: 'hash',
    requires: { ...DEFAULT_REQUIREMENT, quorum },
    author: null,
    deadlineAt: 10,
    decisions: [],
  })
  const said = (by: string, what: Proposed['decision']): Proposed => ({
    approval: 'approval-1',
    version: 1,
    by,
    roles: [],
    decision: what,
    comment: null,
    at: 1,
  })

  it('approves with the decision that makes the quorum full, and not before, in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.shuffledSubarray(people, { minLength: 4 }),
        (quorum, order) => {
          let approval = asked(quorum)
          for (const [index, by] of order.slice(0, quorum).entries()) {
            const isLast = index + 1 === quorum
            expect(judge(approval, said(by, 'APPROVED'))).toBe('accepted')
            expect(settledBy(approval, 'APPROVED')).toBe(isLast ? 'approved' : undefined)
            approval = accept(approval, said(by, 'APPROVED'))
          }
        },
      ),
    )
  })

  it('is decided at once by one rejection, or by one who wants no more than the plan', () => {
    fc.assert(
      fc.property(open, (approval) => {
        expect(settledBy(approval, 'REJECTED')).toBe('rejected')
        expect(settledBy(approval, 'PLAN_ONLY')).toBe('plan_only')
      }),
    )
  })

  it('never approves because somebody asked for more people', () => {
    fc.assert(
      fc.property(open, fc.integer({ min: 0, max: 3 }), (approval, more) => {
        const { requires } = approval
        const stricter = { ...approval, requires: { ...requires, quorum: requires.quorum + more } }
        const isStricterApproved = settledBy(stricter, 'APPROVED') === 'approved'
        expect(!isStricterApproved || settledBy(approval, 'APPROVED') === 'approved').toBe(true)
      }),
    )
  })
})

describe('Requirement', () => {
  it('asks for one person within seven days when nothing is said', () => {
    expect(DEFAULT_REQUIREMENT).toEqual({
      quorum: 1,
      deadlineMs: LIMITS.approval.deadlineMs.default,
      separation: false,
    })
  })

  it('refuses a quorum that its approvers can never reach', () => {
    expect(Requirement.safeParse({ quorum: 2, approvers: ['ana', 'ana'] }).success).toBe(false)
    expect(Requirement.safeParse({ quorum: 2, approvers: ['ana', 'ben'] }).success).toBe(true)
  })

  it.each([
    { quorum: 0 },
    { quorum: 1.5 },
    { quorum: 1_001 },
    { roles: [] },
    { approvers: [''] },
    { deadlineMs: 0 },
  ])('refuses %j', (options) => {
    expect(Requirement.safeParse(options).success).toBe(false)
  })

  it('refuses an option that nobody reads, because a misspelt rule would be no rule', () => {
    expect(Requirement.safeParse({ seperation: true }).success).toBe(false)
  })
})

describe('Submission', () => {
  const submission = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' }

  it('reads a decision, without roles unless it names them', () => {
    expect(Submission.parse(submission)).toEqual({ ...submission, roles: [] })
  })

  it.each([{ decision: 'YES' }, { version: 0 }, { by: '' }, { approval: 'a/b' }, { role: 'lead' }])(
    'refuses one with %j',
    (over) => {
      expect(Submission.safeParse({ ...submission, ...over }).success).toBe(false)
    },
  )
})
