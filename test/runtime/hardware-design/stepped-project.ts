/** A project without an orchestrator: its charts are stepped purely, and its work is done on the spot. */

import { approvalMachine } from '../../../src/machines/approval.ts'
import {
  phaseMachine,
  type GateInput,
  type PhaseContext,
  type TaskInput,
} from '../../../src/machines/phase.ts'
import type { ApprovalDecision } from '../../../src/model/approval.ts'
import type { Json } from '../../../src/model/canonical.ts'
import type { Cause, Saying } from '../../../src/model/fact.ts'
import type { Mode } from '../../../src/model/lifecycle.ts'
import type { TaskEnd, TaskStates } from '../../../src/model/phase.ts'
import type { ProjectContext } from '../../../src/model/project.ts'
import { NO_CHARTS, ROOT, stepCharts, type Charts } from '../../../src/runtime/engine/charts.ts'
import type { Lifecycle, Outputs, PhaseView } from '../../../src/runtime/projects/lifecycle.ts'
import type { Command } from '../../../src/runtime/store/store.ts'
import { emptyIsa } from './samples.ts'

export type SteppedOptions = {
  readonly intent: string
  readonly mode?: Mode
  readonly params?: Json | undefined
}

type Work = Extract<Command, { kind: 'work' }>

export class SteppedProject {
  readonly said: Saying[] = []
  state = ''
  readonly #lifecycle: Lifecycle
  readonly #options: SteppedOptions
  readonly #contents: Json[] = []
  #charts: Charts = NO_CHARTS
  #work: Work[] = []
  #seq = 0

