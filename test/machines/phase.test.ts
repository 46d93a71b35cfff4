import { describe, expect, it } from 'vitest'
import type { GateResult, PhasePlan } from '../../src/model/lifecycle.ts'
import type { GateAnswer, PhaseResult, PhaseReview, TaskEnd, TaskStates } from '../../src/model/phase.ts'
import type { IsaRevision } from '../../src/model/isa/revision.ts'
import {
  phaseMachine,
  type GateEnd,
  type MergeEnd,
  type PhaseInput,
  type TaskInput,
} from '../../src/machines/phase.ts'
import {
  afterEvent,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  type PathEvent,
  type ReplayOptions,
} from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'
import { always, phasePlan, taskPlan } from './plans.ts'

type Machine = typeof phaseMachine
type Snapshot = ReturnType<Machine['getInitialSnapshot']>
type Event = PathEvent<Machine>

const succeeded: TaskEnd = { status: 'succeeded', attempts: 1, durationMs: 5, output: 'ref:made' }
const setting: TaskEnd = { ...succeeded, values: 'ref:values' }
const failed: TaskEnd = {
  status: 'failed',
  attempts: 3,
  durationMs: 9,
  error: { code: 'error', message: 'ref:down' },
}
const leftOut: TaskEnd = { status: 'skipped', attempts: 0, durationMs: 0, because: 'condition' }

const tasks = [
  taskPlan('shape', { critical: true }),
  taskPlan('mass', { dependsOn: ['shape'], conditional: true }),
  taskPlan('cost', { conditional: true }),
  taskPlan('offer', { dependsOn: ['mass', 'cost'] }),
]
/** Sets values, where it succeeds with them. */
const values = [taskPlan('value', { critical: true })]
const full = phasePlan('DRAFT', { tasks, review: 'panel', timeoutMs: 60_000, loopbackTo: ['DRAFT'] })

/** Each optional part alone and without the others, so that every transition between them is taken. */
const plans: readonly PhasePlan[] = [
  full,
  phasePlan('DRAFT', { tasks: tasks.slice(0, 1), hasGate: false }),
  phasePlan('DRAFT', { hasGate: false, review: 'panel' }),
  phasePlan('DRAFT', { hasGate: false, detects: true }),
  phasePlan('DRAFT', { review: 'panel', approval: always() }),
  phasePlan('DRAFT', { tasks: values, review: 'panel' }),
  phasePlan('DRAFT', { tasks: values }),
  phasePlan('DRAFT', { tasks: values, hasGate: false }),
]

const inputOf = (plan: PhasePlan, kept: TaskStates = {}): PhaseInput => ({
  plan,
  run: 4,
  iteration: 2,
  kept,
  base: null,
})

const revision: IsaRevision = {
  revision: 7,
  stateHash: 'hash of 7',
  state: 'ref:state',
  nodes: 3,
  stale: 1,
  domains: ['thermal'],
  changes: 'ref:changes',
}
const hot = { id: 'isa:range:thermal.motor', between: ['thermal.motor'], message: 'ref:hot' }
const mergeEnds: readonly MergeEnd[] = [
  { isa: revision, conflicts: [hot] },
  { isa: null, conflicts: [] },
  { failure: 'ref:unit' },
]

const reviews: readonly PhaseReview[] = (['allow', 'constrained_allow', 'escalate', 'deny'] as const).map(
  (verdict) => ({ verdict, auditHash: `hash of ${verdict}`, review: 'ref:review' }),
)

const answer = (result: GateResult, loopbackTo?: string): GateEnd => ({
  answer: { result, reason: 'ref:why', conflicts: [], ...(loopbackTo !== undefined && { loopbackTo }) },
})
const gateEnds: readonly GateEnd[] = [
  ...(['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED'] as const).map((result) => answer(result)),
  answer('LOOPBACK', 'DRAFT'),
  answer('LOOPBACK', 'ELSEWHERE'),
  { failure: 'ref:threw' },
]

