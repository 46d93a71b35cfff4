/** Timers that fall due in the same millisecond share one of the platform's: most are cleared long before they fire. */

import type { Clock } from '../model/clock.ts'

/** All that is due in one millisecond. */
class Slot {
  readonly dueMs: number
  readonly timers = new Set<Timer>()
  id: unknown
  constructor(dueMs: number) {
    this.dueMs = dueMs
  }
}

class Timer {
  readonly callback: () => void
  readonly slot: Slot
  constructor(callback: () => void, slot: Slot) {
    this.callback = callback
    this.slot = slot
  }
}

/** The same clock, with few timers of its own. A timer never fires before its time; ties fire in order of creation. */
export function shareTimers(clock: Clock): Clock {
  const slots = new Map<number, Slot>()

  const fire = (slot: Slot) => {
    forget(slot)
    const errors: unknown[] = []
    for (const timer of slot.timers) {
      // A callback may clear a later timer of its slot, so each leaves the set before it runs.
      slot.timers.delete(timer)
      try {
        timer.callback()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  /** A callback that is running may have begun a new slot for the same millisecond. */
  const forget = (slot: Slot) => {
    if (slots.get(slot.dueMs) === slot) slots.delete(slot.dueMs)
  }

  const slotAt = (dueMs: number): Slot => {
    const known = slots.get(dueMs)
    if (known) return known
    const slot = new Slot(dueMs)
    slots.set(dueMs, slot)
    slot.id = clock.setTimeout(() => fire(slot), Math.max(0, dueMs - clock.now()))
    return slot
  }

  return {
    now: () => clock.now(),
    setTimeout: (callback, delayMs) => {
      const slot = slotAt(Math.ceil(clock.now() + Math.max(0, delayMs)))
      const timer = new Timer(callback, slot)
      slot.timers.add(timer)
      return timer
    },
    clearTimeout: (id) => {
      if (!(id instanceof Timer)) return
      const { slot } = id
      if (!slot.timers.delete(id) || slot.timers.size > 0) return
      clock.clearTimeout(slot.id)
      forget(slot)
    },
  }
}
