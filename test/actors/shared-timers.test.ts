import { describe, expect, it } from 'vitest'
import { shareTimers } from '../../src/actors/shared-timers.ts'
import { steppingClock } from '../../src/testing/index.ts'

function scene() {
  const platform = steppingClock()
  const clock = shareTimers(platform)
  const fired: string[] = []
  const arm = (name: string, delayMs: number) => clock.setTimeout(() => fired.push(name), delayMs)
  return { platform, clock, fired, arm }
}

describe('shared timers', () => {
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

  it('take one timer of the platform for each millisecond, and none when all are cleared', () => {
    const { platform, clock, arm } = scene()
    const ids = [arm('a', 10), arm('b', 10), arm('c', 11)]
    expect(platform.armed).toHaveLength(2)
    for (const id of ids) clock.clearTimeout(id)
    expect(platform.armed).toHaveLength(0)
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

  it('run the others when one throws, and then throw', () => {
    const { platform, clock, fired, arm } = scene()
    clock.setTimeout(() => {
      throw new Error('broken')
    }, 10)
    arm('other', 10)
    expect(() => platform.advance(10)).toThrow('broken')
    expect(fired).toEqual(['other'])
  })

  it('survive fifty thousand in one millisecond', () => {
    const { platform, fired, arm } = scene()
    for (let index = 0; index < 50_000; index++) arm('x', 5)
    platform.advance(5)
    expect(fired).toHaveLength(50_000)
  })
})
