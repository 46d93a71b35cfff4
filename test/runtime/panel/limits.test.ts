import { describe, expect, it } from 'vitest'
import { createLimits, createPanel, type Panel, type PanelOptions, type Review } from 'stagecraft'
import { answer, critic, ends, forbidden, of, scene, thrownBy, type Settings } from './critics.ts'

const reviews = (panel: Panel, count: number): Promise<Review[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => panel.review({ ...answer, id: `r${index}` })))

const statusesOf = (all: readonly Review[]) => all.flatMap((review) => Object.values(ends(review)))

const tally = (words: readonly string[]) => {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

describe('limits on concurrency', () => {
  it('runs never more critics at once than the panel allows, and as many (27)', async () => {
    const at = scene()
    const critics = Array.from({ length: 20 }, (_, index) => at.takes(`c${index}`, 10 + (index % 7)))
    const panel = createPanel({ critics, limits: { concurrentMax: 3 }, clock: at.clock })
    const review = await at.clock.run(panel.review(answer))
    expect(at.running.most).toBe(3)
    expect(panel.metrics().concurrency).toEqual({ running: 0, peak: 3, waiting: 0 })
    expect(new Set(statusesOf([review]))).toEqual(new Set(['success']))
  })

  it('holds a critic to its own limit over all reviews at once (28, W37)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 20, {}, { limits: { concurrentMax: 2 } })],
      limits: { concurrentMax: 8 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 10))
    expect(at.running.most).toBe(2)
    expect(Math.max(...all.map((review) => review.durationMs))).toBe(100)
  })

  it('holds a stage to its limit over all reviews at once', async () => {
    const at = scene()
    const fast = { stage: 'FAST_CRITICS' } as const
    const panel = createPanel({
      critics: [at.takes('a', 10, {}, fast), at.takes('b', 10, {}, fast), at.takes('c', 10, {}, fast)],
      limits: { concurrentMax: 100, perStage: { FAST_CRITICS: 4 } },
      clock: at.clock,
    })
    await at.clock.run(reviews(panel, 10))
    expect(at.running.most).toBe(4)
  })

  it('bounds a stage without slowing another (31)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        ...['a', 'b', 'c'].map((name) => at.takes(name, 10, {}, { stage: 'FAST_CRITICS' })),
        ...['d', 'e', 'f'].map((name) => at.takes(name, 10)),
      ],
      limits: { perStage: { FAST_CRITICS: 1 } },
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(review.durationMs).toBe(30 + 10)
  })

  it('does not let one that lacks its own permit keep another from running (W21)', async () => {
    const at = scene()
    const mine: Settings = { limits: { concurrentMax: 1 }, priority: 1 }
    const panel = createPanel({
      critics: [at.takes('narrow', 1_000, {}, mine), at.takes('fast', 10, {}, { priority: 9 })],
      limits: { concurrentMax: 2 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 3))
    // One permit of two is enough for all the fast ones, while two narrow ones wait and hold none.
    expect(at.startedAt('fast')).toEqual([0, 10, 20])
    expect(at.startedAt('narrow')).toEqual([0, 1_000, 2_000])
    expect(all.map((review) => of(review, 'fast').queueMs)).toEqual([0, 10, 20])
  })

  it('serves the same priority oldest first, over reviews', async () => {
    const at = scene()
    const order: string[] = []
    const panel = createPanel({
      critics: [
        critic('a', async ({ id }) => {
          order.push(id)
          await at.wait(10)
          return {}
        }),
      ],
      limits: { concurrentMax: 1 },
      clock: at.clock,
    })
    await at.clock.run(reviews(panel, 5))
    expect(order).toEqual(['r0', 'r1', 'r2', 'r3', 'r4'])
  })

  it('shares limits between two panels, and one critic of the same name its own limit (W37)', async () => {
    const at = scene()
    const limits = createLimits({ concurrentMax: 3, clock: at.clock })
    const same: Settings = { limits: { concurrentMax: 1 } }
    const shared = { most: 0, now: 0 }
    const counting = (ms: number) =>
      critic(
        'same',
        async () => {
          shared.now += 1
          shared.most = Math.max(shared.most, shared.now)
          await at.wait(ms)
          shared.now -= 1
          return {}
        },
        same,
      )
    const one = createPanel({
      critics: [counting(10), at.takes('b', 10), at.takes('c', 10)],
      limits,
      clock: at.clock,
    })
    const two = createPanel({
      critics: [counting(10), at.takes('d', 10), at.takes('e', 10)],
      limits,
      clock: at.clock,
    })
    await at.clock.run(Promise.all([reviews(one, 5), reviews(two, 5)]))
    expect(shared.most).toBe(1)
    expect(limits.usage).toEqual({ running: 0, peak: 3, waiting: 0, reviews: 0 })
    expect(one.metrics().concurrency.peak).toBe(3)
  })

  it('refuses shared limits under which one critic has two different limits', () => {
    const { says } = scene()
    const limits = createLimits()
    createPanel({ critics: [says('a', {}, { limits: { concurrentMax: 1 } })], limits })
    const error = thrownBy(() =>
      createPanel({ critics: [says('a', {}, { limits: { concurrentMax: 2 } })], limits }),
    )
    expect(error.code).toBe('panel.conflicting_limits')
    expect(error.message).toContain('"a"')
  })

  it.each<[string, NonNullable<PanelOptions['limits']>]>([
    ['a limit of none (W22)', { concurrentMax: 0 }],
    ['a negative limit', { concurrentMax: -1 }],
    ['half a permit', { concurrentMax: 1.5 }],
    ['a limit that is no number', { concurrentMax: Number.NaN }],
    ['a stage limit of none', { perStage: { VALIDATION: 0 } }],
    ['a negative queue', { queueMax: -1 }],
    ['no reviews', { reviewsMax: 0 }],
    ['an unknown stage', { perStage: { CORE: 1 } } as object],
    ['a limit nobody knows', { concurrencyMax: 1 } as object],
  ])('refuses %s when the panel is made', (_, limits) => {
    const { says } = scene()
    expect(thrownBy(() => createPanel({ critics: [says('a')], limits })).code).toBe('panel.invalid')
  })

  it.each<[string, Settings]>([
    ['no permits of its own (W22)', { limits: { concurrentMax: 0 } }],
    ['a rate of zero, which means no limit nowhere (W7)', { limits: { ratePerSecond: 0 } }],
    ['a negative timeout (W22)', { timeoutMs: -1 }],
    ['negative retries (W22)', { retry: { retriesMax: -1 } }],
    ['a priority of 0 (W22)', { priority: 0 }],
    ['a priority of 11', { priority: 11 }],
  ])('refuses a critic with %s when it is defined', (_, settings) => {
    expect(thrownBy(() => critic('a', () => ({}), settings)).code).toBe('critic.invalid')
  })
})

