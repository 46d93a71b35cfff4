/** A circuit breaker: stops calling what keeps failing, and tries it again later with a few calls. */

import type { Actor, InspectionEvent } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { systemClock } from '../../actors/system-clock.ts'
import {
  breakerMachine,
  type BreakerEvent,
  type BreakerMachine,
  type BreakerState,
} from '../../machines/breaker.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { BreakerSettings } from '../../model/resilience/breaker-settings.ts'
import { FailureWindow } from '../../model/resilience/failure-window.ts'
import { msOrNone, readSettings } from '../../model/resilience/settings.ts'
import { stepped } from '../interpreter.ts'
import type { CallOptions, Work } from './call-options.ts'
import { runWork } from './run-work.ts'

export type CircuitBreakerOptions = {
  /** Names it in messages and in the inspector; default "breaker". */
  readonly name?: string
  /** Failures within the window that open it; default 5, or no such bound when `failureRate` is given. */
  readonly failuresMax?: number
  /** Share of failed calls within the window that opens it, above 0 to 1, once there were `callsMin`. */
  readonly failureRate?: number
  /** Calls within the window below which no share counts; default 10. */
  readonly callsMin?: number
  /** At least 1; default 60,000. */
  readonly windowMs?: number
  /** How long it stays open before trials are let through; default 60,000. */
  readonly openMs?: number
  /** A call that took longer counts as slow; a slow trial counts as failed. */
  readonly slowMs?: number
  /** Share of slow calls within the window that opens it, once there were `callsMin`; default 1, with `slowMs` only. */
  readonly slowRate?: number
  /** Trials at once while HALF_OPEN; default 3. When all of them hang for `openMs`, they have failed. */
  readonly trialsMax?: number
  /** Trials that must succeed, one failure among them reopens; default 3. */
  readonly successesToClose?: number
  /** False for an error that says nothing against the callee: it answered. Default: every error is a failure. */
  readonly isFailure?: (error: unknown) => boolean
  readonly clock?: Clock
  /** Hears the chart, as XState's inspection events. */
  readonly inspect?: (event: InspectionEvent) => void
}

/** What became of all that asked. `calls` is `succeeded + failed + cancelled` and those under way. */
export type BreakerStats = {
  /** Calls that were let through. */
  readonly calls: number
  readonly succeeded: number
  readonly failed: number
  /** Of those that succeeded or failed. */
  readonly slow: number
  readonly cancelled: number
  /** Calls that were not let through. */
  readonly refused: number
  /** How often it opened. */
  readonly trips: number
}

/** Leave to call once. The first of its three ends counts, later ones are ignored. */
export type Pass = {
  /** `durationMs`: how long the call took; measured when left out and needed. */
  succeed(durationMs?: number): void
  fail(durationMs?: number): void
  /** Cancelled: neither the one nor the other. A trial's slot is free again. */
  drop(): void
}

type End = 'succeeded' | 'failed' | 'cancelled'
type Report = (end: End, era: number, startedAt: number, durationMs: number | undefined) => void

export class CircuitBreaker {
  readonly name: string
  /** The running chart, for the inspector. */
  readonly actor: Actor<BreakerMachine>
  readonly #clock: Clock
  readonly #window: FailureWindow
  readonly #slowMs: number | undefined
  readonly #isFailure: ((error: unknown) => boolean) | undefined
  readonly #stats = { calls: 0, succeeded: 0, failed: 0, slow: 0, cancelled: 0, refused: 0, trips: 0 }
  #state: BreakerState = 'CLOSED'
  /** Counts changes of state: what a call of an earlier era comes to says nothing about this one. */
  #era = 0
  /** While its chart takes an event, and tells of it those who listen. */
  #isMoving = false

