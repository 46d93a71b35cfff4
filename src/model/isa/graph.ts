/** Which nodes were computed from which, and which are stale because of that. */

/**
 * A changed node makes all that depends on it stale, through any number of steps. Where everything behind a stale
 * node is known to be stale, nothing is walked again: to recompute a chain of n nodes in order costs n steps, not n².
 */
export class Graph {
  readonly #dependants = new Map<string, Set<string>>()
  readonly #dependencies = new Map<string, readonly string[]>()
  /** Nodes behind which all are stale. A node that is not in it has none in it before it. */
  readonly #closed = new Set<string>()

  link(id: string, dependsOn: readonly string[]): void {
    this.unlink(id)
    this.#dependencies.set(id, dependsOn)
    for (const other of dependsOn) {
      const behind = this.#dependants.get(other)
      if (behind) behind.add(id)
      else this.#dependants.set(other, new Set([id]))
    }
  }

  unlink(id: string): void {
    for (const other of this.#dependencies.get(id) ?? []) this.#dependants.get(other)?.delete(id)
    this.#dependencies.delete(id)
  }

  /** Everything that depends on some nodes, directly or not. */
  behind(ids: Iterable<string>): ReadonlySet<string> {
    const found = new Set<string>()
    for (const id of ids) for (const other of this.dependantsOf(id)) found.add(other)
    for (const id of found) for (const other of this.dependantsOf(id)) found.add(other)
    return found
  }

  dependantsOf(id: string): readonly string[] {
    return [...(this.#dependants.get(id) ?? [])]
  }

  /** The way from one node back to it through what it would depend on; undefined where there is none. */
  circleFrom(id: string, dependsOn: readonly string[]): readonly string[] | undefined {
    const cameFrom = new Map<string, string>()
    const open = [...dependsOn]
    for (const other of dependsOn) cameFrom.set(other, id)
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === id) return pathBack(id, cameFrom)
      for (const other of this.#dependencies.get(at) ?? [])
        if (!cameFrom.has(other)) {
          cameFrom.set(other, at)
          open.push(other)
        }
    }
    return undefined
  }

  /** A circle in what is linked, if there is one (Kahn, 1962: what can never be put in order). */
  firstCircle(): readonly string[] | undefined {
    const waitsFor = new Map([...this.#dependencies].map(([id, dependsOn]) => [id, new Set(dependsOn).size]))
    const ready = [...waitsFor].filter(([, count]) => count === 0).map(([id]) => id)
    for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
      waitsFor.delete(at)
      for (const behind of this.#dependants.get(at) ?? []) {
        const count = (waitsFor.get(behind) ?? 0) - 1
        waitsFor.set(behind, count)
        if (count === 0) ready.push(behind)
      }
    }
    for (const id of waitsFor.keys()) {
      const circle = this.circleFrom(id, this.#dependencies.get(id) ?? [])
      if (circle) return circle
    }
    return undefined
  }

  /** Every node behind this one that is not stale yet. `isStale` is asked before a node is handed out. */
  *toStale(id: string, isStale: (id: string) => boolean): Iterable<string> {
    const open = [id]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#closed.has(at)) continue
      this.#closed.add(at)
      for (const behind of this.#dependants.get(at) ?? []) {
        if (!isStale(behind)) yield behind
        open.push(behind)
      }
    }
  }

  /** Must be told of every node that becomes fresh: nothing before it is closed any longer. */
  freshened(id: string): void {
    const open = [...(this.#dependencies.get(id) ?? [])]
    for (let at = open.pop(); at !== undefined; at = open.pop())
      if (this.#closed.delete(at)) open.push(...(this.#dependencies.get(at) ?? []))
  }

  /** After nodes were put back as they were. */
  forgetStale(): void {
    this.#closed.clear()
  }
}

function pathBack(id: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [id]
  for (let at = cameFrom.get(id); at !== undefined && at !== id; at = cameFrom.get(at)) path.unshift(at)
  return [id, ...path]
}

/** Nodes of a circle that a message names: one may lead through all there are. */
const NAMED_MAX = 10

export function circleText(circle: readonly string[]): string {
  const left = circle.length - NAMED_MAX
  const named = left > 0 ? circle.toSpliced(NAMED_MAX - 1, left, `(${left} more)`) : circle
  return named.join(' -> ')
}