describe('limits on rate', () => {
  const limited = (ratePerSecond: number, burst = 1): Settings => ({ limits: { ratePerSecond, burst } })

  it('takes exactly two seconds for five runs at two a second with a burst of one (29, W7)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(2))], clock: at.clock })
    await at.clock.run(reviews(panel, 5))
    expect(at.startedAt('a')).toEqual([0, 500, 1_000, 1_500, 2_000])
    expect(at.clock.now()).toBe(2_000)
  })

  it('starts with a full burst', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(2, 3))], clock: at.clock })
    await at.clock.run(reviews(panel, 5))
    expect(at.startedAt('a')).toEqual([0, 0, 0, 500, 1_000])
  })

  it('works at less than one a second (W7)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(0.1))], clock: at.clock })
    await at.clock.run(reviews(panel, 3))
    expect(at.startedAt('a')).toEqual([0, 10_000, 20_000])
  })

  it('keeps no more than the burst for later', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(1, 2))], clock: at.clock })
    await at.clock.run(reviews(panel, 1))
    at.clock.advance(60_000)
    await at.clock.run(reviews(panel, 4))
    expect(at.startedAt('a')).toEqual([0, 60_000, 60_000, 61_000, 62_000])
  })

  it('takes a token for a retry', async () => {
    const at = scene()
    const starts: number[] = []
    const flaky = critic(
      'a',
      (_, { attempt }) => {
        starts.push(at.clock.now())
        if (attempt < 3) throw new Error('again')
        return {}
      },
      { ...limited(1), retry: { retriesMax: 2, backoff: { baseMs: 10, factor: 1, jitter: 'none' } } },
    )
    await at.clock.run(createPanel({ critics: [flaky], clock: at.clock }).review(answer))
    expect(starts).toEqual([0, 1_000, 2_000])
  })

  it('holds no permit while it waits for its token (W21)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('rare', 5, {}, { ...limited(1), priority: 1 }), at.takes('other', 5)],
      limits: { concurrentMax: 1 },
      clock: at.clock,
    })
    await at.clock.run(reviews(panel, 3))
    expect(at.startedAt('rare')).toEqual([0, 1_000, 2_000])
    expect(at.startedAt('other')).toEqual([5, 10, 15])
  })

  it('shows a critic that lacks only its token as rate_limited, and counts it (W33)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(1))], clock: at.clock })
    await at.clock.run(panel.review(answer))
    const run = panel.start(answer)
    const seen: string[] = []
    run.facts.subscribe((fact) => {
      if (fact.type === 'CRITIC_CHANGED') seen.push(fact.status)
    })
    await at.clock.run(run.result)
    expect(seen).toEqual(['pending', 'queued', 'rate_limited', 'running'])
    expect(panel.metrics().rateLimited).toBe(1)
  })

  it('leaves no timer when those who waited for a token have been cancelled', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {}, limited(0.01))], clock: at.clock })
    await at.clock.run(panel.review(answer))
    const runs = [panel.start(answer), panel.start(answer)]
    await at.clock.settle()
    for (const run of runs) run.cancel()
    await at.clock.settle()
    expect(at.clock.armed).toEqual([])
  })
})

