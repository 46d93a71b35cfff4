/** The HTTP critic: another service judges the answer. */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { askService, HttpHeaders, HttpUrl } from '../json-service.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { SCAN_LIMITS } from './scan-limits.ts'

const Own = z.strictObject({
  url: HttpUrl,
  /** Sent with every request, e.g. authorization. They cannot replace the headers the critic sets itself. */
  headers: HttpHeaders,
  /** Bytes of the answer, after decompression. */
  bodyMaxBytes: z.number().int().min(1).default(SCAN_LIMITS.http.bodyMaxBytes),
  /** 'follow' sends the headers along to other places of the same origin, and custom ones to any origin. */
  redirect: z.enum(['error', 'follow']).default('error'),
})

export type HttpOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'http', stage: 'CORE_ANALYSIS', priority: 5 },
  own: Own,
  work: (own, name) => httpWork(own, name),
  // Headers are credentials as a rule, and say nothing about what the service thinks.
  basis: ({ url }) => ({ url: url.href }),
}

/**
 * POSTs `{ id, prompt, response, context }` as JSON and takes the JSON answer as the finding. `Idempotency-Key` is the
 * same for every attempt in a review, `Stagecraft-Attempt` counts them from 1. The request ends when the attempt is
 * cut. Redirects are refused, unless `redirect: 'follow'`; a body beyond `bodyMaxBytes` is cut off.
 *
 * Throws an Error for any status but 2xx, marked `retryable: false` for redirects and for 4xx but 408, 409, 425 and
 * 429. `Retry-After` is not honoured: the panel's backoff decides.
 */
export function httpCritic<const Name extends string = 'http', const DependsOn extends string = never>(
  options: HttpOptions & CriticOptions<Name, DependsOn>,
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

function httpWork(own: z.output<typeof Own>, name: string): Evaluate {
  return async (input, { signal, key, attempt }) =>
    askService({
      ...own,
      who: `The service of critic "${name}"`,
      method: 'POST',
      body: JSON.stringify(input),
      redirectAdvice: `Give its final url, or set redirect: 'follow'.`,
      signal,
      key,
      attempt,
    })
}
