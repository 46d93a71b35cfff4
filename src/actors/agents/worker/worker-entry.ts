/** What runs inside an agent's worker thread: one call of one function. */

import { workerData } from 'node:worker_threads'
import { messageOf } from '../../../model/errors.ts'
import { recordable } from '../../../model/recordable.ts'
import { isRetryable } from '../../describe-error.ts'
import { notRetryable } from '../../not-retryable.ts'
import type { WorkerMessage, WorkerTask } from './messages.ts'

// The agent starts this file with it and nobody else does.
const task = workerData as WorkerTask
// Nothing is handed over with it.
const say = (message: WorkerMessage) => task.port.postMessage(message, [])

try {
  say({ kind: 'output', output: await outputOf(await work()) })
} catch (error) {
  say({ kind: 'error', message: messageOf(error), retryable: isRetryable(error) })
} finally {
  task.port.close()
}

type Work = (input: unknown, context: object) => unknown

async function work(): Promise<unknown> {
  const { attempt, key } = task
  const run = await loaded()
  return run(JSON.parse(task.input), {
    // It never aborts: the thread ends instead.
    signal: new AbortController().signal,
    attempt,
    key,
    progress,
  })
}

/** What cannot be copied is no report. */
function progress(report: Extract<WorkerMessage, { kind: 'progress' }>['report']): void {
  try {
    say({ kind: 'progress', report })
  } catch {}
}

async function loaded(): Promise<Work> {
  let module: Record<string, unknown>
  try {
    // A module is a record of what it exports.
    module = (await import(task.module)) as Record<string, unknown>
  } catch (cause) {
    throw notRetryable(new Error(`its module cannot be loaded: ${messageOf(cause)}`, { cause }))
  }
  const found = module[task.export]
  if (typeof found !== 'function')
    throw notRetryable(new TypeError(`its module exports no function "${task.export}"`))
  // What it takes is the user's to know.
  return found as Work
}

async function outputOf(returned: unknown): Promise<string> {
  let output: string
  try {
    output = JSON.stringify(recordable(returned))
  } catch (cause) {
    throw notRetryable(new TypeError(`it returned what is not plain data: ${messageOf(cause)}`, { cause }))
  }
  if (Buffer.byteLength(output) <= task.outputMaxBytes) return output
  throw notRetryable(
    new RangeError(
      `it returned more than ${task.outputMaxBytes} bytes of JSON. Raise outputMaxBytes, or have it return less.`,
    ),
  )
}