describe('permits', () => {
  it('come back when the actor of the review is stopped from outside', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 500), at.takes('b', 500)],
      limits: { concurrentMax: 1 },
      clock: at.clock,
    })
    const run = panel.start(answer)
    await at.clock.advanceAsync(10)
    expect(panel.metrics().concurrency).toMatchObject({ running: 1, waiting: 1 })
    run.actor.stop()
    const review = await run.result
    expect(ends(review)).toEqual({ a: 'cancelled', b: 'cancelled' })
    expect(review.cut?.as).toBe('cancelled')
    expect(review.verdict).toBe('escalate')
    expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
    expect(panel.metrics().reviews.running).toBe(0)
    expect(at.clock.armed).toEqual([])
  })

  it('come back at a cut even when the work ignores its abort', async () => {
    const at = scene()
    let calls = 0
    const deaf = critic('deaf', () => (++calls === 1 ? new Promise(() => {}) : {}))
    const panel = createPanel({ critics: [deaf], limits: { concurrentMax: 1 }, clock: at.clock })
    const run = panel.start(answer)
    await at.clock.settle()
    run.cancel()
    await run.result
    expect(panel.metrics().concurrency.running).toBe(0)
    expect(ends(await at.clock.run(panel.review(answer)))).toEqual({ deaf: 'success' })
  })

  it('are not lost when a thousand who waited are cancelled together with the one who ran', async () => {
    const at = scene()
    const batch = new AbortController()
    const panel = createPanel({
      critics: [at.takes('a', 10, {}, { limits: { concurrentMax: 1 } })],
      limits: { queueMax: 10_000, reviewsMax: 10_000 },
      clock: at.clock,
    })
    const cancelled = Array.from({ length: 1_101 }, () => panel.review(answer, { signal: batch.signal }))
    const kept = reviews(panel, 5)
    await at.clock.settle()
    batch.abort()
    expect(new Set(statusesOf(await at.clock.run(Promise.all(cancelled))))).toEqual(new Set(['cancelled']))
    const review = await at.clock.run(kept)
    expect(new Set(statusesOf(review))).toEqual(new Set(['success']))
    expect(at.clock.now()).toBe(50)
  })
})

