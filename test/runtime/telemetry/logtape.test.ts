import { configure, getConsoleSink, reset, type LogRecord } from '@logtape/logtape'
import { Subject, throwError } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPanel, defineCritic, StagecraftError } from 'stagecraft'
import { FACT_TYPES, logTape, memoryStore, type Fact, type OwnedStore, type Store } from 'stagecraft/runtime'
import { logLineOf } from '../../../src/runtime/telemetry/log-lines.ts'
import { wordsOf } from '../../../src/runtime/telemetry/fact-words.ts'
import { agent, lifecycle, project, scene } from '../projects/project-scene.ts'

let records: LogRecord[] = []

beforeEach(async () => {
  records = []
  await configure({
    sinks: { kept: (record) => records.push(record), console: getConsoleSink() },
    loggers: [
      { category: ['stagecraft'], sinks: ['kept'], lowestLevel: 'debug' },
      { category: ['logtape', 'meta'], sinks: ['console'], lowestLevel: 'warning' },
    ],
  })
})

afterEach(reset)

const lines = () =>
  records.map(
    ({ level, category, message }) => `${level} ${category.slice(1).join('.')}: ${message.join('')}`,
  )

describe('the log', () => {
  it('tells a project in sentences, each as loud as it deserves', async () => {
    const at = scene()
    const flaky = agent(
      'flaky',
      (_, { attempt }) => (attempt === 1 ? Promise.reject(new Error('a secret message')) : 'a secret output'),
      { retriesMax: 1 },
    )
    const fails = agent('fails', () => Promise.reject(new Error('a secret message')))
    const late = agent('late', (_, { signal }) => at.wait(9_000, signal), { timeoutMs: 500 })
    const critics = [defineCritic({ name: 'unsure', evaluate: () => ({ severity: 1, uncertainty: 0.9 }) })]
    const orchestrator = await at.start({
      lifecycles: [
        lifecycle([
          {
            name: 'DRAFT',
            tasks: [{ agent: flaky }, { agent: fails }, { agent: late }],
            review: 'board',
            gate: () => ({ result: 'PASS', reason: 'a secret reason' }),
          },
          {
            name: 'SHIP',
            gate: () => ({ result: 'RETRY', reason: 'a secret reason' }),
            iterationsMax: 2,
            conflicts: () => [{ id: 'a-secret-conflict', between: ['a', 'b'], message: 'a secret conflict' }],
          },
        ]),
      ],
      panels: { board: createPanel({ critics, clock: at.clock }) },
    })
    logTape(orchestrator)
    await orchestrator.projects.create({
      ...project(),
      intent: 'a secret intent',
      author: 'a secret author',
      params: { note: 'a secret note' },
    })
    const over = orchestrator.projects.run('drone-001')
    await at.reach(1_500)
    await at.reach(2_000)
    const { approval } = await over
    await orchestrator.projects.submitApproval('drone-001', {
      approval: approval?.id ?? '',
      version: 1,
      decision: 'APPROVED',
      by: 'a secret approver',
      comment: 'a secret comment',
    })
    await orchestrator.projects.settled('drone-001')
    await orchestrator.stop()
    expect(lines()).toEqual([
      'info project: Project drone-001 was created.',
      'info project: Project drone-001 started.',
      'debug project: Project drone-001 has the checkpoint DRAFT-1.',
      'info phase: DRAFT of drone-001 started, run 1.',
      'debug agent: flaky started on flaky of drone-001.',
      'debug agent: fails started on fails of drone-001.',
      'debug agent: late started on late of drone-001.',
      'error agent: fails failed at fails of drone-001: error.',
      'warning agent: late ran out of time at late of drone-001.',
      'warning agent: flaky tries flaky of drone-001 again, attempt 2.',
      'debug agent: flaky has done flaky of drone-001.',
      'info review: board reviewed drone-001: escalate.',
      'warning review: Critics object to drone-001: escalate.',
      'debug phase: The gate of DRAFT of drone-001 says PASS.',
      'info approval: DRAFT of drone-001 waits for approval-1.',
      'info approval: approval-1 of drone-001: APPROVED.',
      'info phase: DRAFT of drone-001 is completed.',
      'debug project: Project drone-001 has the checkpoint SHIP-2.',
      'info phase: SHIP of drone-001 started, run 2.',
      'debug phase: The gate of SHIP of drone-001 says RETRY.',
      'warning phase: A conflict was found in SHIP of drone-001.',
      'warning phase: SHIP of drone-001 is repeated: RETRY.',
      'info phase: SHIP of drone-001 started, run 3.',
      'debug phase: The gate of SHIP of drone-001 says RETRY.',
      'error phase: SHIP of drone-001 failed: gate.',
      'warning project: Project drone-001 has reached iterationsMax: 2.',
      'error project: Project drone-001 failed in SHIP: iterations_max.',
    ])
    expect(JSON.stringify(records)).not.toMatch(/secret/)
  })

  it('carries the project, the cursor, the time and the words of the fact as properties', async () => {
    const at = scene()
    const greets = agent('greets', () => 'hello')
    const orchestrator = await at.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: greets }] }])],
    })
    logTape(orchestrator)
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    await orchestrator.stop()
    expect(records.find(({ rawMessage }) => String(rawMessage).includes('has done'))?.properties).toEqual({
      project: 'drone-001',
      cursor: 6,
      at: 1_000,
      phase: 'DRAFT',
      run: 1,
      task: 'greets',
      agent: 'greets',
      status: 'succeeded',
      attempts: 1,
      durationMs: 0,
    })
  })

  it('starts after a cursor where it is asked to, and ends when it is disposed', async () => {
    const at = scene()
    const orchestrator = await at.start({ lifecycles: [lifecycle([{ name: 'DRAFT' }])] })
    await orchestrator.projects.create(project())
    const log = logTape(orchestrator, { after: 0 })
    await at.until(() => records.length > 0)
    log[Symbol.dispose]()
    await orchestrator.projects.run('drone-001')
    await orchestrator.stop()
    expect(lines()).toEqual(['info project: Project drone-001 was created.'])
  })

  it('tells the troubles of the orchestrator, with their code', async () => {
    const at = scene()
    const heard: unknown[] = []
    const orchestrator = await at.start({
      store: fullAfterStart(memoryStore()),
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: agent('greets', () => 'hello') }] }])],
      onTrouble: (error) => heard.push(error),
    })
    logTape(orchestrator)
    await orchestrator.projects.create(project())
    await orchestrator.projects.go('drone-001')
    await at.until(() => heard.length > 0)
    const stopped = orchestrator.stop()
    await at.clock.run(stopped)
    const trouble = records.find(({ category }) => category.at(-1) === 'orchestrator')
    expect(trouble?.level).toBe('error')
    expect(trouble?.properties).toMatchObject({ message: 'The disk is full.', code: 'store.full' })
    expect(lines().filter((line) => line.includes('Trouble'))).toHaveLength(heard.length)
  })

  it('tells of no trouble any more once it is disposed', async () => {
    const at = scene()
    const troubles = new Subject<unknown>()
    const orchestrator = await at.start()
    const log = logTape({ facts: (options) => orchestrator.facts(options), troubles })
    troubles.next('one')
    log[Symbol.dispose]()
    troubles.next('two')
    await orchestrator.stop()
    expect(lines()).toEqual(['error orchestrator: Trouble: one'])
  })

  it('goes on with the troubles where the facts have come to an end', async () => {
    const troubles = new Subject<unknown>()
    logTape({ facts: () => throwError(() => new Error('no disk')), troubles })
    troubles.next('another')
    expect(lines()).toEqual(['error orchestrator: Trouble: no disk', 'error orchestrator: Trouble: another'])
  })

  it('has a line for every type of fact', () => {
    for (const type of FACT_TYPES)
      expect(logLineOf({ type } as Fact, undefined).message, type).toMatch(/^.*\{project\}.*\.$/)
  })

  it('says nothing of what is not among the words', () => {
    const payload = {
      phase: 'DRAFT',
      intent: 'secret',
      comment: 'secret',
      by: 'secret',
      output: 'secret',
      reason: 'secret',
      run: { nested: 'secret' },
      error: { code: 'error', message: 'secret' },
    }
    const fact = { type: 'GATE_ANSWERED', payload } as unknown as Fact
    expect(wordsOf(fact)).toEqual({ phase: 'DRAFT', error: 'error' })
  })
})

/** A store that takes the first two steps, and no more. */
function fullAfterStart(store: Store): Store {
  return {
    ...store,
    open: async (options) => {
      const opened = await store.open(options)
      let left = 2
      return {
        ...opened,
        commit: async (steps: Parameters<OwnedStore['commit']>[0]) => {
          if (left < steps.length) throw new StagecraftError('store.full', 'The disk is full.')
          left -= steps.length
          return opened.commit(steps)
        },
      }
    },
  }
}
