/**
 * Many timers on one timer of the clock: most are disarmed long before they fire. Timers of one delay fall due in the
 * order in which they were armed, so each delay has a list, and arming and disarming touch only its ends.
 */

/** XState's clock with a reading: milliseconds from any origin, never going back. */
export type TellingClock = {
  now(): number
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(id: unknown): void
  /** Calls back as soon as what was queued by then is done; a clock without that is asked for a timer of 0 ms. */
  soon?(callback: () => void): unknown
  /** Lets a timer keep the process alive, or no longer. A clock that can do that is spared a timer each time. */
  keepAlive?(id: unknown, isNeeded: boolean): void
}

/** One in the list of its delay. What is needed to arm it is filled in by the wheel. */
export type Timer = {
  dueMs: number
  order: number
  list: DelayList | undefined
  before: Timer | undefined
  after: Timer | undefined
  fire(): void
}

/** The armed timers of one delay, first to fall due first. */
class DelayList {
  readonly wheel: Wheel
  first: Timer | undefined
  last: Timer | undefined

  constructor(wheel: Wheel) {
    this.wheel = wheel
    this.first = undefined
    this.last = undefined
  }
}

class CallbackTimer implements Timer {
  dueMs = 0
  order = 0
  list: DelayList | undefined = undefined
  before: Timer | undefined = undefined
  after: Timer | undefined = undefined
  readonly fire: () => void

  constructor(callback: () => void) {
    this.fire = callback
  }
}

/**
 * A new alarm goes off after a second at the latest, needed or not: then a timer that falls due before those armed so far
 * seldom needs an alarm of its own, which costs as much as all the rest. Only the alarm after that is set for when it is
 * needed, or for as long as a platform's timer can run.
 */
const FIRST_ALARM_MS = 1_000
const ALARM_MAX_MS = 2_147_483_647

/** Lists without timers are kept up to this number: a delay that was used will be used again. */
const LISTS_KEPT = 32

/**
 * The same clock, with one timer of its own at most, and with delays of any length. A timer never fires before its time;
 * ties (of a millisecond) fire in order of creation.
 */
export class Wheel implements TellingClock {
  readonly #clock: TellingClock
  readonly #lists = new Map<number, DelayList>()
  #armed = 0
  #order = 0
  /**
   * The clock's timer, and when it goes off: not after any of ours, perhaps before. Infinity when there is none, and
   * -Infinity while timers fire, when none is needed.
   */
  #alarm: unknown
  #alarmMs = Infinity
  /** The list that was used last: many timers in a row have the same delay. */
  #latestDelay = -1
  #latestList: DelayList | undefined

  constructor(clock: TellingClock) {
    this.#clock = clock
  }

  // Clocks are taken apart: each works by itself.
  readonly now = (): number => this.#clock.now()

  readonly setTimeout = (callback: () => void, delayMs: number): Timer => {
    const timer = new CallbackTimer(callback)
    this.arm(timer, delayMs)
    return timer
  }

  readonly clearTimeout = (id: unknown): void => {
    if (id instanceof CallbackTimer) disarm(id)
  }

  arm(timer: Timer, delayMs: number): void {
    const delay = delayMs > 0 ? delayMs : 0
    const now = this.#clock.now()
    const list = this.#listOf(delay)
    timer.dueMs = Math.ceil(now + delay)
    timer.order = this.#order += 1
    timer.list = list
    timer.before = list.last
    if (list.last) list.last.after = timer
    else list.first = timer
    list.last = timer
    this.#armed += 1
    if (this.#armed === 1 && this.#hasAlarm) this.#clock.keepAlive?.(this.#alarm, true)
    if (timer.dueMs < this.#alarmMs) this.#setAlarm(Math.min(timer.dueMs, now + FIRST_ALARM_MS), now)
  }

  get #hasAlarm(): boolean {
    return Number.isFinite(this.#alarmMs)
  }

  /** Takes a timer out of its list. */
  remove(timer: Timer, list: DelayList): void {
    const { before, after } = timer
    if (before) before.after = after
    else list.first = after
    if (after) after.before = before
    else list.last = before
    timer.list = timer.before = timer.after = undefined
    this.#armed -= 1
    if (this.#armed === 0) this.#rest()
  }

  /** Nothing is armed. The alarm goes off for nothing, or serves the next timer; but nobody waits for it. */
  #rest(): void {
    if (!this.#hasAlarm) return
    if (this.#clock.keepAlive) this.#clock.keepAlive(this.#alarm, false)
    else this.#clearAlarm()
  }

  #listOf(delay: number): DelayList {
    if (this.#latestList && this.#latestDelay === delay) return this.#latestList
    const list = this.#lists.get(delay) ?? this.#newList(delay)
    this.#latestDelay = delay
    this.#latestList = list
    return list
  }

  #newList(delay: number): DelayList {
    if (this.#lists.size >= LISTS_KEPT) this.#sweep()
    const list = new DelayList(this)
    this.#lists.set(delay, list)
    return list
  }

  #sweep(): void {
    this.#latestList = undefined
    for (const [delay, list] of this.#lists) if (!list.first) this.#lists.delete(delay)
  }

  #setAlarm(atMs: number, now: number): void {
    this.#clearAlarm()
    this.#alarmMs = atMs
    this.#alarm = this.#clock.setTimeout(() => this.#ring(), Math.max(0, atMs - now))
  }

  #clearAlarm(): void {
    if (!this.#hasAlarm) return
    this.#alarmMs = Infinity
    this.#clock.clearTimeout(this.#alarm)
  }

  /** Fires one timer: what it leads to comes before the next, as with a platform's own. */
  #ring(): void {
    // Nobody who is armed meanwhile needs an alarm.
    this.#alarmMs = -Infinity
    const timer = this.#firstDueBy(this.#clock.now())
    if (!timer) return this.#setNextAlarm()
    disarm(timer)
    try {
      timer.fire()
    } finally {
      this.#goOn()
    }
  }

  #goOn(): void {
    const hasMore = this.#firstDueBy(this.#clock.now()) !== undefined
    if (!hasMore) this.#setNextAlarm()
    else if (this.#clock.soon) this.#clock.soon(this.#ringAgain)
    else this.#clock.setTimeout(this.#ringAgain, 0)
  }

  readonly #ringAgain = (): void => this.#ring()

  #firstDueBy(now: number): Timer | undefined {
    let due: Timer | undefined
    for (const { first } of this.#lists.values())
      if (first && first.dueMs <= now && (!due || isBefore(first, due))) due = first
    return due
  }

  /** All timers that are armed, in no order. */
  *armed(): Generator<Timer> {
    for (const { first } of this.#lists.values())
      for (let timer = first; timer; timer = timer.after) yield timer
  }

  #setNextAlarm(): void {
    this.#alarmMs = Infinity
    let nextMs = Infinity
    for (const { first } of this.#lists.values()) if (first && first.dueMs < nextMs) nextMs = first.dueMs
    if (nextMs === Infinity) return
    const now = this.#clock.now()
    this.#setAlarm(Math.min(nextMs, now + ALARM_MAX_MS), now)
  }
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

/** Keeps a timer from firing; without effect on one that has fired. */
export function disarm(timer: Timer): void {
  if (timer.list) timer.list.wheel.remove(timer, timer.list)
}
