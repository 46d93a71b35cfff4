import { describe, expect, it } from 'vitest'
import { createPanel, type Critic, type CriticError, type Finding, type Hooks } from 'stagecraft'
import { answer, counted, critic, ends, forbidden, of, scene, type Settings } from './critics.ts'

const failing = (name = 'bad', settings: Settings = {}) =>
  critic(
    name,
    () => {
      throw new TypeError('down')
    },
    settings,
  )

async function reviewWith(hooks: Hooks, critics: readonly Critic[], more: object = {}, at = scene()) {
  const panel = createPanel({ critics, hooks, clock: at.clock, ...more })
  const review = await at.clock.run(panel.review(answer))
  return { review, panel, clock: at.clock }
}

describe('beforeCritic', () => {
  it('answers in place of the critic, which is not called (21)', async () => {
    const a = forbidden('a', { cost: 3 })
    const beforeCritic = counted((_: string, __: object): Finding => ({ score: 9 }))
    const { review, panel } = await reviewWith({ beforeCritic }, [a.critic])
    expect(of(review, 'a')).toMatchObject({
      status: 'success',
      fromCache: true,
      finding: { score: 9 },
      attempts: 0,
      cost: { weight: 3, spent: 0, saved: 3 },
    })
    expect(beforeCritic.calls.map(([name]) => name)).toEqual(['a'])
    expect(a.calls).toEqual([])
    expect(panel.metrics().cached).toBe(1)
  })

  it('is asked with the frozen input, once per critic, also for one that is retried', async () => {
    const { clock } = scene()
    const beforeCritic = counted((_: string, input: object) => {
      expect(Object.isFrozen(input)).toBe(true)
    })
    const panel = createPanel({
      critics: [failing('bad', { retry: { retriesMax: 3, backoff: { baseMs: 1 } } })],
      hooks: { beforeCritic },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'bad').attempts).toBe(4)
    expect(beforeCritic.calls).toHaveLength(1)
  })

  it('is asked without a permit: a full house does not stop it', async () => {
    const { clock, takes, says } = scene()
    const panel = createPanel({
      critics: [takes('busy', 1_000, {}, { priority: 1 }), says('known')],
      hooks: { beforeCritic: (name) => (name === 'known' ? { score: 1 } : undefined) },
      limits: { concurrentMax: 1 },
      clock,
    })
    expect(of(await clock.run(panel.review(answer)), 'known').durationMs).toBe(0)
  })

  it('is not asked for a gated critic', async () => {
    const { clock, says } = scene()
    const beforeCritic = counted((_: string) => undefined)
    const panel = createPanel({
      critics: [says('a'), says('deep', {}, { policy: 'ON_VIOLATION' })],
      hooks: { beforeCritic },
      clock,
    })
    await clock.run(panel.review(answer))
    expect(beforeCritic.calls.map(([name]) => name)).toEqual(['a'])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('hook down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook down'))],
    ['answers with what is no finding', () => 'a finding'],
    ['answers null', () => null],
    ['hangs', () => new Promise(() => {})],
  ])('never breaks a review: the critic is evaluated when the hook %s (20)', async (_, hook) => {
    const { clock, says } = scene()
    const panel = createPanel({
      critics: [says('a', { score: 1 })],
      hooks: { beforeCritic: hook as NonNullable<Hooks['beforeCritic']> },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'a')).toMatchObject({ status: 'success', finding: { score: 1 }, attempts: 1 })
    expect(of(review, 'a').durationMs).toBeLessThanOrEqual(1_000)
  })
})

describe('afterCritic', () => {
  it('is told once of each success, with name, finding and duration, and not of failures (22)', async () => {
    const at = scene()
    const afterCritic = counted((_: string, __: Finding, ___: number) => {})
    await reviewWith({ afterCritic }, [at.takes('good', 30, { score: 4 }), failing()], {}, at)
    expect(afterCritic.calls).toEqual([['good', { score: 4 }, 30]])
  })

  it('is told of a finding that came from the cache or a hook (W18)', async () => {
    const afterCritic = counted((_: string, __: Finding, ___: number) => {})
    const a = forbidden('a')
    await reviewWith({ beforeCritic: () => ({ score: 9 }), afterCritic }, [a.critic])
    expect(afterCritic.calls).toEqual([['a', { score: 9 }, 0]])
  })

  it('never delays the verdict, however slow it is (W43)', async () => {
    const at = scene()
    const { review } = await reviewWith(
      { afterCritic: () => new Promise(() => {}) },
      [at.takes('a', 10), at.takes('b', 5, {}, { stage: 'VALIDATION' })],
      {},
      at,
    )
    expect(review.durationMs).toBe(15)
    expect(at.clock.armed).toEqual([])
  })

  it.each<[string, () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('store down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('store down'))],
  ])('never breaks a review when it %s (20)', async (_, afterCritic) => {
    const at = scene()
    const { review } = await reviewWith({ afterCritic }, [at.says('a')], {}, at)
    expect(ends(review)).toEqual({ a: 'success' })
  })
})

