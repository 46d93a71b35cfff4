/** One subscriber of the feed: what happened before is read from the store, what happens now waits in a bounded queue. */

import type { Subscriber } from 'rxjs'
import { StagecraftError } from '../../model/errors.ts'
import type { Fact, FactType } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Publication } from './publication.ts'
import { readFacts } from './read-facts.ts'
import type { StoreReader } from '../store/store.ts'

export type Wanted = {
  readonly project: string | undefined
  readonly types: readonly FactType[] | undefined
  /** Cursors: facts after the one, up to and with the other. */
  readonly after: number
  readonly until: number
  readonly queueMax: number
}

type Waiting = { readonly publication: Publication; readonly count: number }

export class Subscription {
  readonly #store: StoreReader
  readonly #wanted: Wanted
  readonly #types: ReadonlySet<FactType> | undefined
  readonly #subscriber: Subscriber<Fact>
  /** Everything up to here was delivered. */
  #cursor: number
  /** While the cursor is before this, facts are read from the store, and nothing has to wait in memory. */
  #catchUpTo: number
  #queue: Waiting[] = []
  #queued = 0
  #isLagging = false
  #isClosed = false
  #running: Promise<void> | undefined

  /** `newest` is the cursor of the last fact that was published. */
  constructor(store: StoreReader, wanted: Wanted, newest: number, subscriber: Subscriber<Fact>) {
    this.#store = store
    this.#wanted = wanted
    this.#types = wanted.types && new Set(wanted.types)
    this.#subscriber = subscriber
    this.#cursor = wanted.after
    this.#catchUpTo = newest
    this.#wake()
  }

  /** Never delivers at once: what a subscriber does must not happen in the turn that made the fact. */
  offer(publication: Publication): void {
    if (this.#cursor < this.#catchUpTo) this.#catchUpTo = publication.lastCursor
    else this.#enqueue(publication)
    this.#wake()
  }

  close(): void {
    this.#isClosed = true
    this.#queue = []
  }

  /** Delivers what there is, then completes. */
  async complete(): Promise<void> {
    await this.#running
    if (!this.#isClosed) this.#subscriber.complete()
  }

  #enqueue(publication: Publication): void {
    if (this.#isLagging) return
    let count = 0
    for (const entry of publication.entries) if (this.#wants(entry)) count += 1
    if (count === 0 && publication.lastCursor < this.#wanted.until) return
    this.#queue.push({ publication, count })
    this.#queued += count
    if (this.#queued <= this.#wanted.queueMax) return
    this.#isLagging = true
    this.#queue = []
  }

  #wants({ type, cursor }: Pick<Fact, 'type' | 'cursor'>): boolean {
    return cursor > this.#cursor && cursor <= this.#wanted.until && (this.#types?.has(type) ?? true)
  }

  get #hasMore(): boolean {
    if (this.#isClosed) return false
    return (
      this.#isLagging ||
      this.#cursor >= this.#wanted.until ||
      this.#cursor < this.#catchUpTo ||
      this.#queue.length > 0
    )
  }

  #wake(): void {
    if (!this.#hasMore) return
    this.#running ??= this.#run().catch((error: unknown) => this.#end(error))
  }

  async #run(): Promise<void> {
    while (this.#hasMore) {
      await turn()
      await this.#deliver()
    }
    this.#running = undefined
  }

  async #deliver(): Promise<void> {
    if (this.#isClosed) return
    if (this.#isLagging) return this.#end(lagged(this.#wanted.queueMax, this.#cursor))
    if (this.#cursor >= this.#wanted.until) return this.#end()
    if (this.#cursor < this.#catchUpTo) await this.#deliverPage()
    else await this.#deliverQueued()
  }

  async #deliverPage(): Promise<void> {
    const { project, types } = this.#wanted
    const until = Math.min(this.#catchUpTo, this.#wanted.until)
    const entries = await this.#store.entries({
      after: this.#cursor,
      until,
      limit: LIMITS.pageMax,
      ...(project !== undefined && { journal: project }),
      ...(types && { types }),
    })
    const isSent = this.#send(await readFacts(this.#store, entries), turnEnd())
    // A page that is not full was the last one: nothing of interest is left before this point.
    if (isSent && entries.length < LIMITS.pageMax) this.#cursor = until
  }

  async #deliverQueued(): Promise<void> {
    const end = turnEnd()
    let delivered = 0
    for (const { publication, count } of this.#queue) {
      const facts = publication.facts(this.#store)
      if (!this.#send(Array.isArray(facts) ? facts : await facts, end)) break
      this.#cursor = Math.max(this.#cursor, publication.lastCursor)
      this.#queued -= count
      delivered += 1
    }
    this.#queue.splice(0, delivered)
  }

  /** False when the turn was over before the last one: what is left is for the next turn. */
  #send(facts: readonly Fact[], end: number): boolean {
    for (const fact of facts) {
      if (!this.#wants(fact)) continue
      if (this.#isClosed || performance.now() > end) return false
      this.#cursor = fact.cursor
      this.#subscriber.next(fact)
    }
    return true
  }

  #end(error?: unknown): void {
    if (this.#isClosed) return
    this.close()
    if (error === undefined) this.#subscriber.complete()
    else this.#subscriber.error(error)
  }
}

/** A slow subscriber must leave room for projects, and lag rather than hold them up; a quick one may take all there is. */
const turnEnd = () => performance.now() + LIMITS.feedTurnMs

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function lagged(queueMax: number, after: number): StagecraftError {
  return new StagecraftError(
    'feed.lagged',
    `More than ${queueMax} facts waited for this subscriber. Nothing is lost: subscribe again with { after: ${after} }, which is also in cause.after.`,
    { cause: { after } },
  )
}
