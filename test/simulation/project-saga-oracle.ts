/** Nothing that was done is forgotten, and nothing is undone twice: from the facts, and from what the world has seen. */

import type { Call, Undo } from './project-book.ts'
import type { Told } from './project-journal.ts'
import type { LifecycleSpec, TaskSpec } from './project-plan.ts'

type Seen = { readonly calls: readonly Call[]; readonly undos: readonly Undo[] }

type StepFact = { readonly phase: string; readonly run: number; readonly task?: string }

type Run = {
  readonly phase: string
  /** Tasks whose agent was at work, or may have been, the latest to end last. */
  ended: readonly string[]
  readonly succeeded: Set<string>
  hasPassed: boolean
}

const nameOf = ({ phase, run, task }: StepFact) => `${phase} ${run} ${task ?? '(itself)'}`

export class SagaOracle {
  readonly #spec: LifecycleSpec
  readonly #project: string
  readonly #seen: Seen
  readonly #say: (sentence: string) => void
  readonly #runs = new Map<number, Run>()
  /** Undone, by its compensation or by people. */
  readonly #undone = new Set<string>()
  /** Could not be undone, and people are asked. */
  #stuck: readonly string[] = []
  #asked: { readonly approval: string; readonly quorum: number } | undefined
  #agreed = 0
  /** Runs that had to be left, since something cannot be undone. */
  readonly #left = new Set<number>()
  /** The step under way, and its attempts. */
  #step: { readonly name: string; attempts: number } | undefined
  #lastUndone: { readonly run: number; readonly place: number } | undefined

  constructor(spec: LifecycleSpec, project: string, seen: Seen, say: (sentence: string) => void) {
    this.#spec = spec
    this.#project = project
    this.#seen = seen
    this.#say = say
  }

  hear(told: Told): void {
    const must = (holds: boolean, sentence: string) => {
      if (!holds) this.#say(`${told.seq} ${told.type}: ${sentence}`)
    }
    // Whoever writes these facts makes them of these fields.
    const step = told.payload as StepFact
    switch (told.type) {
      case 'PHASE_STARTED':
        return this.#hearStart(step, must)
      case 'AGENT_STARTED':
        return this.#begin(step)
      case 'AGENT_COMPLETED':
      case 'AGENT_FAILED':
      case 'AGENT_CANCELLED':
        return this.#end(step, told.type === 'AGENT_COMPLETED')
      case 'AGENT_SKIPPED':
        // It may have acted before a crash, when its condition said otherwise.
        if (told.payload['because'] === 'condition') this.#end(step, false)
        return
      case 'PHASE_COMPLETED': {
        const run = this.#runs.get(step.run)
        if (run) run.hasPassed = true
        return
      }
      case 'COMPENSATION_STARTED':
        return this.#hearUndo(step, Number(told.payload['attempt']), must)
      case 'COMPENSATION_COMPLETED':
        must(this.#step?.name === nameOf(step), `${nameOf(step)} was not being undone`)
        must(this.#isSeen(step), `nobody has undone ${nameOf(step)}`)
        must(!this.#undone.has(nameOf(step)), `${nameOf(step)} was undone before`)
        this.#undone.add(nameOf(step))
        this.#step = undefined
        return
      case 'COMPENSATION_FAILED':
        must(this.#step?.name === nameOf(step) && this.#step.attempts === 3, 'was not tried three times')
        this.#stuck = [...this.#stuck, nameOf(step)]
        this.#step = undefined
        return
      case 'COMPENSATION_IRREVERSIBLE':
        return this.#hearPivot(step, must)
      case 'APPROVAL_REQUESTED':
      case 'APPROVAL_RECEIVED':
        return this.#hearPeople(told)
      case 'PROJECT_FAILED':
      case 'PROJECT_CANCELLED':
        return this.#nothingLeft(must)
      default:
    }
  }

  #hearStart({ phase, run }: StepFact, must: (holds: boolean, sentence: string) => void): void {
    const isNew = !this.#runs.has(run)
    if (isNew) this.#nothingLeft(must)
    if (isNew) this.#runs.set(run, { phase, ended: [], succeeded: new Set(), hasPassed: false })
    this.#lastUndone = undefined
  }

  #begin({ run, task = '' }: StepFact): void {
    const ended = this.#runs.get(run)
    // It counts as ended last until it has.
    if (ended) ended.ended = [...ended.ended.filter((name) => name !== task), task]
  }

  #end({ run, task = '' }: StepFact, isOk: boolean): void {
    const ended = this.#runs.get(run)
    if (!ended) return
    if (isOk) ended.succeeded.add(task)
    const rest = ended.ended.filter((name) => name !== task)
    // Those that still run come after it.
    const running = rest.filter((name) => !this.#hasEnded(run, name))
    const before = rest.filter((name) => !running.includes(name))
    this.#endedTasks.add(`${run} ${task}`)
    ended.ended = [...before, task, ...running]
  }

  readonly #endedTasks = new Set<string>()
  #hasEnded = (run: number, task: string) => this.#endedTasks.has(`${run} ${task}`)

  #taskOf(task: string): TaskSpec | undefined {
    return this.#spec.phases.flatMap(({ tasks }) => tasks).find(({ name }) => name === task)
  }

  /** What must be undone of a run that does not pass: whatever the world has seen done, and can be undone. */
  #steps(run: number): readonly string[] {
    const { phase, ended, succeeded } = this.#runs.get(run) ?? { phase: '', ended: [], succeeded: new Set() }
    const called = this.#seen.calls.filter((call) => call.run === run).map(({ task }) => task)
    const tasks = [...new Set([...ended, ...called])].filter((task) => {
      const spec = this.#taskOf(task)
      return spec?.compensates && !(spec.isIrreversible && succeeded.has(task))
    })
    const own = this.#spec.phases.find(({ name }) => name === phase)?.compensates
    return [...(own ? [nameOf({ phase, run })] : []), ...tasks.map((task) => nameOf({ phase, run, task }))]
  }

