import { createPanel, defineCritic, isStagecraftError } from 'stagecraft'
import { explainCompilation } from 'stagecraft/compile'
import {
  createAgents,
  createOrchestrator,
  defineAgent,
  defineLifecycle,
  memoryStore,
} from 'stagecraft/runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StateMachine, type AnyActorRef, type AnyStateMachine } from 'xstate'
import { interpreterFromEnvironment } from '../../src/model/environment.ts'

const critics = [
  defineCritic({ name: 'calm', evaluate: () => ({ severity: 0 }) }),
  defineCritic({ name: 'harsh', evaluate: () => ({ severity: 2, violations: ['rule'] }) }),
  defineCritic({
    name: 'deep',
    stage: 'DEEP_ANALYSIS',
    policy: 'ON_VIOLATION',
    evaluate: () => ({ severity: 2.6 }),
  }),
]
const input = { prompt: 'q', response: 'a' }

/** Whether XState's own interpreter steps a chart. */
const isInterpreted = (actor: AnyActorRef) =>
  ((actor as unknown as { logic: AnyStateMachine }).logic as object).constructor === StateMachine

afterEach(() => vi.unstubAllEnvs())

describe('a panel', () => {
  it('runs compiled charts, and says the same as interpreted ones', async () => {
    const run = createPanel({ critics, interpreter: 'compiled' }).start(input)
    expect(isInterpreted(run.actor)).toBe(false)
    const other = createPanel({ critics, interpreter: 'xstate' }).start(input)
    expect(isInterpreted(other.actor)).toBe(true)
    const [compiled, interpreted] = await Promise.all([run.result, other.result])
    expect(compiled.auditHash).toBe(interpreted.auditHash)
    expect(compiled.verdict).toBe('deny')
  })

  it('compiles its stages and critics as well', () => {
    const { actor } = createPanel({ critics, interpreter: 'compiled' }).start(input)
    const stage = (actor as unknown as { logic: AnyStateMachine }).logic.implementations.actors['stage']
    const critic = (stage as AnyStateMachine).implementations.actors['critic']
    for (const chart of [stage, critic]) {
      expect((chart as object).constructor).not.toBe(StateMachine)
      expect(explainCompilation(chart as AnyStateMachine).compiled).toBe(true)
    }
  })

  it.each([
    ['xstate', true],
    ['compiled', false],
    ['', false],
  ])('does as STAGECRAFT_INTERPRETER=%s says, where it says nothing itself', (value, interpreted) => {
    vi.stubEnv('STAGECRAFT_INTERPRETER', value)
    expect(isInterpreted(createPanel({ critics }).start(input).actor)).toBe(interpreted)
    expect(isInterpreted(createPanel({ critics, interpreter: 'xstate' }).start(input).actor)).toBe(true)
  })

  it('refuses another word', () => {
    expect(() => createPanel({ critics, interpreter: 'fast' as never })).toThrow(/interpreter/)
    vi.stubEnv('STAGECRAFT_INTERPRETER', 'fast')
    const failure = (() => {
      try {
        return createPanel({ critics })
      } catch (error) {
        return error
      }
    })()
    expect(isStagecraftError(failure) && failure.code).toBe('environment.invalid')
    expect(() => interpreterFromEnvironment({ STAGECRAFT_INTERPRETER: 'fast' })).toThrow(
      'The environment variable STAGECRAFT_INTERPRETER must be compiled or xstate, but it is "fast".',
    )
  })
})

describe('projects and agents', () => {
  it.each(['compiled', 'xstate'] as const)('come to the same end under %s', async (interpreter) => {
    const asked = vi.spyOn(StateMachine.prototype, 'transition')
    const writer = defineAgent({ name: 'writer', run: async () => ({ text: 'A draft.' }) })
    const lifecycle = defineLifecycle({
      name: 'article',
      phases: [{ name: 'DRAFT', tasks: [{ agent: writer }] }],
    })
    await using orchestrator = await createOrchestrator({
      store: memoryStore(),
      lifecycles: [lifecycle],
      interpreter,
    })
    await orchestrator.projects.create({ id: 'article-1', lifecycle: 'article', intent: 'Write about tides' })
    expect((await orchestrator.projects.run('article-1')).state).toBe('COMPLETED')
    await using agents = createAgents({ agents: [writer], interpreter })
    expect(await agents.call(writer, {})).toMatchObject({ output: { text: 'A draft.' } })
    // Their own methods are bound when a machine is made, so only those made since are seen; compiled ones never ask.
    if (interpreter === 'compiled') expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
  })
})
