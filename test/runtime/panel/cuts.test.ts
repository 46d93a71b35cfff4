import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createPanel } from 'stagecraft'
import { answer, critic, ends, forbidden, of, scene } from './critics.ts'

function stand() {
  const at = scene()
  const aborted: string[] = []
  const listening = (name: string) =>
    critic(name, (_, { signal }) => {
      signal.addEventListener('abort', () => aborted.push(`${name}: ${(signal.reason as Error).name}`))
      return new Promise(() => {})
    })
  const never = forbidden('never', { stage: 'VALIDATION' })
  const panel = createPanel({
    critics: [
      at.takes('done', 5, { score: 1 }, { stage: 'FAST_CRITICS' }),
      listening('one'),
      listening('two'),
      at.says('dependent', {}, { dependsOn: ['one'] }),
      never.critic,
    ],
    clock: at.clock,
  })
  const expected = {
    done: 'success',
    one: 'cancelled',
    two: 'cancelled',
    dependent: 'cancelled',
    never: 'cancelled',
  }
  return { ...at, aborted, panel, expected, never }
}

describe('cutting a review', () => {
  it('keeps what is finished and ends the rest as cancelled, with one result for each critic (W31)', async () => {
    const { panel, clock, aborted, expected, never } = stand()
    const run = panel.start(answer)
    await clock.advanceAsync(20)
    run.cancel('the user left')
    const review = await run.result
    expect(ends(review)).toEqual(expected)
    expect(of(review, 'done').finding).toEqual({ score: 1 })
    expect(of(review, 'one')).toMatchObject({
      attempts: 1,
      error: { code: 'cancelled', name: 'AbortError', message: 'the user left' },
      executionMs: 15,
    })
    expect(review.cut).toEqual({ as: 'cancelled', reason: 'the user left' })
    expect(review.verdict).toBe('escalate')
    expect(review.durationMs).toBe(20)
    expect(aborted).toEqual(['one: AbortError', 'two: AbortError'])
    expect(never.calls).toEqual([])
    expect(clock.armed).toEqual([])
    expect(panel.metrics().critics).toMatchObject({ total: 5, byStatus: { success: 1, cancelled: 4 } })
  })

  it('says so in the summary of every stage it reaches', async () => {
    const { panel, clock } = stand()
    const run = panel.start(answer)
    await clock.advanceAsync(20)
    run.cancel()
    expect((await run.result).stages).toEqual([
      { stage: 'FAST_CRITICS', ends: { success: 1 }, durationMs: 5 },
      { stage: 'CORE_ANALYSIS', ends: { cancelled: 3 }, durationMs: 15, cut: 'cancelled' },
      { stage: 'VALIDATION', ends: { cancelled: 1 }, durationMs: 0, cut: 'cancelled' },
    ])
  })

  it('happens when the signal of the caller aborts, with its reason (W31)', async () => {
    const { panel, clock, expected } = stand()
    const controller = new AbortController()
    const reviewing = panel.review(answer, { signal: controller.signal })
    await clock.advanceAsync(20)
    controller.abort(new Error('shutting down'))
    const review = await reviewing
    expect(ends(review)).toEqual(expected)
    expect(review.cut).toEqual({ as: 'cancelled', reason: 'shutting down' })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('begins nothing when the signal has aborted beforehand', async () => {
    const first = forbidden('first')
    const { clock } = scene()
    const panel = createPanel({ critics: [first.critic], clock })
    const review = await panel.review(answer, { signal: AbortSignal.abort('too late') })
    expect(ends(review)).toEqual({ first: 'cancelled' })
    expect(review.cut).toEqual({ as: 'cancelled', reason: 'too late' })
    expect(review.cost.spent).toBe(0)
    expect(first.calls).toEqual([])
    expect(clock.armed).toEqual([])
  })

  it('hears a signal that aborts after start() and before the actor has begun', async () => {
    const first = forbidden('first')
    const { clock } = scene()
    const controller = new AbortController()
    const run = createPanel({ critics: [first.critic], clock }).start(answer, { signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    expect(ends(await run.result)).toEqual({ first: 'cancelled' })
    expect(first.calls).toEqual([])
  })

  it('takes any reason a signal can have', async () => {
    const { clock } = scene()
    const first = forbidden('first')
    const panel = createPanel({ critics: [first.critic], clock })
    for (const reason of [null, 0, Symbol('why'), Object.create(null), { toString: () => 1n }])
      expect((await panel.review(answer, { signal: AbortSignal.abort(reason) })).cut?.as).toBe('cancelled')
  })

  it('happens before the start when it is cancelled at once', async () => {
    const first = forbidden('first')
    const { clock } = scene()
    const run = createPanel({ critics: [first.critic], clock }).start(answer)
    run.cancel()
    expect(ends(await run.result)).toEqual({ first: 'cancelled' })
    expect(first.calls).toEqual([])
  })

  it('does nothing when it comes again, or after the end', async () => {
    const { panel, clock } = stand()
    const run = panel.start(answer)
    await clock.advanceAsync(20)
    run.cancel('first')
    run.cancel('second')
    expect((await run.result).cut).toEqual({ as: 'cancelled', reason: 'first' })
    run.cancel('third')
    expect((await run.result).cut).toEqual({ as: 'cancelled', reason: 'first' })
  })

  it('leaves other reviews of the panel alone', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.takes('a', 100, { score: 1 })], clock: at.clock })
    const [one, two] = [panel.start(answer), panel.start(answer)]
    await at.clock.advanceAsync(10)
    one.cancel()
    expect(ends(await one.result)).toEqual({ a: 'cancelled' })
    expect(ends(await at.clock.run(two.result))).toEqual({ a: 'success' })
  })

  it('starts nobody with the permits that come free during the cut', async () => {
    const at = scene()
    const critics = Array.from({ length: 30 }, (_, index) =>
      at.takes(`c${index}`, 100, {}, index % 3 === 0 && index > 0 ? { dependsOn: [`c${index - 1}`] } : {}),
    )
    const panel = createPanel({ critics, limits: { concurrentMax: 4 }, clock: at.clock })
    const run = panel.start(answer)
    await at.clock.advanceAsync(50)
    run.cancel()
    await run.result
    await at.clock.settle()
    expect(at.started).toHaveLength(4)
  })

  it('skips later stages once the verdict is deny, when the panel says so', async () => {
    const at = scene()
    const later = forbidden('later', { stage: 'VALIDATION', cost: 4 })
    const critics = [at.says('strict', { severity: 3 }), later.critic]
    const review = await at.clock.run(
      createPanel({ critics, shortCircuit: true, clock: at.clock }).review(answer),
    )
    expect(of(review, 'later')).toMatchObject({
      status: 'skipped',
      skipping: { reason: 'verdict_settled', trouble: false },
      cost: { spent: 0, saved: 4 },
    })
    expect(review.verdict).toBe('deny')
    expect(review.reasons.map((reason) => reason.critic)).toEqual(['strict'])
  })
})

