import { diag, DiagLogLevel, SpanStatusCode, trace } from '@opentelemetry/api'
import { throwError } from 'rxjs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPanel, defineCritic } from 'stagecraft'
import { openTelemetry, type Orchestrator, type PhaseDefinition } from 'stagecraft/runtime'
import { agent, lifecycle, listen, project, scene } from '../projects/project-scene.ts'
import { recorders, timesOf, type Recorders } from './recorders.ts'

let told: Recorders

beforeEach(() => {
  told = recorders()
})

afterEach(() => {
  told.stop()
  diag.disable()
})

const DAY = 24 * 3_600_000

/** Spans by name, with what matters of them. */
const spansOf = (name: string) =>
  told
    .spans()
    .filter((span) => span.name === name)
    .map((span) => ({
      times: timesOf(span),
      isError: span.status.code === SpanStatusCode.ERROR,
      attributes: span.attributes,
      parent: told.spans().find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)
        ?.name,
    }))

const at = scene
type Scene = ReturnType<typeof scene>

/** An agent that takes its time by the clock. */
const takes = (stage: Scene, name: string, ms: number, settings = {}) =>
  agent(name, (_, { signal }) => stage.wait(ms, signal).then(() => ({ done: name })), settings)

const approve = async (
  orchestrator: Orchestrator,
  decision: 'APPROVED' | 'REJECTED' | 'PLAN_ONLY',
  by = 'ana',
) => {
  const { approval } = await orchestrator.projects.get('drone-001')
  if (!approval) throw new Error('Nothing is asked.')
  const { id, version } = approval
  await orchestrator.projects.submitApproval('drone-001', {
    approval: id,
    version,
    decision,
    by,
    comment: 'a secret comment',
  })
}

/** An orchestrator that is listened to, with a project in it. */
async function underway(
  stage: Scene,
  phases: readonly PhaseDefinition[],
  settings: { phasesMax?: number } = {},
) {
  const orchestrator = await stage.start({ lifecycles: [lifecycle(phases, settings)] })
  const telemetry = await openTelemetry(orchestrator)
  await orchestrator.projects.create({ ...project(), intent: 'a secret intent', author: 'eva-the-secret' })
  return { orchestrator, telemetry }
}

