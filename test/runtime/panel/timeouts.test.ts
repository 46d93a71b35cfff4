import { describe, expect, it } from 'vitest'
import { createPanel } from 'stagecraft'
import { answer, critic, ends, gate, of, scene } from './critics.ts'

describe('timeouts', () => {
  it('ends an attempt that takes too long, says so, and escalates (15, 38)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({ critics: [takes('a', 2_000, {}, { timeoutMs: 500 })], clock })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'a')).toMatchObject({
      status: 'timeout',
      error: { code: 'timeout.attempt', name: 'TimeoutError', message: 'timed out after 500 ms (attempt)' },
      durationMs: 500,
      executionMs: 500,
      retryCount: 0,
    })
    expect(of(review, 'a').finding).toBeUndefined()
    expect(review.verdict).toBe('escalate')
  })

  it('aborts the signal of an attempt that times out (W42)', async () => {
    const { clock, log, takes } = scene()
    await clock.run(
      createPanel({ critics: [takes('a', 2_000, {}, { timeoutMs: 500 })], clock }).review(answer),
    )
    expect(log).toEqual([
      { critic: 'a', did: 'start', at: 0 },
      { critic: 'a', did: 'end', at: 500 },
    ])
  })

  it('does not let a slow critic delay or damage a fast one (16)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [takes('slow', 2_000, {}, { timeoutMs: 500 }), takes('fast', 10, { score: 1 })],
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'fast')).toMatchObject({ status: 'success', durationMs: 10, finding: { score: 1 } })
  })

  it('ignores a result that arrives after the timeout', async () => {
    const { clock, wait, takes } = scene()
    const deaf = critic(
      'deaf',
      async () => {
        await wait(300)
        return { severity: 3 }
      },
      { timeoutMs: 100 },
    )
    const panel = createPanel({ critics: [deaf, takes('long', 1_000)], clock })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'deaf')).toMatchObject({ status: 'timeout', durationMs: 100 })
    expect(of(review, 'deaf').finding).toBeUndefined()
    expect(review.verdict).toBe('escalate')
  })

  it('reports a TimeoutError of the critic itself as its error (W20)', async () => {
    const { clock } = scene()
    const own = critic('own', () => {
      throw new DOMException('the model took too long', 'TimeoutError')
    })
    const result = of(await clock.run(createPanel({ critics: [own], clock }).review(answer)), 'own')
    expect(result).toMatchObject({
      status: 'error',
      error: { code: 'error', name: 'TimeoutError', message: 'the model took too long' },
    })
  })

  it('bounds how long a critic waits for its permit (W29)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [takes('first', 9_000, {}, { priority: 1 }), takes('second', 10)],
      limits: { concurrentMax: 1 },
      timeouts: { queueMs: 200 },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'second')).toMatchObject({
      status: 'timeout',
      error: { code: 'timeout.queue' },
      queueMs: 200,
      executionMs: 0,
      attempts: 0,
    })
    expect(of(review, 'first').status).toBe('success')
  })

  it('does not count the time in the queue as time of the attempt', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [takes('first', 90, {}, { priority: 1 }), takes('second', 90, {}, { timeoutMs: 100 })],
      limits: { concurrentMax: 1 },
      clock,
    })
    expect(of(await clock.run(panel.review(answer)), 'second')).toMatchObject({
      status: 'success',
      queueMs: 90,
      executionMs: 90,
      durationMs: 180,
    })
  })

  it('bounds a hook that hangs, and then evaluates the critic (W29)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [takes('a', 10, { score: 1 })],
      hooks: { beforeCritic: () => new Promise(() => {}) },
      timeouts: { hookMs: 50 },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'a')).toMatchObject({ status: 'success', durationMs: 60, finding: { score: 1 } })
  })

  it('cuts a stage at its timeout, keeps what is finished, and runs later stages (W3)', async () => {
    const { clock, takes, says } = scene()
    const panel = createPanel({
      critics: [
        takes('done', 10, { score: 1 }, { stage: 'FAST_CRITICS' }),
        takes('late', 900, {}, { stage: 'FAST_CRITICS' }),
        says('dependent', {}, { stage: 'FAST_CRITICS', dependsOn: ['late'] }),
        says('next', { score: 2 }, { stage: 'VALIDATION' }),
      ],
      timeouts: { perStageMs: { FAST_CRITICS: 200 } },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(ends(review)).toEqual({ done: 'success', late: 'timeout', dependent: 'timeout', next: 'success' })
    expect(of(review, 'late').error?.code).toBe('timeout.stage')
    expect(of(review, 'late').attempts).toBe(1)
    expect(of(review, 'dependent').attempts).toBe(0)
    expect(of(review, 'done').finding).toEqual({ score: 1 })
    expect(review.stages).toEqual([
      {
        stage: 'FAST_CRITICS',
        ends: { success: 1, timeout: 2 },
        durationMs: 200,
        cut: 'timeout',
        timeoutScope: 'stage',
      },
      { stage: 'VALIDATION', ends: { success: 1 }, durationMs: 0 },
    ])
    expect(review.durationMs).toBe(200)
    expect(review).not.toHaveProperty('cut')
  })

  it('gives a stage only the timeout it is given, whatever its name sounds like (W44)', async () => {
    const { clock, takes } = scene()
    const fast = takes('quick_check', 5_000, {}, { stage: 'FAST_CRITICS' })
    expect(
      of(await clock.run(createPanel({ critics: [fast], clock }).review(answer)), 'quick_check').status,
    ).toBe('success')
  })

  it('cuts the review at its timeout, keeps what is finished, and starts no later stage (W3)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [
        takes('done', 10, { severity: 1 }),
        takes('late', 900),
        takes('never', 1, {}, { stage: 'VALIDATION' }),
      ],
      timeouts: { reviewMs: 200 },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(ends(review)).toEqual({ done: 'success', late: 'timeout', never: 'timeout' })
    expect(of(review, 'late').error?.code).toBe('timeout.review')
    expect(of(review, 'never')).toMatchObject({
      attempts: 0,
      durationMs: 0,
      error: { code: 'timeout.review' },
    })
    expect(review.cut).toEqual({ as: 'timeout', scope: 'review' })
    expect(review.durationMs).toBe(200)
    expect(review.verdict).toBe('escalate')
    expect(clock.armed).toEqual([])
  })

  it('bounds a review by default, whatever its critics do', async () => {
    const { clock } = scene()
    const hangs = critic('hangs', () => new Promise(() => {}), { timeoutMs: 3_600_000 })
    const review = await clock.run(createPanel({ critics: [hangs], clock }).review(answer))
    expect(review.durationMs).toBe(60_000)
    expect(of(review, 'hangs').error?.code).toBe('timeout.review')
  })

  it('starts nobody from the queue when the review is cut by its timeout', async () => {
    const stage = scene()
    const critics = Array.from({ length: 20 }, (_, index) => stage.takes(`c${index}`, 1_000))
    const panel = createPanel({
      critics,
      limits: { concurrentMax: 3 },
      timeouts: { reviewMs: 500 },
      clock: stage.clock,
    })
    const review = await stage.clock.run(panel.review(answer))
    expect(stage.started).toHaveLength(3)
    expect(Object.values(ends(review)).every((status) => status === 'timeout')).toBe(true)
  })

  it('measures by the panel clock alone, not by the wall (W34)', async () => {
    const { clock, takes } = scene()
    const wall = Date.now
    const running = clock.run(createPanel({ critics: [takes('a', 100)], clock }).review(answer))
    Date.now = () => 0
    const review = await running.finally(() => {
      Date.now = wall
    })
    expect(review.durationMs).toBe(100)
  })

  it('ends the attempt even when the work blocks its abort for ever', async () => {
    const { clock } = scene()
    const deaf = gate<object>()
    const panel = createPanel({
      critics: [critic('deaf', () => deaf.promise, { timeoutMs: 50 })],
      limits: { concurrentMax: 1 },
      clock,
    })
    expect(of(await clock.run(panel.review(answer)), 'deaf').status).toBe('timeout')
    expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
    deaf.resolve({})
    await clock.settle()
    expect(panel.metrics().critics.total).toBe(1)
  })
})
