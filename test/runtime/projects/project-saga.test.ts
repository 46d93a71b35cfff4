import { describe, expect, it } from 'vitest'
import type { Fact, Orchestrator, PhaseDefinition, TaskUndo } from 'stagecraft/runtime'
import { LIMITS } from '../../../src/model/limits.ts'
import { agent, lifecycle, project, refusal, scene, typesOf } from './project-scene.ts'

type Undone = readonly [task: string, output: unknown, key: string]

/** A phase that buys: each step can be undone, and says so when it is. */
function shop() {
  const undone: Undone[] = []
  const compensate = ({ task, output, key }: TaskUndo) => void undone.push([task, output, key])
  const step = (name: string, ...dependsOn: string[]) => ({
    agent: agent(name, () => `${name} done`),
    dependsOn,
    critical: true,
    compensate,
  })
  const broken = { agent: agent('broken', () => Promise.reject(new Error('no wings left'))), critical: true }
  return { undone, compensate, step, broken }
}

async function opened(phases: readonly PhaseDefinition[], options: Parameters<typeof lifecycle>[1] = {}) {
  const at = scene()
  const orchestrator = await at.start({ lifecycles: [lifecycle(phases, options)] })
  await orchestrator.projects.create(project())
  return { ...at, orchestrator, projects: orchestrator.projects }
}

const sagaOf = async ({ projects }: Orchestrator) =>
  (await projects.history('drone-001')).filter(
    ({ type }) => type.startsWith('COMPENSATION_') || type.startsWith('PROJECT_FAILED'),
  )

const told = (facts: readonly Fact[]) =>
  facts.map(({ type, payload }) => [type, Object(payload).task ?? Object(payload).reason])

