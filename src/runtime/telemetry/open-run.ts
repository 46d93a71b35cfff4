/** A phase run under way, as its facts tell it. */

import type { Fact } from '../../model/fact.ts'
import type { Words } from './fact-words.ts'

export type TaskRun = {
  readonly task: string
  readonly agent: string
  /** succeeded, failed, timed_out, or cancelled when the phase ended before it. */
  readonly status: string
  readonly attempts: number
  /** Code of its error. */
  readonly error?: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
  readonly retriedAt: readonly number[]
}

type OpenTask = { readonly agent: string; readonly startedAt: number; readonly retriedAt: number[] }

export class OpenRun {
  readonly #words: Words
  readonly #startedAt: number
  readonly #isStartKnown: boolean
  readonly #open = new Map<string, OpenTask>()
  readonly #ended: TaskRun[] = []

  constructor(words: Words, startedAt: number, isStartKnown: boolean) {
    this.#words = words
    this.#startedAt = startedAt
    this.#isStartKnown = isStartKnown
  }

  get tasksOpen(): number {
    return this.#open.size
  }

  /** Takes a fact of an agent. After a crash an agent is started again: it has been at it all the time. */
  note({ type, at }: Fact, words: Words): void {
    const task = String(words.task)
    const agent = String(words.agent)
    if (type === 'AGENT_STARTED' || type === 'AGENT_RETRY') {
      const open = this.#open.get(task) ?? { agent, startedAt: at, retriedAt: [] }
      if (type === 'AGENT_RETRY') open.retriedAt.push(at)
      this.#open.set(task, open)
      return
    }
    // What was cut ends with its phase.
    if (type === 'AGENT_PROGRESS' || type === 'AGENT_CANCELLED') return
    const open = this.#open.get(task)
    this.#open.delete(task)
    if (type === 'AGENT_SKIPPED') return
    this.#ended.push({
      task,
      agent,
      status: String(words.status),
      attempts: Number(words.attempts),
      error: words.error === undefined ? undefined : String(words.error),
      startedAt: open?.startedAt ?? at - Number(words.durationMs),
      endedAt: at,
      retriedAt: open?.retriedAt ?? [],
    })
  }

  /** `words` are those of the fact that ended it. */
  end(at: number, words: Words) {
    const cut = [...this.#open].map(([task, open]): TaskRun => ({
      ...open,
      task,
      status: 'cancelled',
      attempts: open.retriedAt.length + 1,
      endedAt: at,
    }))
    return {
      phase: String(this.#words.phase ?? words.phase),
      words: { ...this.#words, ...words },
      startedAt: this.#startedAt,
      isStartKnown: this.#isStartKnown,
      tasks: [...this.#ended, ...cut],
    }
  }
}
