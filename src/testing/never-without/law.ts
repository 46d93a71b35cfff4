/** Laws: what must hold after every step of every path. */

import { StagecraftError } from '../../model/errors.ts'
import type { Saying } from '../../model/fact.ts'
import type { LifecyclePlan, PhasePlan } from '../../model/lifecycle.ts'
import { snapshotOf, viewOf, type Explored, type ExploredProject } from './explored.ts'
import { isApproved, needsApproval, requirementOf } from './ledger.ts'

/** What is asserted, and the little that has to be remembered for it, which is part of a state. */
export type Law = {
  readonly remember: (memory: boolean, sayings: readonly Saying[]) => boolean
  /** A sentence when it is broken. */
  readonly broken: (explored: Explored, memory: boolean) => string | undefined
  /** Throws when nothing was proven. */
  readonly conclude: () => void
}

/** Something of a user's own that must never be without a fact. */
export type NeverWithoutFact = {
  /** True where something is so. It is asked after every step of every path. */
  readonly never: (project: ExploredProject) => boolean
  /** The fact that must have been told before, or by the same step. */
  readonly without: (fact: Saying) => boolean
  /** A fact after which it must be told anew. Default: once told is told for ever. */
  readonly since?: (fact: Saying) => boolean
}

export function factLaw({ never, without, since }: NeverWithoutFact): Law {
  return {
    remember: (memory, sayings) =>
      sayings.reduce((told, fact) => without(fact) || (told && since?.(fact) !== true), memory),
    broken: (explored, memory) =>
      !memory && never(viewOf(explored))
        ? 'What must never be so without a fact is so, and the fact was not told'
        : undefined,
    conclude: () => {},
  }
}

/** No phase that needs people is left for a later one, or for the end, without them. */
export function approvalLaw(plan: LifecyclePlan, leaving: string | undefined): Law {
  const phases = plan.phases.filter(({ name }) => leaving === undefined || name === leaving)
  if (phases.length === 0) throw noSuchPhase(plan)
  const left = new Set<string>()
  return {
    remember: (memory) => memory,
    broken: (explored) => {
      for (const { name } of phases.filter((phase) => isBehind(plan, explored, phase))) {
        const result = viewOf(explored).results[name]
        if (!result) return `${name} was left without a result`
        if (!needsApproval(plan, explored.ledger, result)) continue
        if (!isApproved(explored.ledger, result)) return unapproved(plan, explored, name)
        left.add(name)
      }
      return undefined
    },
    conclude: () => {
      const missing = phases.filter(({ name, approval }) => approval?.when === 'always' && !left.has(name))
      if (left.size === 0 || missing.length > 0) throw nothingProven(missing.length > 0 ? missing : phases)
    },
  }
}

/** True when the project has gone on from this phase, to a later one or to the end. */
function isBehind({ phases }: LifecyclePlan, explored: Explored, { name }: PhasePlan): boolean {
  const { value, context } = snapshotOf(explored)
  const names = phases.map((phase) => phase.name)
  const at =
    value === 'COMPLETED' ? names.length : Math.max(names.indexOf(value), names.indexOf(context.phase))
  return names.indexOf(name) < at
}

function unapproved(plan: LifecyclePlan, { ledger }: Explored, name: string): string {
  const { quorum } = requirementOf(plan, name)
  const agreed = ledger.question?.phase === name ? ledger.agreed.length : 0
  return `${name} was left without its approval: it takes ${quorum}, and ${agreed} agreed to what was asked last`
}

const namesOf = (phases: readonly PhasePlan[]) => phases.map(({ name }) => name).join(', ')

const noSuchPhase = ({ name, phases }: LifecyclePlan) =>
  new StagecraftError('testing.coverage', `There is no such phase in "${name}"; it has ${namesOf(phases)}.`)

const nothingProven = (phases: readonly PhasePlan[]) =>
  new StagecraftError(
    'testing.coverage',
    `Nothing was proven: no path leaves ${namesOf(phases)} with an approval. Does it ask people at all ` +
      '(`approval`, a gate, a panel), and can as many as it takes agree?',
  )
