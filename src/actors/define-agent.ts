/** defineAgent: work with a name, schemas at both ends, a time limit and retries. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  AgentSettings,
  type Agent,
  type AgentDefinition,
  type InputOf,
  type OutputOf,
} from '../model/agent.ts'
import { StagecraftError } from '../model/errors.ts'

/** Defines an agent. Throws `agent.invalid` for settings out of range. */
export function defineAgent<
  const Name extends string,
  I extends StandardSchemaV1 | undefined = undefined,
  O extends StandardSchemaV1 | undefined = undefined,
  Returned = unknown,
  Input extends InputOf<I> = InputOf<I>,
>(definition: AgentDefinition<Name, I, O, Returned, Input>): Agent<Name, Input, OutputOf<O, Returned>> {
  const parsed = AgentSettings.safeParse(definition)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'definition'}: ${issue.message}`,
    )
    throw new StagecraftError(
      'agent.invalid',
      `The definition of agent ${JSON.stringify(Object(definition).name)} is not valid: ${problems.join('; ')}.`,
      { cause: parsed.error },
    )
  }
  const { name, input, output, timeoutMs, retry, run } = parsed.data
  // The settings were read from this very definition, so its types are the agent's.
  return Object.freeze({ name, settings: { timeoutMs, retry }, input, output, run }) as unknown as Agent<
    Name,
    Input,
    OutputOf<O, Returned>
  >
}