  #nothingLeft(must: (holds: boolean, sentence: string) => void): void {
    for (const [run, { hasPassed }] of this.#runs) {
      if (hasPassed || this.#left.has(run)) continue
      for (const name of this.#steps(run)) must(this.#undone.has(name), `${name} is forgotten`)
    }
  }

  #hearUndo(step: StepFact, attempt: number, must: (holds: boolean, sentence: string) => void): void {
    const name = nameOf(step)
    must(!this.#undone.has(name), `${name} was undone before`)
    if (this.#step?.name === name) this.#step.attempts += 1
    else this.#step = { name, attempts: 1 }
    must(attempt === this.#step.attempts, `says attempt ${attempt}, it is ${this.#step.attempts}`)
    // People have said: try again.
    if (this.#stuck.includes(name)) {
      this.#stuck = this.#stuck.filter((stuck) => stuck !== name)
      this.#lastUndone = undefined
    }
    const { ended = [] } = this.#runs.get(step.run) ?? {}
    const place = step.task === undefined ? -1 : ended.indexOf(step.task)
    const last = this.#lastUndone
    if (last && attempt === 1)
      must(step.run < last.run || (step.run === last.run && place < last.place), `${name} is not the latest`)
    this.#lastUndone = { run: step.run, place }
  }

  #hearPivot(step: StepFact, must: (holds: boolean, sentence: string) => void): void {
    must(this.#taskOf(step.task ?? '')?.isIrreversible === true, `${nameOf(step)} can be undone`)
    must(this.#runs.get(step.run)?.succeeded.has(step.task ?? '') === true, `${nameOf(step)} was not done`)
    for (const run of this.#runs.keys()) this.#left.add(run)
    this.#lastUndone = undefined
  }

  #isSeen({ phase, run, task }: StepFact): boolean {
    const key = `${[this.#project, phase, run, ...(task === undefined ? [] : [task])].join('.')}:undo`
    return this.#seen.undos.some((undo) => undo.key === key && undo.isDone)
  }

  /** Enough people who agree to a question about what is stuck have undone it by hand. */
  #hearPeople({ type, payload }: Told): void {
    if (type === 'APPROVAL_REQUESTED') {
      const { quorum } = payload['requires'] as { quorum: number }
      this.#asked = { approval: String(payload['approval']), quorum }
      this.#agreed = 0
      return
    }
    if (payload['decision'] === 'APPROVED') this.#agreed += 1
    if (!this.#asked || this.#agreed < this.#asked.quorum || this.#stuck.length === 0) return
    for (const name of this.#stuck) this.#undone.add(name)
    this.#stuck = []
  }
}
