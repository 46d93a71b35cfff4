import { describe, expect, it } from 'vitest'
import { steppingClock } from 'stagecraft/testing'
import { within } from '../../src/actors/within.ts'

describe('work within a bound', () => {
  it('resolves like the work, and leaves no timer', async () => {
    const clock = steppingClock()
    expect(await within(clock, 50, () => 1)).toBe(1)
    expect(await within(clock, 50, async () => 2)).toBe(2)
    expect(clock.armed).toEqual([])
  })

  it('is undefined when the work throws, rejects or takes too long', async () => {
    const clock = steppingClock()
    const down = () => {
      throw new Error('down')
    }
    expect(await within(clock, 50, down)).toBeUndefined()
    expect(await within(clock, 50, () => Promise.reject(new Error('down')))).toBeUndefined()
    expect(await clock.run(within(clock, 50, () => new Promise(() => {})))).toBeUndefined()
    expect(clock.now()).toBe(50)
    expect(clock.armed).toEqual([])
  })

  it('survives work that rejects when nobody waits any more', async () => {
    const clock = steppingClock()
    const work = Promise.withResolvers<number>()
    const result = clock.run(within(clock, 50, () => work.promise))
    expect(await result).toBeUndefined()
    work.reject(new Error('late'))
    await clock.settle()
  })
})
