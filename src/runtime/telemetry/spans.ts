/** Spans of episodes: each is made when it has ended, with its times from the facts, so that nothing waits in memory. */

import type { Attributes, SpanContext, Tracer } from '@opentelemetry/api'
import { LIMITS } from '../../model/limits.ts'
import { BoundedMap } from './bounded-map.ts'
import type { Episode, PhaseRun, Wait } from './episodes.ts'
import type { TaskRun } from './open-run.ts'

export type Api = typeof import('@opentelemetry/api')

type NewSpan = {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Attributes
  readonly hasFailed: boolean
  readonly parent: SpanContext | undefined
  readonly events?: readonly { readonly name: string; readonly at: number }[]
}

export class Spans {
  readonly #api: Api
  readonly #tracer: Tracer
  /** Spans of phases that people are asked about: the wait becomes a part of the same trace. */
  readonly #asked = new BoundedMap<string, SpanContext>(LIMITS.telemetryOpenMax)

  constructor(api: Api, tracer: Tracer) {
    this.#api = api
    this.#tracer = tracer
  }

  write(episode: Episode): void {
    if (episode.kind === 'phase') this.#writePhase(episode)
    else this.#writeWait(episode)
  }

  #writePhase(run: PhaseRun): void {
    const { project, phase, outcome, words, tasks } = run
    const span = this.#make({
      name: `phase ${phase}`,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      attributes: {
        ...startOf(run),
        'stagecraft.project.id': project,
        'stagecraft.phase.name': phase,
        'stagecraft.phase.run': words.run,
        'stagecraft.phase.iteration': words.iteration,
        'stagecraft.phase.outcome': outcome,
        'stagecraft.phase.cause': words.cause,
      },
      hasFailed: outcome === 'failed',
      parent: undefined,
    })
    for (const task of tasks) this.#writeTask(run, task, span)
    if (outcome === 'approval_needed') this.#asked.set(project, span)
  }

  #writeTask({ project, phase, words }: PhaseRun, task: TaskRun, parent: SpanContext): void {
    this.#make({
      name: `agent ${task.agent}`,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
      attributes: {
        'stagecraft.project.id': project,
        'stagecraft.phase.name': phase,
        'stagecraft.phase.run': words.run,
        'stagecraft.task.name': task.task,
        'stagecraft.agent.name': task.agent,
        'stagecraft.agent.status': task.status,
        'stagecraft.agent.attempts': task.attempts,
        'error.type': task.error,
      },
      hasFailed: ['failed', 'timed_out', 'circuit_open', 'rejected'].includes(task.status),
      parent,
      events: task.retriedAt.map((at) => ({ name: 'retry', at })),
    })
  }

  #writeWait(wait: Wait): void {
    const { project, phase, words, end } = wait
    this.#make({
      name: `approval ${phase}`,
      startedAt: wait.startedAt,
      endedAt: wait.endedAt,
      attributes: {
        ...startOf(wait),
        'stagecraft.project.id': project,
        'stagecraft.phase.name': phase,
        'stagecraft.approval.id': words.approval,
        'stagecraft.approval.version': words.version,
        'stagecraft.approval.end': end,
      },
      hasFailed: false,
      parent: this.#asked.take(project),
    })
  }

  #make({ name, startedAt, endedAt, attributes, hasFailed, parent, events = [] }: NewSpan): SpanContext {
    const { ROOT_CONTEXT, SpanStatusCode, trace } = this.#api
    // Dates, because a small number would count from the start of the process.
    const options = { startTime: new Date(startedAt), attributes }
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
    const span = this.#tracer.startSpan(name, options, context)
    for (const event of events) span.addEvent(event.name, new Date(event.at))
    if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR })
    // A clock that was set back must not end a span before its beginning.
    span.end(new Date(Math.max(startedAt, endedAt)))
    return span.spanContext()
  }
}

const startOf = ({ isStartKnown }: Episode): Attributes =>
  isStartKnown ? {} : { 'stagecraft.start_known': false }
