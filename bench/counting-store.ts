/** A store that counts what is committed to it. */

import type { OwnedStore, Step, Store } from '../dist/runtime/index.js'

export type Committed = {
  /** Steps of journals: what we call transitions. */
  steps: number
  /** Steps in which a chart moved; the others note something, such as an agent's beginning. */
  moves: number
  commits: number
  facts: number
}

export function countingStore(store: Store): { readonly store: Store; readonly committed: Committed } {
  const committed: Committed = { steps: 0, moves: 0, commits: 0, facts: 0 }
  const count = (steps: readonly Step[]) => {
    committed.commits += 1
    committed.steps += steps.length
    committed.moves += steps.filter(({ entries }) => entries.at(-1)?.stateHash !== null).length
    committed.facts += steps.reduce((sum, { entries }) => sum + entries.length, 0)
  }
  const open: Store['open'] = async (options) => {
    const owned = await store.open(options)
    const commit: OwnedStore['commit'] = (steps) => {
      count(steps)
      return owned.commit(steps)
    }
    return { ...owned, commit }
  }
  return { store: { ...store, open }, committed }
}