function eventsIn({ value, context }: Snapshot): readonly Event[] {
  const place = JSON.stringify(value)
  const running = Object.entries(context.tasks).filter(([, { status }]) => status === 'running')
  return [
    { type: 'HALT' },
    afterEvent('phaseTimeout', 'phase.underway'),
    ...running.flatMap(([name]) => {
      const { conditional } = context.plan.tasks.find((task) => task.name === name) ?? {}
      const ends = [
        succeeded,
        failed,
        ...(conditional ? [leftOut] : []),
        ...(name === 'value' ? [setting] : []),
      ]
      return ends.map((end) => doneEvent(`task.${name}`, end))
    }),
    ...(place.includes('merging') ? mergeEnds.map((end) => doneEvent('merge', end)) : []),
    ...(place.includes('reviewing') ? reviews.map((review) => doneEvent('review', review)) : []),
    ...(place.includes('gating') ? gateEnds.map((end) => doneEvent('gate', end)) : []),
  ]
}

const pathsFor = (input: PhaseInput, machine: Machine = phaseMachine) =>
  pathsOf(machine, { input, events: eventsIn })

type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

/** What has happened on one path so far, written down from its events alone. */
type Memory = {
  readonly ends: Map<string, TaskEnd>
  merge?: MergeEnd
  review?: PhaseReview
  gate?: GateEnd
  cut?: 'halted' | 'phase_timeout'
}

const isBad = (end: TaskEnd | undefined) => end?.status === 'failed'

/** The rules for one run of a phase, none of them read from its chart. */
function oracleOf({ plan, kept }: PhaseInput): (view: View) => void {
  const memory: Memory = { ends: new Map() }
  for (const [name, state] of Object.entries(kept)) memory.ends.set(name, state as TaskEnd)
  return ({ step, snapshot, children, emitted, timers }) => {
    const before = new Map(memory.ends)
    if (step) remember(memory, step.event)
    const started = children.filter(({ src }) => src === 'task').map(({ input }) => (input as TaskInput).task)
    order(plan, started, memory)
    expect(emitted.map(({ type }) => type)).toEqual(
      step ? factsOf(plan, memory, { ends: before, started }, step.event) : ['PHASE_STARTED'],
    )
    // A phase without a timeout waits for ever.
    expect(timers).toEqual(snapshot.status === 'active' ? [plan.timeoutMs ?? Infinity] : [])
    const running = children.filter(({ status }) => status === 'running')
    const asked = children.map(({ src }) => src)
    if (asked.includes('merge') || asked.includes('review') || asked.includes('gate'))
      for (const { name } of plan.tasks) expect(isOver(plan, memory, name), name).toBe(true)
    const areSet = [...memory.ends.values()].some((end) => end.values !== undefined)
    if (asked.includes('merge')) expect(areSet).toBe(true)
    else if (asked.includes('review') || asked.includes('gate')) expect(areSet).toBe(false)
    if (asked.includes('gate') && plan.review !== null) expect(memory.review).toBeDefined()
    if (snapshot.status === 'active') {
      expect(running.length).toBeGreaterThan(0)
      return
    }
    expect(running).toEqual([])
    expect((snapshot.output as PhaseResult).outcome).toBe(snapshot.value)
    endOracle(plan, memory, snapshot.output as PhaseResult, started)
  }
}

function remember(memory: Memory, event: Event): void {
  if (event.type === 'HALT') memory.cut = 'halted'
  else if (event.type.startsWith('xstate.after.')) memory.cut = 'phase_timeout'
  else {
    const { actorId, output } = event as { actorId: string; output: unknown }
    if (actorId === 'review') memory.review = output as PhaseReview
    else if (actorId === 'merge') memory.merge = output as MergeEnd
    else if (actorId === 'gate') memory.gate = output as GateEnd
    else memory.ends.set(actorId.slice('task.'.length), output as TaskEnd)
  }
}

/** A task that no dependency can be waited for any more: one of them, or of theirs, has failed. */
function isOrphan(plan: PhasePlan, { ends }: Memory, name: string): boolean {
  const own = plan.tasks.find((task) => task.name === name)
  return own?.dependsOn.some((other) => isBad(ends.get(other)) || isOrphan(plan, { ends }, other)) ?? false
}

const isOver = (plan: PhasePlan, memory: Memory, name: string) =>
  memory.ends.has(name) || isOrphan(plan, memory, name)

