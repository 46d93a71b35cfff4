/** A lifecycle as its author writes it, and as an orchestrator uses it. */

import type { ProjectMachine } from '../../machines/project.ts'
import type { Agent } from '../../model/agent.ts'
import type { RequirementOptions } from '../../model/approval.ts'
import type { Isa } from '../../model/isa/isa.ts'
import type { GateResult, LifecyclePlan, Mode } from '../../model/lifecycle.ts'
import type { Conflict, TaskEnd } from '../../model/phase.ts'
import type { ReviewInput } from '../../model/review-input.ts'
import type { Verdict } from '../../model/verdict.ts'

/** Outputs of tasks, by name. What an agent returned is typed by its own definition, not here. */
export type Outputs = Readonly<Record<string, unknown>>

/** What tasks, conditions and gates are given: the project as it stands, in plain words. */
export type PhaseView = {
  readonly project: {
    readonly id: string
    readonly lifecycle: string
    readonly mode: Mode
    readonly intent: string
    readonly author: string | null
    /** What `projects.create` was given. */
    readonly params: unknown
  }
  readonly phase: string
  /** Counts all phase runs of the project. */
  readonly run: number
  /** Runs of this phase in a row; 1 for the first. */
  readonly iteration: number
  /** Outputs of the phases before this one, by phase and task. */
  readonly results: Readonly<Record<string, Outputs>>
  /** Outputs of this phase's tasks that have succeeded so far. */
  readonly tasks: Outputs
  /** Why the phase is repeated, with what its last run came to. */
  readonly feedback: {
    readonly from: string
    readonly because: 'REJECTED' | 'RETRY' | 'LOOPBACK'
    readonly comment: string | null
    readonly by: string | null
    readonly previous: Outputs
  } | null
  /**
   * A working copy of the ISA as the one who looks may see it: with what the tasks before have set. What is set in it is
   * not recorded; an agent sets values in the copy its `run` is given.
   */
  readonly isa: () => Promise<Isa>
}

export type GateView = PhaseView & {
  /** How every task of the phase ended. */
  readonly ends: Readonly<
    Record<string, Pick<TaskEnd, 'status' | 'attempts' | 'because'> & { readonly error?: string }>
  >
  readonly conflicts: readonly Conflict[]
  readonly review: { readonly verdict: Verdict } | null
}

export type GateReply =
  | Exclude<GateResult, 'LOOPBACK'>
  | { readonly result: Exclude<GateResult, 'LOOPBACK'>; readonly reason?: string }
  | { readonly result: 'LOOPBACK'; readonly loopbackTo: string; readonly reason?: string }

/** What the undoing of a task is given. */
export type TaskUndo<Output = unknown> = {
  readonly project: PhaseView['project']
  readonly task: string
  /** What the task made; null when it came to none: it failed, took too long or was cut, and may be half done. */
  readonly output: Output | null
  /** The same for every attempt to undo this task run, also after a crash: hand it on as an idempotency key. */
  readonly key: string
  /** Aborts when the undoing takes longer than five minutes, or the host stops: then the next owner undoes it again. */
  readonly signal: AbortSignal
}

export type TaskDefinition<Input = never, Output = unknown> = {
  /** Unique in the phase; default the agent's name. */
  readonly name?: string
  readonly agent: Agent<string, Input, Output>
  /** What the agent is given; default the view itself. */
  readonly input?: (view: PhaseView) => Input | Promise<Input>
  /** Tasks of the same phase that must end first. One that fails makes this one `skipped`. */
  readonly dependsOn?: readonly string[]
  /** True: its failure fails the phase. Default false: it is recorded, and the gate sees it. */
  readonly critical?: boolean
  /** One attempt; default the agent's. */
  readonly timeoutMs?: number
  /** Default the agent's. */
  readonly retriesMax?: number
  /** False: the task is left out (`skipped`), and those that depend on it go on without. */
  readonly when?: (view: PhaseView) => boolean | Promise<boolean>
  /**
   * Undoes the task: when its run of the phase does not pass, or when a rollback goes back before it. May be called more
   * than once, and for a task that has done only a part of its work, or none (a condition that left it out included).
   */
  compensate?(view: TaskUndo<Output>): void | Promise<void>
  /** Once it has succeeded it cannot be undone: it stays, and so does what was done before it. */
  readonly irreversible?: true
}

/** A task as a phase holds it: whether `input` makes what its agent takes is checked by `defineTask`, and at run time. */
export type Task = Omit<TaskDefinition, 'input'> & {
  readonly input?: (view: PhaseView) => unknown
}

export type ApprovalDefinition = RequirementOptions & {
  /** `always` (default): passing is never enough. `on_request`: only when the gate or the panel asks. */
  readonly when?: 'always' | 'on_request'
}

export type PhaseDefinition<Name extends string = string> = {
  /** 1 to 64 letters, digits, `_` or `-`; not the name of a project state. */
  readonly name: Name
  readonly description?: string
  /** `defineTask({ … })` types a task's `input` by its agent. */
  readonly tasks?: readonly Task[]
  /** Has the last word. What it throws fails the phase. */
  readonly gate?: (view: GateView) => GateReply | Promise<GateReply>
  /** Phases a gate may go back to: this one or earlier ones. */
  readonly loopbackTo?: readonly NoInfer<Name>[]
  readonly approval?: ApprovalDefinition
  /** Puts the phase's output before a panel of the orchestrator. */
  readonly review?:
    | string
    | { readonly panel: string; readonly input: (view: PhaseView) => ReviewInput | Promise<ReviewInput> }
  /** Rules over what the tasks made; each conflict has an id that is the same as long as it stands. */
  readonly conflicts?: (view: PhaseView) => readonly Conflict[] | Promise<readonly Conflict[]>
  /** One run of the phase; default no bound. */
  readonly timeoutMs?: number
  /** Runs in a row, the first included; default 3. */
  readonly iterationsMax?: number
  /**
   * Undoes what the phase itself did in the world, after its tasks were undone: when a run of it does not pass, or when a
   * rollback goes back before it. May be called more than once.
   */
  readonly compensate?: (view: {
    readonly project: PhaseView['project']
    readonly outputs: Outputs
    readonly key: string
    readonly signal: AbortSignal
  }) => void | Promise<void>
}

export type LifecycleDefinition<Name extends string = string> = {
  readonly name: string
  /** A whole number from 1. A project stays on the version it started with. Default 1. */
  readonly version?: number
  readonly phases: readonly PhaseDefinition<Name>[]
  /** Phase runs of one project altogether; default 100. */
  readonly phasesMax?: number
  /** Units of its own for the values of its projects, each made of others: `{ acre_foot: '1233.48 m^3' }`. */
  readonly units?: Readonly<Record<string, string>>
}

/** A lifecycle, ready to be registered: its plan, its chart, and the functions that do its work. */
export type Lifecycle<Name extends string = string> = {
  readonly name: string
  readonly version: number
  readonly plan: LifecyclePlan
  /** The chart that runs; draw it, watch it, generate its paths. */
  readonly machine: ProjectMachine
  readonly phases: Readonly<Record<Name, PhaseDefinition>>
}
