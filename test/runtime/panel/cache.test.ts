import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createCache,
  createLimits,
  createPanel,
  type Finding,
  type FindingCache,
  type ReviewInput,
} from 'stagecraft'
import { answer, counted, critic, ends, gate, of, scene, type Settings } from './critics.ts'

/** A critic whose calls can be seen, and settled by hand. */
function byHand(name: string, settings: Settings = {}) {
  const calls: { finding: PromiseWithResolvers<Finding>; signal: AbortSignal; id: string }[] = []
  const made = critic(
    name,
    ({ id }, { signal }) => {
      const finding = gate<Finding>()
      calls.push({ finding, signal, id })
      signal.addEventListener('abort', () => finding.reject(signal.reason as Error))
      return finding.promise
    },
    settings,
  )
  const call = (index: number) => {
    const found = calls[index]
    if (!found) throw new Error(`call ${index} was not made`)
    return found
  }
  return { critic: made, calls, call }
}

const memory = (entries = new Map<string, Finding>()): FindingCache & { entries: Map<string, Finding> } => ({
  entries,
  get: (key) => entries.get(key),
  set: (key, finding) => void entries.set(key, finding),
})

describe('a cache', () => {
  it('spares an evaluation that was made before (W39)', async () => {
    const at = scene()
    const { clock } = at
    const panel = createPanel({
      critics: [at.says('a', { score: 1 }, { cost: 2 })],
      cache: createCache(),
      clock,
    })
    const first = of(await clock.run(panel.review(answer)), 'a')
    const second = of(await clock.run(panel.review(answer)), 'a')
    expect(first).not.toHaveProperty('fromCache')
    expect(second).toMatchObject({
      status: 'success',
      fromCache: true,
      finding: { score: 1 },
      attempts: 0,
      cost: { spent: 0, saved: 2 },
    })
    expect(panel.metrics()).toMatchObject({ cached: 1, cost: { spent: 2, saved: 2 } })
    expect(at.started).toEqual(['a'])
  })

  it('takes an empty finding for a hit (W17)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a', {})], cache: createCache(), clock: at.clock })
    await at.clock.run(panel.review(answer))
    expect(of(await at.clock.run(panel.review(answer)), 'a').fromCache).toBe(true)
    expect(at.started).toEqual(['a'])
  })

  it('gives the same verdict and the same audit hash with a hit as without', async () => {
    const { clock, says } = scene()
    const panel = createPanel({ critics: [says('a', { severity: 1.5 })], cache: createCache(), clock })
    const [first, second] = [await clock.run(panel.review(answer)), await clock.run(panel.review(answer))]
    expect(second.verdict).toBe(first.verdict)
    expect(second.auditHash).toBe(first.auditHash)
  })

  it('tells other prompts, responses, contexts, versions and findings of dependencies apart', async () => {
    const at = scene()
    const cache = createCache()
    const evaluated = async (input: ReviewInput, version = '1', severity = 0) => {
      const before = at.started.length
      const panel = createPanel({
        critics: [
          critic('base', () => ({ severity }), { version: `${severity}` }),
          at.says('a', {}, { version, dependsOn: ['base'] }),
        ],
        cache,
        clock: at.clock,
      })
      await at.clock.run(panel.review(input))
      return at.started.length > before
    }
    expect(await evaluated(answer)).toBe(true)
    expect(await evaluated({ ...answer, id: 'another-id' })).toBe(false)
    expect(await evaluated({ ...answer, prompt: 'other' })).toBe(true)
    expect(await evaluated({ ...answer, response: 'other' })).toBe(true)
    expect(await evaluated({ ...answer, context: { a: 1 } })).toBe(true)
    expect(await evaluated({ ...answer, context: { a: 2 } })).toBe(true)
    expect(await evaluated(answer, '2')).toBe(true)
    expect(await evaluated(answer, '1', 1)).toBe(true)
    expect(await evaluated({ ...answer, context: { a: 1 } })).toBe(false)
  })

  it.each<[string, unknown, unknown]>([
    ['bigints', 1n, 2n],
    ['numbers that are none', Number.NaN, Infinity],
    ['halves of characters', '\uD800', '\uDBFF'],
  ])('never takes one answer for another because JSON has no word for %s', async (_, one, two) => {
    const at = scene()
    const echo = critic('echo', ({ context }) => ({ value: (context as { it: unknown }).it }))
    const panel = createPanel({ critics: [echo], cache: createCache(), clock: at.clock })
    for (const value of [one, two]) {
      const result = of(await at.clock.run(panel.review({ ...answer, context: { it: value } })), 'echo')
      expect(result).toMatchObject({ status: 'success', finding: { value } })
    }
  })

  it('does not keep what failed, timed out or was invalid', async () => {
    const { clock } = scene()
    const cache = memory()
    const panel = createPanel({
      critics: [
        critic('error', () => Promise.reject(new Error('down'))),
        critic('timeout', () => new Promise(() => {})),
        critic('invalid', () => null),
      ],
      cache,
      clock,
    })
    await clock.run(panel.review(answer))
    expect(cache.entries.size).toBe(0)
  })

  it('does not keep the substitute of the failure hook', async () => {
    const { clock } = scene()
    const cache = memory()
    const panel = createPanel({
      critics: [critic('error', () => Promise.reject(new Error('down')))],
      hooks: { onCriticFailure: () => ({ score: 1 }) },
      cache,
      clock,
    })
    expect(of(await clock.run(panel.review(answer)), 'error').degraded).toBe(true)
    expect(cache.entries.size).toBe(0)
  })

  it('validates what it finds, and evaluates anew what is no finding, or not valid when strict (W18)', async () => {
    const at = scene()
    const cache = memory()
    const a = at.says('a', { score: 1 }, { validate: (finding) => finding.score === 1 })
    const reviewed = async (validation: 'report' | 'strict') =>
      of(
        await at.clock.run(createPanel({ critics: [a], cache, validation, clock: at.clock }).review(answer)),
        'a',
      )
    await reviewed('report')
    const [key] = [...cache.entries.keys()]
    if (!key) throw new Error('nothing was kept')
    cache.entries.set(key, 'rubbish' as Finding)
    expect(await reviewed('report')).toMatchObject({ status: 'success', attempts: 1 })
    cache.entries.set(key, { score: 2 })
    expect(await reviewed('report')).toMatchObject({
      fromCache: true,
      validationErrors: ['custom_validation_failed'],
    })
    expect(await reviewed('strict')).toMatchObject({ status: 'success', attempts: 1, finding: { score: 1 } })
  })

  it('tells afterCritic of a hit (W18)', async () => {
    const { clock, says } = scene()
    const afterCritic = counted((_: string, __: Finding) => {})
    const panel = createPanel({
      critics: [says('a', { score: 1 })],
      cache: createCache(),
      hooks: { afterCritic },
      clock,
    })
    await clock.run(panel.review(answer))
    await clock.run(panel.review(answer))
    expect(afterCritic.calls.map(([name, finding]) => [name, finding])).toEqual([
      ['a', { score: 1 }],
      ['a', { score: 1 }],
    ])
  })

  it('hands out what nobody can change', async () => {
    const { clock, says } = scene()
    const panel = createPanel({ critics: [says('a', { violations: [] })], cache: createCache(), clock })
    const first = of(await clock.run(panel.review(answer)), 'a').finding
    expect(() => (first?.violations as string[]).push('planted')).toThrow(TypeError)
    expect(of(await clock.run(panel.review(answer)), 'a').finding).toEqual({ violations: [] })
  })

  const down = (): never => {
    throw new Error('ECONNREFUSED')
  }
  it.each<[string, Partial<FindingCache>]>([
    ['throws when it is asked', { get: down }],
    ['rejects when it is asked', { get: () => Promise.reject(new Error('ECONNREFUSED')) }],
    ['hangs when it is asked', { get: () => new Promise(() => {}) }],
    ['throws when it is to keep something', { set: down }],
    ['rejects when it is to keep something', { set: () => Promise.reject(new Error('ECONNREFUSED')) }],
    ['hangs when it is to keep something', { set: () => new Promise(() => {}) }],
  ])('that %s is a cache that is empty (37)', async (_, broken) => {
    const { clock, says } = scene()
    const cache = { ...memory(), ...broken }
    const panel = createPanel({ critics: [says('a', { score: 1 })], cache, timeouts: { hookMs: 70 }, clock })
    const result = of(await clock.run(panel.review(answer)), 'a')
    expect(result).toMatchObject({ status: 'success', finding: { score: 1 }, attempts: 1 })
    expect(result.durationMs).toBeLessThanOrEqual(70)
    expect(clock.armed).toEqual([])
  })

  it('that answers after the review was cut leaves no work behind for others to wait for', async () => {
    const at = scene()
    const slow: FindingCache = {
      get: async () => {
        await at.wait(20)
        return undefined
      },
      set: () => {},
    }
    const panel = createPanel({ critics: [at.says('a', { score: 1 })], cache: slow, clock: at.clock })
    const run = panel.start(answer)
    await at.clock.advanceAsync(10)
    run.cancel()
    await run.result
    await at.clock.advanceAsync(20)
    expect(of(await at.clock.run(panel.review(answer)), 'a')).toMatchObject({
      status: 'success',
      durationMs: 20,
    })
  })

  it('forgets the oldest beyond its size', async () => {
    const cache = createCache({ entriesMax: 2 })
    for (const key of ['a', 'b', 'c']) await cache.set(key, { justification: key })
    expect(await cache.get('a')).toBeUndefined()
    expect(await cache.get('c')).toEqual({ justification: 'c' })
  })
})

