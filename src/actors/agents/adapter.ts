/** What all adapters share: settings of an agent beside their own options, and how both become an agent. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { z } from 'zod'
import type { Agent, AgentContext, AgentDefinition, InputOf } from '../../model/agent.ts'
import { StagecraftError } from '../../model/errors.ts'
import { problemsOf } from '../../model/problems.ts'
import { defineAgent } from '../define-agent.ts'
import { splitOptions } from '../own-options.ts'

/** An agent's definition without its work. `output` is a must: what comes from elsewhere is checked. */
export type AdapterSettings<
  Name extends string,
  I extends StandardSchemaV1 | undefined,
  O extends StandardSchemaV1,
> = Omit<AgentDefinition<Name, I, O, unknown>, 'run' | 'output'> & { readonly output: O }

export type AdapterAgent<
  Name extends string,
  I extends StandardSchemaV1 | undefined,
  O extends StandardSchemaV1,
> = Agent<Name, InputOf<I>, StandardSchemaV1.InferOutput<O>>

/** One attempt. `input` is what the agent's schema made of it. */
export type AdapterWork = (input: unknown, context: AgentContext) => Promise<unknown>

/**
 * Reads an adapter's own options, and makes the agent whose work they say. Throws `agent.invalid` for options that make
 * no sense.
 */
export function adapterAgent<
  const Name extends string,
  I extends StandardSchemaV1 | undefined,
  O extends StandardSchemaV1,
  Own extends z.ZodObject,
>(
  own: Own,
  options: AdapterSettings<Name, I, O> & z.input<Own>,
  workOf: (own: z.output<Own>, name: string) => AdapterWork,
): AdapterAgent<Name, I, O> {
  const parts = splitOptions(own, options)
  const { name } = options
  const read = own.safeParse(parts.own)
  if (!read.success) throw invalidOptions(name, read.error.issues)
  if (parts.settings['output'] === undefined)
    throw invalidOptions(name, [{ path: ['output'], message: 'is missing: what comes back is checked' }])
  const settings = { ...parts.settings, run: workOf(read.data, name) }
  // The settings are those of the options; defineAgent reads them anyway.
  const agent: unknown = defineAgent(settings as unknown as AgentDefinition<Name, I, O, Promise<unknown>>)
  return agent as AdapterAgent<Name, I, O>
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string }

function invalidOptions(name: string, issues: readonly Issue[]): StagecraftError {
  return new StagecraftError(
    'agent.invalid',
    `The options of agent "${name}" are not valid: ${problemsOf({ issues })}.`,
  )
}
