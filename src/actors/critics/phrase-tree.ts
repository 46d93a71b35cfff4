/** A tree of phrases, word by word: finds any number of phrases in one pass. */

import { eachWord } from './words.ts'

type Node<V> = { readonly next: Map<Key, Node<V>>; value: V | undefined }

/** A word; one of a single unit as its number, because texts without spaces have as many words as characters. */
type Key = string | number

const node = <V>(): Node<V> => ({ next: new Map(), value: undefined })

export class PhraseTree<V extends object> {
  readonly #root: Node<V> = node()
  /** The first unit of every phrase: most words of a text are dismissed by it. */
  readonly #firstUnits = new Set<number>()

  /** Of two equal phrases the first stays. */
  add(words: readonly string[], value: V): void {
    let at = this.#root
    this.#firstUnits.add((words[0] ?? '').charCodeAt(0))
    for (const word of words) {
      const key = keyOf(word, 0, word.length)
      const next = at.next.get(key) ?? node<V>()
      at.next.set(key, next)
      at = next
    }
    at.value ??= value
  }

  /** Calls `found` with each phrase and the start of its first word. Time: words of the text times the longest phrase. */
  find(text: string, found: (value: V, start: number) => void): void {
    // The phrases under way take turns in two lists, because new lists for each word would be most of the work.
    let open = new Open<V>()
    let still = new Open<V>()
    eachWord(text, (start, end) => {
      if (open.count === 0 && !this.#firstUnits.has(text.charCodeAt(start))) return
      const word = keyOf(text, start, end)
      still.count = 0
      for (let index = 0; index < open.count; index++)
        still.take(open.nodes[index]?.next.get(word), open.starts[index] ?? 0, found)
      still.take(this.#root.next.get(word), start, found)
      const done = open
      open = still
      still = done
    })
  }
}

/** Where each phrase under way is in the tree, and where in the text it began. Beyond `count` the lists are stale. */
class Open<V> {
  readonly nodes: Node<V>[] = []
  readonly starts: number[] = []
  count = 0

  take(at: Node<V> | undefined, start: number, found: (value: V, start: number) => void): void {
    if (at === undefined) return
    if (at.value !== undefined) found(at.value, start)
    if (at.next.size === 0) return
    this.nodes[this.count] = at
    this.starts[this.count++] = start
  }
}

function keyOf(text: string, start: number, end: number): Key {
  return end - start === 1 ? text.charCodeAt(start) : text.slice(start, end)
}
