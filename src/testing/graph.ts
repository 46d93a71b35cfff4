/** The one door to `@xstate/graph`: whoever needs generated paths takes them from here. */

export { getAdjacencyMap } from '@xstate/graph'