describe('a phase run that does not pass', () => {
  it('is undone step by step, the latest first, the step that failed too, and only then has failed', async () => {
    const { undone, step, broken, compensate } = shop()
    const tasks = [step('order'), step('pay', 'order'), { ...broken, dependsOn: ['pay'], compensate }]
    const { orchestrator, projects } = await opened([{ name: 'BUY', tasks }])
    expect(await projects.run('drone-001')).toMatchObject({ state: 'FAILED', reason: 'phase_failed' })
    expect(undone).toEqual([
      ['broken', null, 'drone-001.BUY.1.broken:undo'],
      ['pay', 'pay done', 'drone-001.BUY.1.pay:undo'],
      ['order', 'order done', 'drone-001.BUY.1.order:undo'],
    ])
    expect(told(await sagaOf(orchestrator))).toEqual([
      ...['broken', 'pay', 'order'].flatMap((task) => [
        ['COMPENSATION_STARTED', task],
        ['COMPENSATION_COMPLETED', task],
      ]),
      ['PROJECT_FAILED', 'phase_failed'],
    ])
    await projects.verify('drone-001')
    await orchestrator.stop()
  })

  it('is undone before it is repeated', async () => {
    const { undone, step } = shop()
    const seen: unknown[] = []
    const gate: PhaseDefinition['gate'] = ({ iteration }) => {
      seen.push([iteration, undone.length])
      return iteration === 1 ? 'RETRY' : 'PASS'
    }
    const { orchestrator, projects } = await opened([{ name: 'BUY', tasks: [step('order')], gate }])
    expect(await projects.run('drone-001')).toMatchObject({ state: 'COMPLETED', phasesRun: 2 })
    expect(seen).toEqual([
      [1, 0],
      [2, 1],
    ])
    await orchestrator.stop()
  })

  it('is undone when people reject it, and done again with what they said', async () => {
    const { undone, step } = shop()
    const { orchestrator, projects } = await opened([{ name: 'BUY', tasks: [step('order')], approval: {} }])
    await projects.run('drone-001')
    const said = { approval: 'approval-1', version: 1, decision: 'REJECTED', by: 'ana' } as const
    await projects.submitApproval('drone-001', said)
    expect(await projects.settled('drone-001')).toMatchObject({ state: 'AWAITING_APPROVAL', phasesRun: 2 })
    expect(undone).toEqual([['order', 'order done', 'drone-001.BUY.1.order:undo']])
    await orchestrator.stop()
  })

  it('is undone when the project is cancelled, after what still ran has heard of it', async () => {
    const { undone, step } = shop()
    const order: string[] = []
    const slow = agent('slow', async (_view, { signal }) => {
      order.push('begins')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      // It takes a moment to come to an end, and acts until then.
      await new Promise((resolve) => setImmediate(resolve))
      order.push('ends')
    })
    const tasks = [
      step('order'),
      { agent: slow, dependsOn: ['order'], compensate: () => void order.push('undone') },
    ]
    const { orchestrator, projects, until } = await opened([{ name: 'BUY', tasks }])
    const running = projects.run('drone-001')
    await until(() => order.length === 1)
    expect((await projects.cancel('drone-001')).state).toBe('ROLLING_BACK')
    // Shielded: nobody cuts it short, and who wants the same again gets it.
    expect((await projects.cancel('drone-001')).state).toBe('ROLLING_BACK')
    expect(await refusal(projects.pause('drone-001'))).toMatchObject({ code: 'project.wrong_state' })
    expect(await running).toMatchObject({ state: 'CANCELLED', reason: 'by_request' })
    expect(order).toEqual(['begins', 'ends', 'undone'])
    expect(undone.map(([task]) => task)).toEqual(['order'])
    await orchestrator.stop()
  })

  it('does not wait for ever for work that takes no notice', async () => {
    const { undone, step } = shop()
    let isUnderway = false
    const deaf = agent('deaf', () => {
      isUnderway = true
      return new Promise(() => {})
    })
    const tasks = [step('order'), { ...step('deaf', 'order'), agent: deaf }]
    const { orchestrator, projects, until, reach, clock } = await opened([{ name: 'BUY', tasks }])
    const running = projects.run('drone-001')
    await until(() => isUnderway)
    await projects.cancel('drone-001')
    expect(undone).toEqual([])
    await reach(clock.now() + LIMITS.lingerMs)
    await reach(clock.now() + LIMITS.lingerMs)
    expect((await running).state).toBe('CANCELLED')
    expect(undone.map(([task]) => task)).toEqual(['deaf', 'order'])
    await orchestrator.stop()
  })

  it('stays as it is when it has passed, until a rollback goes back before it', async () => {
    const { undone, step, broken } = shop()
    const phases = [
      { name: 'BUY', tasks: [step('order')] },
      { name: 'BUILD', tasks: [broken] },
    ]
    const { orchestrator, projects } = await opened(phases)
    expect((await projects.run('drone-001')).state).toBe('FAILED')
    expect(undone).toEqual([])
    expect(await projects.rollback('drone-001', 'BUY-1')).toMatchObject({ state: 'PAUSED', phase: 'BUY' })
    expect(undone.map(([task]) => task)).toEqual(['order'])
    // The parts are not there any more, so nothing can be built on their having been bought.
    expect(await refusal(projects.rollback('drone-001', 'BUILD-2'))).toMatchObject({
      code: 'checkpoint.undone',
      message: expect.stringContaining('run 1 of BUY'),
    })
    await orchestrator.stop()
  })

  it('cannot move to a version of the lifecycle that has forgotten how it is undone', async () => {
    const { undone, step } = shop()
    const at = scene()
    const wait = { name: 'WAIT', approval: {} }
    const { compensate: _, ...kept } = step('order')
    const versions = [
      lifecycle([{ name: 'BUY', tasks: [step('order')] }, wait]),
      lifecycle([{ name: 'BUY', tasks: [kept] }, wait], { version: 2 }),
      lifecycle([{ name: 'BUY', tasks: [step('order')] }, wait, { name: 'SHIP' }], { version: 3 }),
    ]
    const orchestrator = await at.start({ lifecycles: versions })
    const { projects } = orchestrator
    await projects.create({ ...project(), version: 1 })
    await projects.run('drone-001')
    await projects.pause('drone-001')
    expect(await refusal(projects.migrate('drone-001', { to: 2 }))).toMatchObject({
      code: 'lifecycle.not_migratable',
      message: expect.stringContaining('cannot undo what was done in BUY.order'),
    })
    await projects.migrate('drone-001', { to: 3 })
    await projects.rollback('drone-001', 'BUY-1')
    expect(undone.map(([task]) => task)).toEqual(['order'])
    await orchestrator.stop()
  })
})