describe('identical evaluations at once', () => {
  it('are made once, and every review has the finding', async () => {
    const { clock, takes, log } = scene()
    const panel = createPanel({ critics: [takes('a', 50, { score: 1 })], cache: createCache(), clock })
    const all = await clock.run(Promise.all(Array.from({ length: 6 }, () => panel.review(answer))))
    expect(log).toEqual([
      { critic: 'a', did: 'start', at: 0 },
      { critic: 'a', did: 'end', at: 50 },
    ])
    expect(all.map((review) => of(review, 'a').finding)).toEqual(
      Array.from({ length: 6 }, () => ({ score: 1 })),
    )
    expect(all.filter((review) => of(review, 'a').fromCache)).toHaveLength(5)
    expect(panel.metrics().cost).toMatchObject({ spent: 1, saved: 5 })
  })

  it('are made once over two panels that share the cache', async () => {
    const { clock } = scene()
    const cache = createCache()
    const hand = byHand('a')
    const reviewing = [1, 2].map(() => createPanel({ critics: [hand.critic], cache, clock }).review(answer))
    await clock.settle()
    hand.call(0).finding.resolve({ score: 1 })
    for (const review of await clock.run(Promise.all(reviewing)))
      expect(of(review, 'a').finding).toEqual({ score: 1 })
    expect(hand.calls).toHaveLength(1)
  })

  it('take up no permit while they wait', async () => {
    const { clock } = scene()
    const hand = byHand('a')
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const reviewing = [1, 2, 3].map(() => panel.review(answer))
    await clock.settle()
    expect(panel.metrics().concurrency).toMatchObject({ running: 1, waiting: 0 })
    hand.call(0).finding.resolve({})
    await clock.run(Promise.all(reviewing))
  })

  it('are taken over by a follower when the leader fails', async () => {
    const { clock } = scene()
    const hand = byHand('a')
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const reviewing = [1, 2, 3].map(() => panel.review(answer))
    await clock.settle()
    hand.call(0).finding.reject(new Error('down'))
    await clock.settle()
    expect(hand.calls).toHaveLength(2)
    hand.call(1).finding.resolve({ score: 2 })
    const all = await clock.run(Promise.all(reviewing))
    expect(all.map((review) => of(review, 'a').status)).toEqual(['error', 'success', 'success'])
    expect(hand.calls).toHaveLength(2)
  })

  it('are taken over when the leader has exhausted its retries, not before', async () => {
    const { clock } = scene()
    const hand = byHand('a', { retry: { retriesMax: 1, backoff: { baseMs: 100, jitter: 'none' } } })
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const reviewing = [1, 2].map(() => panel.review(answer))
    await clock.settle()
    hand.call(0).finding.reject(new Error('down'))
    await clock.advanceAsync(100)
    expect(hand.calls).toHaveLength(2)
    hand.call(1).finding.resolve({ score: 2 })
    const all = await clock.run(Promise.all(reviewing))
    expect(all.map((review) => of(review, 'a').status)).toEqual(['success', 'success'])
    expect(all.map((review) => of(review, 'a').attempts)).toEqual([2, 0])
  })

  it('go on when the leader is cancelled while others wait, with one call in all', async () => {
    const { clock } = scene()
    const hand = byHand('a')
    const panel = createPanel({
      critics: [hand.critic],
      cache: createCache(),
      limits: { concurrentMax: 1 },
      clock,
    })
    const leader = panel.start(answer)
    await clock.settle()
    const followers = [panel.start(answer), panel.start(answer)]
    await clock.settle()
    leader.cancel()
    expect(ends(await leader.result)).toEqual({ a: 'cancelled' })
    await clock.settle()
    expect(hand.call(0).signal.aborted).toBe(false)
    expect(panel.metrics().concurrency.running).toBe(1)
    hand.call(0).finding.resolve({ score: 1 })
    const all = await clock.run(Promise.all(followers.map((run) => run.result)))
    expect(all.map((review) => of(review, 'a').finding)).toEqual([{ score: 1 }, { score: 1 }])
    expect(hand.calls).toHaveLength(1)
    expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
  })

  it('abort, and give the permit back, when the last who waited has left', async () => {
    const { clock } = scene()
    const hand = byHand('a')
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const runs = [panel.start(answer), panel.start(answer), panel.start(answer)]
    await clock.settle()
    for (const run of runs.slice(0, 2)) run.cancel()
    await clock.settle()
    expect(hand.call(0).signal.aborted).toBe(false)
    runs[2]?.cancel()
    expect(hand.call(0).signal.aborted).toBe(true)
    await Promise.all(runs.map((run) => run.result))
    await clock.settle()
    expect(hand.calls).toHaveLength(1)
    expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
    expect(clock.armed).toEqual([])
  })

  it('abort when all who wait are cancelled in one turn, leader first or last', async () => {
    for (const order of [0, 1]) {
      const { clock } = scene()
      const hand = byHand('a')
      const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
      const runs = [panel.start(answer), panel.start(answer)]
      await clock.settle()
      for (const run of order === 0 ? runs : runs.toReversed()) run.cancel()
      await Promise.all(runs.map((run) => run.result))
      expect(hand.call(0).signal.aborted).toBe(true)
      expect(panel.metrics().concurrency.running).toBe(0)
    }
  })

  it('abort at the deadline of the leader, whose follower then makes its own call', async () => {
    const { clock } = scene()
    const hand = byHand('a', { timeoutMs: 100 })
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const runs = [panel.start(answer), panel.start(answer)]
    await clock.advanceAsync(100)
    expect(hand.call(0).signal.aborted).toBe(true)
    expect(hand.calls).toHaveLength(2)
    hand.call(1).finding.resolve({ score: 2 })
    const all = await clock.run(Promise.all(runs.map((run) => run.result)))
    expect(all.map((review) => of(review, 'a').status)).toEqual(['timeout', 'success'])
  })

  it('abort at the deadline also by a clock whose timers fire a little early', async () => {
    const { clock } = scene()
    const early = { ...clock, now: () => clock.now() * 0.995 }
    const hand = byHand('a', { timeoutMs: 100 })
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock: early })
    const runs = [panel.start(answer), panel.start(answer)]
    await clock.advanceAsync(100)
    expect(hand.call(0).signal.aborted).toBe(true)
    expect(hand.calls).toHaveLength(2)
    for (const run of runs) run.cancel()
    await Promise.all(runs.map((run) => run.result))
  })

  it('still abort the second attempt after the first has ended late', async () => {
    const { clock } = scene()
    const attempts: { finding: PromiseWithResolvers<Finding>; signal: AbortSignal }[] = []
    const deaf = critic(
      'deaf',
      (_, { signal }) => {
        const finding = gate<Finding>()
        attempts.push({ finding, signal })
        return finding.promise
      },
      { timeoutMs: 100, retry: { retriesMax: 1, onTimeout: true, backoff: { baseMs: 10, jitter: 'none' } } },
    )
    const panel = createPanel({ critics: [deaf], cache: createCache(), clock })
    const run = panel.start(answer)
    await clock.advanceAsync(120)
    expect(attempts).toHaveLength(2)
    attempts[0]?.finding.reject(new Error('late'))
    await clock.settle()
    run.cancel()
    await run.result
    expect(attempts[1]?.signal.aborted).toBe(true)
    expect(panel.metrics().concurrency.running).toBe(0)
  })

  it('go on when the actor of the leading review is stopped from outside', async () => {
    const { clock } = scene()
    const hand = byHand('a')
    const panel = createPanel({ critics: [hand.critic], cache: createCache(), clock })
    const [leader, follower] = [panel.start(answer), panel.start(answer)]
    await clock.settle()
    leader.actor.stop()
    await clock.settle()
    hand.call(0).finding.resolve({ score: 1 })
    expect(of(await clock.run(follower.result), 'a').finding).toEqual({ score: 1 })
    expect(hand.calls).toHaveLength(1)
  })

  it('hand over when the queue is full for the leader', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [takes('busy', 10, {}, { priority: 1, version: 'x' }), takes('a', 10, { score: 1 })],
      cache: createCache(),
      limits: { concurrentMax: 1, queueMax: 0 },
      clock,
    })
    const all = await clock.run(Promise.all([panel.review(answer), panel.review(answer)]))
    for (const review of all) {
      expect(of(review, 'busy').status).toBe('success')
      expect(of(review, 'a').status).toBe('rejected')
    }
    expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
  })

  it('are not shared between a panel that is strict and one that is not', async () => {
    const { clock } = scene()
    const cache = createCache()
    const hand = byHand('a', { output: z.object({ label: z.string() }) })
    const panels = (['report', 'strict'] as const).map((validation) =>
      createPanel({ critics: [hand.critic], cache, validation, clock }),
    )
    const reviewing = panels.map((panel) => panel.review(answer))
    await clock.settle()
    for (const call of hand.calls) call.finding.resolve({ score: 1 })
    const all = await clock.run(Promise.all(reviewing))
    expect(all.map((review) => of(review, 'a').status)).toEqual(['success', 'invalid'])
  })

  it('never exceed the limits while calls are inherited again and again', async () => {
    const at = scene()
    const limits = createLimits({ concurrentMax: 2, clock: at.clock })
    const panel = createPanel({
      critics: [
        at.takes('a', 30, { score: 1 }),
        at.takes('b', 20, { score: 2 }, { limits: { concurrentMax: 1 } }),
      ],
      cache: createCache(),
      limits,
      clock: at.clock,
    })
    const runs = Array.from({ length: 40 }, (_, index) => panel.start({ ...answer, prompt: `p${index % 4}` }))
    for (const [index, run] of runs.entries()) {
      if (index % 5 !== 0) continue
      await at.clock.advanceAsync(3)
      run.cancel()
    }
    const all = await at.clock.run(Promise.all(runs.map((run) => run.result)))
    expect(at.running.most).toBe(2)
    expect(limits.usage).toMatchObject({ running: 0, waiting: 0, reviews: 0 })
    for (const [index, review] of all.entries())
      if (index % 5 !== 0) expect(ends(review)).toEqual({ a: 'success', b: 'success' })
  })
})
