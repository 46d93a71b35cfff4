import { describe, expect, it } from 'vitest'
import { assign, type AnyStateMachine } from 'xstate'
import { defineAgent } from '../../src/actors/define-agent.ts'
import { approvalMachine } from '../../src/machines/approval.ts'
import { phaseMachine } from '../../src/machines/phase.ts'
import { projectMachine } from '../../src/machines/project.ts'
import { judge, settledBy, type OpenApproval, type Proposed } from '../../src/model/approval.ts'
import type { ProjectContext } from '../../src/model/project.ts'
import { defineLifecycle } from '../../src/runtime/projects/define-lifecycle.ts'
import type { Lifecycle } from '../../src/runtime/projects/lifecycle.ts'
import { seededRandom } from '../../src/testing/index.ts'
import { assertNeverWithout } from '../../src/testing/assert-never-without.ts'
import { mutantOf } from '../machines/mutant.ts'
import { begin, causesIn, plan, step, wish } from '../runtime/engine/walk.ts'

const agent = defineAgent({ name: 'worker', run: () => 'made' })
const gate = () => 'PASS' as const
const tasks = [{ agent }, { agent, name: 'check', critical: true, dependsOn: ['worker'] }]

const lifecycle = defineLifecycle({
  name: 'demo',
  phases: [
    { name: 'DRAFT', tasks: [{ agent }], gate },
    {
      name: 'PLAN',
      tasks,
      gate,
      review: 'panel',
      approval: { quorum: 2, separation: true, roles: ['lead'] },
      loopbackTo: ['DRAFT'],
    },
    { name: 'BUILD', tasks: [{ agent }], timeoutMs: 1_000 },
  ],
})

const tiny = defineLifecycle({
  name: 'tiny',
  phases: [
    { name: 'PLAN', tasks, gate, review: 'panel', approval: {}, timeoutMs: 1_000 },
    { name: 'BUILD', tasks: [{ agent }] },
  ],
})

const approver = (decide: Judge) => ({
  approval: approvalMachine.provide({
    guards: {
      settles: ({ context, event }, { as }) =>
        event.type === 'DECIDE' &&
        decide(context, event.proposed) === 'accepted' &&
        settledBy(context, event.proposed.decision) === as,
      accepted: ({ context, event }) =>
        event.type === 'DECIDE' && decide(context, event.proposed) === 'accepted',
    },
  }),
})
type Snapshot = { readonly value: string; readonly context: ProjectContext }
type Judge = (approval: OpenApproval, proposed: Proposed) => string

/** What was found wrong: code and message. */
function faultIn(check: () => unknown): { readonly code: unknown; readonly message: string } {
  try {
    check()
  } catch (error) {
    const { code, message } = error as { code: unknown; message: string }
    return { code, message }
  }
  return { code: undefined, message: 'none' }
}

const withMachines = (machines: Readonly<Record<string, AnyStateMachine>>) =>
  faultIn(() => assertNeverWithout(lifecycle, { machines, leaving: 'PLAN' }))