describe('the spans of a project', () => {
  it('are one for each phase run, with one for each task in it, at the times of the facts', async () => {
    const stage = at()
    const { orchestrator } = await underway(stage, [
      {
        name: 'DRAFT',
        tasks: [{ agent: takes(stage, 'slow', 2_000) }, { agent: takes(stage, 'quick', 500) }],
      },
      { name: 'SHIP', tasks: [{ agent: takes(stage, 'sender', 1_000), name: 'send' }] },
    ])
    const over = orchestrator.projects.run('drone-001')
    await stage.reach(1_500)
    await stage.reach(3_000)
    await stage.reach(4_000)
    await over
    await orchestrator.stop()
    const named = {
      'stagecraft.project.id': 'drone-001',
      'stagecraft.phase.name': 'DRAFT',
      'stagecraft.phase.run': 1,
    }
    expect(spansOf('phase DRAFT')).toEqual([
      {
        times: [1_000, 3_000],
        isError: false,
        parent: undefined,
        attributes: {
          ...named,
          'stagecraft.phase.iteration': 1,
          'stagecraft.phase.outcome': 'completed',
          'stagecraft.phase.cause': 'no_gate',
        },
      },
    ])
    expect(spansOf('agent slow')).toEqual([
      {
        times: [1_000, 3_000],
        isError: false,
        parent: 'phase DRAFT',
        attributes: {
          ...named,
          'stagecraft.task.name': 'slow',
          'stagecraft.agent.name': 'slow',
          'stagecraft.agent.status': 'succeeded',
          'stagecraft.agent.attempts': 1,
        },
      },
    ])
    expect(spansOf('agent quick')).toMatchObject([{ times: [1_000, 1_500], parent: 'phase DRAFT' }])
    expect(spansOf('phase SHIP')).toMatchObject([{ times: [3_000, 4_000] }])
    expect(spansOf('agent sender')).toMatchObject([
      { times: [3_000, 4_000], parent: 'phase SHIP', attributes: { 'stagecraft.task.name': 'send' } },
    ])
    expect(told.spans()).toHaveLength(5)
  })

  it('show retries, failures and tasks that were cut', async () => {
    const stage = at()
    const fails = agent('fails', () => Promise.reject(new Error('a secret message')), { retriesMax: 1 })
    const { orchestrator } = await underway(stage, [
      {
        name: 'DRAFT',
        tasks: [
          { agent: fails, critical: true },
          { agent: takes(stage, 'slow', 60_000), timeoutMs: 90_000 },
          { agent: takes(stage, 'late', 500), timeoutMs: 200, retriesMax: 0 },
          { agent: agent('never', () => 1), dependsOn: ['late'] },
        ],
      },
    ])
    const over = orchestrator.projects.run('drone-001')
    await stage.reach(1_200)
    await stage.reach(2_000)
    expect((await over).state).toBe('FAILED')
    await orchestrator.stop()
    expect(spansOf('phase DRAFT')).toMatchObject([
      { times: [1_000, 2_000], isError: true, attributes: { 'stagecraft.phase.cause': 'task_failed' } },
    ])
    expect(spansOf('agent fails')).toMatchObject([
      {
        times: [1_000, 2_000],
        isError: true,
        attributes: {
          'stagecraft.agent.status': 'failed',
          'stagecraft.agent.attempts': 2,
          'error.type': 'error',
        },
      },
    ])
    const retried = told.spans().find(({ name }) => name === 'agent fails')
    expect(retried?.events.map(({ name, time }) => [name, time[0]])).toEqual([['retry', 2]])
    expect(spansOf('agent late')).toMatchObject([
      { times: [1_000, 1_200], isError: true, attributes: { 'stagecraft.agent.status': 'timed_out' } },
    ])
    expect(spansOf('agent slow')).toMatchObject([
      { times: [1_000, 2_000], isError: false, attributes: { 'stagecraft.agent.status': 'cancelled' } },
    ])
    // It did not run, so it took no time.
    expect(spansOf('agent never')).toEqual([])
    expect(await told.text()).not.toMatch(/secret/)
  })

  it('show the wait for approval as a part of the phase it is about, and the work without it', async () => {
    const stage = at()
    const { orchestrator } = await underway(stage, [
      { name: 'DRAFT', tasks: [{ agent: takes(stage, 'writer', 2_000) }], approval: {} },
      { name: 'SHIP' },
    ])
    const over = orchestrator.projects.run('drone-001')
    await stage.reach(3_000)
    await over
    stage.clock.advance(3 * DAY)
    await approve(orchestrator, 'APPROVED')
    await orchestrator.projects.settled('drone-001')
    await orchestrator.stop()
    expect(spansOf('phase DRAFT')).toMatchObject([
      { times: [1_000, 3_000], attributes: { 'stagecraft.phase.outcome': 'approval_needed' } },
    ])
    expect(spansOf('approval DRAFT')).toEqual([
      {
        times: [3_000, 3_000 + 3 * DAY],
        isError: false,
        parent: 'phase DRAFT',
        attributes: {
          'stagecraft.project.id': 'drone-001',
          'stagecraft.phase.name': 'DRAFT',
          'stagecraft.approval.id': 'approval-1',
          'stagecraft.approval.version': 1,
          'stagecraft.approval.end': 'approved',
        },
      },
    ])
    expect(spansOf('phase SHIP')).toHaveLength(1)
    expect(await told.sums('stagecraft.approval.wait', 'approval.end')).toEqual({ approved: 3 * 86_400 })
    expect(await told.sums('stagecraft.phase.duration', 'phase.outcome')).toEqual({
      approval_needed: 2,
      completed: 0,
    })
    expect(await told.counts('stagecraft.phase.ended', 'phase.name', 'phase.outcome')).toEqual({
      'DRAFT completed': 1,
      'SHIP completed': 1,
    })
    expect(await told.text()).not.toMatch(/secret/)
  })

  it('tell every end of a wait once: rejected, by a quorum, refused by its deadline, withdrawn, plan only', async () => {
    const stage = at()
    const { orchestrator } = await underway(stage, [
      { name: 'DRAFT', approval: { quorum: 2, deadlineMs: DAY } },
      { name: 'SHIP', approval: {} },
    ])
    await orchestrator.projects.run('drone-001')
    await approve(orchestrator, 'REJECTED')
    await orchestrator.projects.settled('drone-001')
    stage.clock.advance(DAY)
    await stage.until(() => stage.clock.armed.length === 0)
    await orchestrator.projects.run('drone-001')
    await approve(orchestrator, 'APPROVED', 'ana')
    stage.clock.advance(1_000)
    await approve(orchestrator, 'APPROVED', 'bob')
    await orchestrator.projects.settled('drone-001')
    await orchestrator.projects.pause('drone-001')
    await orchestrator.projects.run('drone-001')
    await approve(orchestrator, 'PLAN_ONLY')
    await orchestrator.stop()
    const ends = [...spansOf('approval DRAFT'), ...spansOf('approval SHIP')].map(({ attributes }) => [
      attributes['stagecraft.approval.id'],
      attributes['stagecraft.approval.version'],
      attributes['stagecraft.approval.end'],
    ])
    expect(ends).toEqual([
      ['approval-1', 1, 'rejected'],
      ['approval-2', 1, 'refused'],
      ['approval-2', 2, 'approved'],
      ['approval-3', 1, 'withdrawn'],
      ['approval-3', 2, 'plan_only'],
    ])
    expect(await told.sums('stagecraft.approval.wait', 'approval.end')).toEqual({
      rejected: 0,
      refused: 86_400,
      approved: 1,
      withdrawn: 0,
      plan_only: 0,
    })
    expect(spansOf('phase DRAFT').map(({ attributes }) => attributes['stagecraft.phase.outcome'])).toEqual([
      'approval_needed',
      'approval_needed',
    ])
    expect(await told.counts('stagecraft.phase.ended', 'phase.name', 'phase.outcome')).toEqual({
      'DRAFT retrying': 1,
      'DRAFT completed': 1,
      'SHIP completed': 1,
    })
    expect(await told.counts('stagecraft.project.ended', 'project.end')).toEqual({ plan_only: 1 })
  })

  it('tell a phase that was halted, gone on with, and cancelled', async () => {
    const stage = at()
    const { orchestrator } = await underway(stage, [
      { name: 'DRAFT', tasks: [{ agent: takes(stage, 'slow', 20_000) }] },
    ])
    const heard = listen(orchestrator, { types: ['AGENT_STARTED'] })
    await orchestrator.projects.go('drone-001')
    await stage.until(() => heard.facts.length === 1)
    expect(await told.gauge('stagecraft.agent.running')).toBe(1)
    await stage.clock.advanceAsync(1_000)
    await orchestrator.projects.pause('drone-001')
    await orchestrator.projects.go('drone-001')
    await stage.until(() => heard.facts.length === 2)
    await stage.clock.advanceAsync(3_000)
    await orchestrator.projects.cancel('drone-001')
    await stage.clock.settle()
    expect(await told.gauge('stagecraft.agent.running')).toBe(0)
    await orchestrator.stop()
    expect(
      spansOf('phase DRAFT').map(({ times, attributes }) => [times, attributes['stagecraft.phase.outcome']]),
    ).toEqual([
      [[1_000, 2_000], 'halted'],
      [[2_000, 5_000], 'cancelled'],
    ])
    expect(spansOf('agent slow').map(({ attributes }) => attributes['stagecraft.agent.status'])).toEqual([
      'cancelled',
      'cancelled',
    ])
    expect(await told.counts('stagecraft.project.ended', 'project.end')).toEqual({ cancelled: 1 })
  })

  it('are told in full after a restart, also what began and ended before it', async () => {
    const stage = at()
    const phases = [
      {
        name: 'DRAFT',
        tasks: [{ agent: takes(stage, 'quick', 500) }, { agent: takes(stage, 'slow', 20_000) }],
        approval: {},
      },
    ]
    const { orchestrator } = await underway(stage, phases)
    await orchestrator.projects.go('drone-001')
    await stage.reach(1_500)
    const stopped = orchestrator.stop()
    // The slow one is aborted once the stop has waited for it as long as it may.
    await stage.reach(11_500)
    await stopped
    expect(told.spans()).toEqual([])
    const again = await stage.start({ lifecycles: [lifecycle(phases)] })
    const telemetry = await openTelemetry(again)
    await stage.reach(31_500)
    await again.projects.settled('drone-001')
    await stage.until(() => spansOf('phase DRAFT').length > 0)
    expect(spansOf('phase DRAFT')).toMatchObject([{ times: [1_000, 31_500] }])
    expect(spansOf('phase DRAFT')[0]?.attributes).not.toHaveProperty('stagecraft.start_known')
    expect(spansOf('agent quick')).toMatchObject([{ times: [1_000, 1_500], parent: 'phase DRAFT' }])
    expect(spansOf('agent slow')).toMatchObject([{ times: [1_000, 31_500], parent: 'phase DRAFT' }])
    await again.stop()
    const third = await stage.start({ lifecycles: [lifecycle(phases)] })
    await openTelemetry(third)
    stage.clock.advance(DAY)
    await approve(third, 'APPROVED')
    await third.projects.settled('drone-001')
    await stage.until(() => spansOf('approval DRAFT').length > 0)
    expect(spansOf('approval DRAFT')).toMatchObject([
      { times: [31_500, 31_500 + DAY], attributes: { 'stagecraft.approval.end': 'approved' } },
    ])
    expect(await told.sums('stagecraft.approval.wait', 'approval.end')).toEqual({ approved: 86_400 })
    await telemetry[Symbol.asyncDispose]()
    await third.stop()
  })
})