describe('full queues', () => {
  it('reject the newcomer, who is told what to do, and not those who wait (W33)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 10)],
      limits: { concurrentMax: 1, queueMax: 2 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 5))
    expect(statusesOf(all)).toEqual(['success', 'success', 'success', 'rejected', 'rejected'])
    const [, , , rejected] = all
    if (!rejected) throw new Error('five reviews')
    expect(of(rejected, 'a').error).toMatchObject({ code: 'rejected.queue_full' })
    expect(of(rejected, 'a').error?.message).toContain('limits.queueMax')
    expect(rejected.verdict).toBe('escalate')
    expect(rejected.cost.spent).toBe(0)
  })

  it('serve at once who can be served at once, with no queue at all', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 10)],
      limits: { concurrentMax: 3, queueMax: 0 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 5))
    expect(tally(statusesOf(all))).toEqual({ success: 3, rejected: 2 })
  })

  it('of one turn turn away the worst priority, not the better one', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [10, 9, 8, 1].map((priority) => at.takes(`p${priority}`, 10, {}, { priority })),
      limits: { concurrentMax: 1, queueMax: 2 },
      clock: at.clock,
    })
    expect(ends(await at.clock.run(panel.review(answer)))).toEqual({
      p1: 'success',
      p8: 'success',
      p9: 'success',
      p10: 'rejected',
    })
  })

  it('end a thousand reviews at once with small queues: limits hold and every rejection is explicit', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        at.takes('a', 5),
        at.takes('b', 3, {}, { stage: 'VALIDATION', limits: { concurrentMax: 2 } }),
      ],
      limits: { concurrentMax: 4, queueMax: 50 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 1_000))
    expect(all).toHaveLength(1_000)
    const words = tally(statusesOf(all))
    expect(Object.keys(words).toSorted()).toEqual(['rejected', 'success'])
    expect(words['rejected']).toBeGreaterThanOrEqual(900)
    for (const review of all)
      for (const result of Object.values(review.critics))
        if (result.status === 'rejected') expect(result.error?.code).toBe('rejected.queue_full')
    expect(at.running.most).toBe(4)
    expect(panel.metrics().concurrency).toEqual({ running: 0, peak: 4, waiting: 0 })
    expect(at.clock.armed).toEqual([])
  })

  it('reject nobody of a thousand reviews at once when they are large', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 5), at.takes('b', 3, {}, { stage: 'VALIDATION' })],
      limits: { concurrentMax: 20, queueMax: 5_000 },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 1_000))
    expect(tally(statusesOf(all))).toEqual({ success: 2_000 })
    expect(at.running.most).toBe(20)
  })

  it('shed whole reviews beyond the limit before they spend or ask anything', async () => {
    const at = scene()
    const later = forbidden('later', { stage: 'VALIDATION' })
    const asked: string[] = []
    const panel = createPanel({
      critics: [at.takes('a', 10, {}, { cost: 5 }), later.critic],
      limits: { reviewsMax: 2, concurrentMax: 100 },
      hooks: {
        beforeCritic: (name, { id }) => {
          asked.push(`${id} ${name}`)
          return name === 'later' ? {} : undefined
        },
      },
      clock: at.clock,
    })
    const all = await at.clock.run(reviews(panel, 4))
    expect(all.map((review) => of(review, 'a').status)).toEqual([
      'success',
      'success',
      'rejected',
      'rejected',
    ])
    const shed = all[3]
    if (!shed) throw new Error('four reviews')
    expect(ends(shed)).toEqual({ a: 'rejected', later: 'rejected' })
    expect(shed.cut).toEqual({ as: 'rejected', reason: 'reviews_full' })
    expect(of(shed, 'a').error?.message).toContain('limits.reviewsMax')
    expect(shed.cost.spent).toBe(0)
    expect(shed.durationMs).toBe(0)
    expect(asked.filter((line) => line.startsWith('r2') || line.startsWith('r3'))).toEqual([])
    expect(ends(await at.clock.run(panel.review(answer)))).toEqual({ a: 'success', later: 'success' })
  })
})

describe('the budget', () => {
  it('ends critics it does not pay for as rejected, and lets cheaper ones run (W33)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        at.says('first', {}, { cost: 6, priority: 1 }),
        at.says('dear', {}, { cost: 5, priority: 2 }),
        at.says('cheap', {}, { cost: 4, priority: 3 }),
      ],
      budget: { costMax: 10 },
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(ends(review)).toEqual({ first: 'success', dear: 'rejected', cheap: 'success' })
    expect(of(review, 'dear').error?.code).toBe('rejected.budget_spent')
    expect(review.cost).toMatchObject({ spent: 10, total: 15 })
    expect(ends(await at.clock.run(panel.review(answer)))).toEqual(ends(review))
  })
})