describe('a lifecycle whose phases need people', () => {
  it('cannot leave such a phase without them, on any path there is', () => {
    const { states, transitions } = assertNeverWithout(lifecycle)
    expect(states).toBeGreaterThan(200)
    expect(transitions).toBeGreaterThan(states * 5)
  })

  it('is explored the same every time, whether one phase or every one counts', () => {
    const found = assertNeverWithout(tiny)
    expect(assertNeverWithout(tiny, { leaving: 'PLAN', without: 'approval' })).toEqual(found)
  })

  it('is proven for eight phases with two approvals too', () => {
    const names = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8'] as const
    const long = defineLifecycle({
      name: 'long',
      phases: names.map((name) => ({
        name,
        tasks,
        ...(name === 'P2' && { gate, approval: { quorum: 2 } }),
        ...(name === 'P6' && { gate, approval: {}, loopbackTo: ['P3' as const] }),
      })),
    })
    expect(assertNeverWithout(long).states).toBeGreaterThan(500)
  })

  it('is proven where rollbacks have something to undo, which may fail', () => {
    const undoing = defineLifecycle({
      name: 'undoing',
      phases: [
        { name: 'DRAFT', tasks: [{ agent }], compensate: () => {} },
        { name: 'PLAN', gate, approval: {}, compensate: () => {} },
        { name: 'BUILD', tasks: [{ agent }] },
      ],
    })
    const facts = new Set<string>()
    const without = ({ type }: { readonly type: string }) => facts.add(type).size === 0
    assertNeverWithout(undoing, { never: () => false, without })
    for (const type of [
      'COMPENSATION_COMPLETED',
      'COMPENSATION_FAILED',
      'PROJECT_ROLLED_BACK',
      'LIMIT_REACHED',
    ])
      expect(facts).toContain(type)
    expect(() => assertNeverWithout(undoing)).not.toThrow()
  })

  it('is proven for phases that need people only when a gate or a panel asks, with or without saying whom', () => {
    const asking = defineLifecycle({
      name: 'asking',
      phases: [
        { name: 'DRAFT', gate },
        { name: 'PLAN', review: 'panel', approval: { when: 'on_request', quorum: 2 } },
        { name: 'BUILD', tasks: [{ agent }] },
      ],
    })
    for (const leaving of ['DRAFT', 'PLAN'] as const) assertNeverWithout(asking, { leaving })
    const deaf = { phase: phaseMachine.provide({ actions: { noteReview: assign({}) } }) }
    expect(faultIn(() => assertNeverWithout(asking, { machines: deaf })).message).toMatch(
      /PLAN was left without its approval: it takes 2, and 0 agreed.*review of PLAN ends: escalate → BUILD/s,
    )
    expect(faultIn(() => assertNeverWithout(asking, { leaving: 'BUILD' })).code).toBe('testing.coverage')
  })
})

