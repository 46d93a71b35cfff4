import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createCache, createPanel, type Review } from 'stagecraft'
import { answer, critic, ends, of, scene } from './critics.ts'

/** A small generator with a seed, so that chaos is the same each time (mulberry32). */
function seeded(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const sharesOf = (reviews: readonly Review[]) => {
  const all = reviews.flatMap((review) => Object.values(ends(review)))
  return { total: all.length, success: all.filter((status) => status === 'success').length }
}

describe('chaos', () => {
  it('always has a result for everybody when critics fail at random (36)', async () => {
    const at = scene()
    const random = seeded(36)
    const chaotic = Array.from({ length: 8 }, (_, index) =>
      critic(`c${index}`, () => (random() < 0.3 ? Promise.reject(new Error('chaos')) : { severity: 0 })),
    )
    const panel = createPanel({ critics: chaotic, clock: at.clock })
    const reviews = await at.clock.run(Promise.all(Array.from({ length: 50 }, () => panel.review(answer))))
    let failures = 0
    for (const review of reviews) {
      const statuses = Object.values(ends(review))
      expect(statuses).toHaveLength(8)
      const failed = statuses.filter((status) => status === 'error').length
      failures += failed
      expect(statuses.filter((status) => status === 'success')).toHaveLength(8 - failed)
      expect(review.verdict).toBe(failed > 0 ? 'escalate' : 'allow')
    }
    expect(failures).toBeGreaterThan(50)
  })

  it('survives a cache that is down, for every critic of every review (37)', async () => {
    const at = scene()
    const down = () => Promise.reject(new Error('ECONNREFUSED'))
    const panel = createPanel({
      critics: [at.says('a'), at.says('b'), at.says('c')],
      cache: { get: down, set: down },
      clock: at.clock,
    })
    const reviews = await at.clock.run(Promise.all(Array.from({ length: 10 }, () => panel.review(answer))))
    expect(sharesOf(reviews)).toEqual({ total: 30, success: 30 })
  })

  it('loses only the calls that fail: every third of ten (39)', async () => {
    const at = scene()
    let calls = 0
    const third = critic('third', () => (++calls % 3 === 0 ? Promise.reject(new Error('third')) : {}))
    const panel = createPanel({ critics: [third], clock: at.clock })
    const reviews = await at.clock.run(Promise.all(Array.from({ length: 10 }, () => panel.review(answer))))
    expect(sharesOf(reviews)).toEqual({ total: 10, success: 7 })
  })

  it('takes 50 KB of context (40)', async () => {
    const at = scene()
    const context = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`part${index}`, 'x'.repeat(1_000)]),
    )
    const size = critic('size', (input) => ({ score: JSON.stringify(input.context).length }))
    const panel = createPanel({ critics: [size], cache: createCache(), clock: at.clock })
    const review = await at.clock.run(panel.review({ ...answer, context }))
    expect(of(review, 'size').finding?.score).toBeGreaterThan(50_000)
    expect(review.auditHash).toHaveLength(64)
  })

  it('ends a hundred reviews at once, more than 80 % of them well, though calls fail (41)', async () => {
    const at = scene()
    const random = seeded(41)
    const shaky = critic('shaky', () => (random() < 0.1 ? Promise.reject(new Error('chaos')) : {}))
    const panel = createPanel({ critics: [shaky], clock: at.clock })
    const reviews = await at.clock.run(Promise.all(Array.from({ length: 100 }, () => panel.review(answer))))
    expect(sharesOf(reviews).success).toBeGreaterThan(80)
    expect(sharesOf(reviews).success).toBeLessThan(100)
  })

  it('lets go of the contexts of reviews that are over (42)', async () => {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const panel = createPanel({ critics: { a: async () => ({}), b: () => ({ severity: 0 }) } })
    const seen: WeakRef<object>[] = []
    const watch = createPanel({
      critics: {
        witness: async (input) => {
          seen.push(new WeakRef(input.context))
          return {}
        },
      },
    })
    for (let count = 0; count < 50; count += 1) {
      await panel.review({ ...answer, context: { count } })
      await watch.review({ ...answer, context: { count } })
    }
    await turn()
    collect()
    await turn()
    collect()
    expect(seen).toHaveLength(50)
    expect(seen.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(5)
  })
})

describe('load', () => {
  it('ends fifty reviews at once without one error (41, 43)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 7), at.takes('b', 3, {}, { stage: 'VALIDATION' })],
      clock: at.clock,
    })
    const reviews = await at.clock.run(Promise.all(Array.from({ length: 50 }, () => panel.review(answer))))
    expect(sharesOf(reviews)).toEqual({ total: 100, success: 100 })
    expect(reviews.every((review) => !of(review, 'a').degraded && review.verdict === 'allow')).toBe(true)
  })

  it('gives each of thirty reviews at once its own context (44)', async () => {
    const at = scene()
    const echo = critic('echo', async ({ context }) => {
      await at.wait(10)
      return { value: context }
    })
    const panel = createPanel({ critics: [echo], limits: { concurrentMax: 7 }, clock: at.clock })
    const reviews = await at.clock.run(
      Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          panel.review({ ...answer, context: { requestId: index, value: index * 100 } }),
        ),
      ),
    )
    expect(reviews.map((review) => of(review, 'echo').finding?.value)).toEqual(
      Array.from({ length: 30 }, (_, index) => ({ requestId: index, value: index * 100 })),
    )
  })

  it('ends five batches of ten and then closes (45)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.takes('a', 5)], clock: at.clock })
    for (let batch = 0; batch < 5; batch += 1)
      await at.clock.run(Promise.all(Array.from({ length: 10 }, () => panel.review(answer))))
    await panel[Symbol.asyncDispose]()
    expect(panel.metrics()).toMatchObject({
      reviews: { total: 50, running: 0 },
      critics: { byStatus: { success: 50 } },
    })
    await expect(panel.review(answer)).rejects.toMatchObject({ code: 'panel.disposed' })
  })

  it('ends a hundred reviews at once at ten a second or more by the real clock (46)', async () => {
    const panel = createPanel({ critics: { a: async () => ({}), b: async () => ({}), c: () => ({}) } })
    const startedAt = performance.now()
    const reviews = await Promise.all(Array.from({ length: 100 }, () => panel.review(answer)))
    expect(sharesOf(reviews)).toEqual({ total: 300, success: 300 })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('serves users who come one after the other and keep asking, each time in the time it takes (47)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 20)],
      limits: { concurrentMax: 100 },
      clock: at.clock,
    })
    const users = 25
    const durations: number[] = []
    const user = async (index: number) => {
      await at.wait((5_000 / users) * index)
      for (let request = 0; request < 4; request += 1) {
        durations.push((await panel.review(answer)).durationMs)
        await at.wait(100)
      }
    }
    await at.clock.run(Promise.all(Array.from({ length: users }, (_, index) => user(index))))
    expect(durations).toHaveLength(100)
    expect(new Set(durations)).toEqual(new Set([20]))
    expect(panel.metrics().critics.byStatus.success).toBe(100)
  })
})
