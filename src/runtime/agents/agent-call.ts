/** One call of an agent, as its chart works with it: its way in, its preparation, its attempts. */

import type { AgentWork } from '../../actors/agent-work.ts'
import { attempt, type Job } from '../../actors/attempt.ts'
import type { TaskScope } from '../../actors/task.ts'
import type { Agent, AttemptEnd, Heard, PlaceAnswer, Preparation, Progress } from '../../model/agent.ts'
import type { Clock } from '../../model/clock.ts'
import type { Isa } from '../../model/isa/isa.ts'
import type { Bulkhead } from '../resilience/bulkhead.ts'
import { Entry, type Queue } from './entry.ts'
import type { Guard } from './guard.ts'

/** What is to be called, for whom, and within which bounds. */
export type Order = {
  readonly agent: Agent
  /** The same for every attempt, also after a crash. */
  readonly key: string
  /** What the agent is given; or what makes it, once there is a place. */
  readonly given: { readonly input: unknown } | { readonly prepare: () => Promise<Prepared> }
  readonly queue: Queue
  /** One attempt. */
  readonly timeoutMs: number
  readonly onProgress?: (progress: Progress, attempt: number) => void
  /** Is given what the agent does, which may go on after its attempt is over. */
  readonly onAttempt?: (goingOn: Promise<unknown>) => void
  /** The ISA that each attempt has a working copy of. */
  readonly openIsa?: () => Promise<Isa>
}

export type Prepared =
  | { readonly kind: 'ready'; readonly input: unknown }
  | Exclude<Preparation, { readonly kind: 'ready' }>

export type CallMeans = {
  readonly guard: Guard
  readonly overall: Bulkhead
  readonly clock: Clock
  /** Nobody gets a place any more. */
  readonly isClosed: () => boolean
}

export class AgentCall implements AgentWork {
  readonly #means: CallMeans
  readonly #order: Order
  readonly #job: Job
  #input: unknown
  #entry: Entry | undefined
  #grantedAt: number | undefined
  #attemptAt = 0

  constructor(means: CallMeans, order: Order) {
    const { agent, key, given, onProgress = () => {}, openIsa } = order
    this.#means = means
    this.#order = order
    this.#job = { agent, key, clock: means.clock, onProgress, openIsa }
    this.#input = 'input' in given ? given.input : undefined
  }

  /** Milliseconds since it first had a place; undefined while it has had none. */
  get durationMs(): number | undefined {
    const { clock } = this.#means
    return this.#grantedAt === undefined ? undefined : Math.max(0, clock.now() - this.#grantedAt)
  }

  readonly enter = (tell: (answer: PlaceAnswer) => void): (() => void) => {
    const entry = new Entry({
      ...this.#means,
      queue: this.#order.queue,
      timeoutMs: this.#order.timeoutMs,
      tell: (answer) => {
        if (answer.type === 'GRANTED') this.#grantedAt ??= this.#means.clock.now()
        tell(answer)
      },
    })
    this.#entry = entry
    if (this.#means.isClosed()) entry.turnAway()
    else entry.ask()
    return () => entry.leave()
  }

  /** It waits for a place no more; if it has one, it keeps it. */
  turnAway(): void {
    this.#entry?.turnAway()
  }

  readonly prepare = async (): Promise<Preparation> => {
    const { given } = this.#order
    if ('input' in given) return { kind: 'ready' }
    const prepared = await given.prepare()
    if (prepared.kind === 'ready') this.#input = prepared.input
    return prepared
  }

  readonly attempt = (number: number, scope: TaskScope): Promise<AttemptEnd> => {
    this.#attemptAt = this.#means.clock.now()
    const goingOn = attempt(this.#job, this.#input, number, scope)
    this.#order.onAttempt?.(goingOn)
    return goingOn
  }

  readonly hear = (as: Heard): void => {
    this.#entry?.hear(as, this.#means.clock.now() - this.#attemptAt)
  }
}
