import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { createPanel, defineCritic } from 'stagecraft'
import { toLangGraphNode, type ReviewNote } from 'stagecraft/runtime'
import { describe, expect, it } from 'vitest'

const State = Annotation.Root({
  question: Annotation<string>(),
  answer: Annotation<string>(),
  verdict: Annotation<string>(),
  review: Annotation<ReviewNote>(),
  ended: Annotation<string>(),
})

const manners = defineCritic({
  name: 'manners',
  evaluate: ({ response }) => (response.includes('fool') ? { severity: 3, violations: ['insult'] } : {}),
})

const asked = ({ question, answer }: typeof State.State) => ({ prompt: question, response: answer })

describe('a panel as a node of a graph', () => {
  it.each([
    ['A moon pulls.', 'allow', 'published'],
    ['You fool.', 'deny', 'rewritten'],
  ])('routes %j by its verdict: %s', async (answer, verdict, ended) => {
    await using panel = createPanel({ critics: [manners] })
    const graph = new StateGraph(State)
      .addNode('judge', toLangGraphNode(panel, { input: asked }))
      .addNode('publish', () => ({ ended: 'published' }))
      .addNode('rewrite', () => ({ ended: 'rewritten' }))
      .addEdge(START, 'judge')
      .addConditionalEdges('judge', (state) => state.verdict, {
        allow: 'publish',
        constrained_allow: 'publish',
        escalate: 'rewrite',
        deny: 'rewrite',
      })
      .addEdge('publish', END)
      .addEdge('rewrite', END)
      .compile({ checkpointer: new MemorySaver() })
    const config = { configurable: { thread_id: 't' } }
    const end = await graph.invoke({ question: 'Why tides?', answer }, config)
    expect(end).toMatchObject({ verdict, ended, review: { verdict } })
    // A checkpointer brings it back as it was.
    expect((await graph.getState(config)).values).toEqual(end)
    expect(JSON.parse(JSON.stringify(end.review))).toEqual(end.review)
    expect(end.review.auditHash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('writes what it is told to', async () => {
    await using panel = createPanel({ critics: [manners] })
    const node = toLangGraphNode(panel, {
      input: asked,
      output: (review, { question }) => ({
        ended: `${question} ${review.verdict} ${review.critics.manners.status}`,
      }),
    })
    const graph = new StateGraph(State)
      .addNode('judge', node)
      .addEdge(START, 'judge')
      .addEdge('judge', END)
      .compile()
    const end = await graph.invoke({ question: 'Why?', answer: 'So.' })
    expect(end.ended).toBe('Why? allow success')
  })

  it('cancels the review with the graph, and writes nothing down', async () => {
    const begun = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const slow = defineCritic({
      name: 'slow',
      evaluate: (_, { signal }) => {
        signal.addEventListener('abort', () => stopped.resolve())
        begun.resolve()
        return new Promise<never>(() => {})
      },
    })
    await using panel = createPanel({ critics: [slow] })
    const written: unknown[] = []
    const node = toLangGraphNode(panel, {
      input: asked,
      output: (review) => {
        written.push(review)
        return {}
      },
    })
    const graph = new StateGraph(State)
      .addNode('judge', node)
      .addEdge(START, 'judge')
      .addEdge('judge', END)
      .compile()
    const control = new AbortController()
    const running = graph
      .invoke({ question: 'q', answer: 'a' }, { signal: control.signal })
      .catch((error: unknown) => error)
    await begun.promise
    control.abort(new Error('enough'))
    expect(await running).toMatchObject({ message: 'enough' })
    await stopped.promise
    expect(written).toEqual([])
  })

  it('never takes a review that was cut for a verdict', async () => {
    await using panel = createPanel({ critics: { calm: () => ({ severity: 0 }) } })
    const node = toLangGraphNode(panel, { input: asked })
    const signal = AbortSignal.abort(new Error('too late'))
    const state = { question: 'q', answer: 'a' } as typeof State.State
    await expect(node(state, { signal })).rejects.toThrow('too late')
  })

  it('fails the graph when there is nothing to review', async () => {
    await using panel = createPanel({ critics: [manners] })
    const graph = new StateGraph(State)
      .addNode('judge', toLangGraphNode(panel, { input: asked }))
      .addEdge(START, 'judge')
      .addEdge('judge', END)
      .compile()
    await expect(graph.invoke({ question: 'q' })).rejects.toMatchObject({ code: 'input.invalid' })
  })
})
