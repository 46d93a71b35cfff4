/** Runs one function of one module in a thread of its own, and ends the thread. */

import { MessageChannel, Worker } from 'node:worker_threads'
import type { AgentContext } from '../../../model/agent.ts'
import { notRetryable } from '../../not-retryable.ts'
import type { WorkerMessage, WorkerTask } from './messages.ts'

export type WorkerRequest = Pick<WorkerTask, 'module' | 'export' | 'input' | 'outputMaxBytes'> & {
  /** Who has it run, for the error messages. */
  readonly who: string
  readonly heapMaxMiB: number
  readonly context: AgentContext
}

/** In the same folder, also once it is built. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './worker-entry.ts' : './worker-entry.js',
  import.meta.url,
)

/** Resolves with the output as JSON; the thread is gone then. Throws the signal's reason when the attempt is cut. */
export async function runWorker({ who, heapMaxMiB, context, ...task }: WorkerRequest): Promise<string> {
  const { signal, attempt, key } = context
  signal.throwIfAborted()
  const { port1: port, port2 } = new MessageChannel()
  const worker = new Worker(ENTRY, {
    workerData: { ...task, attempt, key, port: port2 } satisfies WorkerTask,
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMiB },
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  port.on('message', (message: WorkerMessage) => {
    if (message.kind === 'progress') context.progress(message.report)
    else if (message.kind === 'output') resolve(message.output)
    else reject(failed(who, message.message, message.retryable))
  })
  worker.on('error', (error) => reject(broken(who, error)))
  // Its last words may still be on their way: the port closes after them.
  const exited = Promise.withResolvers<number>()
  worker.on('exit', exited.resolve)
  port.on('close', () => {
    void exited.promise.then((code) =>
      reject(failed(who, `its thread ended with code ${code} before it answered`, true)),
    )
  })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    port.close()
    await worker.terminate()
  }
}

function failed(who: string, why: string, retryable: boolean): Error {
  const error = new Error(`${who}: ${why}`)
  return retryable ? error : notRetryable(error)
}

/** What nobody in the thread has caught. More memory is not there the next time either. */
function broken(who: string, error: unknown): Error {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown }
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? failed(who, 'it needed more memory than heapMaxMiB', false)
    : failed(who, `it broke down: ${String(message)}`, true)
}