describe('the metrics', () => {
  it('count projects, phases, agents, retries, limits and verdicts, without naming a project', async () => {
    const stage = at()
    const critics = [
      defineCritic({ name: 'stern', evaluate: () => ({ severity: 3, violations: ['a secret violation'] }) }),
    ]
    const flaky = agent(
      'flaky',
      (_, { attempt }) => (attempt === 1 ? Promise.reject(new Error('again')) : 'a secret output'),
      { retriesMax: 1 },
    )
    const phases: PhaseDefinition[] = [
      { name: 'DRAFT', tasks: [{ agent: flaky }] },
      { name: 'SHIP', gate: () => ({ result: 'RETRY', reason: 'a secret reason' }), iterationsMax: 2 },
    ]
    const panels = { board: createPanel({ critics, clock: stage.clock }) }
    const orchestrator = await stage.start({ lifecycles: [lifecycle(phases)], panels })
    await openTelemetry(orchestrator)
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    await stage.reach(2_000)
    await over
    await orchestrator.review('board', {
      id: 'review-1',
      prompt: 'a secret prompt',
      response: 'r',
      context: {},
    })
    await orchestrator.stop()
    expect(await told.counts('stagecraft.project.ended', 'project.end')).toEqual({ failed: 1 })
    expect(await told.counts('stagecraft.phase.ended', 'phase.name', 'phase.outcome')).toEqual({
      'DRAFT completed': 1,
      'SHIP retrying': 1,
      'SHIP failed': 1,
    })
    expect(await told.counts('stagecraft.agent.ended', 'agent.name', 'agent.status')).toEqual({
      'flaky succeeded': 1,
    })
    expect(await told.sums('stagecraft.agent.duration', 'agent.name', 'agent.status')).toEqual({
      'flaky succeeded': 1,
    })
    expect(await told.counts('stagecraft.agent.retried', 'agent.name')).toEqual({ flaky: 1 })
    expect(await told.counts('stagecraft.limit.reached', 'phase.name', 'limit.name')).toEqual({
      'SHIP iterationsMax': 1,
    })
    expect(await told.counts('stagecraft.review.recorded', 'panel.name', 'review.verdict')).toEqual({
      'board deny': 1,
    })
    const text = await told.text()
    expect(text).not.toMatch(/secret/)
    expect(text.slice(text.indexOf('"descriptor"'))).not.toContain('drone-001')
  })

  it('tell an escalated review that people released as an approval, and as no phase', async () => {
    const stage = at()
    const critics = [defineCritic({ name: 'unsure', evaluate: () => ({ severity: 1, uncertainty: 0.9 }) })]
    const panels = { board: createPanel({ critics, clock: stage.clock }) }
    const orchestrator = await stage.start({ panels })
    await openTelemetry(orchestrator)
    await orchestrator.review('board', { id: 'review-1', prompt: 'p', response: 'r', context: {} })
    stage.clock.advance(5_000)
    await orchestrator.reviews.submitApproval('review-1', {
      approval: 'approval-1',
      version: 1,
      decision: 'APPROVED',
      by: 'ana',
    })
    await orchestrator.stop()
    expect(told.spans().map(({ name }) => name)).toEqual(['approval board'])
    expect(await told.sums('stagecraft.approval.wait', 'approval.end')).toEqual({ approved: 5 })
    expect(await told.counts('stagecraft.review.recorded', 'review.verdict')).toEqual({ escalate: 1 })
  })
})

