/** Those who wait for a journal to get somewhere. */

import { StagecraftError } from '../../model/errors.ts'
import type { JournalRecord } from '../store/store.ts'

type Waiter = {
  readonly isThere: (record: JournalRecord) => boolean
  readonly resolve: (record: JournalRecord) => void
  readonly reject: (error: unknown) => void
}

export class Waiters {
  readonly #waiters = new Map<string, Set<Waiter>>()
  #end: { readonly error: unknown } | undefined

  /** Resolves with the first record that is there, from now on. Stop it when nobody waits any more. */
  until(
    id: string,
    isThere: Waiter['isThere'],
  ): { readonly promise: Promise<JournalRecord>; readonly stop: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<JournalRecord>()
    // Whoever has stopped waiting does not hear of the end of the orchestrator.
    promise.catch(() => {})
    if (this.#end) reject(this.#end.error)
    const waiter = { isThere, resolve, reject }
    const those = this.#waiters.get(id) ?? new Set()
    this.#waiters.set(id, those.add(waiter))
    const stop = () => {
      those.delete(waiter)
      if (those.size === 0) this.#waiters.delete(id)
    }
    return { promise, stop }
  }

  tell(record: JournalRecord): void {
    for (const { isThere, resolve } of this.#waiters.get(record.id) ?? [])
      if (isThere(record)) resolve(record)
  }

  /** Nothing will happen any more: tells all who wait, and who comes later. */
  stop(error: unknown = stopped()): void {
    this.#end ??= { error }
    for (const those of this.#waiters.values()) for (const { reject } of those) reject(error)
    this.#waiters.clear()
  }
}

const stopped = () =>
  new StagecraftError(
    'orchestrator.stopped',
    'The orchestrator was stopped while the project was under way. It goes on when one is created on this store again.',
  )
