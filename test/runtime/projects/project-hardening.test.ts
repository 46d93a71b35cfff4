import { expect, it } from 'vitest'
import { defineLifecycle } from 'stagecraft/runtime'
import { LIMITS } from '../../../src/model/limits.ts'
import { agent, lifecycle, project, refusal, scene } from './project-scene.ts'

const never = () => new Promise<never>(() => {})
const worker = agent('worker', () => 'done')

it('takes no step any more once its contents were erased: nobody could be known again', async () => {
  const at = scene()
  const orchestrator = await at.start({
    lifecycles: [lifecycle([{ name: 'A' }, { name: 'B', approval: {} }])],
  })
  const { projects } = orchestrator
  await projects.create({ ...project(), author: 'eva' })
  await projects.run('drone-001')
  await projects.cancel('drone-001')
  await projects.erase('drone-001')
  expect(await refusal(projects.rollback('drone-001', 'A-1'))).toMatchObject({
    code: 'project.wrong_state',
    message: expect.stringContaining('were erased'),
  })
  await projects.verify('drone-001')
  await projects.remove('drone-001')
  await orchestrator.stop()
})

it('knows a decision that was sent twice, also when the next question is asked by then', async () => {
  const at = scene()
  const phases = [
    { name: 'A', approval: {} },
    { name: 'B', approval: {} },
  ]
  const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
  const { projects } = orchestrator
  await projects.create(project())
  await projects.run('drone-001')
  const first = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' } as const
  await projects.submitApproval('drone-001', first)
  const { approval, seq } = await projects.settled('drone-001')
  expect(approval?.id).toBe('approval-2')
  expect((await projects.submitApproval('drone-001', first)).seq).toBe(seq)
  expect(await refusal(projects.submitApproval('drone-001', { ...first, by: 'ben' }))).toMatchObject({
    code: 'approval.outdated',
  })
  await orchestrator.stop()
})

it('refuses a plan that was changed without a new version, at the start and at the next step', async () => {
  const at = scene()
  const asks = lifecycle([{ name: 'A', approval: {} }, { name: 'B' }])
  const orchestrator = await at.start({ lifecycles: [asks] })
  await orchestrator.projects.create(project())
  await orchestrator.projects.run('drone-001')
  await orchestrator.stop()
  const silent = defineLifecycle({ name: 'demo', version: 1, phases: [{ name: 'A' }, { name: 'B' }] })
  expect(await refusal(at.start({ lifecycles: [silent] }))).toMatchObject({
    code: 'lifecycle.changed',
    message: expect.stringContaining('"drone-001"'),
  })
  const again = await at.start({ lifecycles: [asks] })
  expect((await again.projects.get('drone-001')).state).toBe('AWAITING_APPROVAL')
  await again.stop()
})

it.each([
  ['gate', { name: 'A', gate: never }, LIMITS.gateMs, 'The gate took longer'],
  [
    'condition',
    { name: 'A', tasks: [{ agent: worker, critical: true, when: never }] },
    LIMITS.task.timeoutMs,
    'The condition and the input took longer',
  ],
  [
    'input',
    { name: 'A', tasks: [{ agent: worker, critical: true, input: never }] },
    LIMITS.task.timeoutMs,
    'The condition and the input took longer',
  ],
])('gives up a %s that never settles', async (_, phase, delayMs, words) => {
  const at = scene()
  const orchestrator = await at.start({ lifecycles: [lifecycle([phase])] })
  await orchestrator.projects.create(project())
  const running = orchestrator.projects.run('drone-001')
  await at.reach(at.clock.now() + delayMs)
  expect((await running).state).toBe('FAILED')
  expect(JSON.stringify(await orchestrator.projects.history('drone-001'))).toContain(words)
  await orchestrator.stop()
})

it('works under the same key after a pause, so that what was done once is known', async () => {
  const at = scene()
  const keys: string[] = []
  const slow = agent('slow', async (_view, { key, signal }) => {
    keys.push(key)
    if (keys.length === 1) await at.wait(60_000, signal)
  })
  const orchestrator = await at.start({ lifecycles: [lifecycle([{ name: 'A', tasks: [{ agent: slow }] }])] })
  const { projects } = orchestrator
  await projects.create(project())
  const running = projects.run('drone-001')
  await at.until(() => keys.length === 1)
  await projects.pause('drone-001')
  expect((await running).state).toBe('PAUSED')
  expect((await projects.run('drone-001')).state).toBe('COMPLETED')
  expect(keys).toEqual(['drone-001.A.1.slow', 'drone-001.A.1.slow'])
  await orchestrator.stop()
})
