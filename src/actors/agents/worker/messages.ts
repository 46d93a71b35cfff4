/** What an agent's worker thread is given, and what it says back. */

import type { MessagePort } from 'node:worker_threads'
import type { AgentContext } from '../../../model/agent.ts'

export type WorkerTask = {
  /** A `file:` URL. */
  readonly module: string
  readonly export: string
  /** As JSON. */
  readonly input: string
  readonly outputMaxBytes: number
  readonly attempt: number
  readonly key: string
  readonly port: MessagePort
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly report: Parameters<AgentContext['progress']>[0] }
  /** As JSON. */
  | { readonly kind: 'output'; readonly output: string }
  | { readonly kind: 'error'; readonly message: string; readonly retryable: boolean }
