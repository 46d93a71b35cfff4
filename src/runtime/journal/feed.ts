/** Facts as they become durable, for any number of subscribers: each at its own pace, none in a project's way. */

import { Observable } from 'rxjs'
import { z } from 'zod'
import { StagecraftError } from '../../model/errors.ts'
import { FACT_TYPES, type Fact, type FactType } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import { problemsOf } from '../../model/problems.ts'
import { Publication } from './publication.ts'
import type { Content, StoredEntry, StoreReader } from '../store/store.ts'
import { orchestratorStopped } from '../stopped.ts'
import { Subscription } from './subscription.ts'

export type FactsOptions = {
  /** One project, or one recorded review; default all. */
  readonly project?: string
  /** Cursor; facts after it. 0 for all there are; default only what happens from now on. */
  readonly after?: number
  /** Cursor; completes once facts up to and with it were delivered. Default only when the orchestrator stops. */
  readonly until?: number
  readonly types?: readonly FactType[]
  /** Facts that may wait for this subscriber; default 10,000. More end it with `feed.lagged`. */
  readonly queueMax?: number
}

const Options = z.strictObject({
  project: z.string().optional(),
  after: z.int().min(0).optional(),
  until: z.int().min(0).optional(),
  types: z.array(z.enum(FACT_TYPES)).optional(),
  queueMax: z.int().min(1).optional(),
})

type Subscriptions = Set<Subscription>

export class Feed {
  readonly #store: StoreReader
  /** Those who want every project's facts, and those who want one project's. */
  readonly #ofAll: Subscriptions = new Set()
  readonly #ofOne = new Map<string, Subscriptions>()
  #newest = 0
  #isStopped = false

  constructor(store: StoreReader) {
    this.#store = store
  }

  async start(): Promise<void> {
    // What was published in the meantime is newer.
    this.#newest = Math.max(await this.#store.newestCursor(), this.#newest)
  }

  /** Tells subscribers of one journal's step. Costs them, not the journal: they read it in turns of their own. */
  publish(entries: readonly StoredEntry[], contents: readonly Content[] = []): void {
    const [first] = entries
    if (!first) return
    const publication = new Publication(entries, contents)
    this.#newest = Math.max(this.#newest, publication.lastCursor)
    for (const subscription of this.#ofAll) subscription.offer(publication)
    for (const subscription of this.#ofOne.get(first.journal) ?? []) subscription.offer(publication)
  }

  /**
   * Facts in the order of their cursors; see `Orchestrator.facts`. Throws `input.invalid` for options that are none.
   */
  facts(given: FactsOptions = {}): Observable<Fact> {
    const { project, types, after, until = Infinity, queueMax = LIMITS.feedQueueMax } = readOptions(given)
    return new Observable((subscriber) => {
      if (this.#isStopped) return subscriber.error(orchestratorStopped())
      if (after !== undefined && after > this.#newest) return subscriber.error(beyond(after, this.#newest))
      const wanted = { project, types, after: after ?? this.#newest, until, queueMax }
      const subscription = new Subscription(this.#store, wanted, this.#newest, subscriber)
      const those = this.#thoseOf(project).add(subscription)
      return () => {
        subscription.close()
        those.delete(subscription)
        if (project !== undefined && those.size === 0) this.#ofOne.delete(project)
      }
    })
  }

  /** Delivers what there is, then completes every subscriber. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const all = [this.#ofAll, ...this.#ofOne.values()].flatMap((those) => [...those])
    await Promise.all(all.map((subscription) => subscription.complete()))
  }

  #thoseOf(project: string | undefined): Subscriptions {
    if (project === undefined) return this.#ofAll
    const those = this.#ofOne.get(project) ?? new Set()
    this.#ofOne.set(project, those)
    return those
  }
}

function readOptions(given: FactsOptions): FactsOptions {
  const read = Options.safeParse(given)
  // What was read is what was given: nothing is changed or left out on the way.
  if (read.success) return given
  throw new StagecraftError(
    'input.invalid',
    `The options of the feed are not valid: ${problemsOf(read.error)}.`,
  )
}

/** A cursor that this store has never given: it is another one, or a copy from before. */
function beyond(after: number, newest: number): StagecraftError {
  return new StagecraftError(
    'input.invalid',
    `There is no fact ${after} in this store: its newest is ${newest}. The cursor is of another store, or this one was restored from an earlier copy.`,
  )
}