  /** For `createCircuitBreaker`, which reads the settings. */
  constructor(settings: BreakerSettings) {
    const { name, openMs, trialsMax, successesToClose, inspect } = settings
    this.name = name
    this.#clock = settings.clock ?? systemClock
    this.#isFailure = settings.isFailure
    this.#slowMs = settings.slowMs
    this.#window = new FailureWindow(settings)
    const input = { openMs, trialsMax, successesToClose }
    this.actor = createActor(stepped(breakerMachine), { id: name, input, ...(inspect && { inspect }) })
    // The first to listen: whoever hears of a change finds it here as well.
    this.actor.subscribe(({ value }) => this.#moveTo(value))
    this.actor.start()
  }

  get state(): BreakerState {
    return this.#state
  }

  /** When trials are let through, in milliseconds of its clock; undefined unless it is OPEN. */
  get retryAt(): number | undefined {
    return this.#state === 'OPEN' ? this.actor.getSnapshot().context.retryAt : undefined
  }

  get stats(): BreakerStats {
    return { ...this.#stats }
  }

  /** Rejects with `breaker.open`, without calling the work, when it does not let calls through. */
  call<T>(work: Work<T>, options?: CallOptions): Promise<T> {
    return this.guard(() => runWork(work, options?.signal), options)
  }

  /** Like `call`, for what ends by itself once the signal has aborted, also when that was before it began. */
  async guard<T>(run: () => T | Promise<T>, options?: CallOptions): Promise<T> {
    const signal = options?.signal
    signal?.throwIfAborted()
    const pass = this.enter()
    if (!pass) throw this.refusal()
    try {
      const value = await run()
      pass.succeed()
      return value
    } catch (error) {
      if (signal?.aborted) pass.drop()
      else if (this.#accuses(error)) pass.fail()
      else pass.succeed()
      throw error
    }
  }

  /** Undefined when it is OPEN, or HALF_OPEN with all trials under way. */
  enter(): Pass | undefined {
    if (this.#state !== 'CLOSED' && !this.#beginTrial()) {
      this.#stats.refused += 1
      return undefined
    }
    this.#stats.calls += 1
    return new CallPass(this.#report, this.#era, this.#slowMs === undefined ? 0 : this.#clock.now())
  }

  /** What `call` rejects with while nobody is let through. */
  refusal(): StagecraftError {
    return new StagecraftError('breaker.open', refusalText(this.name, this.retryAt, this.#clock.now()))
  }

  /** Closes it and forgets what failed. */
  reset(): void {
    this.#era += 1
    this.#window.clear()
    this.#send({ type: 'RESET' })
  }

  /** Opens it, for `openMs` or as long as said; Infinity until `reset`. Throws `resilience.invalid`. */
  trip(openMs?: number): void {
    const given = readSettings(msOrNone.optional(), `trip() of the circuit breaker "${this.name}"`, openMs)
    this.#send({ type: 'TRIP', at: this.#clock.now(), ...(given !== undefined && { openMs: given }) })
  }

  /** Takes the end of a call that was let through; for its pass, which calls it once. */
  readonly #report: Report = (end, era, startedAt, durationMs) => {
    this.#stats[end] += 1
    const isSlow = end !== 'cancelled' && this.#isSlow(startedAt, durationMs)
    if (isSlow) this.#stats.slow += 1
    if (era !== this.#era) return
    if (this.#state === 'CLOSED') this.#remember(end, isSlow)
    else this.#endTrial(isSlow ? 'failed' : end)
  }

  #moveTo(state: BreakerState): void {
    if (state === this.#state) return
    this.#state = state
    this.#era += 1
    this.#window.clear()
    if (state === 'OPEN') this.#stats.trips += 1
  }

  #beginTrial(): boolean {
    const event = { type: 'TRIAL', at: this.#clock.now() } as const
    // Who is refused is no event: there may be thousands in a second.
    // Nor is one who listens to the chart: it would take this event only after having said that it can.
    if (this.#isMoving || !this.actor.getSnapshot().can(event)) return false
    this.#send(event)
    return this.#state === 'HALF_OPEN'
  }

  #endTrial(end: End): void {
    if (end === 'failed') this.#send({ type: 'TRIAL_FAILED', at: this.#clock.now() })
    else this.#send({ type: end === 'cancelled' ? 'TRIAL_DROPPED' : 'TRIAL_SUCCEEDED' })
  }

  #remember(end: End, isSlow: boolean): void {
    if (end === 'cancelled' || (end === 'succeeded' && !this.#window.wantsSuccesses)) return
    const now = this.#clock.now()
    if (this.#window.record(now, end === 'failed', isSlow)) this.#send({ type: 'TRIP', at: now })
  }

  #send(event: BreakerEvent): void {
    const wasMoving = this.#isMoving
    this.#isMoving = true
    try {
      this.actor.send(event)
    } finally {
      this.#isMoving = wasMoving
    }
  }

  #isSlow(startedAt: number, durationMs: number | undefined): boolean {
    if (this.#slowMs === undefined) return false
    return (durationMs ?? this.#clock.now() - startedAt) > this.#slowMs
  }

  /** A judge that fails has not acquitted anybody. */
  #accuses(error: unknown): boolean {
    try {
      return this.#isFailure?.(error) ?? true
    } catch {
      return true
    }
  }
}

class CallPass implements Pass {
  readonly #report: Report
  readonly #era: number
  readonly #startedAt: number
  #isOver = false

  constructor(report: Report, era: number, startedAt: number) {
    this.#report = report
    this.#era = era
    this.#startedAt = startedAt
  }

  succeed(durationMs?: number): void {
    this.#end('succeeded', durationMs)
  }

  fail(durationMs?: number): void {
    this.#end('failed', durationMs)
  }

  drop(): void {
    this.#end('cancelled', undefined)
  }

  #end(end: End, durationMs: number | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#report(end, this.#era, this.#startedAt, durationMs)
  }
}

function refusalText(name: string, retryAt: number | undefined, now: number): string {
  const what = `The circuit breaker "${name}" does not let this call through: `
  if (retryAt === undefined)
    return `${what}the trials that decide whether it closes are under way. Try again when they have ended.`
  if (retryAt === Infinity) return `${what}it was opened until somebody calls reset().`
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 100) / 10)
  return `${what}too many calls failed. It lets trials through in ${seconds} s; try again then.`
}

/** A breaker of its own, CLOSED. Share it among all who call the same callee. Throws `resilience.invalid`. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  return new CircuitBreaker(readSettings(BreakerSettings, 'createCircuitBreaker', options))
}