  constructor(lifecycle: Lifecycle, options: SteppedOptions) {
    this.#lifecycle = lifecycle
    this.#options = options
    const input = { id: 'drone-001', lifecycle: lifecycle.name, version: 1, mode: options.mode ?? 'execute' }
    this.#step({
      type: 'xstate.init',
      source: 'project',
      input: { ...input, intent: 'intent', author: null, params: null },
    })
  }

  /** Starts it, or goes on with it, and does work until there is none. */
  async run(): Promise<void> {
    if (this.state === 'CREATED') this.#step({ type: 'START' })
    for (let work = this.#work.shift(); work; work = this.#work.shift()) {
      const output = work.source === 'gate' ? await this.#gate(work) : await this.#task(work)
      this.#step({ type: `xstate.done.actor.${work.id}`, output, actorId: work.id }, work.address, work.id)
    }
  }

  async decide(decision: ApprovalDecision, comment: string | null = null): Promise<void> {
    const approval = this.#context(`${ROOT}/approval`) as { id: string; version: number }
    const proposed = {
      approval: approval.id,
      version: approval.version,
      decision,
      by: 'ana',
      roles: [],
      at: 0,
    }
    this.#step({ type: 'DECIDE', proposed: { ...proposed, comment } }, `${ROOT}/approval`)
    await this.run()
  }

  get project(): ProjectContext {
    return this.#context(ROOT) as ProjectContext
  }

  /** Outputs of the phases that have passed. */
  get results(): PhaseView['results'] {
    const entries = Object.entries(this.project.results)
    return Object.fromEntries(entries.map(([phase, { tasks }]) => [phase, this.#outputsOf(tasks)]))
  }

  /** Facts of one type, contents in place of what their texts refer to. */
  saidOf(type: Saying['type']): readonly { readonly [key: string]: Json }[] {
    const found = this.said.filter((saying) => saying.type === type)
    return found.map(({ payload }) => {
      const { reason } = payload as { reason?: string | null }
      return { ...(payload as object), ...(reason?.startsWith('#') && { reason: this.#read(reason) }) }
    })
  }

  /** Whoever asks for an address knows which chart is there, and so the type of its context. */
  #context(address: string): unknown {
    return (this.#charts.charts[address]?.snapshot as { context: unknown }).context
  }

  #step(event: Json, to = ROOT, settles: string | null = null): void {
    const cause: Cause = { to, event, settles }
    const machines = { project: this.#lifecycle.machine, phase: phaseMachine, approval: approvalMachine }
    this.#seq += 1
    const stepped = stepCharts(this.#charts, cause, {
      journal: 'drone-001',
      seq: this.#seq,
      at: 0,
      machineOf: (source) => machines[source as keyof typeof machines],
    })
    this.#charts = stepped.charts
    this.state = stepped.state
    this.said.push(...stepped.sayings)
    this.#work = this.#work.filter(({ key }) => !stepped.closes.includes(key))
    this.#work.push(...stepped.opens.filter((command) => command.kind === 'work'))
  }

  async #task({ input, key }: Work): Promise<Json> {
    const { phase, task: name } = input as TaskInput
    const task = this.#lifecycle.phases[phase]?.tasks?.find((one) => one.name === name)
    if (!task) throw new Error(`${phase} has no task ${name}`)
    const seen = this.#dependenciesOf(phase, name)
    const states = Object.entries((this.#context(`${ROOT}/phase`) as PhaseContext).tasks)
    const view = this.#view(Object.fromEntries(states.filter(([other]) => seen.has(other))))
    const end = { attempts: 1, durationMs: 0 }
    if (task.when && !(await task.when(view))) return { ...end, status: 'skipped', because: 'condition' }
    try {
      const output = await perform(task, view, key)
      return { ...end, status: 'succeeded', output: this.#write(output) } satisfies TaskEnd
    } catch (error) {
      return { ...end, status: 'failed', error: { code: 'failed', message: this.#write(String(error)) } }
    }
  }

  /** A task sees what it depends on, directly or not. */
  #dependenciesOf(phase: string, name: string): ReadonlySet<string> {
    const plan = this.#lifecycle.plan.phases.find((one) => one.name === phase)
    const found = new Set(plan?.tasks.find((one) => one.name === name)?.dependsOn)
    for (const other of found) for (const further of this.#dependenciesOf(phase, other)) found.add(further)
    return found
  }

  async #gate({ input }: Work): Promise<Json> {
    // The chart of a phase gives its gate nothing else.
    const { phase: name, tasks } = input as unknown as GateInput
    const phase = this.#lifecycle.phases[name]
    const view = this.#view(tasks)
    const found = (await phase?.conflicts?.(view)) ?? []
    const ends = tasks as unknown as Record<string, TaskEnd>
    const reply = await phase?.gate?.({ ...view, ends: endsOf(ends), conflicts: found, review: null })
    const answer = typeof reply === 'object' ? reply : { result: reply ?? 'PASS' }
    const reason = 'reason' in answer && answer.reason !== undefined ? this.#write(answer.reason) : null
    const conflicts = found.map((conflict) => ({ ...conflict, between: [...conflict.between] }))
    return { answer: { ...answer, reason, conflicts } }
  }

  #view(tasks: TaskStates): PhaseView {
    const { phase, phasesRun, iterations, feedback, id, mode } = this.project
    const { intent, params = null } = this.#options
    return {
      project: { id, lifecycle: this.#lifecycle.name, mode, intent, author: null, params },
      phase,
      run: phasesRun,
      iteration: iterations,
      results: this.results,
      tasks: this.#outputsOf(tasks),
      feedback: feedback && { ...feedback, previous: this.#outputsOf(feedback.previous.tasks) },
      isa: emptyIsa,
    }
  }

  #outputsOf(tasks: TaskStates): Outputs {
    const outputs = Object.entries(tasks).flatMap(([name, end]) =>
      'output' in end && end.output !== undefined ? [[name, this.#read(end.output)] as const] : [],
    )
    return Object.fromEntries(outputs)
  }

  /** As JSON would give it back. */
  #write(value: unknown): string {
    this.#contents.push(JSON.parse(JSON.stringify(value)) as Json)
    return `#${this.#contents.length - 1}`
  }

  #read(ref: string): Json {
    return this.#contents[Number(ref.slice(1))] ?? null
  }
}

type Task = NonNullable<Lifecycle['phases'][string]['tasks']>[number]

/** Between both of the agent's schemas. */
async function perform({ agent, input }: Task, view: PhaseView, key: string): Promise<unknown> {
  const given = (await agent.input?.['~standard'].validate(await input?.(view))) ?? {
    value: await input?.(view),
  }
  if (given.issues) throw new Error(given.issues.map(({ message }) => message).join('; '))
  const output: unknown = await agent.run(given.value as never, {
    signal: new AbortController().signal,
    attempt: 1,
    key,
    progress: () => {},
    isa: emptyIsa,
  })
  const checked = (await agent.output?.['~standard'].validate(output)) ?? { value: output }
  if (checked.issues) throw new Error(checked.issues.map(({ message }) => message).join('; '))
  return checked.value
}

function endsOf(ends: Readonly<Record<string, TaskEnd>>) {
  return Object.fromEntries(
    Object.entries(ends).map(([name, { status, attempts, because, error }]) => [
      name,
      { status, attempts, ...(because && { because }), ...(error && { error: error.code }) },
    ]),
  )
}