describe('a chart with a fault is caught, with the shortest way to it', () => {
  it('when the deadline of an approval approves', () => {
    const place = ['states', 'open', 'after', 'untilDeadline', 'target']
    const { code, message } = withMachines({ approval: mutantOf(approvalMachine, place, 'approved') })
    expect(code).toBe('testing.machine')
    expect(message).toMatchInlineSnapshot(`
      "PLAN was left without its approval: it takes 2, and 0 agreed to what was asked last.
      The shortest way there:
        0. it is created → CREATED
        1. START → DRAFT
        2. task.worker of DRAFT ends: succeeded → DRAFT
        3. gate of DRAFT ends: PASS → PLAN
        4. task.worker of PLAN ends: succeeded → PLAN
        5. task.check of PLAN ends: succeeded → PLAN
        6. review of PLAN ends: allow → PLAN
        7. gate of PLAN ends: PASS → AWAITING_APPROVAL
        8. time is up: xstate.after.untilDeadline.approval.open → BUILD"
    `)
  })

  it('when one person less is enough', () => {
    const settles = approvalMachine.provide({
      guards: {
        settles: ({ context, event }, { as }) =>
          event.type === 'DECIDE' &&
          judge(context, event.proposed) === 'accepted' &&
          settledBy(
            { ...context, requires: { ...context.requires, quorum: context.requires.quorum - 1 } },
            event.proposed.decision,
          ) === as,
      },
    })
    expect(withMachines({ approval: settles }).message).toMatch(
      /it takes 2, and 1 agreed.*\d+\. person-1 decides APPROVED → BUILD$/s,
    )
  })

  it.each<[string, Judge, RegExp]>([
    [
      'the author agrees',
      (context, own) => judge({ ...context, author: 'ref:somebody-else' }, own),
      /author decides APPROVED, and may not/,
    ],
    [
      'somebody without the role agrees',
      (context, own) => judge(context, { ...own, roles: ['lead'] }),
      /somebody-without-a-role decides APPROVED, and may not/,
    ],
    [
      'an outdated version is agreed to',
      (context, own) => judge(context, { ...own, version: context.version }),
      /person-2 decides APPROVED for version 0, not 1 → BUILD$/,
    ],
    [
      'another approval is agreed to',
      (context, own) => judge(context, { ...own, approval: context.id }),
      /person-2 decides APPROVED for another than approval-1 → BUILD$/,
    ],
    [
      'another subject is agreed to',
      (context, own) => judge(context, { ...own, subjectHash: context.subjectHash }),
      /person-2 decides APPROVED for another subject → BUILD$/,
    ],
    [
      'somebody agrees at the deadline',
      (context, own) => judge(context, { ...own, at: 0 }),
      /person-2 decides APPROVED at the deadline → BUILD$/,
    ],
    [
      'the same person agrees twice',
      (context, own) => judge({ ...context, decisions: [] }, own),
      /person-1 decides APPROVED again → BUILD/,
    ],
  ])('when %s and it counts', (_, decide, way) => {
    const { code, message } = withMachines(approver(decide))
    expect(code).toBe('testing.machine')
    expect(message).toMatch(/^PLAN was left without its approval: it takes 2, and [01] agreed/)
    expect(message).toMatch(way)
  })

  /** The same lifecycle with one transition of its chart leading elsewhere. */
  const leading = (place: readonly (string | number)[], target: string) =>
    faultIn(() =>
      assertNeverWithout(
        { ...lifecycle, machine: mutantOf(lifecycle.machine, [...place, 'target'], target) },
        { leaving: 'PLAN' },
      ),
    ).message
  const approvalEnds = ['states', 'AWAITING_APPROVAL', 'invoke', 'onDone']

  it('when a pause is a way around an approval', () => {
    expect(leading(['states', 'PAUSED', 'on', 'RESUME', 0], 'BUILD')).toMatch(
      /^PLAN was left without a result.*PAUSE → PAUSED\n {2}\d+\. RESUME → BUILD$/s,
    )
  })

  it('when a rejection or a wish for no more than the plan goes on', () => {
    expect(leading([...approvalEnds, 1], 'COMPLETED')).toMatch(/person-1 decides PLAN_ONLY → COMPLETED$/)
    expect(leading([...approvalEnds, 6], 'BUILD')).toMatch(/person-1 decides REJECTED → BUILD$/)
  })

  it('when a limit of runs ends in success', () => {
    expect(leading([...approvalEnds, 4], 'COMPLETED')).toMatch(
      /person-1 decides REJECTED \(phasesMax is reached\) → COMPLETED$/,
    )
  })

  it('when a rollback takes back what was approved, but not the project', () => {
    const machine = lifecycle.machine.provide({
      actions: { restore: assign({ results: {} }) },
    })
    expect(faultIn(() => assertNeverWithout({ ...lifecycle, machine }, { leaving: 'PLAN' })).message).toMatch(
      /^PLAN was left without a result.*ROLLBACK to where DRAFT began → PAUSED$/s,
    )
  })

  it('when the chart was built from a plan that asks nobody', () => {
    const phases = lifecycle.plan.phases.map((phase) => ({ ...phase, approval: null }))
    const machine = projectMachine({ ...lifecycle.plan, phases })
    expect(faultIn(() => assertNeverWithout({ ...lifecycle, machine })).message).toMatch(
      /it takes 2, and 0 agreed.*gate of PLAN ends: PASS → BUILD$/s,
    )
  })

  it('when it throws', () => {
    const broken = approver(() => {
      throw new Error('no judge today')
    })
    const { code, message } = withMachines(broken)
    expect(code).toBe('testing.machine')
    expect(message).toMatch(/^A chart throws\..*→ it throws: .*no judge today/s)
  })
})

describe('an invariant of one’s own', () => {
  it('holds where the fact is told on every path', () => {
    const found = assertNeverWithout(tiny, {
      never: ({ state }) => state === 'BUILD' || state === 'COMPLETED',
      without: ({ type }) => type === 'REVIEW_RECORDED',
    })
    expect(found.states).toBeGreaterThan(50)
  })

  it('is refuted by the shortest path where it is not', () => {
    const { message } = faultIn(() =>
      assertNeverWithout(lifecycle, {
        never: ({ state, phase }) => state === 'PAUSED' && phase === 'PLAN',
        without: ({ type }) => type === 'REVIEW_RECORDED',
      }),
    )
    expect(message).toMatchInlineSnapshot(`
      "What must never be so without a fact is so, and the fact was not told.
      The shortest way there:
        0. it is created → CREATED
        1. START → DRAFT
        2. task.worker of DRAFT ends: succeeded → DRAFT
        3. gate of DRAFT ends: PASS → PLAN
        4. PAUSE → PAUSED"
    `)
  })

  it('may ask for the fact anew since another one', () => {
    const never = ({ state }: { readonly state: string }) => state === 'BUILD'
    const without = ({ type, payload }: { readonly type: string; readonly payload: unknown }) =>
      type === 'PHASE_COMPLETED' && Object(payload).phase === 'PLAN'
    expect(() => assertNeverWithout(tiny, { never, without })).not.toThrow()
    const since = ({ type }: { readonly type: string }) => type === 'PROJECT_ROLLED_BACK'
    const { message } = faultIn(() => assertNeverWithout(tiny, { never, without, since }))
    expect(message).toMatch(/ROLLBACK to where BUILD began → PAUSED\n {2}\d+\. RESUME → BUILD$/)
  })

  it('sees what is under way', () => {
    const asked = new Set<string>()
    const found = assertNeverWithout(tiny, {
      never: ({ underway, pending }) => {
        for (const id of underway) asked.add(id)
        return underway.includes('approval') && pending === null
      },
      without: () => false,
    })
    expect(found.states).toBeGreaterThan(50)
    expect([...asked].toSorted()).toEqual([
      'approval',
      'gate',
      'phase',
      'review',
      'task.check',
      'task.worker',
      'xstate.after.phaseTimeout.phase.underway',
      'xstate.after.untilDeadline.approval.open',
    ])
  })
})

