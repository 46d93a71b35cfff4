/** defineAgent: work with a name, schemas at both ends, a time limit, retries, and what stands around its calls. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  AgentSettings,
  type Agent,
  type AgentDefinition,
  type InputOf,
  type OutputOf,
} from '../model/agent.ts'
import { StagecraftError } from '../model/errors.ts'
import { problemsOf } from '../model/problems.ts'

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
    throw new StagecraftError(
      'agent.invalid',
      `The definition of agent ${JSON.stringify(Object(definition).name)} is not valid: ${problemsOf(parsed.error, 'definition')}.`,
      { cause: parsed.error },
    )
  }
  const { name, input, output, run, ...settings } = parsed.data
  // The settings were read from this very definition, so its types are the agent's.
  return Object.freeze({ name, settings, input, output, run }) as unknown as Agent<
    Name,
    Input,
    OutputOf<O, Returned>
  >
}
