/** Two versions of a lifecycle side by side: which live projects can move from the one to the other, and what they miss. */

import type { LifecyclePlan, PhasePlan } from '../model/lifecycle.ts'
import type { Lifecycle } from '../runtime/projects/lifecycle.ts'

export type LiveMove = {
  /** The phase a live project is in: paused there, or not started yet in the case of the first. */
  readonly phase: string
  /** True: `projects.migrate(id, { to })` takes it as it is, and it goes on as if it had always been there. */
  readonly moves: boolean
  /** Why it cannot move without a mapping of your own. */
  readonly problems: readonly string[]
  /** What will be different for it from then on. */
  readonly changes: readonly string[]
}

/** One row for each phase of the older version, in its order. Only paused and not yet started projects can migrate. */
export function compareLifecycles(from: Lifecycle, to: Lifecycle): readonly LiveMove[] {
  return from.plan.phases.map((phase, index) => {
    const problems = problemsOf(from.plan, to.plan, phase, index)
    return {
      phase: phase.name,
      moves: problems.length === 0,
      problems,
      changes: changesFrom(from.plan, to.plan, index),
    }
  })
}

const namesOf = ({ phases }: LifecyclePlan) => phases.map(({ name }) => name)

function problemsOf(
  from: LifecyclePlan,
  to: LifecyclePlan,
  { name }: PhasePlan,
  index: number,
): readonly string[] {
  const names = namesOf(to)
  const place = names.indexOf(name)
  if (place < 0) return [`version ${to.version} has no phase "${name}"`]
  const passed = namesOf(from).slice(0, index)
  const before = names.slice(0, place)
  return [
    ...passed
      .filter((one) => !names.includes(one))
      .map((one) => `its result of "${one}" has no place: version ${to.version} has no such phase`),
    ...passed
      .filter((one) => names.includes(one) && !before.includes(one))
      .map((one) => `"${one}", which it has passed, comes after "${name}" now`),
    ...before
      .filter((one) => !passed.includes(one))
      .map((one) => `it would go on without "${one}", which comes first now`),
  ]
}

function changesFrom(from: LifecyclePlan, to: LifecyclePlan, index: number): readonly string[] {
  const old = new Map(from.phases.map((phase) => [phase.name, phase]))
  const ahead = from.phases.slice(index).map(({ name }) => name)
  const place = namesOf(to).indexOf(ahead[0] as string)
  const later = place < 0 ? [] : to.phases.slice(place)
  return [
    ...ahead.filter((name) => !namesOf(to).includes(name)).map((name) => `"${name}" is gone`),
    ...later.flatMap((phase) => {
      const before = old.get(phase.name)
      return before ? phaseChanges(before, phase) : [`"${phase.name}" is new`]
    }),
  ]
}

const SETTINGS = [
  'hasGate',
  'loopbackTo',
  'approval',
  'review',
  'timeoutMs',
  'iterationsMax',
  'compensates',
] as const

const changed = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other)

function phaseChanges(before: PhasePlan, after: PhasePlan): readonly string[] {
  const tasks = new Map(before.tasks.map((task) => [task.name, task]))
  const left = after.tasks.map(({ name }) => name)
  return [
    ...SETTINGS.filter((key) => changed(before[key], after[key])).map(
      (key) => `"${after.name}" has another ${key}`,
    ),
    ...after.tasks
      .filter((task) => !tasks.has(task.name))
      .map(({ name }) => `"${after.name}" has the new task "${name}"`),
    ...after.tasks
      .filter((task) => tasks.has(task.name) && changed(tasks.get(task.name), task))
      .map(({ name }) => `task "${name}" of "${after.name}" has other settings`),
    ...[...tasks.keys()]
      .filter((name) => !left.includes(name))
      .map((name) => `"${after.name}" has lost the task "${name}"`),
  ]
}
