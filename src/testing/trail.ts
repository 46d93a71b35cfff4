/** Trails: ways through a state graph from its start. */

import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { StagecraftError } from '../model/errors.ts'
import type { StateGraph } from './state-graph.ts'

/** The transitions of a path, in order. */
export type Trail<TEvent extends EventObject> = readonly { event: TEvent; snapshot: AnyMachineSnapshot }[]

/** Breadth first: the first trail to a state is a shortest one, and every transition extends the one to its source. */
export function edgeTrails<TEvent extends EventObject>(graph: StateGraph<TEvent>): Trail<TEvent>[] {
  const shortest = new Map<string, Trail<TEvent>>([[graph.startKey, []]])
  const trails: Trail<TEvent>[] = [[]]
  for (const [key, trail] of shortest) {
    for (const { event, snapshot, targetKey } of graph.edgesFrom(key)) {
      const longer = [...trail, { event, snapshot }]
      trails.push(longer)
      if (!shortest.has(targetKey)) shortest.set(targetKey, longer)
    }
  }
  return trails
}

/** Depth first: every trail that visits no state twice, once. */
export function simpleTrails<TEvent extends EventObject>(
  graph: StateGraph<TEvent>,
  limit: number,
): Trail<TEvent>[] {
  const trails: Trail<TEvent>[] = []
  const visited = new Set<string>()
  const follow = (key: string, trail: Trail<TEvent>) => {
    if (trails.length >= limit) {
      throw new StagecraftError(
        'testing.path_limit',
        `More than ${limit} simple paths through ${graph.stateCount} states were found; their number can grow ` +
          `factorially. Use strategy 'edges', give fewer events, or raise \`limit\`.`,
      )
    }
    trails.push(trail)
    visited.add(key)
    for (const { event, snapshot, targetKey } of graph.edgesFrom(key)) {
      if (!visited.has(targetKey)) follow(targetKey, [...trail, { event, snapshot }])
    }
    visited.delete(key)
  }
  follow(graph.startKey, [])
  return trails
}
