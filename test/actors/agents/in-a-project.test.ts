import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import {
  createOrchestrator,
  defineLifecycle,
  httpAgent,
  langGraphAgent,
  memoryStore,
  modelAgent,
  processAgent,
  workerAgent,
} from 'stagecraft/runtime'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loopback } from '../loopback.ts'
import { saying } from '../models.ts'

const output = z.object({ sum: z.number() })
const input = z.object({ a: z.number(), b: z.number() })

const retry = { retriesMax: 2, backoff: { baseMs: 1, jitter: 'none' as const } }

/** One agent of each kind; `said` is what each of them gives, whatever it is asked. */
async function agentsThatSay(said: unknown, keys: unknown[]) {
  const answer = JSON.stringify(said)
  const { origin: url } = await loopback(({ headers }, _body, response) => {
    keys.push(headers['idempotency-key'])
    response.end(answer)
  })
  const State = Annotation.Root({ said: Annotation<unknown>() })
  const graph = new StateGraph(State)
    .addNode('say', () => ({ said }))
    .addEdge(START, 'say')
    .addEdge('say', END)
    .compile()
  return [
    httpAgent({ name: 'http', url, input, output, retry }),
    processAgent({
      name: 'process',
      command: process.execPath,
      args: ['-e', `console.log(${JSON.stringify(answer)})`],
      input,
      output,
      retry,
    }),
    workerAgent({
      name: 'worker',
      module: new URL('fixtures/work.ts', import.meta.url),
      export: 'echo',
      output,
      retry,
    }),
    modelAgent({ name: 'model', model: saying(said), instructions: 'Add.', input, output, retry }),
    langGraphAgent({
      name: 'graph',
      graph,
      input,
      output,
      retry,
      state: () => ({ said: null }),
      result: (state: typeof State.State) => state.said,
    }),
  ]
}

async function run(said: unknown, keys: unknown[] = []) {
  const agents = await agentsThatSay(said, keys)
  const lifecycle = defineLifecycle({
    name: 'sums',
    phases: [
      {
        name: 'ADD',
        // The thread gives back what it is given.
        tasks: agents.map((agent) => ({
          agent,
          input: () => (agent.name === 'worker' ? said : { a: 1, b: 2 }),
        })),
      },
    ],
  })
  await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [lifecycle] })
  await orchestrator.projects.create({ id: 'sums-1', lifecycle: 'sums', intent: 'add' })
  const { phases } = await orchestrator.projects.run('sums-1')
  return phases[0]?.tasks ?? {}
}

const NAMES = ['http', 'process', 'worker', 'model', 'graph']

describe('agents of all kinds in a project', () => {
  it('do the work of its tasks, under the key of each', async () => {
    const keys: unknown[] = []
    const tasks = await run({ sum: 3 }, keys)
    expect(Object.entries(tasks).map(([name, { status, output: given }]) => [name, status, given])).toEqual(
      NAMES.map((name) => [name, 'succeeded', { sum: 3 }]),
    )
    expect(keys).toEqual([expect.stringMatching(/^sums-1\.ADD\.\d+\.http$/)])
  })

  it('are given the view of their phase where the task says nothing else', async () => {
    const thread = workerAgent({
      name: 'thread',
      module: new URL('fixtures/work.ts', import.meta.url),
      export: 'echo',
      output: z.looseObject({ phase: z.string(), project: z.looseObject({ intent: z.string() }) }),
      retry,
    })
    const lifecycle = defineLifecycle({
      name: 'bare',
      phases: [{ name: 'LOOK', tasks: [{ agent: thread }] }],
    })
    await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [lifecycle] })
    await orchestrator.projects.create({ id: 'bare-1', lifecycle: 'bare', intent: 'look' })
    const { results } = await orchestrator.projects.run('bare-1')
    expect(results['LOOK']?.['thread']).toMatchObject({ phase: 'LOOK', project: { intent: 'look' } })
  })

  it.each([
    ['another shape', { sum: 'three' }],
    ['a list in place of an object', [3]],
    ['hostile keys in place of the shape', JSON.parse('{"__proto__":{"sum":3}}') as unknown],
  ])('fail when they are given %s, and only a model is asked again', async (_what, said) => {
    const tasks = await run(said)
    for (const name of NAMES)
      expect([name, tasks[name]]).toMatchObject([
        name,
        { status: 'failed', attempts: name === 'model' ? 3 : 1 },
      ])
  })
})
