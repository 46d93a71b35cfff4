/** The LangGraph agent: a compiled graph does the work. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import type { AgentContext, InputOf } from '../../model/agent.ts'
import { fn } from '../../model/function-schema.ts'
import { notRetryable } from '../not-retryable.ts'
import { adapterAgent, type AdapterAgent, type AdapterSettings, type AdapterWork } from './adapter.ts'

/** What is needed of a compiled graph, and nothing of its package. */
export type CompiledGraph = {
  stream(input: never, options?: never): Promise<AsyncIterable<unknown>>
  getState(config: never): Promise<unknown>
  readonly checkpointer?: unknown
}

const Own = z.strictObject({
  graph: z.custom<CompiledGraph>(isGraph, 'must be a compiled graph: graph.compile()'),
  state: fn.optional(),
  result: fn.optional(),
  recursionLimit: z.int().min(1).optional(),
  configurable: z.record(z.string(), z.unknown()).default({}),
})

export type LangGraphAgentOptions<Input = unknown> = {
  /** What `compile()` returns. */
  readonly graph: CompiledGraph
  /** The graph's input; default the agent's. */
  readonly state?: (input: Input) => unknown
  /** The agent's output, of the graph's last state; default that state. It must be plain data: no messages. */
  readonly result?: (state: never) => unknown
  /** Steps of the graph; default LangGraph's. */
  readonly recursionLimit?: number
  /** Further values of `configurable`; `thread_id` is always the attempt's key. */
  readonly configurable?: Readonly<Record<string, unknown>>
}

/**
 * Runs a compiled graph; each node that has ended is reported as progress by its name. `thread_id` is the key: the same
 * for every attempt at one task, also after a crash. With a checkpointer, an attempt goes on where the last one stopped,
 * and a graph that had already ended is not run again. Without one, each attempt begins anew.
 *
 * Not tried again: what LangGraph calls a mistake in the graph (`GRAPH_RECURSION_LIMIT` …), and an `interrupt()`: an agent
 * waits for nobody, so give the phase an `approval`. Everything else that a node throws is tried again, unless it is
 * marked `retryable: false`.
 */
export function langGraphAgent<
  const Name extends string,
  O extends StandardSchemaV1,
  I extends StandardSchemaV1 | undefined = undefined,
>(
  options: AdapterSettings<Name, I, O> & LangGraphAgentOptions<InputOf<NoInfer<I>>>,
): AdapterAgent<Name, I, O> {
  return adapterAgent(Own, options, graphWork)
}

type Config = {
  readonly signal: AbortSignal
  readonly configurable: Readonly<Record<string, unknown>>
  readonly recursionLimit?: number
}

/** A graph as it is called here. */
type Runnable = {
  stream(
    input: unknown,
    options: Config & { readonly streamMode: readonly string[] },
  ): Promise<AsyncIterable<[mode: string, chunk: unknown]>>
  /** `createdAt` is absent before the first step. */
  getState(config: Config): Promise<{ readonly createdAt?: string }>
}

const pass = (value: unknown) => value

function graphWork(own: z.output<typeof Own>, name: string): AdapterWork {
  // A compiled graph is both; its own types say more than can be said without its package.
  const graph = own.graph as unknown as Runnable
  const { state = pass, result = pass } = own as unknown as {
    state?: (input: unknown) => unknown
    result?: (state: unknown) => unknown
  }
  const isKept = typeof own.graph.checkpointer === 'object' && own.graph.checkpointer !== null
  return async (input, context) => {
    const { signal, key } = context
    signal.throwIfAborted()
    const config: Config = {
      signal,
      configurable: { ...own.configurable, thread_id: key },
      ...(own.recursionLimit !== undefined && { recursionLimit: own.recursionLimit }),
    }
    const begun = isKept && (await graph.getState(config)).createdAt !== undefined
    // Given null, LangGraph goes on with a thread, and gives the last state of one that has ended.
    return result(await lastState(graph, begun ? null : state(input), config, context, name))
  }
}

async function lastState(
  graph: Runnable,
  input: unknown,
  config: Config,
  { signal, progress }: AgentContext,
  name: string,
): Promise<unknown> {
  let last: unknown = null
  try {
    const chunks = await graph.stream(input, { ...config, streamMode: ['updates', 'values'] })
    for await (const [mode, chunk] of chunks) {
      const nodes = Object.keys(Object(chunk))
      if (nodes.includes(INTERRUPT)) throw interrupted(name)
      if (mode === 'values') last = chunk
      else for (const node of nodes) progress({ message: node })
    }
  } catch (error) {
    signal.throwIfAborted()
    throw isFinal(error) ? notRetryable(error) : error
  }
  return last
}

const INTERRUPT = '__interrupt__'

const interrupted = (name: string) =>
  notRetryable(
    new Error(
      `The graph of agent "${name}" waits for a person (interrupt), and an agent waits for nobody. Give the phase an approval, and end the graph before it.`,
    ),
  )

/** Codes of LangGraph and LangChain for what another attempt meets again. Source: their types of `lc_error_code`. */
const FINAL_CODES = new Set([
  'GRAPH_RECURSION_LIMIT',
  'INVALID_CONCURRENT_GRAPH_UPDATE',
  'INVALID_GRAPH_NODE_RETURN_VALUE',
  'CONTEXT_OVERFLOW',
  'MESSAGE_COERCION_FAILURE',
  'MULTIPLE_SUBGRAPHS',
  'MISSING_CHECKPOINTER',
  'UNREACHABLE_NODE',
  'INVALID_PROMPT_INPUT',
  'INVALID_TOOL_RESULTS',
  'MODEL_AUTHENTICATION',
  'MODEL_NOT_FOUND',
])

/** How LangChain marks what trying again may mend, and what not. */
const RETRYABLE = Symbol.for('langchain.errors.retryable')

function isFinal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const { lc_error_code: code, [RETRYABLE]: retryable } = error as {
    lc_error_code?: string
    [RETRYABLE]?: boolean
  }
  return retryable === false || (code !== undefined && FINAL_CODES.has(code))
}

function isGraph(value: unknown): boolean {
  const { stream, getState } = Object(value) as { stream?: unknown; getState?: unknown }
  return typeof stream === 'function' && typeof getState === 'function'
}
