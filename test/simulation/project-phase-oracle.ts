/** What must hold of a project's phases and tasks, from its facts and its specification alone. */

import type { Call } from './project-book.ts'
import type { Told } from './project-journal.ts'
import type { LifecycleSpec, PhaseSpec } from './project-plan.ts'
import { OWN_WORDS } from './project-work.ts'

type Say = (sentence: string) => void
type Must = (holds: boolean, sentence: string) => void

type Checkpoint = { readonly phase: string; readonly done: readonly string[] }

/** How a task of the present run has ended so far. */
type TaskOutcome = { readonly ok: boolean }

const ENDS: readonly string[] = [
  'PROJECT_COMPLETED',
  'PROJECT_PLANNED',
  'PROJECT_FAILED',
  'PROJECT_CANCELLED',
]

/** Only these may follow an end, and they belong to a rollback or an erasure. */
const AFTER_END: readonly string[] = [
  'STEP_TAKEN',
  'COMPENSATION_STARTED',
  'COMPENSATION_COMPLETED',
  'COMPENSATION_FAILED',
  'COMPENSATION_IRREVERSIBLE',
  // What people are asked about what could not be undone, and what comes of it.
  'APPROVAL_REQUESTED',
  'APPROVAL_RECEIVED',
  'APPROVAL_WITHDRAWN',
  'APPROVAL_TIMEOUT',
  'PROJECT_RESUMED',
  'PROJECT_ROLLED_BACK',
  'ISA_ROLLED_BACK',
  'PROJECT_PAUSED',
  'CHECKPOINTS_DROPPED',
  'CONTENTS_ERASED',
]

export class PhaseOracle {
  readonly #spec: LifecycleSpec
  readonly #calls: readonly Call[]
  readonly #say: Say
  readonly #checkpoints = new Map<string, Checkpoint>()
  /** Phases that are completed and have not been taken back. */
  #done: readonly string[] = []
  /** The phase that may start next, or is under way. */
  #place: string
  #run = 0
  #iterations = 0
  #isSameRun = false
  /** Something is being undone, or people are asked about it. */
  #isUndoing = false
  /** Something was undone since the run began. */
  #hasLost = false
  #start: Told | undefined
  #tasks = new Map<string, TaskOutcome>()
  /** Every task that succeeded, by run. */
  readonly #completed = new Set<string>()
  #rested: 'paused' | 'ended' | undefined
  #last: Told | undefined
  #limit: string | undefined

  constructor(spec: LifecycleSpec, calls: readonly Call[], say: Say) {
    this.#spec = spec
    this.#calls = calls
    this.#say = say
    this.#place = spec.phases[0]?.name ?? ''
  }

