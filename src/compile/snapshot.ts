/** A machine's snapshot, written at once. XState's `createMachineSnapshot` works out value and tags each time. */

import { createMachine, type AnyMachineSnapshot } from 'xstate'

// XState keeps the methods of its snapshots to itself; all of its snapshots have the same.
const { matches, hasTag, can, getMeta, toJSON } = createMachine({}).resolveState({ value: {}, context: {} })

export const snapshotMethods = { matches, hasTag, can, getMeta, toJSON }

/** A copy of whatever can be read like a snapshot. */
export function snapshotOf(parts: AnyMachineSnapshot): AnyMachineSnapshot {
  // In XState's order, because that is the order of its JSON. Which status goes with which output, it leaves open too.
  return {
    status: parts.status,
    output: parts.output,
    error: parts.error,
    machine: parts.machine,
    context: parts.context,
    _nodes: parts._nodes,
    value: parts.value,
    tags: parts.tags,
    children: parts.children,
    historyValue: parts.historyValue,
    matches,
    hasTag,
    can,
    getMeta,
    toJSON,
  } as AnyMachineSnapshot
}
