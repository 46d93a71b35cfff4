/** The values of a simulated world: what tasks do to them, and a naive model of what must come of it. */

import type { Isa, IsaNode } from '../../src/runtime/index.ts'
import type { SeededRandom } from '../../src/testing/index.ts'

/** One thing a task did to its copy of the ISA. */
export type Deed =
  | { readonly kind: 'unlock'; readonly id: string }
  | {
      readonly kind: 'set'
      readonly id: string
      readonly magnitude: number
      readonly locked: boolean
      /** Undefined: nothing is said of it, and it stays as it was. */
      readonly isLimited: boolean | undefined
    }

const SHARED: readonly string[] = ['shared.a', 'shared.b', 'shared.sum']

/** Every node that a task may set, what others are computed from first. */
export const nodesFor = (task: string): readonly string[] => [...SHARED, `own.${task}`, `built.${task}`]

/** The same in every world, so that what is behind what never changes. */
function computedFrom(id: string): readonly string[] {
  if (id === 'shared.sum') return ['shared.a', 'shared.b']
  return id.startsWith('built.') ? ['shared.sum'] : []
}

const MAX = 3

const limitOf = (id: string) =>
  id === 'shared.b'
    ? ({ kind: 'atMost', node: 'shared.a' } as const)
    : ({ kind: 'range', max: MAX, unit: 'm' } as const)

/** A task at work in its copy. Gives back what it did. */
export function setValues(isa: Isa, ids: readonly string[], random: SeededRandom): readonly Deed[] {
  const deeds: Deed[] = []
  for (const id of ids) {
    const dependsOn = computedFrom(id)
    if (random.chance(0.3) || !dependsOn.every((other) => isa.has(other))) continue
    if (isa.has(id) && isa.get(id).value.locked) {
      if (random.chance(0.5)) continue
      isa.unlock(id)
      deeds.push({ kind: 'unlock', id })
    }
    const isLimited = random.pick([undefined, undefined, true, false])
    const [magnitude, locked] = [random.between(1, MAX + 1), random.chance(0.1)]
    const about = {
      dependsOn,
      ...(isLimited !== undefined && { constraints: isLimited ? [limitOf(id)] : [] }),
    }
    isa.set(id, { magnitude, unit: 'm', source: 'world', locked }, about)
    deeds.push({ kind: 'set', id, magnitude, locked, isLimited })
  }
  return deeds
}

export type Value = {
  readonly magnitude: number
  readonly locked: boolean
  readonly isLimited: boolean
  readonly owner: string
  /** Another one for every change of the magnitude. */
  readonly version: string
  /** Versions of what it was computed from, as whoever set it saw them. */
  readonly knows: ReadonlyMap<string, string>
}

export type Values = ReadonlyMap<string, Value>

/** What a task did: in the order of the plan, with the tasks that it depends on. */
export type Doing = {
  readonly task: string
  readonly dependsOn: readonly string[]
  readonly deeds: readonly Deed[]
}

/** A deed as others can do it again: with what the task knew when it did it. */
type Change = {
  readonly deed: Deed
  readonly owner: string | undefined
  readonly version: string
  readonly knows: ReadonlyMap<string, string>
}

/** Everything a value was computed from, through any number of steps. */
const behind = (id: string): readonly string[] =>
  computedFrom(id).flatMap((other) => [other, ...behind(other)])

/** Something it was computed from is not any more what it was then. */
const isStale = (values: Values, id: string, { knows }: Value): boolean =>
  behind(id).some((other) => values.get(other)?.version !== knows.get(other))

const isSame = (a: Value | undefined, b: Value): boolean =>
  a?.magnitude === b.magnitude && a.locked === b.locked && a.isLimited === b.isLimited && a.owner === b.owner

function valueAfter(before: Value | undefined, { deed, owner, version, knows }: Change): Value | undefined {
  if (deed.kind === 'unlock') return before && { ...before, locked: false }
  const { magnitude, locked, isLimited = before?.isLimited ?? false } = deed
  return {
    magnitude,
    locked,
    isLimited,
    owner: owner ?? before?.owner ?? '',
    version: before?.magnitude === magnitude ? before.version : version,
    knows,
  }
}

