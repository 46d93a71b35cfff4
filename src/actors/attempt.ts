/** One attempt of an agent: its input checked, its work done, its output checked and made plain. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Agent, AttemptEnd } from '../model/agent.ts'
import { recordable } from '../model/recordable.ts'
import { describeError, isRetryable } from './describe-error.ts'
import { task, type TaskLogic, type TaskScope } from './task.ts'

/** Makes one attempt, the first being 1. */
export type AttemptWork = (attempt: number, scope: TaskScope) => Promise<AttemptEnd>

/** The attempts at one task. What fails a check is not worth another attempt; what throws is, unless it says otherwise. */
export function attemptWork(agent: Agent, input: unknown, key: string): AttemptWork {
  return async (attempt, scope) => {
    const given = await checked(agent.input, input)
    if ('problem' in given) return refused('input_invalid', given.problem)
    try {
      // The schema, or the task that made the input, vouches for its type.
      const returned = await agent.run(given.value as never, { signal: scope.signal, attempt, key })
      return await outputOf(agent, returned)
    } catch (thrown) {
      const { code, message } = describeError(thrown)
      return { kind: 'error', code, message, retryable: isRetryable(thrown) }
    }
  }
}

/** Logic of `attempt`, the same for all tasks: the chart hands on what is to be done. */
export const attemptLogic: TaskLogic<AttemptInput, AttemptEnd> = task(
  ({ attempt, work }: AttemptInput, scope) =>
    // Who starts an agent's chart gives it this.
    (work as AttemptWork)(attempt, scope),
)

type AttemptInput = { readonly attempt: number; readonly work?: unknown }

async function outputOf(agent: Agent, returned: unknown): Promise<AttemptEnd> {
  try {
    const plain = recordable(returned)
    const given = await checked(agent.output, plain)
    if ('problem' in given) return refused('output_invalid', given.problem)
    return { kind: 'output', output: recordable(given.value) }
  } catch (thrown) {
    return refused('output_invalid', describeError(thrown).message)
  }
}

const refused = (code: string, message: string): AttemptEnd => ({
  kind: 'error',
  code,
  message,
  retryable: false,
})

type Checked = { readonly value: unknown } | { readonly problem: string }

async function checked(schema: StandardSchemaV1 | undefined, value: unknown): Promise<Checked> {
  if (!schema) return { value }
  try {
    const result = await schema['~standard'].validate(value)
    if (!result.issues) return { value: result.value }
    return { problem: result.issues.map((issue) => `${pathOf(issue)}${issue.message}`).join('; ') }
  } catch (thrown) {
    return { problem: `the schema threw: ${describeError(thrown).message}` }
  }
}

function pathOf({ path }: StandardSchemaV1.Issue): string {
  const keys = path?.map((part) => String(typeof part === 'object' ? part.key : part)) ?? []
  return keys.length > 0 ? `${keys.join('.')}: ` : ''
}
