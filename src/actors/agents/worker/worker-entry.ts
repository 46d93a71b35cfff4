/** What runs inside an agent's worker thread: one call of one function. */

import { workerData } from 'node:worker_threads'
import { messageOf } from '../../../model/errors.ts'
import { LIMITS } from '../../../model/limits.ts'
import { recordable } from '../../../model/recordable.ts'
import { isRetryable } from '../../describe-error.ts'
import { notRetryable } from '../../not-retryable.ts'
import type { WorkerMessage, WorkerTask } from './messages.ts'

// The agent starts this file with it and nobody else does.
const task = workerData as WorkerTask
// Nothing is handed over with it.
const say = (message: WorkerMessage) => task.port.postMessage(message, [])

/** A loop that reports in every round would drown its host: of the reports in a short time, the last is told. */
let held: { readonly report: Report } | undefined
let toldAt = -Infinity
let timer: NodeJS.Timeout | undefined

try {
  const output = await outputOf(await work())
  tell()
  say({ kind: 'output', output })
} catch (error) {
  tell()
  say({ kind: 'error', message: messageOf(error), retryable: isRetryable(error) })
} finally {
  task.port.close()
}

type Work = (input: unknown, context: object) => unknown
type Report = Extract<WorkerMessage, { kind: 'progress' }>['report']

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

function progress(report: Report): void {
  held = { report }
  const waitMs = toldAt + LIMITS.adapter.workerReportEveryMs - performance.now()
  if (waitMs <= 0) tell()
  // A thread that has nothing else to do ends all the same.
  else timer ??= setTimeout(tell, waitMs).unref()
}

/** What cannot be copied is no report. */
function tell(): void {
  clearTimeout(timer)
  timer = undefined
  if (!held) return
  const { report } = held
  held = undefined
  toldAt = performance.now()
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
