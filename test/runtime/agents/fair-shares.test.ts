import { array, assert, asyncProperty, integer } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { steppingClock } from 'stagecraft/testing'
import { FairShares } from '../../../src/runtime/agents/fair-shares.ts'
import { Standing } from '../../../src/runtime/agents/standing.ts'
import { createBulkhead, createSharedBulkhead } from '../../../src/runtime/resilience/bulkhead.ts'

describe('the standing of an agent', () => {
  it('is slow once an attempt takes more than half of its time, until one succeeds in less', () => {
    const standing = new Standing()
    const first = standing.hold(0, 100)
    expect([standing.isSlow(50), standing.isSlow(51)]).toEqual([false, true])
    first.end(100, false)
    expect(standing.isSlow(100)).toBe(true)
    standing.hold(100, 100).end(110, false)
    expect(standing.isSlow(110), 'that it fails fast proves nothing').toBe(true)
    standing.hold(110, 100).end(120, true)
    expect(standing.isSlow(120)).toBe(false)
    standing.hold(120, 100).end(200, true)
    expect(standing.isSlow(200), 'also when it has succeeded').toBe(true)
  })

  it('learns nothing from what was cancelled, and forgets it', () => {
    const standing = new Standing()
    const holding = standing.hold(0, 100)
    expect(standing.isSlow(99)).toBe(true)
    holding.drop()
    holding.end(99, false)
    expect(standing.isSlow(1_000)).toBe(false)
  })
})

/** Agents that always want places and hold each for a time of their own; how long each had places altogether. */
async function shareOut(
  max: number,
  holdsMs: readonly number[],
  { spanMs, slow = [] }: { readonly spanMs: number; readonly slow?: readonly number[] },
) {
  const clock = steppingClock()
  const standings = new Map<object, Standing>()
  const overall = createSharedBulkhead(
    { concurrentMax: max, clock },
    new FairShares(max, clock, (entrance) => standings.get(entrance)),
  )
  const used = holdsMs.map(() => 0)
  const over = new AbortController()
  const loops = holdsMs.flatMap((holdMs, index) => {
    const own = createBulkhead({ concurrentMax: max, clock, queueMs: Infinity })
    const standing = new Standing()
    standings.set(own, standing)
    if (slow.includes(index)) standing.hold(-1, 0).end(0, false)
    // One more than there are places, so that somebody always waits.
    return Array.from({ length: max + 1 }, async () => {
      while (!over.signal.aborted) {
        const place = await own.enter({ within: overall, signal: over.signal }).catch(() => undefined)
        if (!place) return
        const at = clock.now()
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, holdMs))
        used[index] = (used[index] ?? 0) + Math.min(spanMs, clock.now()) - at
        place.leave()
      }
    })
  })
  await clock.advanceAsync(spanMs)
  over.abort()
  await clock.run(Promise.all(loops))
  return { used, peak: overall.stats.peak }
}

describe('the shares of agents that want more than there is', () => {
  it('are equal in time, however long each holds a place', async () => {
    const holds = array(integer({ min: 5, max: 60 }), { minLength: 2, maxLength: 5 })
    await assert(
      asyncProperty(holds, integer({ min: 1, max: 4 }), async (holdsMs, max) => {
        const spanMs = 2_000
        const { used, peak } = await shareOut(max, holdsMs, { spanMs })
        expect(peak).toBe(max)
        const longest = Math.max(...holdsMs)
        const fair = (spanMs * max) / holdsMs.length
        // Nobody is cut off, so a share may be out by as much as is held at once.
        for (const share of used) expect(Math.abs(share - fair)).toBeLessThanOrEqual(longest * (max + 2))
      }),
      { numRuns: 10 },
    )
  })

  it('are small for slow agents while others wait, and all that is there but a reserve while nobody does', async () => {
    const among = await shareOut(20, [20, 20, 200, 200], { spanMs: 8_000, slow: [2, 3] })
    const [, , third = 0, fourth = 0] = among.used
    const all = among.used.reduce((sum, share) => sum + share, 0)
    expect((third + fourth) / all).toBeLessThan(0.04)
    expect(third + fourth).toBeGreaterThan(0)
    const alone = await shareOut(20, [200], { spanMs: 400, slow: [0] })
    expect(alone.peak).toBe(15)
  })

  it('leave the only place there is to a slow agent too', async () => {
    expect((await shareOut(1, [10], { spanMs: 100, slow: [0] })).used[0]).toBeGreaterThanOrEqual(100)
  })
})
