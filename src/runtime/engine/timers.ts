/** The timers of all journals: one alarm for whichever is due next, and what is due is fired. */

import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'
import { fault } from '../fault.ts'
import type { Command, OwnedStore } from '../store/store.ts'
import { Alarm } from './alarm.ts'

export type TimerCommand = Extract<Command, { kind: 'timer' }>

export type TimersOptions = {
  readonly store: Pick<OwnedStore, 'timersDue' | 'nextDueAt'>
  readonly clock: Clock
  /** The same time, for timers that need not keep the process alive. */
  readonly idleClock: Clock
  /** Resolves with false where it could not be done. */
  readonly fire: (timer: TimerCommand) => Promise<boolean>
  readonly onTrouble: (error: unknown) => void
}

export class Timers {
  readonly #options: TimersOptions
  readonly #alarm: Alarm
  #isStopped = false
  #isRinging = false
  #ringsAgain = false

  constructor(options: TimersOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.idleClock, () => this.#ring())
  }

  /** Sets the alarm for what is open in the store. */
  async arm(): Promise<void> {
    if (this.#isStopped) return
    const dueAt = await this.#options.store.nextDueAt()
    if (dueAt !== undefined) this.#alarm.setBy(dueAt)
  }

  /** A timer that is due at this time has become durable. */
  setBy(dueAt: number): void {
    this.#alarm.setBy(dueAt)
  }

  /** For good: what comes due later is for the next owner. */
  stop(): void {
    this.#isStopped = true
    this.#alarm.stop()
  }

  /** What could not be fired is due for ever; it shall not keep the others waiting. */
  async #armPast(at: number): Promise<void> {
    const soon = await this.#options.store.timersDue(at + LIMITS.storeRetry.maxMs, LIMITS.pageMax)
    const next = soon.find(({ dueAt }) => dueAt > at)
    if (next && !this.#isStopped) this.#alarm.setBy(next.dueAt)
  }

  #ring(): void {
    this.#ringsAgain = this.#isRinging
    if (this.#isRinging) return
    this.#isRinging = true
    void this.#fireDue().finally(() => {
      this.#isRinging = false
      // What fell due meanwhile may not have been seen.
      if (this.#ringsAgain) this.#ring()
    })
  }

  /** Fires what is due, then sets the alarm for what is not. What could not be fired is tried again a while later. */
  async #fireDue(): Promise<void> {
    const { store, clock, fire, onTrouble } = this.#options
    try {
      const due = this.#isStopped ? [] : await store.timersDue(clock.now(), LIMITS.pageMax)
      if (due.length > 0) fault('timer.due')
      const fired = await Promise.all(due.map((timer) => fire(timer)))
      if (fired.every(Boolean)) return await this.arm()
      await this.#armPast(clock.now())
    } catch (error) {
      onTrouble(error)
    }
    if (!this.#isStopped) this.#alarm.setBy(clock.now() + LIMITS.storeRetry.maxMs)
  }
}