  hear(told: Told): void {
    const must = (holds: boolean, sentence: string) => {
      if (!holds) this.#say(`${told.seq} ${told.type}: ${sentence}`)
    }
    must(
      (told.seq === 1) === (told.type === 'PROJECT_CREATED'),
      'a project begins with its creation, and only so',
    )
    must(this.#rested !== 'ended' || AFTER_END.includes(told.type), 'something happened after the end')
    must(
      this.#rested !== 'paused' || !WORK.includes(told.type),
      'work was recorded while the project was paused',
    )
    this.#hear(told, must)
    if (!isOfSaga(told.type)) this.#last = told
  }

  #hear(told: Told, must: Must): void {
    const phase = String(told.payload['phase'])
    const run = Number(told.payload['run'])
    if (RUN_FACTS.includes(told.type))
      must(
        phase === this.#place && run === this.#run,
        `is of ${phase} run ${run}, not ${this.#place} run ${this.#run}`,
      )
    switch (told.type) {
      case 'PHASE_STARTED':
        return this.#hearStart(told, phase, run, must)
      case 'AGENT_STARTED':
        return this.#hearAgent(told, must)
      case 'AGENT_COMPLETED':
      case 'AGENT_FAILED':
      case 'AGENT_SKIPPED':
        return this.#hearOutcome(told, must)
      case 'PHASE_COMPLETED':
        return this.#hearCompleted(phase, must)
      case 'PHASE_FAILED':
        return this.#hearFailed(told, must)
      case 'PHASE_RETRYING':
        this.#isSameRun = false
        if (told.payload['because'] === 'REJECTED') this.#iterations = 0
        return
      case 'PHASE_HALTED':
        this.#isSameRun = true
        return
      case 'PHASE_LOOPED_BACK':
        return this.#hearLoop(told, phase, must)
      case 'CHECKPOINT_CREATED':
        must(phase === this.#place, `is of ${phase}, and the project is at ${this.#place}`)
        this.#checkpoints.set(String(told.payload['checkpoint']), { phase, done: this.#done })
        return
      case 'PROJECT_ROLLED_BACK':
        return this.#hearRollback(told, must)
      case 'LIMIT_REACHED':
        this.#limit = String(told.payload['limit'])
        return
      default:
        return this.#hearProject(told, must)
    }
  }

  #hearStart(told: Told, phase: string, run: number, must: Must): void {
    const { phases, phasesMax } = this.#spec
    const plan = this.#planOf(phase)
    const before = phases
      .slice(
        0,
        phases.findIndex(({ name }) => name === phase),
      )
      .map(({ name }) => name)
    must(phase === this.#place, `${phase} starts where ${this.#place} belongs`)
    must(
      before.every((name) => this.#done.includes(name)),
      `${phase} starts before ${before.join(', ')} are done`,
    )
    must(run === this.#run + (this.#isSameRun ? 0 : 1), `run ${run} follows run ${this.#run}`)
    if (!this.#isSameRun) this.#iterations += 1
    must(
      told.payload['iteration'] === this.#iterations,
      `says iteration ${String(told.payload['iteration'])}, it is ${this.#iterations}`,
    )
    must(
      this.#iterations <= plan.iterationsMax,
      `is run ${this.#iterations} in a row of at most ${plan.iterationsMax}`,
    )
    must(run <= phasesMax, `is run ${run} of at most ${phasesMax}`)
    // What succeeded before a pause need not be done again; anything else is.
    const kept = this.#isSameRun ? [...this.#tasks].filter(([, { ok }]) => ok) : []
    this.#tasks = new Map(kept)
    this.#run = run
    this.#isSameRun = this.#hasLost = this.#isUndoing = false
    this.#start = told
  }

  #hearAgent(told: Told, must: Must): void {
    const task = String(told.payload['task'])
    must(!this.#tasks.has(task), `${task} is started although it has ended`)
    for (const other of this.#taskOf(task).dependsOn)
      must(this.#tasks.get(other)?.ok === true, `${task} is started although ${other} has not succeeded`)
  }

  #hearOutcome(told: Told, must: Must): void {
    const { task, status, output, because, error } = told.payload as {
      task: string
      status: string
      output?: { key: string }
      because?: string
      error?: { code: string; message: string }
    }
    must(!this.#tasks.has(task), `the outcome of ${task} is recorded twice in run ${this.#run}`)
    must(!this.#completed.has(`${this.#run} ${task}`), `${task} was completed in run ${this.#run} before`)
    this.#tasks.set(task, { ok: status === 'succeeded' || because === 'condition' })
    if (told.type === 'AGENT_COMPLETED') {
      this.#completed.add(`${this.#run} ${task}`)
      const text = JSON.stringify(output)
      const call = this.#calls.find(({ gave }) => gave === text)
      must(
        call?.task === task && call.run === this.#run,
        `${task} is said to have given what it never gave: ${text}`,
      )
      // It was asked for by this very start, and not before that was durable.
      must(
        (call?.cursor ?? 0) >= (this.#start?.cursor ?? Infinity),
        `${task} ended with the outcome of an earlier start`,
      )
      // The same for every start of one run of a task, and of no other run.
      must(
        call?.key === `${call?.project}.${this.#place}.${this.#run}.${task}`,
        `${task} was done under the key ${call?.key} in run ${this.#run} of ${this.#place}`,
      )
    }
    if (because === 'dependency')
      must(
        this.#taskOf(task).dependsOn.some((other) => this.#tasks.get(other)?.ok === false),
        `${task} is skipped although its dependencies have not failed`,
      )
    if (error)
      must(!error.message.includes('simulated disk'), `the trouble of the store is blamed on ${task}`)
  }

  #hearCompleted(phase: string, must: Must): void {
    const plan = this.#planOf(phase)
    for (const { name, critical } of plan.tasks) {
      const outcome = this.#tasks.get(name)
      must(outcome !== undefined, `${phase} is completed, and ${name} has no outcome`)
      must(!critical || outcome?.ok === true, `${phase} is completed, and ${name} has failed`)
    }
    this.#done = [...this.#done.filter((name) => name !== phase), phase]
    const { phases } = this.#spec
    this.#place = phases[phases.indexOf(plan) + 1]?.name ?? phase
    this.#iterations = 0
  }

  #hearFailed({ at, payload }: Told, must: Must): void {
    const { timeoutMs = Infinity } = this.#planOf(String(payload['phase']))
    if (payload['cause'] === 'phase_timeout')
      must(
        at - (this.#start?.at ?? 0) >= timeoutMs,
        `timed out after ${at - (this.#start?.at ?? 0)} of ${timeoutMs} ms`,
      )
    if (payload['cause'] === 'task_failed')
      must(
        this.#planOf(String(payload['phase'])).tasks.some(
          ({ name, critical }) => critical && this.#tasks.get(name)?.ok === false,
        ),
        'no critical task has failed',
      )
  }

  #hearLoop({ payload }: Told, phase: string, must: Must): void {
    const to = String(payload['to'])
    const names = this.#spec.phases.map(({ name }) => name)
    must(this.#planOf(phase).loopbackTo.includes(to), `${phase} may not loop back to ${to}`)
    this.#done = this.#done.filter((name) => names.indexOf(name) < names.indexOf(to))
    this.#place = to
    this.#iterations = 0
    this.#isSameRun = false
  }

  #hearRollback({ payload }: Told, must: Must): void {
    const checkpoint = this.#checkpoints.get(String(payload['checkpoint']))
    must(checkpoint !== undefined, 'there is no such checkpoint')
    if (!checkpoint) return
    this.#done = checkpoint.done
    this.#place = checkpoint.phase
    this.#iterations = 0
    this.#isSameRun = false
    this.#rested = undefined
  }

  #hearProject({ type, payload }: Told, must: Must): void {
    if (type === 'COMPENSATION_STARTED') {
      this.#hasLost = this.#isUndoing = true
      // A rollback leads out of a pause.
      if (this.#rested === 'paused') this.#rested = undefined
    }
    if (type === 'PROJECT_PAUSED') {
      if (payload['reason'] === 'irreversible') this.#land(String(payload['phase']))
      const isSettled = payload['reason'] === 'irreversible' || payload['reason'] === 'rolled_back'
      if (isSettled) this.#isUndoing = false
      this.#rested = 'paused'
    }
    if (type === 'PROJECT_RESUMED') {
      must(this.#rested === 'paused', 'was not paused')
      this.#rested = undefined
      // A phase that was halted goes on; what was not is begun again.
      if (!this.#isSameRun && !this.#isUndoing) this.#iterations = 0
    }
    if (type === 'COMPENSATION_FAILED')
      must(
        String(payload['message']).includes(OWN_WORDS),
        `the trouble of others is blamed on ${String(payload['phase'])}`,
      )
    if (!ENDS.includes(type)) return
    this.#rested = 'ended'
    if (type === 'PROJECT_COMPLETED')
      must(
        this.#spec.phases.every(({ name }) => this.#done.includes(name)),
        `only ${this.#done.join(', ')} are done`,
      )
    if (type === 'PROJECT_FAILED') this.#hearProjectFailed(payload, must)
    // Where it goes on from, should its rollback fail.
    if (type === 'PROJECT_FAILED' || type === 'PROJECT_PLANNED') this.#place = String(payload['phase'])
    this.#isSameRun = type === 'PROJECT_CANCELLED' && this.#isSameRun
  }

  /** A rollback, or what was to be done again, had to stop: it is where it was, or where it has lost something. */
  #land(phase: string): void {
    const names = this.#spec.phases.map(({ name }) => name)
    this.#done = this.#done.filter((name) => names.indexOf(name) < names.indexOf(phase))
    this.#isSameRun = this.#isSameRun && !this.#hasLost
    this.#place = phase
  }

  #hearProjectFailed({ reason }: Told['payload'], must: Must): void {
    const last = this.#last?.type
    if (reason === 'phase_failed') must(last === 'PHASE_FAILED', 'no phase has failed')
    else if (reason === 'irreversible')
      must(last === 'PHASE_FAILED' || last === 'LIMIT_REACHED', 'nothing has failed')
    else must(last === 'LIMIT_REACHED', 'no limit is said to be reached')
    if (reason === 'iterations_max') must(this.#limit === 'iterationsMax', `the limit is ${this.#limit}`)
    if (reason === 'phases_max')
      must(this.#run === this.#spec.phasesMax, `${this.#run} runs of ${this.#spec.phasesMax} were made`)
  }

  #planOf(phase: string): PhaseSpec {
    const found = this.#spec.phases.find(({ name }) => name === phase)
    if (!found) throw new Error(`a fact names the phase ${phase}, which there is none of`)
    return found
  }

  #taskOf(task: string) {
    const found = this.#spec.phases.flatMap(({ tasks }) => tasks).find(({ name }) => name === task)
    if (!found) throw new Error(`a fact names the task ${task}, which there is none of`)
    return found
  }
}

/** What is told between a failure and its end, while the project undoes what it has done. */
const isOfSaga = (type: string) =>
  type.startsWith('COMPENSATION_') ||
  type.startsWith('APPROVAL_') ||
  type === 'STEP_TAKEN' ||
  type === 'CHECKPOINTS_DROPPED' ||
  type === 'PROJECT_PAUSED' ||
  type === 'PROJECT_RESUMED'

/** Facts of a run of a phase: they name it. */
const RUN_FACTS: readonly string[] = [
  'AGENT_STARTED',
  'AGENT_RETRY',
  'AGENT_PROGRESS',
  'AGENT_COMPLETED',
  'AGENT_FAILED',
  'AGENT_SKIPPED',
  'AGENT_CANCELLED',
  'GATE_ANSWERED',
  'PHASE_COMPLETED',
  'PHASE_FAILED',
  'PHASE_RETRYING',
  'PHASE_LOOPED_BACK',
  'PHASE_HALTED',
]

const WORK: readonly string[] = [...RUN_FACTS, 'PHASE_STARTED', 'APPROVAL_REQUESTED', 'APPROVAL_RECEIVED']
