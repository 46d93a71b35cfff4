import { describe, expect, it } from 'vitest'
import { createPanel, type Finding } from 'stagecraft'
import { answer, counted, critic, of, scene, type Settings } from './critics.ts'

/** Exact exponential delays: no jitter. */
const exactly = (baseMs: number, factor = 2, maxMs = 60_000) =>
  ({ baseMs, factor, maxMs, jitter: 'none' }) as const

const retry = (retriesMax: number, more: Settings['retry'] = {}): Settings => ({
  retry: { retriesMax, backoff: exactly(100), ...more },
})

/** Fails that many times, then says its finding; `at` is when each attempt began. */
function flaky(
  failures: number,
  settings: Settings,
  failWith: () => unknown = () => new Error('ECONNRESET'),
) {
  const stage = scene()
  const at: number[] = []
  const made = critic(
    'flaky',
    (_, { attempt }) => {
      at.push(stage.clock.now())
      if (attempt <= failures) throw failWith()
      return { score: attempt }
    },
    settings,
  )
  return { ...stage, at, critic: made }
}

describe('retries', () => {
  it('retries timeouts when asked: two slow attempts, then success (13)', async () => {
    const { clock, wait } = scene()
    const attempts: number[] = []
    const slowTwice = critic(
      'a',
      async (_, { attempt, signal }) => {
        attempts.push(attempt)
        if (attempt <= 2) await wait(2_000, signal)
        return {}
      },
      { timeoutMs: 500, ...retry(3, { onTimeout: true, backoff: exactly(1_500, 1.5) }) },
    )
    const result = of(await clock.run(createPanel({ critics: [slowTwice], clock }).review(answer)), 'a')
    expect(attempts).toEqual([1, 2, 3])
    expect(result).toMatchObject({ status: 'success', attempts: 3, retryCount: 2 })
    expect(result.error).toBeUndefined()
    expect(result.durationMs).toBe(500 + 1_500 + 500 + 2_250)
    expect(result.executionMs).toBe(1_000)
  })

  it('ends a critic that is always too slow as timeout, after exactly its retries (14, W8)', async () => {
    const { clock, takes, log } = scene()
    const slow = takes(
      'a',
      10_000,
      {},
      {
        timeoutMs: 100,
        ...retry(2, { onTimeout: true, backoff: exactly(1_100) }),
      },
    )
    const panel = createPanel({ critics: [slow], clock })
    const result = of(await clock.run(panel.review(answer)), 'a')
    expect(log.filter(({ did }) => did === 'start')).toHaveLength(3)
    expect(result).toMatchObject({
      status: 'timeout',
      attempts: 3,
      retryCount: 2,
      durationMs: 300 + 1_100 + 2_200,
      error: { code: 'timeout.attempt' },
    })
    expect(panel.metrics().critics.byStatus).toMatchObject({ timeout: 1, error: 0 })
  })

  it('does not retry a timeout unasked', async () => {
    const { clock, takes } = scene()
    const slow = takes('a', 10_000, {}, { timeoutMs: 100, ...retry(3) })
    const result = of(await clock.run(createPanel({ critics: [slow], clock }).review(answer)), 'a')
    expect(result).toMatchObject({ status: 'timeout', attempts: 1, retryCount: 0 })
  })

  it('waits base x factor^(n-1) before retry n, and no longer than the cap (17)', async () => {
    const { clock, at, critic: made } = flaky(5, retry(5, { backoff: exactly(100, 3, 1_000) }))
    await clock.run(createPanel({ critics: [made], clock }).review(answer))
    expect(at.map((time, index) => time - (at[index - 1] ?? 0))).toEqual([0, 100, 300, 900, 1_000, 1_000])
  })

  it('retries any error, not only timeouts (W2)', async () => {
    const { clock, critic: made } = flaky(3, retry(3))
    const result = of(await clock.run(createPanel({ critics: [made], clock }).review(answer)), 'flaky')
    expect(result).toMatchObject({ status: 'success', attempts: 4, retryCount: 3, finding: { score: 4 } })
  })

  it('ends with the error of the last attempt', async () => {
    let attempt = 0
    const { clock, critic: made } = flaky(9, retry(2), () => new TypeError(`attempt ${++attempt}`))
    const result = of(await clock.run(createPanel({ critics: [made], clock }).review(answer)), 'flaky')
    expect(result).toMatchObject({
      status: 'error',
      attempts: 3,
      error: { name: 'TypeError', message: 'attempt 3' },
    })
  })

  it('does not retry an error that says it is not retryable', async () => {
    const { clock, critic: made } = flaky(9, retry(3), () =>
      Object.assign(new Error('bad key'), { retryable: false }),
    )
    const result = of(await clock.run(createPanel({ critics: [made], clock }).review(answer)), 'flaky')
    expect(result).toMatchObject({ status: 'error', attempts: 1 })
  })

  it('does not retry what is no finding', async () => {
    const { clock } = scene()
    const evaluate = counted(() => 'no finding')
    const panel = createPanel({ critics: [critic('a', evaluate, retry(3))], clock })
    expect(of(await clock.run(panel.review(answer)), 'a')).toMatchObject({ status: 'invalid', attempts: 1 })
    expect(evaluate.calls).toHaveLength(1)
  })

  it('draws the delay between nothing and the cap (W32)', async () => {
    const delays: number[] = []
    for (const chance of [0, 0.5, 0.999]) {
      const {
        clock,
        at,
        critic: made,
      } = flaky(2, {
        retry: { retriesMax: 2, backoff: { baseMs: 1_000, factor: 100, maxMs: 5_000, jitter: 'full' } },
      })
      await clock.run(createPanel({ critics: [made], clock, random: () => chance }).review(answer))
      delays.push(...at.slice(1).map((time, index) => time - (at[index] ?? 0)))
    }
    expect(delays).toEqual([0, 0, 500, 2_500, 999, 4_995])
  })

  it('ends a critic at once that is cancelled while it waits for its retry (W32)', async () => {
    const { clock, at, critic: made } = flaky(9, retry(5, { backoff: exactly(20_000) }))
    const run = createPanel({ critics: [made], clock }).start(answer)
    await clock.advanceAsync(5_000)
    run.cancel('enough')
    const review = await run.result
    expect(of(review, 'flaky')).toMatchObject({ status: 'cancelled', attempts: 1, durationMs: 5_000 })
    expect(at).toEqual([0])
    expect(clock.armed).toEqual([])
  })

  it('holds no permit while it waits for its retry', async () => {
    const {
      clock,
      at,
      critic: made,
      takes,
      startedAt,
    } = flaky(1, {
      ...retry(1, { backoff: exactly(1_000) }),
      priority: 1,
    })
    const panel = createPanel({
      critics: [made, takes('other', 10, {}, { priority: 9 })],
      limits: { concurrentMax: 1 },
      clock,
    })
    await clock.run(panel.review(answer))
    expect(startedAt('other')).toEqual([0])
    expect(at).toEqual([0, 1_000])
  })

  it('gives a critic of any policy its own retries, ALWAYS included (W38)', async () => {
    const { clock, critic: made } = flaky(2, { ...retry(2), policy: 'ALWAYS', stage: 'PRE_VALIDATION' })
    const result = of(await clock.run(createPanel({ critics: [made], clock }).review(answer)), 'flaky')
    expect(result).toMatchObject({ status: 'success', retryCount: 2 })
  })

  it('makes no more retries in one review than its total allows, and as many in the next (W32, W33)', async () => {
    const { clock } = scene()
    const evaluate = counted((): Finding => {
      throw new Error('down')
    })
    const critics = ['a', 'b', 'c'].map((name) => critic(name, evaluate, retry(5)))
    const panel = createPanel({ critics, retriesTotalMax: 4, clock })
    const review = await clock.run(panel.review(answer))
    expect(evaluate.calls).toHaveLength(3 + 4)
    expect(Object.values(review.critics).map(({ status }) => status)).toEqual(['error', 'error', 'error'])
    await clock.run(panel.review(answer))
    expect(evaluate.calls).toHaveLength(2 * (3 + 4))
    expect(panel.metrics().retries).toBe(8)
  })

  it('retries nothing when the panel says so', async () => {
    const { clock, critic: made } = flaky(1, retry(3))
    const result = of(
      await clock.run(createPanel({ critics: [made], retries: false, clock }).review(answer)),
      'flaky',
    )
    expect(result).toMatchObject({ status: 'error', attempts: 1 })
  })

  it('gives every attempt of a critic the same key, and other critics and reviews others', async () => {
    const { clock } = scene()
    const keys: Record<string, string[]> = {}
    const keyed = (name: string) =>
      critic(
        name,
        ({ id }, { key, attempt }) => {
          ;(keys[`${id} ${name}`] ??= []).push(key)
          if (attempt === 1) throw new Error('once')
          return {}
        },
        retry(1),
      )
    const panel = createPanel({ critics: [keyed('a'), keyed('b')], clock })
    await clock.run(panel.review({ ...answer, id: 'one' }))
    await clock.run(panel.review({ ...answer, id: 'two' }))
    expect(Object.values(keys).map((list) => [list.length, new Set(list).size])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
      [2, 1],
    ])
    expect(new Set(Object.values(keys).flat()).size).toBe(4)
  })

  it('counts the weight of every attempt as spent', async () => {
    const { clock, critic: made } = flaky(2, { ...retry(2), cost: 5 })
    const review = await clock.run(createPanel({ critics: [made], clock }).review(answer))
    expect(of(review, 'flaky').cost).toEqual({ weight: 5, spent: 15, saved: 0 })
    expect(review.cost).toMatchObject({ spent: 15, saved: 0, total: 5 })
  })

  it('ends as error, not as rejected, when the budget does not pay for the retry', async () => {
    const { clock, critic: made } = flaky(9, { ...retry(5), cost: 5 })
    const panel = createPanel({ critics: [made], budget: { costMax: 10 }, clock })
    expect(of(await clock.run(panel.review(answer)), 'flaky')).toMatchObject({ status: 'error', attempts: 2 })
  })
})
