/** A random lifecycle as plain data: every setting there is, drawn by chance. Oracles read it, and never a chart. */

import type { Requirement } from '../../src/model/approval.ts'
import type { SeededRandom } from '../../src/testing/index.ts'
import { nodesFor } from './project-values.ts'

export type Person = { readonly name: string; readonly roles: readonly string[] }

export const AUTHOR = 'eva'

export const PEOPLE: readonly Person[] = [
  { name: AUTHOR, roles: ['lead', 'qa'] },
  { name: 'ana', roles: ['lead'] },
  { name: 'ben', roles: ['lead', 'qa'] },
  { name: 'cleo', roles: ['qa'] },
  { name: 'dan', roles: [] },
]

export type TaskSpec = {
  readonly name: string
  readonly dependsOn: readonly string[]
  readonly critical: boolean
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly baseMs: number
  readonly isConditional: boolean
  readonly hasInput: boolean
  readonly compensates: boolean
  readonly isIrreversible: boolean
  /** Nodes of the ISA that it may set. */
  readonly sets: readonly string[]
}

export type ApprovalSpec = { readonly when: 'always' | 'on_request'; readonly requires: Requirement }

export type PhaseSpec = {
  readonly name: string
  readonly tasks: readonly TaskSpec[]
  readonly hasGate: boolean
  readonly detects: boolean
  readonly loopbackTo: readonly string[]
  readonly approval: ApprovalSpec | undefined
  readonly review: 'panel' | 'panel with input' | undefined
  readonly timeoutMs: number | undefined
  readonly iterationsMax: number
  readonly compensates: boolean
}

export type LifecycleSpec = {
  readonly name: string
  readonly phases: readonly PhaseSpec[]
  readonly phasesMax: number
}

export const mayDecide = ({ approvers, roles, separation }: Requirement, person: Person): boolean =>
  (!approvers || approvers.includes(person.name)) &&
  (!roles || roles.some((role) => person.roles.includes(role))) &&
  (!separation || person.name !== AUTHOR)

/** `hasValues`: whether its tasks set values. */
export function randomLifecycle(random: SeededRandom, hasValues: boolean): LifecycleSpec {
  const phases: PhaseSpec[] = []
  const count = random.between(1, 4)
  for (let index = 1; index <= count; index++) {
    const phase = randomPhase(random, `P${index}`, phases)
    phases.push(hasValues ? withValues(random, phase) : phase)
  }
  return { name: 'demo', phases, phasesMax: random.pick([2, 4, 6, 10, 30]) }
}

function randomPhase(random: SeededRandom, name: string, before: readonly PhaseSpec[]): PhaseSpec {
  const tasks: TaskSpec[] = []
  for (let index = random.pick([0, 1, 1, 2, 3]); index > 0; index--)
    tasks.push(randomTask(random, `${name}-t${index}`, tasks))
  const places = [...before.map((phase) => phase.name), name]
  return {
    name,
    tasks,
    hasGate: random.chance(0.6),
    detects: random.chance(0.15),
    loopbackTo: random.chance(0.5) ? places.filter(() => random.chance(0.6)) : [],
    approval: random.chance(0.5)
      ? {
          when: random.pick(['always', 'always', 'on_request'] as const),
          requires: randomRequirement(random),
        }
      : undefined,
    review: random.pick([undefined, undefined, undefined, 'panel', 'panel with input'] as const),
    timeoutMs: random.chance(0.4) ? random.pick([300, 3_000, 30_000]) : undefined,
    iterationsMax: random.between(1, 3),
    compensates: random.chance(0.4),
  }
}

function randomTask(random: SeededRandom, name: string, before: readonly TaskSpec[]): TaskSpec {
  return {
    name,
    dependsOn: before.filter(() => random.chance(0.4)).map((other) => other.name),
    critical: random.chance(0.3),
    timeoutMs: random.between(50, 2_500),
    retriesMax: random.between(0, 2),
    baseMs: random.between(0, 400),
    isConditional: random.chance(0.2),
    hasInput: random.chance(0.2),
    compensates: random.chance(0.35),
    isIrreversible: random.chance(0.06),
    sets: [],
  }
}

function withValues(random: SeededRandom, phase: PhaseSpec): PhaseSpec {
  const setsOf = (name: string) => (random.chance(0.6) ? nodesFor(name).filter(() => random.chance(0.7)) : [])
  return { ...phase, tasks: phase.tasks.map((task) => ({ ...task, sets: setsOf(task.name) })) }
}

/** One that the people there are can meet: nobody could ever finish a project that asks for more. */
function randomRequirement(random: SeededRandom): Requirement {
  const quorum = random.pick([1, 1, 2])
  const approvers = random.chance(0.3) ? PEOPLE.map(({ name }) => name).filter(() => random.chance(0.7)) : []
  const roles = random.chance(0.3) ? [random.pick(['lead', 'qa'])] : []
  const requires: Requirement = {
    quorum,
    ...(approvers.length > 0 && { approvers }),
    ...(roles.length > 0 && { roles }),
    deadlineMs: random.pick([400, 4_000, 60_000, 600_000]),
    separation: random.chance(0.3),
  }
  const able = PEOPLE.filter((person) => mayDecide(requires, person))
  return able.length >= quorum ? requires : { ...requires, approvers: ['ana', 'ben'], roles: ['lead'] }
}
