import { describe, expect, it } from 'vitest'
import { createAdaptiveLimit, createBulkhead, type AdaptiveLimitOptions } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, outcomeOf } from './outcome.ts'

function limitAt(options: AdaptiveLimitOptions = {}) {
  const clock = steppingClock()
  return { clock, limit: createAdaptiveLimit({ clock, ...options }) }
}

describe('an adaptive limit', () => {
  it('grows while all it allows is used and goes well', async () => {
    const { limit } = limitAt({ initial: 4, max: 6 })
    for (let round = 0; round < 10; round += 1) {
      const permits = await Promise.all(Array.from({ length: limit.limit }, () => limit.enter()))
      for (const permit of permits) permit.succeed(1)
    }
    expect([limit.limit, limit.state]).toEqual([6, 'increasing'])
  })

  it('is halved once for what fails together, and again for what fails after it has cooled', async () => {
    const { limit, clock } = limitAt({ initial: 16, coolMs: 1_000 })
    const permits = await Promise.all(Array.from({ length: 8 }, () => limit.enter()))
    for (const permit of permits) permit.fail()
    expect([limit.limit, limit.state, limit.stats.decreases]).toEqual([8, 'cooling', 1])
    clock.advance(1_000)
    ;(await limit.enter()).fail()
    expect([limit.limit, limit.stats.decreases]).toEqual([4, 2])
  })

  it('grows again only after it has cooled', async () => {
    const { limit, clock } = limitAt({ initial: 4, coolMs: 1_000 })
    ;(await limit.enter()).fail()
    const inTwos = async () => {
      for (let round = 0; round < 5; round += 1)
        for (const permit of await Promise.all([limit.enter(), limit.enter()])) permit.succeed(1)
    }
    await inTwos()
    expect([limit.limit, limit.state]).toEqual([2, 'cooling'])
    clock.advance(1_000)
    await inTwos()
    expect([limit.limit > 2, limit.state]).toEqual([true, 'increasing'])
  })

  it('takes a call that took too long for a sign of congestion', async () => {
    const { limit, clock } = limitAt({ initial: 10, latencyMs: 200 })
    const permit = await limit.enter()
    clock.advance(201)
    permit.succeed()
    expect(limit.limit).toBe(5)
  })

  it('never runs more at once than the limit is, and lets those go on that are inside when it falls', async () => {
    const { limit } = limitAt({ initial: 2, queueMax: 1 })
    const [one, other] = [await limit.enter(), await limit.enter()]
    const waiting = limit.enter()
    expect(await outcomeOf(limit.enter())).toBe('bulkhead.full')
    one.fail()
    expect([limit.limit, limit.stats.running, limit.stats.waiting]).toEqual([1, 1, 1])
    other.drop()
    ;(await waiting).drop()
    expect([limit.limit, limit.stats.running]).toEqual([1, 0])
  })

  it('learns nothing from what is cancelled, refused elsewhere, or said to have another cause', async () => {
    const { limit } = limitAt({ initial: 8, isCongestion: (error) => String(error).includes('busy') })
    const controller = new AbortController()
    const cancelled = limit.call(() => new Promise(() => {}), { signal: controller.signal })
    await Promise.resolve()
    controller.abort(new Error('busy'))
    await outcomeOf(cancelled)
    await outcomeOf(limit.call(() => Promise.reject(new Error('no such thing'))))
    expect(limit.limit).toBe(8)
    await outcomeOf(limit.call(() => Promise.reject(new Error('busy'))))
    expect([limit.limit, limit.stats.running]).toEqual([4, 0])
    const full = createBulkhead({ concurrentMax: 1, queueMax: 0 })
    await full.enter()
    const { limit: plain } = limitAt({ initial: 8 })
    await outcomeOf(plain.call(() => full.call(() => 'x')))
    expect(plain.limit).toBe(8)
  })

  it('settles near what a callee can take', async () => {
    const { limit, clock } = limitAt({ initial: 50, max: 100, latencyMs: 100, coolMs: 50 })
    const CAPACITY = 20
    const seen: number[] = []
    for (let round = 0; round < 400; round += 1) {
      const permits = await Promise.all(Array.from({ length: limit.limit }, () => limit.enter()))
      const durationMs = permits.length > CAPACITY ? 250 : 40
      clock.advance(durationMs)
      for (const permit of permits) permit.succeed(durationMs)
      if (round > 100) seen.push(limit.limit)
    }
    const mean = seen.reduce((sum, each) => sum + each, 0) / seen.length
    expect(mean).toBeGreaterThan(CAPACITY / 2)
    expect(Math.max(...seen)).toBeLessThanOrEqual(CAPACITY + 2)
  })

  it.each([{ min: 5, max: 4 }, { initial: 200 }, { decrease: 1 }, { increase: 0 }, { latency: 3 }])(
    'refuses the options %j',
    (options) => {
      expect(codeOf(() => createAdaptiveLimit(options))).toBe('resilience.invalid')
    },
  )
})
