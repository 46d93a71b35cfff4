/** A service that takes JSON over HTTP and answers with JSON. */

import { z } from 'zod'
import { readBounded } from './bounded-body.ts'
import { notRetryable } from './not-retryable.ts'

export const HttpUrl = z
  .union([z.string(), z.instanceof(URL)])
  .refine((url) => URL.canParse(url), { error: 'must be a URL', abort: true })
  .transform((url) => new URL(url))
  .refine(({ protocol }) => protocol === 'http:' || protocol === 'https:', {
    error: 'must begin with http: or https:',
  })
  .refine(({ username, password }) => username === '' && password === '', {
    error: 'must hold no user or password; use headers',
  })

/** Looked at beforehand: what the platform says of a header it refuses repeats its value, a credential as a rule. */
export const HttpHeaders = z
  .record(z.string(), z.string())
  .default({})
  .refine(isSendable, { error: 'must hold names and values that HTTP can carry' })

export type ServiceCall = {
  /** Who is asked, for the error messages, e.g. `The service of critic "tone"`. */
  readonly who: string
  readonly url: URL
  readonly method: string
  /** They cannot replace the headers set here. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly bodyMaxBytes: number
  readonly redirect: 'error' | 'follow'
  /** What to do about a redirect, for the error message. */
  readonly redirectAdvice: string
  readonly signal: AbortSignal
  readonly key: string
  readonly attempt: number
}

/**
 * Statuses of requests that may succeed later, although they are the client's errors. 409 says that a request with the
 * same key is under way. Source: draft-ietf-httpapi-idempotency-key-header, "Error Handling".
 */
const TRANSIENT = new Set([408, 409, 425, 429])

/**
 * Sends the body under the key and reads the JSON of the answer. Throws an Error for any status but 2xx, marked
 * `retryable: false` for redirects, for 4xx but 408, 409, 425 and 429, and for an answer of too many bytes.
 */
export async function askService(call: ServiceCall): Promise<unknown> {
  const response = await send(call)
  if (!response.ok) {
    // The connection is given back; what an error page says is not ours to repeat.
    await response.body?.cancel().catch(() => {})
    throw refused(response, call)
  }
  return readJson(await bodyOf(response, call), call.who)
}

async function send({ who, url, method, body, redirect, signal, ...call }: ServiceCall): Promise<Response> {
  const headers = new Headers(call.headers)
  headers.set('content-type', 'application/json')
  headers.set('accept', 'application/json')
  headers.set('idempotency-key', call.key)
  headers.set('stagecraft-attempt', String(call.attempt))
  try {
    return await fetch(url, {
      method,
      headers,
      body,
      signal,
      // `manual` tells a redirect from a broken connection, which `error` does not.
      redirect: redirect === 'error' ? 'manual' : 'follow',
      credentials: 'omit',
    })
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(`${who} at ${url.origin} could not be reached: ${reasonOf(error)}`, { cause: error })
  }
}

async function bodyOf(response: Response, { who, bodyMaxBytes, signal }: ServiceCall): Promise<string> {
  const body = await readBounded(response, bodyMaxBytes).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new Error(`${who} broke off its answer: ${reasonOf(error)}`, { cause: error })
  })
  if (body !== undefined) return body
  throw notRetryable(
    new RangeError(
      `${who} answered with more than ${bodyMaxBytes} bytes. Raise bodyMaxBytes, or have it answer less.`,
    ),
  )
}

/** Node says only "fetch failed" and puts the reason into the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

function refused({ status, type }: Response, { who, redirectAdvice }: ServiceCall): Error {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400))
    return notRetryable(new Error(`${who} answered with a redirect, which is refused. ${redirectAdvice}`))
  const error = new Error(`${who} answered ${status}.`)
  return status >= 400 && status < 500 && !TRANSIENT.has(status) ? notRetryable(error) : error
}

function readJson(body: string, who: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // What the parser says repeats a piece of the answer.
    throw new Error(`${who} answered with something that is not JSON.`)
  }
}

function isSendable(headers: Readonly<Record<string, string>>): boolean {
  try {
    return Boolean(new Headers(headers))
  } catch {
    return false
  }
}
