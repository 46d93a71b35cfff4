/** Makes one attempt of an agent as its task would, without a task. */

import type { Agent, AgentContext } from '../../../src/model/agent.ts'

export type Asking = Partial<Pick<AgentContext, 'signal' | 'attempt' | 'key' | 'progress'>>

/** What the agent's own function gives, unchecked. */
export async function ask(agent: Agent, input: unknown, asking: Asking = {}): Promise<unknown> {
  const context: unknown = {
    signal: new AbortController().signal,
    attempt: 1,
    key: 'project-1.PHASE.1.task',
    progress: () => {},
    ...asking,
  }
  // An agent of any input takes this one; what else a context holds is not an adapter's to use.
  return agent.run(input as never, context as AgentContext)
}

/** What the attempt threw. */
export async function failureOf(agent: Agent, input: unknown, asking?: Asking): Promise<Error> {
  try {
    await ask(agent, input, asking)
  } catch (error) {
    if (error instanceof Error) return error
    throw new TypeError('what was thrown is no Error', { cause: error })
  }
  throw new Error('the attempt has succeeded')
}
