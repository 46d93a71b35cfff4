/** The work under way: started once its command is durable, aborted when nobody waits for its end any more. */

import { within } from '../../actors/within.ts'
import type { Clock } from '../../model/clock.ts'
import type { WorkCommand, WorkContext, WorkEnd } from './engine.ts'

type Work = { readonly journal: string; readonly controller: AbortController; readonly ended: Promise<void> }

type GivenContext = Pick<WorkContext, 'record' | 'note'>

type Perform = (command: WorkCommand, context: WorkContext) => Promise<WorkEnd>

export class Works {
  readonly #perform: Perform
  readonly #onLost: (error: unknown, command: WorkCommand) => void
  readonly #works = new Map<string, Work>()
  readonly #journals = new Map<string, number>()
  readonly #lingering = new Map<string, Set<Promise<unknown>>>()

  constructor(perform: Perform, onLost: (error: unknown, command: WorkCommand) => void) {
    this.#perform = perform
    this.#onLost = onLost
  }

  get size(): number {
    return this.#works.size
  }

  has(journal: string): boolean {
    return this.#journals.has(journal)
  }

  /** `onEnd` is not called for work that was aborted. */
  start(command: WorkCommand, context: GivenContext, onEnd: (end: WorkEnd) => void): void {
    const { key, journal } = command
    if (this.#works.has(key)) return
    const controller = new AbortController()
    const lingers = (goingOn: Promise<unknown>) => this.#linger(journal, goingOn)
    const quiet = () => this.#quiet(journal)
    const ended = this.#run(command, { ...context, signal: controller.signal, lingers, quiet }, onEnd)
    this.#works.set(key, { journal, controller, ended })
    this.#journals.set(journal, (this.#journals.get(journal) ?? 0) + 1)
  }

  abort(key: string): void {
    const work = this.#works.get(key)
    if (!work) return
    this.#forget(key)
    this.#linger(work.journal, work.ended)
    work.controller.abort(new DOMException('Nobody waits for this work any more.', 'AbortError'))
  }

  /** Waits for what runs, at most this long, then aborts the rest. */
  async drain(clock: Clock, delayMs: number): Promise<void> {
    const running = () => Promise.allSettled([...this.#works.values()].map(({ ended }) => ended))
    if (this.#works.size > 0) await within(clock, delayMs, running)
    this.abortAll()
  }

  abortAll(): void {
    for (const key of this.#works.keys()) this.abort(key)
  }

  async #run(command: WorkCommand, context: WorkContext, onEnd: (end: WorkEnd) => void): Promise<void> {
    // Not before the step that asked for it has been told of.
    await Promise.resolve()
    if (context.signal.aborted) return
    try {
      const end = await this.#perform(command, context)
      if (context.signal.aborted) return
      this.#forget(command.key)
      onEnd(end)
    } catch (error) {
      // The command stays open: it is performed again by the next owner.
      this.#forget(command.key)
      if (!context.signal.aborted) this.#onLost(error, command)
    }
  }

  #linger(journal: string, goingOn: Promise<unknown>): void {
    const all = this.#lingering.get(journal) ?? new Set()
    this.#lingering.set(journal, all.add(goingOn))
    const settle = () => {
      all.delete(goingOn)
      if (all.size === 0 && this.#lingering.get(journal) === all) this.#lingering.delete(journal)
    }
    void goingOn.then(settle, settle)
  }

  /** Settled are also those that begin to linger while it waits. */
  async #quiet(journal: string): Promise<void> {
    for (let all = this.#lingering.get(journal); all?.size; all = this.#lingering.get(journal))
      await Promise.allSettled(all)
  }

  #forget(key: string): void {
    const work = this.#works.get(key)
    if (!work) return
    this.#works.delete(key)
    const left = (this.#journals.get(work.journal) ?? 1) - 1
    if (left > 0) this.#journals.set(work.journal, left)
    else this.#journals.delete(work.journal)
  }
}
