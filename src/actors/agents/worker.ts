/** The worker agent: a function of a module does the work, in a thread of its own. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { LIMITS } from '../../model/limits.ts'
import { adapterAgent, type AdapterAgent, type AdapterSettings, type AdapterWork } from './adapter.ts'
import { jsonInput } from './json-input.ts'
import { runWorker } from './worker/run-worker.ts'

const isFileUrl = (url: string) => URL.canParse(url) && new URL(url).protocol === 'file:'

const Own = z.strictObject({
  /** `new URL('./mesh.js', import.meta.url)`, or an absolute path. */
  module: z
    .union([z.string(), z.instanceof(URL).transform(({ href }) => href)])
    .transform((place) => (isAbsolute(place) ? pathToFileURL(place).href : place))
    .refine(isFileUrl, 'must be a file: URL or an absolute path'),
  export: z.string().min(1).default('default'),
  /** Bytes of its output as JSON. */
  outputMaxBytes: z.int().min(1).default(LIMITS.adapter.answerMaxBytes),
  heapMaxMiB: z.int().min(8).default(LIMITS.adapter.workerHeapMaxMiB),
})

export type WorkerAgentOptions = z.input<typeof Own>

/**
 * Calls a function of a module in a new thread for each attempt: `(input, { signal, attempt, key, progress }) => output`.
 * When the attempt is cut, the thread is ended, in the middle of a loop if need be; its `signal` never aborts, and no
 * `finally` of it runs. A thread costs some 30 ms and memory of its own: it is for work that would block the host.
 *
 * Tried again: what the function throws (not if marked `retryable: false`), and a thread that ends before it answers.
 * Not tried again: a module or function that is not there, a result that is no plain data, more than `outputMaxBytes` of
 * JSON, and more memory than `heapMaxMiB`.
 */
export function workerAgent<
  const Name extends string,
  O extends StandardSchemaV1,
  I extends StandardSchemaV1 | undefined = undefined,
>(options: AdapterSettings<Name, I, O> & WorkerAgentOptions): AdapterAgent<Name, I, O> {
  return adapterAgent(Own, options, workerWork)
}

function workerWork(own: z.output<typeof Own>, name: string): AdapterWork {
  return async (input, context) => {
    const output = await runWorker({
      ...own,
      who: `Agent "${name}"`,
      input: jsonInput(name, input),
      context,
    })
    return JSON.parse(output) as unknown
  }
}