/** A task runs once, after everything it depends on has succeeded or was left out, and as soon as that is so. */
function order(plan: PhasePlan, started: readonly string[], memory: Memory): void {
  expect(new Set(started).size).toBe(started.length)
  for (const { name, dependsOn } of plan.tasks) {
    const isReady = dependsOn.every((other) => memory.ends.has(other) && !isBad(memory.ends.get(other)))
    if (started.includes(name)) expect(isReady, `${name} may run`).toBe(true)
    else if (isReady && !criticalFailure(plan, memory) && !memory.cut)
      expect(memory.ends.has(name), `${name} must run`).toBe(true)
  }
}

const criticalFailure = (plan: PhasePlan, memory: Memory) =>
  plan.tasks.some(
    ({ name, critical }) => critical && (isBad(memory.ends.get(name)) || isOrphan(plan, memory, name)),
  )

type Before = { readonly ends: Memory['ends']; readonly started: readonly string[] }

function factsOf(plan: PhasePlan, memory: Memory, before: Before, event: Event): readonly string[] {
  const cut = before.started.filter((name) => !memory.ends.has(name)).map(() => 'AGENT_CANCELLED')
  if (event.type === 'HALT') return [...cut, 'PHASE_HALTED']
  if (event.type.startsWith('xstate.after.')) return cut
  const { actorId } = event as { actorId: string }
  if (actorId === 'merge') return []
  if (actorId === 'gate') return ['GATE_ANSWERED']
  if (actorId === 'review') {
    const alerts = memory.review?.verdict === 'deny' || memory.review?.verdict === 'escalate'
    return alerts ? ['REVIEW_RECORDED', 'CRITIC_ALERT'] : ['REVIEW_RECORDED']
  }
  const ended = plan.tasks.flatMap(({ name }) => {
    const end = memory.ends.get(name)
    if (actorId === `task.${name}`)
      return [
        { succeeded: 'AGENT_COMPLETED', failed: 'AGENT_FAILED' }[end?.status as string] ?? 'AGENT_SKIPPED',
      ]
    const wasOrphan = isOrphan(plan, before, name)
    return isOrphan(plan, memory, name) && !wasOrphan ? ['AGENT_SKIPPED'] : []
  })
  return criticalFailure(plan, memory) ? [...ended, ...cut] : ended
}

/** From the most permissive on; what repeats the phase or goes back is neither stricter nor laxer than the others. */
const STRICTNESS: Readonly<Record<string, number>> = { PASS: 0, APPROVAL_NEEDED: 1, FAIL: 2 }

function endOracle(plan: PhasePlan, memory: Memory, result: PhaseResult, started: readonly string[]): void {
  const { outcome, cause, tasks: states, loopbackTo } = result
  expect(result).toMatchObject({ phase: plan.name, run: 4, review: memory.review ?? null })
  for (const [name, end] of memory.ends) expect(states[name], `what is done is kept: ${name}`).toEqual(end)
  for (const { name } of plan.tasks.filter((task) => !memory.ends.has(task.name))) {
    const status = started.includes(name) ? 'cancelled' : 'skipped'
    const because = isOrphan(plan, memory, name) ? 'dependency' : 'phase_ended'
    expect(states[name]).toMatchObject(status === 'skipped' ? { status, because } : { status })
  }
  const merged = memory.merge && !('failure' in memory.merge) ? memory.merge : { isa: null, conflicts: [] }
  expect(result.isa).toEqual(merged.isa)
  expect(result.conflicts).toEqual(merged.conflicts)
  expect(loopbackTo === null).toBe(outcome !== 'LOOPBACK')
  if (memory.cut) {
    expect([outcome, cause]).toEqual(
      memory.cut === 'halted' ? ['HALTED', 'halted'] : ['FAIL', 'phase_timeout'],
    )
    return
  }
  if (criticalFailure(plan, memory)) {
    expect([outcome, cause]).toEqual(['FAIL', 'task_failed'])
    return
  }
  verdictOracle(plan, memory, result)
}

