/** What telemetry may say of a fact: names, counts and outcomes, and never what people or agents have said. */

import type { Fact } from '../../model/fact.ts'

/** Properties of payloads that hold no contents, whatever the fact. */
const PLAIN = [
  'lifecycle',
  'version',
  'mode',
  'phase',
  'run',
  'iteration',
  'task',
  'agent',
  'attempt',
  'attempts',
  'fraction',
  'status',
  'durationMs',
  'cause',
  'because',
  'result',
  'loopbackTo',
  'from',
  'to',
  'limit',
  'value',
  'approval',
  'decision',
  'deadlineAt',
  'panel',
  'verdict',
  'outcome',
  'checkpoint',
] as const

export type Word = (typeof PLAIN)[number]
export type Words = { readonly [word in Word | 'reason' | 'error']?: string | number }

/** The words of a fact, with the code of its error. Why a project stands still is a word; a gate's reason is not. */
export function wordsOf({ type, payload }: Fact): Words {
  // Every payload is an object; what is not among the words is not looked at.
  const said = payload as { readonly [name: string]: unknown }
  const words: { [name: string]: string | number } = {}
  for (const name of PLAIN) if (isPlain(said[name])) words[name] = said[name]
  if (type.startsWith('PROJECT_') && isPlain(said['reason'])) words['reason'] = said['reason']
  const error = said['error'] as { readonly code?: unknown } | undefined
  if (isPlain(error?.code)) words['error'] = error.code
  return words
}

const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'
