import { stampRetryable } from '@langchain/core/errors'
import { Annotation, END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { langGraphAgent } from '../../../src/actors/agents/langgraph.ts'
import { ask, failureOf } from './asking.ts'

const State = Annotation.Root({
  topic: Annotation<string>(),
  total: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }),
  log: Annotation<string[]>({ reducer: (log, more) => [...log, ...more], default: () => [] }),
})

type Node = (state: typeof State.State, config: { signal?: AbortSignal }) => unknown

/** Two nodes in a row; the second one is the test's. */
const graphOf = (second: Node) =>
  new StateGraph(State)
    .addNode('first', () => ({ total: 1, log: ['first'] }))
    .addNode('second', second as () => { log: string[] })
    .addEdge(START, 'first')
    .addEdge('first', 'second')
    .addEdge('second', END)

const output = z.object({ total: z.number(), log: z.array(z.string()) })

const done: Node = () => ({ total: 10, log: ['second'] })

describe('the LangGraph agent', () => {
  it('runs a compiled graph, and reports each node that has ended', async () => {
    const reports: unknown[] = []
    const agent = langGraphAgent({
      name: 'graph',
      graph: graphOf(done).compile(),
      input: z.object({ about: z.string() }),
      output: z.object({ text: z.string() }),
      state: ({ about }) => ({ topic: about, total: 100 }),
      result: ({ topic, total }: typeof State.State) => ({ text: `${topic}: ${total}` }),
    })
    expect(await ask(agent, { about: 'tides' }, { progress: (one) => reports.push(one) })).toEqual({
      text: 'tides: 111',
    })
    expect(reports).toEqual([{ message: 'first' }, { message: 'second' }])
  })

  it('gives the whole last state when it is not told otherwise', async () => {
    const agent = langGraphAgent({ name: 'graph', graph: graphOf(done).compile(), output })
    expect(await ask(agent, { topic: 'x' })).toEqual({ topic: 'x', total: 11, log: ['first', 'second'] })
  })

  it('hands on the key as the thread, whatever else is configured', async () => {
    const seen: unknown[] = []
    const graph = graphOf((_state, config) => {
      seen.push((config as { configurable?: unknown }).configurable)
      return {}
    }).compile()
    const agent = langGraphAgent({
      name: 'graph',
      graph,
      output,
      configurable: { thread_id: 'mine', region: 'eu' },
    })
    await ask(agent, {}, { key: 'p.PHASE.1.t' })
    expect(seen).toMatchObject([{ thread_id: 'p.PHASE.1.t', region: 'eu' }])
  })

  it('goes on where the last attempt stopped, when there is a checkpointer', async () => {
    const tries: number[] = []
    const graph = graphOf(() => {
      tries.push(1)
      if (tries.length === 1) throw new Error('flaky')
      return { total: 10, log: ['second'] }
    }).compile({ checkpointer: new MemorySaver() })
    const agent = langGraphAgent({ name: 'graph', graph, output })
    expect((await failureOf(agent, { total: 100 })).message).toBe('flaky')
    expect(await ask(agent, { total: 100 }, { attempt: 2 })).toEqual({ total: 111, log: ['first', 'second'] })
    // After a crash between the end of the graph and its record, attempts begin at 1 again.
    expect(await ask(agent, { total: 100 })).toEqual({ total: 111, log: ['first', 'second'] })
    expect(tries).toHaveLength(2)
    expect(await ask(agent, { total: 100 }, { key: 'another' })).toMatchObject({ total: 111 })
    expect(tries).toHaveLength(3)
  })

  it('begins anew with each attempt without one', async () => {
    let tries = 0
    const graph = graphOf(() => {
      tries += 1
      if (tries === 1) throw new Error('flaky')
      return { total: 10 }
    }).compile()
    const agent = langGraphAgent({ name: 'graph', graph, output })
    expect(await failureOf(agent, {})).not.toHaveProperty('retryable')
    expect(await ask(agent, {}, { attempt: 2 })).toMatchObject({ total: 11, log: ['first'] })
  })

  it('ends a graph that never ends, and tells its nodes', async () => {
    const begun = Promise.withResolvers<AbortSignal | undefined>()
    const graph = graphOf((_state, { signal }) => {
      begun.resolve(signal)
      return new Promise(() => {})
    }).compile()
    const control = new AbortController()
    const failing = failureOf(
      langGraphAgent({ name: 'graph', graph, output }),
      {},
      { signal: control.signal },
    )
    const seen = await begun.promise
    control.abort(new Error('cut'))
    expect((await failing).message).toBe('cut')
    expect(seen?.aborted).toBe(true)
  })

  it('runs nothing once the attempt is cut', async () => {
    let runs = 0
    const graph = graphOf(() => ({ total: (runs += 1) })).compile()
    const signal = AbortSignal.abort(new Error('too late'))
    const error = await failureOf(langGraphAgent({ name: 'graph', graph, output }), {}, { signal })
    expect(error.message).toBe('too late')
    expect(runs).toBe(0)
  })

  it('does not wait for a person, and does not try again', async () => {
    const graph = graphOf(() => ({ log: [String(interrupt('may I?'))] })).compile({
      checkpointer: new MemorySaver(),
    })
    const agent = langGraphAgent({ name: 'graph', graph, output })
    for (const attempt of [1, 2])
      expect(await failureOf(agent, {}, { attempt })).toMatchObject({
        retryable: false,
        message: expect.stringContaining('Give the phase an approval'),
      })
  })

  it('does not try again after a mistake in the graph', async () => {
    const circle = new StateGraph(State)
      .addNode('round', () => ({ total: 1 }))
      .addEdge(START, 'round')
      .addEdge('round', 'round')
      .compile()
    const agent = langGraphAgent({ name: 'graph', graph: circle, output, recursionLimit: 4 })
    expect(await failureOf(agent, {})).toMatchObject({
      retryable: false,
      lc_error_code: 'GRAPH_RECURSION_LIMIT',
    })
  })

  it('believes what LangChain says of an error', async () => {
    for (const retryable of [true, false]) {
      const graph = graphOf(() => {
        throw stampRetryable(new Error('refused'), retryable)
      }).compile()
      const error = await failureOf(langGraphAgent({ name: 'graph', graph, output }), {})
      expect(error.message).toBe('refused')
      expect('retryable' in error).toBe(!retryable)
    }
  })

  it('refuses what is no compiled graph when it is made', () => {
    const graph = graphOf(done)
    expect(() => langGraphAgent({ name: 'graph', graph: graph as never, output })).toThrow(
      expect.objectContaining({
        code: 'agent.invalid',
        message: expect.stringContaining('graph.compile()'),
      }),
    )
  })
})