describe('an exploration', () => {
  it('misses no place that walks by chance come to', () => {
    const walked: Lifecycle = { name: 'demo', version: 1, plan, machine: projectMachine(plan), phases: {} }
    const places = new Set<string>()
    const placeOf = (
      state: string,
      { phase, results, pending }: Pick<ProjectContext, 'phase' | 'results' | 'pending'>,
    ) => [state, phase, ...Object.keys(results), pending !== null].join(' ')
    assertNeverWithout(walked, {
      never: ({ state, ...rest }) => places.add(placeOf(state, rest)).size === 0,
      without: () => false,
    })
    const random = seededRandom(1)
    for (let run = 0; run < 100; run += 1) {
      let walk = step(begin(), wish('START'))
      for (let length = 0; length < 40; length += 1) {
        const { value, context } = walk.charts.charts['root']?.snapshot as unknown as Snapshot
        expect(places).toContain(placeOf(value, context))
        walk = step(walk, random.pick(causesIn(walk)))
      }
    }
  })

  it('ends with an error that says what to do when there are too many states', () => {
    const { code, message } = faultIn(() => assertNeverWithout(lifecycle, { statesMax: 50 }))
    expect(code).toBe('testing.path_limit')
    expect(message).toMatch(/more than 50 states\. Raise `statesMax`, or explore less/)
  })

  it('refuses to prove nothing', () => {
    const failing = { gate: [{ answer: { result: 'FAIL', reason: null, conflicts: [] } }] }
    const fault = faultIn(() => assertNeverWithout(lifecycle, { ends: failing }))
    expect(fault).toEqual({
      code: 'testing.coverage',
      message: expect.stringMatching(/no path leaves PLAN with/),
    })
    const free = defineLifecycle({ name: 'free', phases: [{ name: 'ONLY', tasks: [{ agent }] }] })
    expect(faultIn(() => assertNeverWithout(free)).code).toBe('testing.coverage')
    const impossible = defineLifecycle({
      name: 'impossible',
      phases: [
        { name: 'PLAN', gate, approval: {} },
        { name: 'BUILD', gate },
      ],
    })
    const nobody = approver(() => 'approval.not_allowed')
    expect(faultIn(() => assertNeverWithout(impossible, { machines: nobody })).code).toBe('testing.coverage')
  })

  it('knows the phases of its lifecycle by name', () => {
    // @ts-expect-error: there is no such phase
    const { message } = faultIn(() => assertNeverWithout(lifecycle, { leaving: 'PLANING' }))
    expect(message).toBe('There is no such phase in "demo"; it has DRAFT, PLAN, BUILD.')
  })

  it('takes other ends of work than the usual ones', () => {
    const facts = new Set<string>()
    const without = ({ type }: { readonly type: string }) => facts.add(type).size === 0
    const passed = { answer: { result: 'PASS', reason: null, conflicts: [] } }
    const allowed = { verdict: 'allow', auditHash: 'hash', review: 'ref:review' }
    assertNeverWithout(tiny, { ends: { gate: [passed], review: [allowed] }, never: () => false, without })
    expect(facts).toContain('PHASE_COMPLETED')
    expect(facts).not.toContain('CRITIC_ALERT')
  })
})
