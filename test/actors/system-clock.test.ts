import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/actors/system-clock.ts'
import { DELAY_MAX_MS } from '../../src/model/limits.ts'

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('fires after the delay', () => {
    const fired: number[] = []
    systemClock.setTimeout(() => fired.push(systemClock.now()), 100)
    const startedAt = systemClock.now()
    vi.advanceTimersByTime(100)
    expect(fired).toEqual([startedAt + 100])
  })

  it.each([DELAY_MAX_MS + 1, DELAY_MAX_MS * 3 + 5])(
    'fires after %d ms too, which is longer than a timer can be',
    (delayMs) => {
      let fired = 0
      systemClock.setTimeout(() => (fired += 1), delayMs)
      vi.advanceTimersByTime(delayMs - 1)
      expect(fired).toBe(0)
      vi.advanceTimersByTime(1)
      expect(fired).toBe(1)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it.each([100, DELAY_MAX_MS * 3])(
    'does not fire after %d ms when it is cleared in time, however late',
    (delayMs) => {
      let fired = 0
      const id = systemClock.setTimeout(() => (fired += 1), delayMs)
      vi.advanceTimersByTime(delayMs - 1)
      systemClock.clearTimeout(id)
      expect(vi.getTimerCount()).toBe(0)
      vi.advanceTimersByTime(delayMs)
      expect(fired).toBe(0)
    },
  )
})
