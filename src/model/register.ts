/**
 * What is under way, by number. A `Map` would do, but for this: when V8 makes room in one from which things come and go,
 * the table it leaves behind still points to what was in it, and to the next table. Once one of them is old, the young
 * generation's collector takes all that follow for alive: with it a seventh of all reviews, until the next full collection.
 */
export class Register<T> {
  // Whole numbers as keys: V8 keeps them in a table of its own that leaves nothing behind.
  readonly #entries: Record<number, T> = {}

  get(number: number): T | undefined {
    return this.#entries[number]
  }

  set(number: number, entry: T): void {
    this.#entries[number] = entry
  }

  delete(number: number): void {
    delete this.#entries[number]
  }

  values(): readonly T[] {
    return Object.values(this.#entries)
  }
}
