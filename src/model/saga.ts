/** A saga: what runs of phases have done in the world, step by step, and which of it is undone, in which order. */

import type { Json } from './canonical.ts'
import { acts, type PhasePlan } from './lifecycle.ts'
import type { PhaseResult, TaskStates } from './phase.ts'

export type StepName = {
  readonly phase: string
  readonly run: number
  /** Null for what the phase itself does beside its tasks. */
  readonly task: string | null
}

/** Something done in the world that may have to be undone, or never can be. */
export type Step = StepName & {
  /** References, by task: of the task itself, or of all tasks for the phase. A task that came to no end has none. */
  readonly outputs: Readonly<Record<string, string>>
  /** True: it is done, and cannot be undone. */
  readonly isPivot: boolean
}

/** A step that could not be undone. The message is a reference. */
export type UndoFailure = StepName & { readonly message: string }

export const SAGA_ENDS = ['COMPENSATED', 'COMPENSATION_FAILED', 'IRREVERSIBLE'] as const
export type SagaEnd = (typeof SAGA_ENDS)[number]

export type SagaOutcome = {
  readonly end: SagaEnd
  readonly undone: readonly StepName[]
  readonly failed: readonly UndoFailure[]
  /** The step at which undoing had to stop. */
  readonly irreversible: StepName | null
}

export const nameOf = ({ phase, run, task }: StepName): StepName => ({ phase, run, task })

const isSame = (one: StepName, other: StepName): boolean =>
  one.phase === other.phase && one.run === other.run && one.task === other.task

/** The steps without those that are named. */
export const without = (steps: readonly Step[], names: readonly StepName[]): readonly Step[] =>
  steps.filter((step) => !names.some((name) => isSame(step, name)))

/** What runs have done by now: `result` replaces what was known of its run. The earliest first. */
export function actedAfter(acted: readonly Step[], plan: PhasePlan, result: PhaseResult): readonly Step[] {
  if (!acts(plan)) return acted
  return [...acted.filter(({ run }) => run !== result.run), ...stepsOf(plan, result)]
}

/** The phase itself first: it is undone last, when none of its tasks needs it any more. */
function stepsOf(plan: PhasePlan, { phase, run, tasks, begun = [] }: PhaseResult): readonly Step[] {
  const own: Step = { phase, run, task: null, outputs: outputsOf(tasks), isPivot: false }
  const steps = begun.flatMap((task): readonly Step[] => {
    const { compensates, irreversible } = plan.tasks.find(({ name }) => name === task) ?? {}
    const isPivot = irreversible === true && tasks[task]?.status === 'succeeded'
    if (!isPivot && !compensates) return []
    return [{ phase, run, task, outputs: outputsOf({ [task]: tasks[task] }), isPivot }]
  })
  return plan.compensates ? [own, ...steps] : steps
}

function outputsOf(tasks: { readonly [name: string]: TaskStates[string] | undefined }): Step['outputs'] {
  const outputs = Object.entries(tasks).flatMap(([name, state]) =>
    state && 'output' in state && state.output !== undefined ? [[name, state.output] as const] : [],
  )
  return Object.fromEntries(outputs)
}

/** Everything done since the newest of the results that are to stay, the latest first. */
export function undoneBy(
  acted: readonly Step[],
  stays: Readonly<Record<string, Pick<PhaseResult, 'run'>>>,
): readonly Step[] {
  const newest = Math.max(...Object.values(stays).map(({ run }) => run))
  return acted.filter(({ run }) => run > newest).toReversed()
}

/** What people are asked about steps that could not be undone. */
export type UndoSubject = {
  readonly question: string
  readonly failed: readonly {
    readonly phase: string
    readonly run: number
    readonly task?: string
    readonly message: Json
  }[]
}

export const undoSubjectOf = (failed: readonly UndoFailure[]): UndoSubject => ({
  question: 'Is it undone by hand? APPROVED: yes, go on. REJECTED: try it again.',
  failed: failed.map(({ phase, run, task, message }) => ({
    phase,
    run,
    ...(task !== null && { task }),
    message,
  })),
})
