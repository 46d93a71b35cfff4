/** The entries of one step on their way to subscribers: read as facts at most once, however many want them. */

import { deepFreeze } from '../../model/frozen-copy.ts'
import type { Fact } from '../../model/fact.ts'
import { factsOfKnown, readFacts } from './read-facts.ts'
import type { Content, StoredEntry, StoreReader } from '../store/store.ts'

export class Publication {
  readonly entries: readonly StoredEntry[]
  readonly lastCursor: number
  #contents: readonly Content[]
  #facts: readonly Fact[] | undefined
  #reading: Promise<readonly Fact[]> | undefined

  /** `contents` are those that became durable with the entries. */
  constructor(entries: readonly StoredEntry[], contents: readonly Content[]) {
    this.entries = entries
    this.lastCursor = entries.at(-1)?.cursor ?? 0
    this.#contents = contents
  }

  /** Frozen: all subscribers get the same ones. A promise only where contents have to be read from the store. */
  facts(store: StoreReader): readonly Fact[] | Promise<readonly Fact[]> {
    return this.#facts ?? this.#reading ?? this.#read(store)
  }

  #read(store: StoreReader): readonly Fact[] | Promise<readonly Fact[]> {
    const known = new Map(this.#contents.map(({ ref, value }) => [ref, value]))
    const facts = factsOfKnown(this.entries, known)
    if (facts) return this.#keep(facts)
    this.#reading = readFacts(store, this.entries, known).then((read) => this.#keep(read))
    return this.#reading
  }

  #keep(facts: readonly Fact[]): readonly Fact[] {
    this.#contents = []
    this.#facts = deepFreeze(facts)
    return facts
  }
}
