/** Changes to maps and lists that can be taken back, so that a commit which fails leaves no trace. */

export class Changes {
  readonly #undo: (() => void)[] = []

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key)
    const was = map.has(key)
    this.#undo.push(() => {
      // What was there is a V, also where that is undefined.
      if (was) map.set(key, before as V)
      else map.delete(key)
    })
    map.set(key, value)
  }

  delete<K, V>(map: Map<K, V>, key: K): void {
    if (!map.has(key)) return
    // What is there is a V.
    const before = map.get(key) as V
    this.#undo.push(() => map.set(key, before))
    map.delete(key)
  }

  push<T>(list: T[], item: T): void {
    const { length } = list
    this.#undo.push(() => {
      list.length = length
    })
    list.push(item)
  }

  takeBack(): void {
    for (const undo of this.#undo.toReversed()) undo()
  }
}
