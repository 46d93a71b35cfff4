/** What has changed between two states of an ISA. */

import { canonicalJson } from '../canonical.ts'
import { isStagecraftError } from '../errors.ts'
import { deepFreeze } from '../frozen-copy.ts'
import { convertTo } from '../units/arithmetic.ts'
import type { PhysicalValue } from '../units/physical-value.ts'
import type { Units } from '../units/units.ts'
import type { IsaNode } from './isa-node.ts'
import type { IsaState } from './isa-state.ts'
import { amountText } from './value-text.ts'

/** All in the order of ids. */
export type IsaDiff = {
  readonly added: readonly NodeAt[]
  readonly removed: readonly NodeAt[]
  readonly changed: readonly ChangedNode[]
}

type NodeAt = { readonly id: string; readonly node: IsaNode }

export type ChangedNode = {
  readonly id: string
  /** Its value is converted to the unit of `after`, where that can be. */
  readonly before: IsaNode
  readonly after: IsaNode
  /** What differs. */
  readonly what: readonly (keyof IsaNode)[]
  /** The change in one line: `12 V → 14.8 V`, or what else differs. */
  readonly text: string
}

const PARTS = ['value', 'constraints', 'dependsOn', 'isStale', 'owner', 'description'] as const

/** Compares two states; a value that only changed its unit has changed too. */
export function diffBetween(units: Units, from: IsaState, to: IsaState): IsaDiff {
  const ids = [...new Set([...Object.keys(from.nodes), ...Object.keys(to.nodes)])].toSorted()
  const only = (own: IsaState, other: IsaState) =>
    ids.flatMap((id) => {
      const node = nodeIn(own, id)
      return node && !nodeIn(other, id) ? [{ id, node }] : []
    })
  const changed = ids.flatMap((id) => {
    const [before, after] = [nodeIn(from, id), nodeIn(to, id)]
    return before && after && before !== after ? changeOf(units, id, before, after) : []
  })
  return deepFreeze({ added: only(to, from), removed: only(from, to), changed })
}

function changeOf(units: Units, id: string, before: IsaNode, after: IsaNode): readonly ChangedNode[] {
  const what = PARTS.filter((part) => canonicalJson(before[part]) !== canonicalJson(after[part]))
  if (what.length === 0) return []
  const value = likeAfter(units, before, after)
  const [was, is] = [amountText(value), amountText(after.value)]
  const text = was === is ? what.join(', ') : `${was} → ${is}`
  return [{ id, before: { ...before, value }, after, what, text }]
}

/** As it was, where it measured something else or is no finite number of the new unit. */
function likeAfter(units: Units, { value: before }: IsaNode, { value: { unit } }: IsaNode): PhysicalValue {
  if (units.dimensionOf(before.unit) !== units.dimensionOf(unit)) return before
  try {
    return convertTo(units, before, unit)
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'units.not_finite') return before
    throw error
  }
}

const nodeIn = (state: IsaState, id: string): IsaNode | undefined =>
  Object.hasOwn(state.nodes, id) ? state.nodes[id] : undefined
