/** The port to language models, and its one implementation: the only file that loads the AI SDK (`ai`). */

import type { LanguageModel as SdkModel } from 'ai'
import type { z } from 'zod'
import { missingPeer } from './missing-peer.ts'
import { notRetryable } from './not-retryable.ts'

/** What the AI SDK calls a language model: an object of a provider, or the id of one for its global provider. */
export type LanguageModel =
  | string
  | { readonly specificationVersion: string; readonly provider: string; readonly modelId: string }

export const isModel = (value: unknown) =>
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'object' && value !== null && 'modelId' in value)

export type ModelRequest<S extends z.ZodType> = {
  readonly instructions: string
  readonly prompt: string
  readonly schema: S
  /** Default 0. */
  readonly temperature?: number
  readonly outputTokensMax: number
  readonly signal: AbortSignal
}

export type ModelAnswer<T> = { readonly value: T; readonly tokens: number | undefined }

/** Asks once for a value of the schema's shape. Honours the signal; never retries. */
export type AskModel = <S extends z.ZodType>(request: ModelRequest<S>) => Promise<ModelAnswer<z.output<S>>>

/** Statuses of requests that may succeed later, although they are the client's errors. */
const TRANSIENT = new Set([408, 409, 429])

export type ModelUser = {
  readonly model: LanguageModel
  /** Who asks, for the error messages. */
  readonly kind: 'critic' | 'agent'
  readonly name: string
  /** What the model is to give, in one word. */
  readonly wanted: string
}

export function askModel(user: ModelUser): AskModel {
  const { model, wanted } = user
  return async ({ instructions, prompt, schema, temperature = 0, outputTokensMax, signal }) => {
    const sdk = await load(user)
    signal.throwIfAborted()
    try {
      const { output, usage } = await sdk.generateText({
        // The public type names no SDK type, so that it can be read without the SDK; the SDK checks the object itself.
        model: model as SdkModel,
        instructions,
        prompt,
        output: sdk.Output.object({ schema, name: wanted }),
        temperature,
        maxOutputTokens: outputTokensMax,
        maxRetries: 0,
        abortSignal: signal,
      })
      // `output` has been checked against this very schema.
      return { value: output as z.output<typeof schema>, tokens: usage.totalTokens }
    } catch (error) {
      signal.throwIfAborted()
      throw explained(error, sdk, user)
    }
  }
}

type Sdk = typeof import('ai')

function explained(cause: unknown, sdk: Sdk, { kind, name, wanted }: ModelUser): Error {
  const wantedBy = `${kind} "${name}"`
  const message = cause instanceof Error ? cause.message : String(cause)
  if (sdk.NoObjectGeneratedError.isInstance(cause) || sdk.NoOutputGeneratedError.isInstance(cause))
    return new Error(`The model of ${wantedBy} gave no ${wanted} of the shape asked for: ${message}`, {
      cause,
    })
  if (!sdk.APICallError.isInstance(cause))
    return new Error(`The model of ${wantedBy} failed: ${message}`, { cause })
  const { statusCode } = cause
  const error = new Error(
    `The model of ${wantedBy} could not answer (${statusCode ?? 'no status'}): ${message}`,
    { cause },
  )
  const isFinal =
    statusCode !== undefined && statusCode >= 400 && statusCode < 500 && !TRANSIENT.has(statusCode)
  return isFinal ? notRetryable(error) : error
}

async function load({ kind, name }: ModelUser): Promise<Sdk> {
  try {
    return await import('ai')
  } catch (error) {
    throw missingPeer(['ai'], `${kind} "${name}"`, error, `${kind}.missing_peer`)
  }
}
