/** Explores every state of a project, breadth first, and finds the shortest way to one that breaks a law. */

import { messageOf, StagecraftError } from '../../model/errors.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import { ROOT } from '../../runtime/engine/charts.ts'
import { keyOf, withoutTwins } from './explored-key.ts'
import { beginning, snapshotOf, take, type Explored, type Limit, type Taken, type World } from './explored.ts'
import type { Law } from './law.ts'
import { movesIn, type WorkEnds } from './moves.ts'

export type Exploration = {
  readonly world: World
  readonly law: Law
  readonly ends: WorkEnds
  readonly statesMax: number
}

export type Found = { readonly states: number; readonly transitions: number }

/** What led to a state, so that the path can be told. */
type Node = { readonly before: Node | undefined; readonly label: string; readonly state: string }

type Place = { readonly node: Node; readonly explored: Explored; readonly memory: boolean }

const LIMITS: readonly Limit[] = ['phasesMax', 'iterationsMax']

/** @throws StagecraftError `testing.machine` with the shortest path, `testing.path_limit` beyond `statesMax`. */
export function explore(exploration: Exploration): Found {
  const { world, ends } = exploration
  const search = new Search(exploration)
  search.arrive(undefined, 'it is created', () => beginning(world))
  for (let place = search.next(); place; place = search.next()) {
    const { explored } = place
    for (const move of movesIn(world.plan, explored, ends)) {
      const after = search.arrive(place, move.label, () => take(world, explored, move, 'none'))
      // Before something is undone so that a phase may be done again, its limits have been looked at.
      const isUndoing = snapshotOf(explored).context.undoing !== null
      if (!move.mayBegin || isUndoing || !hasDecided(explored, after)) continue
      for (const limit of LIMITS)
        search.arrive(place, `${move.label} (${limit} is reached)`, () => take(world, explored, move, limit))
    }
  }
  return search.found
}

/** True when the project's own chart has had a say in a step: only it looks at limits. */
const hasDecided = (before: Explored, after: Explored) =>
  before.charts.charts[ROOT] !== after.charts.charts[ROOT]

class Search {
  readonly #exploration: Exploration
  readonly #known = new Set<string>()
  readonly #places: (Place | undefined)[] = []
  #explored = 0
  #arrivals = 0

  constructor(exploration: Exploration) {
    this.#exploration = exploration
  }

  get found(): Found {
    return { states: this.#known.size, transitions: this.#arrivals - 1 }
  }

  /** The oldest place that was not explored yet. It is kept no longer: how to get there is in its node. */
  next(): Place | undefined {
    const place = this.#places[this.#explored]
    this.#places[this.#explored] = undefined
    this.#explored += 1
    return place
  }

  arrive(before: Place | undefined, label: string, go: () => Taken): Explored {
    const { world, law, statesMax } = this.#exploration
    this.#arrivals += 1
    const { explored, sayings } = attempt(go, before?.node, label)
    const node = { before: before?.node, label, state: snapshotOf(explored).value }
    const memory = law.remember(before?.memory ?? false, sayings)
    const fault = law.broken(explored, memory)
    if (fault !== undefined) throw new StagecraftError('testing.machine', `${fault}.\n${pathTo(node)}`)
    const place = { node, explored: withoutTwins(world.plan, explored), memory }
    const key = keyOf(world.plan, place.explored, memory)
    if (this.#known.has(key)) return explored
    if (this.#known.size >= statesMax) throw tooMany(world.plan, statesMax, node)
    this.#known.add(key)
    this.#places.push(place)
    return explored
  }
}

function attempt(go: () => Taken, before: Node | undefined, label: string): Taken {
  try {
    return go()
  } catch (error) {
    const node = { before, label, state: `it throws: ${messageOf(error)}` }
    throw new StagecraftError('testing.machine', `A chart throws.\n${pathTo(node)}`, { cause: error })
  }
}

const tooMany = ({ name }: LifecyclePlan, statesMax: number, node: Node) =>
  new StagecraftError(
    'testing.path_limit',
    `"${name}" has more than ${statesMax} states. Raise \`statesMax\`, or explore less: fewer phases in one lifecycle, ` +
      `fewer \`ends\`. Does a chart of your own count in its context? One of the last states found:\n${pathTo(node)}`,
  )

/** One line for each event, and where it leads. */
function pathTo(node: Node): string {
  const way: Node[] = []
  for (let at: Node | undefined = node; at; at = at.before) way.unshift(at)
  const lines = way.map(({ label, state }, index) => `  ${index}. ${label} → ${state}`)
  return `The shortest way there:\n${lines.join('\n')}`
}