describe('what cannot be undone', () => {
  const stuck = () => {
    const at = { isStuck: true, tries: 0 }
    const compensate = () => {
      at.tries += 1
      if (at.isStuck) throw new Error('the wing is glued')
    }
    return { at, compensate }
  }

  /** The pauses between the attempts to undo a step. */
  async function despair({ reach, clock }: ReturnType<typeof scene>) {
    for (const pauseMs of [1_000, 2_000]) await reach(clock.now() + pauseMs)
  }

  it('is tried again, then put before people, who have undone it by hand', async () => {
    const { undone, step, broken } = shop()
    const { at, compensate } = stuck()
    const tasks = [
      step('order'),
      { ...step('glue', 'order'), compensate },
      { ...broken, dependsOn: ['glue'] },
    ]
    const opening = await opened([{ name: 'BUY', tasks }])
    const { orchestrator, projects } = opening
    const running = projects.run('drone-001')
    await despair(opening)
    const shown = await running
    expect(shown).toMatchObject({ state: 'AWAITING_APPROVAL', reason: 'compensation_failed' })
    expect(shown.approval?.subject).toMatchObject({
      failed: [{ phase: 'BUY', run: 1, task: 'glue', message: 'the wing is glued' }],
    })
    // What can be undone is.
    expect([at.tries, undone.map(([task]) => task)]).toEqual([3, ['order']])
    const decide = (decision: 'APPROVED' | 'PLAN_ONLY') =>
      projects.submitApproval('drone-001', { approval: 'approval-1', version: 1, decision, by: 'ana' })
    expect(await refusal(decide('PLAN_ONLY'))).toMatchObject({
      code: 'approval.not_allowed',
      message: expect.stringContaining('could not be undone'),
    })
    expect(await refusal(projects.cancel('drone-001'))).toMatchObject({ code: 'project.wrong_state' })
    await decide('APPROVED')
    expect(await projects.settled('drone-001')).toMatchObject({ state: 'FAILED', reason: 'phase_failed' })
    expect(at.tries).toBe(3)
    await projects.verify('drone-001')
    await orchestrator.stop()
  })

  it('is tried again when people reject, and only that; nobody answering pauses, and resuming asks anew', async () => {
    const { undone, step } = shop()
    const { at, compensate } = stuck()
    const tasks = [step('order'), { ...step('glue', 'order'), compensate }]
    const opening = await opened([{ name: 'BUY', tasks, approval: { deadlineMs: 60_000 } }])
    const { orchestrator, projects, reach, clock } = opening
    await projects.run('drone-001')
    await projects.cancel('drone-001')
    await despair(opening)
    expect((await projects.settled('drone-001')).approval).toMatchObject({ id: 'approval-2', version: 1 })
    await reach(clock.now() + 60_000)
    expect(await projects.settled('drone-001')).toMatchObject({ state: 'PAUSED', reason: 'approval_timeout' })
    expect(await projects.run('drone-001')).toMatchObject({ approval: { id: 'approval-2', version: 2 } })
    at.isStuck = false
    const again = { approval: 'approval-2', version: 2, decision: 'REJECTED', by: 'ana' } as const
    await projects.submitApproval('drone-001', again)
    expect(await projects.settled('drone-001')).toMatchObject({ state: 'CANCELLED', reason: 'by_request' })
    expect([at.tries, undone.length]).toEqual([4, 1])
    await orchestrator.stop()
  })

  it('is given up when it never settles, and its signal aborts', async () => {
    const signals: AbortSignal[] = []
    const { step } = shop()
    const compensate = ({ signal }: TaskUndo) => {
      signals.push(signal)
      return new Promise<never>(() => {})
    }
    const opening = await opened([{ name: 'BUY', tasks: [{ ...step('order'), compensate }] }, { name: 'B' }])
    const { orchestrator, projects, reach, clock } = opening
    await projects.run('drone-001')
    const back = projects.rollback('drone-001', 'BUY-1')
    for (const pauseMs of [1_000, 2_000]) {
      await reach(clock.now() + LIMITS.compensateMs)
      await reach(clock.now() + pauseMs)
      // The attempt before goes on all the same.
      await reach(clock.now() + LIMITS.lingerMs)
    }
    await reach(clock.now() + LIMITS.compensateMs)
    expect(await back).toMatchObject({ state: 'AWAITING_APPROVAL' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
    await orchestrator.stop()
  })

  it('stays, with what led to it, where it is irreversible: what came after it is undone', async () => {
    const { undone, step, broken } = shop()
    const sign = { ...step('sign', 'order'), irreversible: true as const }
    const tasks = [step('order'), sign, step('ship', 'sign'), { ...broken, dependsOn: ['ship'] }]
    const { orchestrator, projects } = await opened([{ name: 'BUY', tasks }])
    expect(await projects.run('drone-001')).toMatchObject({ state: 'FAILED', reason: 'irreversible' })
    expect(undone.map(([task]) => task)).toEqual(['ship'])
    expect(typesOf(await sagaOf(orchestrator))).toEqual([
      'COMPENSATION_STARTED',
      'COMPENSATION_COMPLETED',
      'COMPENSATION_IRREVERSIBLE',
      'PROJECT_FAILED',
    ])
    await orchestrator.stop()
  })

  it('lets a rollback come as far as it can, and no phase counts as done that has lost something', async () => {
    const { undone, step } = shop()
    const { compensate: _, ...sign } = { ...step('sign'), irreversible: true as const }
    const phases = [
      { name: 'SIGN', tasks: [sign] },
      { name: 'BUY', tasks: [step('order')] },
      { name: 'END', approval: {} },
    ]
    const { orchestrator, projects } = await opened(phases)
    await projects.run('drone-001')
    const back = await projects.rollback('drone-001', 'SIGN-1')
    expect(back).toMatchObject({ state: 'PAUSED', phase: 'BUY', reason: 'irreversible' })
    expect(Object.keys(back.results)).toEqual(['SIGN'])
    expect(undone.map(([task]) => task)).toEqual(['order'])
    // With nothing left that could be undone, it stays where it is.
    expect(await projects.run('drone-001')).toMatchObject({ state: 'AWAITING_APPROVAL', phase: 'END' })
    await orchestrator.stop()
  })
})