/** What a task has changed, in a copy that it had to itself. */
function changesOf(copy: Values, { task, deeds }: Doing, run: number): readonly Change[] {
  const values = new Map(copy)
  return deeds.flatMap((deed, index) => {
    const before = values.get(deed.id)
    const knows = new Map(behind(deed.id).map((id) => [id, values.get(id)?.version ?? '']))
    const owner = before ? undefined : task
    const change: Change = { deed, owner, version: `${run} ${task} ${index}`, knows }
    const after = valueAfter(before, change)
    if (!after) return []
    if (before && isSame(before, after) && !isStale(values, deed.id, before)) return []
    values.set(deed.id, after)
    return [change]
  })
}

const whomSeen = ({ dependsOn }: Doing, all: readonly Doing[]): ReadonlySet<string> =>
  new Set(
    all.filter(({ task }) => dependsOn.includes(task)).flatMap((one) => [one.task, ...whomSeen(one, all)]),
  )

/** The copy that a task is given. */
export function copyFor(base: Values, doing: Doing, all: readonly Doing[], run: number): Values {
  const seen = whomSeen(doing, all)
  const before = all.filter(({ task }) => seen.has(task))
  return mergedOf(base, before, run).values
}

/** True for a task that changed something. */
export const hasChanged = (base: Values, doing: Doing, all: readonly Doing[], run: number): boolean =>
  changesOf(copyFor(base, doing, all, run), doing, run).length > 0

/** All of it put together: who came first in the plan is right about what others did not know of. */
export function mergedOf(
  base: Values,
  all: readonly Doing[],
  run: number,
): { readonly values: Values; readonly conflicts: readonly string[] } {
  const values = new Map(base)
  const changedBy = new Map<string, readonly string[]>()
  const contested = new Set<string>()
  for (const doing of all) {
    const known = new Set([doing.task, ...whomSeen(doing, all)])
    const lost = new Set<string>()
    for (const change of changesOf(copyFor(base, doing, all, run), doing, run)) {
      const { id } = change.deed
      if (lost.has(id)) continue
      const [before, others] = [values.get(id), changedBy.get(id) ?? []]
      const after = valueAfter(before, change)
      if (others.some((other) => !known.has(other))) {
        if (after && isSame(before, after)) continue
        lost.add(id)
        contested.add(id)
      } else if (after) {
        values.set(id, after)
        changedBy.set(id, [...others, doing.task])
      }
    }
  }
  const conflicts = [...[...contested].map((id) => `isa:${id}`), ...broken(base, values)]
  return { values, conflicts: conflicts.toSorted() }
}

/** Limits that are not kept, of what is other than it was. */
function broken(base: Values, values: Values): readonly string[] {
  const touched = changedIn(base, values)
  return [...values].flatMap(([id, { magnitude, isLimited }]) => {
    if (!isLimited) return []
    if (id !== 'shared.b') return magnitude > MAX && touched.includes(id) ? [`isa:range:${id}`] : []
    const isKept = magnitude <= (values.get('shared.a')?.magnitude ?? 0)
    const concerns = touched.includes(id) || touched.includes('shared.a')
    return !isKept && concerns ? [`isa:atMost:${id}`] : []
  })
}

/** Ids of what is new, or other than it was. */
export function changedIn(before: Values, after: Values): readonly string[] {
  const [was, is] = [plain(before), plain(after)]
  return Object.keys(is)
    .filter((id) => JSON.stringify(was[id]) !== JSON.stringify(is[id]))
    .toSorted()
}

export const staleIn = (values: Values): number =>
  [...values].filter(([id, value]) => isStale(values, id, value)).length

/** As a project tells of them, in the order of their ids. */
export function plain(values: Values): Readonly<Record<string, IsaNode>> {
  const nodes = [...values].map(([id, value]): [string, IsaNode] => {
    const { magnitude, locked, isLimited, owner } = value
    return [
      id,
      {
        value: { magnitude, unit: 'm', tolerance: 0, source: 'world', validationScore: 0, locked },
        constraints: isLimited ? [limitOf(id)] : [],
        dependsOn: [...computedFrom(id)],
        isStale: isStale(values, id, value),
        owner,
        description: '',
      },
    ]
  })
  return Object.fromEntries(nodes.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
