import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { realTime } from '../../src/compile/real-time.ts'
import { disarm, Wheel } from '../../src/compile/wheel.ts'
import { steppingClock } from '../../src/testing/index.ts'

function scene() {
  const platform = steppingClock()
  const clock = new Wheel(platform)
  const fired: string[] = []
  const arm = (name: string, delayMs: number) => clock.setTimeout(() => fired.push(name), delayMs)
  return { platform, clock, fired, arm }
}

describe('timers on a wheel', () => {
  it('fire in order of their time, and in order of creation within a millisecond', () => {
    const { platform, fired, arm } = scene()
    arm('late', 20)
    arm('first', 10)
    arm('second', 10)
    platform.advance(9)
    expect(fired).toEqual([])
    platform.advance(11)
    expect(fired).toEqual(['first', 'second', 'late'])
  })

  it('never fire before their time', () => {
    const { platform, fired, arm } = scene()
    arm('fraction', 10.25)
    platform.advance(10.25)
    expect(fired).toEqual([])
    platform.advance(0.75)
    expect(fired).toEqual(['fraction'])
  })

  it('take one timer of the platform however many there are, and none when all are cleared', () => {
    const { platform, clock, arm } = scene()
    const ids = [arm('a', 10), arm('b', 10), arm('c', 11), arm('d', 5)]
    expect(platform.armed).toHaveLength(1)
    for (const id of ids) clock.clearTimeout(id)
    expect(platform.armed).toHaveLength(0)
  })

  it('fire in order of their time whatever their delays, and in order of creation in a millisecond', () => {
    const { platform, clock, fired, arm } = scene()
    arm('of 10', 10)
    platform.advance(4)
    arm('of 5', 5)
    arm('of 6', 6)
    clock.setTimeout(() => fired.push('of 6, too'), 6)
    platform.advance(100)
    expect(fired).toEqual(['of 5', 'of 10', 'of 6', 'of 6, too'])
  })

  it('may take longer than a timer of the platform can, and for ever', () => {
    const { platform, fired, arm } = scene()
    arm('in a month', 30 * 86_400_000)
    arm('never', Infinity)
    platform.advance(30 * 86_400_000 - 1)
    expect(fired).toEqual([])
    platform.advance(1)
    expect(fired).toEqual(['in a month'])
  })

  it('count a negative delay and NaN as none', () => {
    const { platform, fired, arm } = scene()
    arm('before', -5)
    arm('none', Number.NaN)
    platform.advance(0)
    expect(fired).toEqual(['before', 'none'])
  })

  it('of a thousand delays leave nothing behind', () => {
    const { platform, clock, arm } = scene()
    for (let delay = 1; delay <= 1_000; delay += 1) clock.clearTimeout(arm('x', delay))
    expect(platform.armed).toEqual([])
  })

  it('can be disarmed twice, and after they have fired', () => {
    const { platform, clock, fired } = scene()
    const timer = clock.setTimeout(() => fired.push('once'), 5)
    platform.advance(5)
    disarm(timer)
    disarm(timer)
    expect(fired).toEqual(['once'])
  })

  it('agree with timers one by one, whatever is armed and cleared', () => {
    const act = fc.oneof(
      fc.record({ arm: fc.constantFrom(0, 1, 5, 5, 30, 700, 2_500), clears: fc.constant(-1) }),
      fc.record({ arm: fc.constant(-1), clears: fc.nat({ max: 20 }) }),
      fc.record({ arm: fc.constant(-1), clears: fc.constant(-1), passes: fc.constantFrom(1, 4, 30, 1_000) }),
    )
    const run = (acts: readonly { arm: number; clears: number; passes?: number }[], isShared: boolean) => {
      const platform = steppingClock()
      const clock = isShared ? new Wheel(platform) : platform
      const fired: string[] = []
      const ids: unknown[] = []
      for (const { arm, clears, passes } of acts) {
        if (passes !== undefined) platform.advance(passes)
        else if (arm >= 0)
          ids.push(clock.setTimeout(() => void fired.push(`${ids.length} at ${platform.now()}`), arm))
        else clock.clearTimeout(ids[clears] as never)
      }
      platform.advance(10_000)
      return fired
    }
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        expect(run(acts, true)).toEqual(run(acts, false))
      }),
    )
  })

  it('let a callback clear a later timer of its own millisecond, and arm a new one', () => {
    const { platform, clock, fired, arm } = scene()
    clock.setTimeout(() => {
      clock.clearTimeout(victim)
      arm('new', 0)
    }, 10)
    const victim = arm('victim', 10)
    platform.advance(10)
    expect(fired).toEqual(['new'])
  })

  it('keep a timer that is armed for the millisecond being fired, when the last old one is cleared', () => {
    const { platform, clock, fired, arm } = scene()
    clock.setTimeout(() => {
      arm('new', 0)
      clock.clearTimeout(victim)
    }, 10)
    const victim = arm('victim', 10)
    platform.advance(10)
    expect(fired).toEqual(['new'])
  })

  it('throw what they throw, each at its own turn, and keep none of the others from firing', () => {
    const { platform, clock, fired, arm } = scene()
    clock.setTimeout(() => {
      throw new Error('broken')
    }, 10)
    arm('other', 10)
    expect(() => platform.advance(10)).toThrow('broken')
    platform.advance(0)
    expect(fired).toEqual(['other'])
  })

  it('leave room between one and the next for what the first leads to', async () => {
    const fired: string[] = []
    await new Promise<void>((resolve) => {
      realTime().setTimeout(() => {
        fired.push('first')
        void Promise.resolve()
          .then(() => {})
          .then(() => fired.push('what it leads to'))
      }, 1)
      realTime().setTimeout(() => {
        fired.push('second')
        resolve()
      }, 1)
    })
    expect(fired).toEqual(['first', 'what it leads to', 'second'])
  })

  it('survive fifty thousand in one millisecond', () => {
    const { platform, fired, arm } = scene()
    for (let index = 0; index < 50_000; index++) arm('x', 5)
    platform.advance(5)
    expect(fired).toHaveLength(50_000)
  })
})
