/** Group commit: what is ready in the same turn of the event loop becomes durable together. */

import { isStagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { OwnedStore, Step } from '../store/store.ts'

type Waiting = {
  readonly decide: () => readonly Step[]
  readonly resolve: (cursors: readonly number[]) => void
  readonly reject: (error: unknown) => void
}

/** Steps of one journal, which stand or fall together. */
type Decided = Omit<Waiting, 'decide'> & { readonly steps: readonly Step[] }

export class Committer {
  readonly #store: OwnedStore
  #waiting: Waiting[] = []
  #isRunning = false
  #failure: Error | undefined

  constructor(store: OwnedStore) {
    this.#store = store
  }

  /**
   * Asks what steps a journal takes, as late as possible, and makes them durable. Resolves with the cursor of each
   * one's first entry. Call it again for the same journal only when it has settled.
   */
  commit(decide: () => readonly Step[]): Promise<readonly number[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>()
    this.#waiting.push({ decide, resolve, reject })
    if (!this.#isRunning) void this.#run()
    return promise
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      // Everybody who is ready in this turn of the event loop comes along.
      await new Promise((resolve) => setImmediate(resolve))
      await this.#flush(this.#decide())
    }
    this.#isRunning = false
  }

  #decide(): readonly Decided[] {
    const batch: Decided[] = []
    let count = 0
    while (count < LIMITS.commitStepsMax) {
      const next = this.#waiting.shift()
      if (!next) break
      const steps = next.decide()
      count += steps.length
      if (steps.length > 0) batch.push({ ...next, steps })
      else next.resolve([])
    }
    return batch
  }

  async #flush(batch: readonly Decided[]): Promise<void> {
    if (batch.length === 0) return
    try {
      if (this.#failure) throw this.#failure
      const cursors = await this.#store.commit(batch.flatMap(({ steps }) => steps))
      let from = 0
      for (const { steps, resolve } of batch) resolve(cursors.slice(from, (from += steps.length)))
    } catch (error) {
      // A step that conflicts must not take other journals with it; a store in trouble is in trouble for all.
      const isOfOne = isStagecraftError(error) && error.code === 'store.conflict'
      // Whether these steps are durable is not known: a later one would be told of as if they were not there.
      if (isStagecraftError(error) && error.code === 'store.failed') this.#failure ??= error
      if (batch.length === 1 || !isOfOne) for (const { reject } of batch) reject(error)
      else for (const one of batch) await this.#flush([one])
    }
  }
}
