/** LangGraph.js: a node per critic, fan-out and fan-in, compiled once and invoked for each review. */

import { Annotation, END, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph'
import type { Finding, ReviewInput } from '../../dist/index.js'
import type { BenchCritic, Workload } from '../workload.ts'
import { expectHarmless, worstOf, type Contestant } from './contestant.ts'

const State = Annotation.Root({
  input: Annotation<ReviewInput>(),
  findings: Annotation<Finding[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  worst: Annotation<number>(),
})

export function langGraph(work: Workload): Contestant {
  const graph = compile(work)
  return {
    name: 'LangGraph.js',
    critics: work.critics.length,
    review: async () => {
      const { worst } = await graph.invoke(
        { input: work.input },
        { maxConcurrency: work.concurrentMax, recursionLimit: 10 },
      )
      expectHarmless(worst)
    },
  }
}

function compile({ critics, retriesMax, backoffMs, timeoutMs }: Workload) {
  const nodes = Object.fromEntries(critics.map((critic) => [critic.name, nodeOf(critic)]))
  const names = Object.keys(nodes)
  const graph = new StateGraph(State)
    .setNodeDefaults({
      retryPolicy: { maxAttempts: retriesMax + 1, initialInterval: backoffMs, logWarning: false },
      timeout: timeoutMs,
    })
    .addNode(nodes)
    .addNode('judge', ({ findings }) => ({ worst: worstOf(findings) }))
    .addEdge(names, 'judge')
    .addEdge('judge', END)
  for (const name of names) graph.addEdge(START, name)
  return graph.compile()
}

function nodeOf({ evaluate }: BenchCritic) {
  return async ({ input }: typeof State.State, { signal }: LangGraphRunnableConfig) => ({
    findings: [await evaluate(input, signal)],
  })
}
