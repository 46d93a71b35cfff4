/** The HTTP agent: a service does the work. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import { LIMITS } from '../../model/limits.ts'
import { askService, HttpHeaders, HttpUrl } from '../json-service.ts'
import { adapterAgent, type AdapterAgent, type AdapterSettings, type AdapterWork } from './adapter.ts'
import { jsonInput } from './json-input.ts'

const Own = z.strictObject({
  url: HttpUrl,
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  /** Sent with every request, e.g. authorization. They cannot replace the headers the agent sets itself. */
  headers: HttpHeaders,
  /** Bytes of the answer, after decompression. */
  bodyMaxBytes: z.int().min(1).default(LIMITS.adapter.answerMaxBytes),
})

export type HttpAgentOptions = z.input<typeof Own>

/**
 * Sends its input as JSON and takes the JSON answer as its output. `Idempotency-Key` is the same for every attempt at
 * one task, also after a crash; `Stagecraft-Attempt` counts the attempts from 1. The request ends with the attempt.
 *
 * Tried again: a service that cannot be reached or breaks off, 5xx, 408, 409, 425, 429, and an answer that is not JSON.
 * Not tried again: every other status, redirects, and an answer beyond `bodyMaxBytes`. `Retry-After` is not honoured:
 * the agent's own backoff decides. No error message holds a header, a path, a query or a piece of the answer.
 */
export function httpAgent<
  const Name extends string,
  O extends StandardSchemaV1,
  I extends StandardSchemaV1 | undefined = undefined,
>(options: AdapterSettings<Name, I, O> & HttpAgentOptions): AdapterAgent<Name, I, O> {
  return adapterAgent(Own, options, httpWork)
}

function httpWork(own: z.output<typeof Own>, name: string): AdapterWork {
  return async (input, { signal, key, attempt }) => {
    const body = jsonInput(name, input)
    signal.throwIfAborted()
    return askService({
      ...own,
      who: `The service of agent "${name}"`,
      body,
      redirect: 'error',
      redirectAdvice: 'Give its final url.',
      signal,
      key,
      attempt,
    })
  }
}
