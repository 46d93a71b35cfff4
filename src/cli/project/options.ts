/** The options that several commands of projects share, and how their values are read. */

import { InvalidArgumentError, type Command } from 'commander'
import { FACT_TYPES, type FactType } from '../../model/fact.ts'

/** How long the answer of another orchestrator is waited for, in seconds. */
const WAIT = { default: 10, max: 3_600 } as const

/** A command that works on a store. */
export const command = (project: Command, usage: string, what: string): Command =>
  project
    .command(usage)
    .description(what)
    .option('--store <file>', 'the file of the store (default: $STAGECRAFT_STORE, then stagecraft.db)')

export const withLifecycles = (named: Command): Command =>
  named.option(
    '--lifecycles <module>',
    'what exports the lifecycles (default: $STAGECRAFT_LIFECYCLES, then ./stagecraft.config.js, .mjs or .ts)',
  )

export const withWait = (named: Command): Command =>
  named.option(
    '--wait <seconds>',
    'how long to wait for the answer of another orchestrator',
    seconds,
    WAIT.default,
  )

export const collected = (role: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  role,
]

export function wholeNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

export function factTypes(text: string): readonly FactType[] {
  const known: readonly string[] = FACT_TYPES
  const types = text.split(',').map((type) => type.trim().toUpperCase())
  const unknown = types.filter((type) => !known.includes(type))
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no ${unknown.join(', ')}. There are ${FACT_TYPES.join(', ')}.`)
  // Each is among them.
  return types as readonly FactType[]
}

function seconds(text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (value <= WAIT.max) return value
  throw new InvalidArgumentError(`It must be a number from 0 to ${WAIT.max}.`)
}