describe('onCriticFailure', () => {
  it('is asked once, with the error, and its answer becomes the degraded finding (19, W13)', async () => {
    const onCriticFailure = counted((_: string, __: CriticError, ___: number): Finding => ({
      severity: 1,
      value: 'fallback',
    }))
    const { review, panel } = await reviewWith({ onCriticFailure }, [failing()])
    expect(onCriticFailure.calls).toEqual([['bad', { code: 'error', name: 'TypeError', message: 'down' }, 0]])
    expect(of(review, 'bad')).toMatchObject({
      status: 'error',
      degraded: true,
      finding: { value: 'fallback' },
      error: { name: 'TypeError' },
    })
    expect(panel.metrics().degraded).toBe(1)
  })

  it('is asked after a timeout too (19, W13)', async () => {
    const at = scene()
    const onCriticFailure = counted((_: string, __: CriticError, ___: number): Finding => ({ score: 1 }))
    const { review } = await reviewWith(
      { onCriticFailure },
      [at.takes('slow', 900, {}, { timeoutMs: 50 })],
      {},
      at,
    )
    expect(onCriticFailure.calls.map(([, error, ms]) => [error.code, ms])).toEqual([['timeout.attempt', 50]])
    expect(of(review, 'slow')).toMatchObject({ status: 'timeout', degraded: true })
  })

  it('is asked for what is no finding too', async () => {
    const onCriticFailure = counted((_: string, __: CriticError): Finding => ({ score: 1 }))
    const { review } = await reviewWith({ onCriticFailure }, [critic('odd', () => null)])
    expect(onCriticFailure.calls.map(([, error]) => error.code)).toEqual(['invalid'])
    expect(of(review, 'odd')).toMatchObject({ status: 'invalid', degraded: true, finding: { score: 1 } })
  })

  it('is asked after the final attempt only', async () => {
    const onCriticFailure = counted((_: string) => undefined)
    const { review } = await reviewWith({ onCriticFailure }, [
      failing('bad', { retry: { retriesMax: 2, backoff: { baseMs: 1 } } }),
    ])
    expect(of(review, 'bad').attempts).toBe(3)
    expect(onCriticFailure.calls).toHaveLength(1)
  })

  it('contributes to the verdict, but does not make a required critic heard', async () => {
    const fine = await reviewWith({ onCriticFailure: () => ({ severity: 0 }) }, [failing()])
    expect(fine.review.verdict).toBe('escalate')
    expect(fine.review.reasons.map(({ kind }) => kind).toSorted()).toEqual(['finding', 'unknown'])
    const worse = await reviewWith({ onCriticFailure: () => ({ severity: 3 }) }, [failing()])
    expect(worse.review.verdict).toBe('deny')
  })

  it('feeds dependents with its substitute', async () => {
    const seen: object[] = []
    const dependent = critic(
      'dependent',
      (_, { prior }) => {
        seen.push(prior)
        return {}
      },
      { dependsOn: ['bad'] },
    )
    const { review } = await reviewWith({ onCriticFailure: () => ({ score: 7 }) }, [failing(), dependent])
    expect(of(review, 'dependent').status).toBe('success')
    expect(seen).toEqual([{ bad: { score: 7 } }])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('hook down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook down'))],
    ['answers with what is no finding', () => 7],
    ['hangs', () => new Promise(() => {})],
  ])('leaves the failure as it is when the hook %s (20)', async (_, hook) => {
    const { review } = await reviewWith(
      { onCriticFailure: hook as NonNullable<Hooks['onCriticFailure']> },
      [failing()],
      { timeouts: { hookMs: 40 } },
    )
    expect(of(review, 'bad')).toMatchObject({
      status: 'error',
      error: { name: 'TypeError', message: 'down' },
    })
    expect(of(review, 'bad')).not.toHaveProperty('degraded')
    expect(of(review, 'bad').durationMs).toBeLessThanOrEqual(40)
  })

  it('cannot change the error it is told of', async () => {
    const { review } = await reviewWith(
      {
        onCriticFailure: (_, error) => {
          Object.assign(error, { code: 'fine', message: 'nothing happened' })
        },
      },
      [failing()],
    )
    expect(of(review, 'bad').error).toEqual({ code: 'error', name: 'TypeError', message: 'down' })
  })

  it('is not asked after a cut, and a cut ends it', async () => {
    const at = scene()
    const onCriticFailure = counted((_: string) => new Promise<undefined>(() => {}))
    const panel = createPanel({
      critics: [failing(), at.takes('slow', 900)],
      hooks: { onCriticFailure },
      clock: at.clock,
    })
    const run = panel.start(answer)
    await at.clock.advanceAsync(10)
    run.cancel()
    const review = await run.result
    expect(ends(review)).toEqual({ bad: 'error', slow: 'cancelled' })
    expect(onCriticFailure.calls).toEqual([['bad', expect.anything(), 0]])
    expect(at.clock.armed).toEqual([])
  })
})

describe('hooks together', () => {
  it('are called 3, 2 and 1 times for three critics of which one fails (23)', async () => {
    const at = scene()
    const beforeCritic = counted((_: string) => undefined)
    const afterCritic = counted((_: string) => {})
    const onCriticFailure = counted((_: string) => undefined)
    const { review } = await reviewWith(
      { beforeCritic, afterCritic, onCriticFailure },
      [at.says('one'), failing(), at.says('two')],
      {},
      at,
    )
    expect(beforeCritic.calls.map(([name]) => name).toSorted()).toEqual(['bad', 'one', 'two'])
    expect(afterCritic.calls.map(([name]) => name).toSorted()).toEqual(['one', 'two'])
    expect(onCriticFailure.calls.map(([name]) => name)).toEqual(['bad'])
    expect(Object.keys(review.critics)).toHaveLength(3)
  })
})