describe('disposing of a panel', () => {
  it('cancels what is under way, waits for it, and takes no more reviews', async () => {
    const { panel, clock, expected } = stand()
    const runs = [panel.start(answer), panel.start(answer)]
    await clock.advanceAsync(20)
    await panel[Symbol.asyncDispose]()
    for (const run of runs) {
      const review = await run.result
      expect(ends(review)).toEqual(expected)
      expect(review.cut).toEqual({ as: 'cancelled', reason: 'the panel was disposed' })
    }
    await expect(panel.review(answer)).rejects.toMatchObject({ code: 'panel.disposed' })
    expect(() => panel.start(answer)).toThrow(expect.objectContaining({ code: 'panel.disposed' }))
    expect(panel.metrics().reviews.running).toBe(0)
    expect(clock.armed).toEqual([])
  })

  it('also ends a run that has not begun', async () => {
    const first = forbidden('first')
    const { clock } = scene()
    const panel = createPanel({ critics: [first.critic], clock })
    const run = panel.start(answer)
    await panel[Symbol.asyncDispose]()
    expect(ends(await run.result)).toEqual({ first: 'cancelled' })
    expect(first.calls).toEqual([])
  })

  it('can be done twice, and by `await using`', async () => {
    const at = scene()
    {
      await using panel = createPanel({ critics: [at.says('a')], clock: at.clock })
      await at.clock.run(panel.review(answer))
      await panel[Symbol.asyncDispose]()
    }
    expect(at.started).toEqual(['a'])
  })
})

describe('an input that is no input', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a prompt that is no text', { prompt: 1, response: '' }],
    ['an unknown risk tier', { ...answer, context: { riskTier: 'huge' } }],
    ['a function in the context', { ...answer, context: { call: () => 1 } }],
  ])('is refused with an error before anything starts: %s', async (_, input) => {
    const first = forbidden('first')
    const { clock } = scene()
    const panel = createPanel({ critics: [first.critic], clock })
    await expect(panel.review(input as typeof answer)).rejects.toMatchObject({ code: 'input.invalid' })
    expect(panel.metrics().reviews).toMatchObject({ total: 0, running: 0 })
    expect(first.calls).toEqual([])
  })
})
