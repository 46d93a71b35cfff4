/** The HTTP critic: another service judges the answer. */

import { z } from 'zod'
import type { Critic, Evaluate, EvaluateContext } from '../../model/critic.ts'
import type { CriticInput } from '../../model/review-input.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { readBounded } from './bounded-body.ts'
import { notRetryable } from './not-retryable.ts'
import { SCAN_LIMITS } from './scan-limits.ts'

const HttpUrl = z
  .union([z.string(), z.instanceof(URL)])
  .refine((url) => URL.canParse(url), { error: 'must be a URL', abort: true })
  .transform((url) => new URL(url))
  .refine(({ protocol }) => protocol === 'http:' || protocol === 'https:', {
    error: 'must begin with http: or https:',
  })
  .refine(({ username, password }) => username === '' && password === '', {
    error: 'must hold no user or password; use headers',
  })

const Own = z.strictObject({
  url: HttpUrl,
  /** Sent with every request, e.g. authorization. They cannot replace the headers the critic sets itself. */
  headers: z.record(z.string(), z.string()).default({}),
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
 * Throws an Error for any status but 2xx, marked `retryable: false` for redirects and for 4xx but 408, 425 and 429.
 * `Retry-After` is not honoured: the panel's backoff decides.
 */
export function httpCritic<const Name extends string = 'http', const DependsOn extends string = never>(
  options: HttpOptions & CriticOptions<Name, DependsOn>,
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

type Own = z.output<typeof Own>

const TRANSIENT = new Set([408, 425, 429])

function httpWork(own: Own, name: string): Evaluate {
  return async (input, context) => {
    const response = await post(own, name, input, context)
    if (!response.ok) {
      // The connection is given back; what an error page says is not ours to repeat.
      await response.body?.cancel()
      throw refused(response, name)
    }
    const body = await readBounded(response, own.bodyMaxBytes)
    if (body === undefined)
      throw notRetryable(
        new RangeError(
          `The service of critic "${name}" answered with more than ${own.bodyMaxBytes} bytes. Raise bodyMaxBytes, or have it answer less.`,
        ),
      )
    return readJson(body, name)
  }
}

async function post(own: Own, name: string, input: CriticInput, { signal, key, attempt }: EvaluateContext) {
  const headers = new Headers(own.headers)
  headers.set('content-type', 'application/json')
  headers.set('accept', 'application/json')
  headers.set('idempotency-key', key)
  headers.set('stagecraft-attempt', String(attempt))
  try {
    return await fetch(own.url, {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
      signal,
      // `manual` tells a redirect from a broken connection, which `error` does not.
      redirect: own.redirect === 'error' ? 'manual' : 'follow',
      credentials: 'omit',
    })
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(
      `The service of critic "${name}" at ${own.url.origin} could not be reached: ${reasonOf(error)}`,
      { cause: error },
    )
  }
}

/** Node says only "fetch failed" and puts the reason into the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

function refused({ status, type }: Response, name: string): Error {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400))
    return notRetryable(
      new Error(
        `The service of critic "${name}" answered with a redirect, which is refused. Give its final url, or set redirect: 'follow'.`,
      ),
    )
  const error = new Error(`The service of critic "${name}" answered ${status}.`)
  return status >= 400 && status < 500 && !TRANSIENT.has(status) ? notRetryable(error) : error
}

function readJson(body: string, name: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new Error(`The service of critic "${name}" answered with something that is not JSON.`, {
      cause: error,
    })
  }
}