describe('telemetry', () => {
  /** A project that waits for approval, on an orchestrator that was started anew. */
  const waiting = async () => {
    const stage = at()
    const lifecycles = [lifecycle([{ name: 'DRAFT', approval: {} }])]
    const before = await stage.start({ lifecycles })
    await before.projects.create(project())
    await before.projects.run('drone-001')
    await before.stop()
    const orchestrator = await stage.start({ lifecycles })
    stage.clock.advance(5_000)
    return { stage, orchestrator }
  }

  it('is disposed once all it has heard is told', async () => {
    const { orchestrator } = await waiting()
    const telemetry = await openTelemetry(orchestrator)
    const heard = listen(orchestrator)
    await approve(orchestrator, 'APPROVED')
    await new Promise<void>((resolve) => {
      orchestrator.facts({ after: 0, types: ['PROJECT_COMPLETED'] }).subscribe(() => resolve())
    })
    expect(heard.facts.length).toBeGreaterThan(0)
    await telemetry[Symbol.asyncDispose]()
    expect(spansOf('approval DRAFT')).toMatchObject([{ times: [1_000, 6_000] }])
    await orchestrator.stop()
  })

  it('says so where it cannot know the beginning, and measures nothing of it', async () => {
    const { orchestrator } = await waiting()
    await openTelemetry({
      facts: (options) =>
        options?.project === undefined
          ? orchestrator.facts(options)
          : throwError(() => new Error('no looking back')),
    })
    await approve(orchestrator, 'APPROVED')
    await orchestrator.projects.settled('drone-001')
    await orchestrator.stop()
    expect(spansOf('approval DRAFT')).toMatchObject([
      { times: [6_000, 6_000], attributes: { 'stagecraft.start_known': false } },
    ])
    expect(await told.counts('stagecraft.approval.ended', 'approval.end')).toEqual({ approved: 1 })
    expect(await told.sums('stagecraft.approval.wait', 'approval.end')).toEqual({})
  })

  it('ends with the orchestrator: nothing is observed any more', async () => {
    const stage = at()
    const { orchestrator } = await underway(stage, [{ name: 'DRAFT' }])
    expect(await told.gauge('stagecraft.agent.running')).toBe(0)
    await orchestrator.stop()
    await stage.clock.settle()
    expect(await told.gauge('stagecraft.agent.running')).toBe(undefined)
  })

  it('hears no more once it is disposed', async () => {
    const stage = at()
    const { orchestrator, telemetry } = await underway(stage, [{ name: 'DRAFT' }])
    await telemetry[Symbol.asyncDispose]()
    const heard = listen(orchestrator)
    await orchestrator.projects.run('drone-001')
    await orchestrator.stop()
    expect(heard.facts.length).toBeGreaterThan(0)
    expect(told.spans()).toEqual([])
    expect(await told.counts('stagecraft.project.ended', 'project.end')).toEqual({})
  })

  it('keeps to itself what a provider throws', async () => {
    const stage = at()
    const problems: string[] = []
    const note = (...words: unknown[]) => void problems.push(words.map(String).join(' '))
    diag.setLogger({ error: note, warn: note, info: note, debug: note, verbose: note }, DiagLogLevel.ERROR)
    trace.disable()
    trace.setGlobalTracerProvider({
      getTracer: () => {
        const startSpan = () => {
          throw new Error('no spans today')
        }
        return { startSpan, startActiveSpan: startSpan }
      },
    })
    const { orchestrator } = await underway(stage, [{ name: 'DRAFT' }, { name: 'SHIP' }])
    expect((await orchestrator.projects.run('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('no spans today')
    expect(await told.counts('stagecraft.project.ended', 'project.end')).toEqual({ completed: 1 })
  })

  it('says what to install where the API is missing', () => {
    const index = fileURLToPath(new URL('../../../src/runtime/index.ts', import.meta.url))
    const script = `
      import { registerHooks } from 'node:module'
      registerHooks({
        resolve: (specifier, context, next) => {
          if (specifier === '@opentelemetry/api') throw new Error('Cannot find package')
          return next(specifier, context)
        },
      })
      const { openTelemetry } = await import(${JSON.stringify(index)})
      await openTelemetry({}).catch(({ code, message, cause }) => console.log(JSON.stringify({ code, message, cause: String(cause) })))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout)).toEqual({
      code: 'telemetry.missing_peer',
      message: expect.stringContaining('npm install @opentelemetry/api'),
      cause: 'Error: Cannot find package',
    })
  })
})