function verdictOracle(
  plan: PhasePlan,
  { merge, review, gate }: Memory,
  { outcome, cause, loopbackTo }: PhaseResult,
): void {
  if (merge && 'failure' in merge) {
    expect([outcome, cause]).toEqual(['FAIL', 'values_failed'])
    return
  }
  if (gate && 'failure' in gate) {
    expect([outcome, cause]).toEqual(['FAIL', 'gate_failed'])
    return
  }
  const said: GateAnswer | undefined = gate?.answer
  const word = said?.result ?? 'PASS'
  if (word === 'LOOPBACK') {
    const isAllowed = plan.loopbackTo.includes(said?.loopbackTo ?? '')
    expect([outcome, loopbackTo]).toEqual(isAllowed ? ['LOOPBACK', said?.loopbackTo] : ['FAIL', null])
    return
  }
  if (word === 'RETRY') {
    expect(outcome).toBe('RETRY')
    return
  }
  expect(STRICTNESS[outcome]).toBeGreaterThanOrEqual(STRICTNESS[word] ?? Infinity)
  if (review?.verdict === 'deny') expect(outcome).toBe('FAIL')
  if (review?.verdict === 'escalate') expect(outcome).not.toBe('PASS')
  if (plan.approval?.when === 'always') expect(outcome).not.toBe('PASS')
  const isFree = plan.approval === null && (!review || review.verdict.endsWith('allow'))
  if (isFree) expect(outcome).toBe(word)
}

/** What is told to the chart is what is meant, unless it is the fault that it is not. */
const walkOf = (told: PhaseInput, meant = told): Walk<Machine> => ({
  pathsFor: (machine) => pathsFor(told, machine),
  rules: () => oracleOf(meant),
})

describe('the phase chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(phaseMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(
      phaseMachine,
      plans.map((plan) => walkOf(inputOf(plan))),
    )
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(plans.map((plan) => pathsFor(inputOf(plan)).length)).toMatchInlineSnapshot(`
      [
        620,
        5,
        7,
        10,
        43,
        137,
        38,
        11,
      ]
    `)
  })

  it('does not do again what an interrupted run has done, whatever that was', () => {
    for (const kept of [{ shape: succeeded }, { shape: succeeded, mass: leftOut }, { cost: leftOut }]) {
      const input = inputOf({ ...full, review: null }, kept)
      for (const path of pathsFor(input)) {
        const { children } = replay(path, phaseMachine, { check: oracleOf(input) })
        for (const name of Object.keys(kept))
          expect(children.map(({ id }) => id)).not.toContain(`task.${name}`)
      }
    }
  })
})

describe('a phase chart with a fault is caught by the rules', () => {
  const asMeant = [walkOf(inputOf(full))]

  it('when it lets a verdict be relaxed', () => {
    const comesTo = ({ context }: { context: Snapshot['context'] }, { outcome }: { outcome: GateResult }) =>
      context.answer.result === outcome
    expect(faultIn(phaseMachine.provide({ guards: { comesTo } }), asMeant)).toMatch(/the check says/)
  })

  it('when a critical failure is only recorded', () => {
    const criticalFailed = () => false
    expect(faultIn(phaseMachine.provide({ guards: { criticalFailed } }), asMeant)).toMatch(/the check says/)
  })

  it('when a task does not wait for what it depends on', () => {
    const hasty = full.tasks.map((task) => ({ ...task, dependsOn: task.dependsOn.slice(1) }))
    expect(faultIn(phaseMachine, [walkOf(inputOf({ ...full, tasks: hasty }), inputOf(full))])).toMatch(
      /the check says/,
    )
  })

  it('when the panel is not asked', () => {
    expect(faultIn(phaseMachine.provide({ guards: { hasReview: () => false } }), asMeant)).toMatch(
      /the check says/,
    )
  })

  it('when values are put before nobody, because they are not merged', () => {
    const valued = [walkOf(inputOf(phasePlan('DRAFT', { tasks: values })))]
    const setsValues = () => false
    expect(faultIn(phaseMachine.provide({ guards: { setsValues } }), valued)).toMatch(/the check says/)
  })

  it('when a timeout is a way to pass', () => {
    const place = ['states', 'underway', 'after', 'phaseTimeout', 'target']
    expect(faultIn(mutantOf(phaseMachine, place, 'PASS'), asMeant)).toMatch(/the check says/)
  })
})
