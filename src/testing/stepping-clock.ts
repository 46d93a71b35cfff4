/** The stepping clock: time that passes only when a test says so. */

import { StagecraftError } from '../model/errors.ts'
import { macrotasks } from './macrotasks.ts'
import { TimerQueue, type Timer } from './timer-queue.ts'

/** Fits XState's `clock` option. Every member works without its object. */
export type SteppingClock = {
  /** A negative delay or NaN counts as 0; Infinity never fires. */
  readonly setTimeout: (callback: () => void, delayMs?: number) => number
  readonly clearTimeout: (id: number | undefined) => void
  /** Milliseconds; inside a callback exactly its due time. */
  readonly now: () => number
  /** Due times of the armed timers, earliest first; Infinity for one that never fires. */
  readonly armed: readonly number[]
  /** Lets time pass. Fires all that falls due, also what is armed on the way; ties in order of creation. */
  readonly advance: (ms: number) => void
  /** Goes to the next due time and fires one timer; false when none will ever fire. */
  readonly next: () => boolean
  /** Lets pending promises go on, also those that hop through macrotasks, without time passing. */
  readonly settle: () => Promise<void>
  /** `advance`, and before, between and after the timers lets pending promises go on. */
  readonly advanceAsync: (ms: number) => Promise<void>
  /**
   * Lets time pass until the promise settles, and settles like it. What happens outside the clock (a file, a
   * socket, a module that is imported) is not waited for: await that first.
   * @throws StagecraftError `testing.machine` when nothing is armed and the promise is still pending.
   */
  readonly run: <T>(promise: PromiseLike<T>) => Promise<T>
}

/** Turns of the event loop in which promises that hop through macrotasks settle too. */
const SETTLE_TURNS = 4

/** More turns before a promise is called hopeless. */
const PATIENCE_TURNS = 64

/** Timers fired by one call. Beyond it something arms itself for ever, and a test would hang. */
const TIMERS_FIRED_MAX = 100_000

const settle = () => macrotasks(SETTLE_TURNS)

/** A clock that stands still. `startMs` is what `now()` says first; default 0. */
export function steppingClock({ startMs = 0 }: { readonly startMs?: number } = {}): SteppingClock {
  const queue = new TimerQueue()
  let nowMs = startMs

  const fire = ({ dueMs, callback }: Timer) => {
    // A callback may itself advance the clock; time still never runs backwards.
    nowMs = Math.max(nowMs, dueMs)
    callback()
  }
  const next = (byMs = Number.MAX_VALUE) => {
    const timer = queue.takeDueBy(byMs)
    if (timer) fire(timer)
    return timer !== undefined
  }

  return {
    setTimeout: (callback, delayMs = 0) => queue.add(nowMs + (delayMs > 0 ? delayMs : 0), callback),
    clearTimeout: (id) => {
      if (id !== undefined) queue.remove(id)
    },
    now: () => nowMs,
    get armed() {
      return queue.dueTimes
    },
    advance: (ms) => {
      const untilMs = nowMs + duration(ms)
      for (let fired = 0; next(untilMs); fired += 1) refuseEndless(fired)
      nowMs = Math.max(nowMs, untilMs)
    },
    next: () => next(),
    settle,
    advanceAsync: async (ms) => {
      const untilMs = nowMs + duration(ms)
      await settle()
      for (let fired = 0; next(untilMs); fired += 1) {
        refuseEndless(fired)
        await settle()
      }
      nowMs = Math.max(nowMs, untilMs)
    },
    run: (promise) => drive(Promise.resolve(promise), next),
  }
}

function duration(ms: number): number {
  if (ms >= 0 && ms < Infinity) return ms
  throw new StagecraftError(
    'testing.machine',
    `A clock cannot advance by ${ms} ms; give a finite number from 0 on.`,
  )
}

function refuseEndless(fired: number): void {
  if (fired < TIMERS_FIRED_MAX) return
  throw new StagecraftError(
    'testing.machine',
    `${TIMERS_FIRED_MAX} timers fired in one go: something arms a new timer whenever one fires. ` +
      'Advance by less, or look for a delay of 0 that re-arms itself.',
  )
}

async function drive<T>(promise: Promise<T>, next: () => boolean): Promise<T> {
  const outcome = { settled: false }
  const done = () => {
    outcome.settled = true
  }
  // Both outcomes are listened to at once: a rejection on the way must not count as unhandled.
  promise.then(done, done)
  for (let fired = 0; ; fired += 1) {
    refuseEndless(fired)
    await settle()
    if (outcome.settled) return promise
    if (next()) continue
    await macrotasks(PATIENCE_TURNS)
    if (outcome.settled) return promise
    // Patience may have let something arm a timer.
    if (!next()) throw neverSettles()
  }
}

const neverSettles = () =>
  new StagecraftError(
    'testing.machine',
    'The promise can never settle: it is still pending, and no timer is armed that could change that. Was the event ' +
      'that ends it sent? Does the work wait for a real timer, a file or a socket, which this clock cannot drive?',
  )
