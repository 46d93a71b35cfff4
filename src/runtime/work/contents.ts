/** Contents on their way into a journal, and out of it. */

import type { Json } from '../../model/canonical.ts'
import { ERASED, isRef, refOf, refsIn, type Ref } from '../../model/content.ts'
import type { Content, StoreReader } from '../store/store.ts'

/** Collects what a step has to store beside its entries, and gives out references. */
export class ContentWriter {
  readonly #salt: string
  readonly #contents = new Map<Ref, Json>()

  /** The salt of a journal whose contents were erased is null: it takes no step that could keep what is written. */
  constructor(salt: string | null) {
    this.#salt = salt ?? ''
  }

  refer(value: Json): Ref {
    const ref = refOf(this.#salt, value)
    this.#contents.set(ref, value)
    return ref
  }

  referTo(value: Json | undefined): Ref | null {
    return value === undefined || value === null ? null : this.refer(value)
  }

  get contents(): readonly Content[] {
    return [...this.#contents].map(([ref, value]) => ({ ref, value }))
  }
}

/** Contents that were asked for, by reference; total, because an erased one is said to be so. */
export class ContentReader {
  readonly #contents: ReadonlyMap<Ref, Json>

  private constructor(contents: ReadonlyMap<Ref, Json>) {
    this.#contents = contents
  }

  /** Reads every reference inside the values. */
  static async of(
    store: StoreReader,
    journal: string,
    ...values: readonly unknown[]
  ): Promise<ContentReader> {
    const refs = new Set<Ref>()
    // What is looked through is JSON; what is no reference in it is passed over.
    for (const value of values) refsIn(value as Json, refs)
    return new ContentReader(refs.size > 0 ? await store.contents(journal, [...refs]) : new Map())
  }

  read(ref: string | null | undefined): Json {
    if (ref === null || ref === undefined) return null
    if (!isRef(ref)) return ref
    const content = this.#contents.get(ref)
    // A content may be null.
    return content === undefined ? ERASED : content
  }

  /** The same value with contents in place of references. */
  resolve(value: Json): Json {
    if (isRef(value)) return this.read(value)
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.resolve(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]))
  }

  text(ref: string | null): string | null {
    const value = this.read(ref)
    return typeof value === 'string' || value === null ? value : JSON.stringify(value)
  }
}
