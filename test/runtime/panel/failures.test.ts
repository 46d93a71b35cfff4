import { describe, expect, it } from 'vitest'
import { createPanel, type CriticResult, type Finding, type ReviewInput } from 'stagecraft'
import { answer, critic, ends, gate, of, scene, violation, type Evaluate, type Settings } from './critics.ts'

/** Reviews with the nasty critic between two good ones; these must not notice. */
async function beside(evaluate: Evaluate, settings: Settings = {}) {
  const { clock, takes } = scene()
  const panel = createPanel({
    critics: [
      takes('before', 5, { score: 1 }, { priority: 1 }),
      critic('nasty', evaluate, settings),
      takes('after', 5, { score: 2 }, { stage: 'VALIDATION', priority: 9 }),
    ],
    clock,
  })
  const review = await clock.run(panel.review(answer))
  expect(of(review, 'before')).toMatchObject({ status: 'success', finding: { score: 1 } })
  expect(of(review, 'after')).toMatchObject({ status: 'success', finding: { score: 2 } })
  expect(panel.metrics().concurrency).toMatchObject({ running: 0, waiting: 0 })
  expect(clock.armed).toEqual([])
  return { result: of(review, 'nasty'), review }
}

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('hands off')
    },
  },
)

const getter = (property: string) =>
  Object.defineProperty({ severity: 0 }, property, {
    enumerable: true,
    get: () => {
      throw new Error('no looking')
    },
  })

describe('a critic that fails', () => {
  it('ends as error with the name and message of what it threw, and others go on (18)', async () => {
    const { result, review } = await beside(() => {
      throw new RangeError('severity?')
    })
    expect(result).toMatchObject({
      status: 'error',
      error: { code: 'error', name: 'RangeError', message: 'severity?' },
      attempts: 1,
    })
    expect(result.finding).toBeUndefined()
    expect(review.verdict).toBe('escalate')
  })

  it('never counts as a clean finding (W14)', async () => {
    const { review } = await beside(() => Promise.reject(new Error('down')))
    expect(review.reasons.find((reason) => reason.critic === 'nasty')).toMatchObject({
      kind: 'unknown',
      verdict: 'escalate',
      because: 'error',
    })
  })

  it('is not missed when it is not required', async () => {
    const { result, review } = await beside(() => Promise.reject(new Error('down')), { required: false })
    expect(result.status).toBe('error')
    expect(review.verdict).toBe('allow')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'all good'],
    ['a number', 0],
    ['true', true],
    ['a list', [{ severity: 0 }]],
    ['a function', () => ({})],
    ['a symbol', Symbol('fine')],
    ['a severity that is no number', { severity: 'high' }],
    ['a severity that is NaN', { severity: Number.NaN }],
    ['an uncertainty that is no number (W12)', { uncertainty: 'high' }],
    ['violations that are no list', { violations: 'consent' }],
    ['a finding that refers back to itself', Object.assign({}, { self: [] as unknown[] })],
    ['a finding whose severity throws when it is read', getter('severity')],
    ['a finding whose own property throws when it is read', getter('mine')],
    ['a finding that holds a function', { value: () => 1 }],
  ])('ends as invalid when it says %s, at once or later (W6, W12, W15)', async (title, value) => {
    if (title.includes('refers back')) (value as { self: unknown[] }).self.push(value)
    for (const evaluate of [() => value, () => Promise.resolve(value)]) {
      const { result, review } = await beside(evaluate)
      expect(result.status).toBe('invalid')
      expect(result.validationErrors?.[0]).toContain('not_a_finding')
      expect(result.finding).toBeUndefined()
      expect(review.verdict).toBe('escalate')
    }
  })

  it.each<[string, unknown, Partial<NonNullable<CriticResult['error']>>]>([
    ['null', null, { message: 'something that is no Error was thrown: null' }],
    ['undefined', undefined, { message: 'something that is no Error was thrown: undefined' }],
    ['a string', 'out of luck', { message: 'something that is no Error was thrown: out of luck' }],
    ['an object without a text', Object.create(null), { name: 'Error' }],
    ['an object that throws when it is looked at', hostile, { name: 'Error' }],
    ['a symbol', Symbol('x'), { message: 'something that is no Error was thrown: Symbol(x)' }],
  ])('ends as error when it throws or rejects with %s', async (_, thrown, error) => {
    const throws = () => {
      throw thrown
    }
    // oxlint-disable-next-line prefer-promise-reject-errors
    for (const evaluate of [throws, () => Promise.reject(thrown as Error)])
      expect((await beside(evaluate)).result).toMatchObject({ status: 'error', error })
  })

  it('ends as error when what it returns has a then that throws', async () => {
    const thenable = {
      then: () => {
        throw new Error('not today')
      },
    }
    expect((await beside(() => thenable)).result).toMatchObject({
      status: 'error',
      error: { message: 'not today' },
    })
  })

  it('ends as error when reading its then throws', async () => {
    expect((await beside(() => getter('then'))).result.status).toBe('error')
  })

  it('is heard when what it returns is a promise of another library', async () => {
    const thenable = { then: (resolve: (finding: Finding) => void) => resolve({ score: 3 }) }
    expect((await beside(() => thenable)).result).toMatchObject({ status: 'success', finding: { score: 3 } })
  })

  it('ends as timeout when it never settles', async () => {
    expect((await beside(() => new Promise(() => {}))).result).toMatchObject({
      status: 'timeout',
      durationMs: 10_000,
    })
  })

  it('ends as timeout when it settles both late and with an error', async () => {
    const late = gate<Finding>()
    const { result } = await beside(() => late.promise, { timeoutMs: 20 })
    late.reject(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(result).toMatchObject({ status: 'timeout', error: { code: 'timeout.attempt' } })
  })

  it('cannot change what other critics see of the input (W24)', async () => {
    const { clock } = scene()
    const given = { ...answer, context: { user: { trust: 1 }, tags: ['a'] } }
    const attempts: string[] = []
    const attempt = (what: string, change: () => void) => {
      try {
        change()
        attempts.push(`${what} changed`)
      } catch {
        attempts.push(`${what} refused`)
      }
    }
    const vandal = critic(
      'vandal',
      (input) => {
        const open = input as { prompt: string; context: { user: { trust: number }; tags: string[] } }
        attempt('prompt', () => (open.prompt = 'hacked'))
        attempt('context', () => (open.context.user.trust = 9))
        attempt('list', () => open.context.tags.push('b'))
        return {}
      },
      { stage: 'FAST_CRITICS' },
    )
    const witness = critic('witness', (input) => ({ value: input }))
    const review = await clock.run(
      createPanel({ critics: [vandal, witness], clock }).review({ ...given, id: 'x' }),
    )
    expect(attempts).toEqual(['prompt refused', 'context refused', 'list refused'])
    expect(of(review, 'witness').finding?.value).toEqual({ ...given, id: 'x' })
    expect(given.context).toEqual({ user: { trust: 1 }, tags: ['a'] })
  })

  it('cannot change the findings it is handed, nor flip a gate with them (W24)', async () => {
    const { clock, says } = scene()
    const own = { severity: 0, violations: [] as string[] }
    const vandal = critic(
      'vandal',
      (_, { prior }) => {
        ;(prior['first']?.violations as string[]).push('planted')
        return {}
      },
      { dependsOn: ['first'] },
    )
    const panel = createPanel({
      critics: [
        says('first', own),
        vandal,
        says('deep', {}, { policy: 'ON_VIOLATION', stage: 'DEEP_ANALYSIS', required: false }),
      ],
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'vandal')).toMatchObject({ status: 'error', error: { name: 'TypeError' } })
    expect(of(review, 'first').finding?.violations).toEqual([])
    expect(own.violations).toEqual([])
  })

  it('cannot change its finding after it has said it', async () => {
    const { clock, takes } = scene()
    const finding = { severity: 0, violations: [] as string[] }
    const fickle = critic('fickle', () => {
      clock.setTimeout(() => {
        finding.severity = 3
        finding.violations.push('planted')
      }, 5)
      return finding
    })
    const review = await clock.run(
      createPanel({ critics: [fickle, takes('slow', 50)], clock }).review(answer),
    )
    expect(of(review, 'fickle').finding).toEqual({ severity: 0, violations: [] })
    expect(review.verdict).toBe('allow')
  })

  it('cannot overwrite what the result says of it (35)', async () => {
    const { result } = await beside(
      () => ({
        severity: 1,
        status: 'success',
        critic: 'somebody else',
        stage: 'PRE_VALIDATION',
        priority: 99,
        attempts: 0,
        retryCount: -1,
        durationMs: -1,
        degraded: true,
        fromCache: true,
        error: 'none',
      }),
      { priority: 3 },
    )
    expect(result).toMatchObject({
      critic: 'nasty',
      status: 'success',
      stage: 'CORE_ANALYSIS',
      priority: 3,
      attempts: 1,
      retryCount: 0,
    })
    expect(result).not.toHaveProperty('degraded')
    expect(result).not.toHaveProperty('fromCache')
    expect(result).not.toHaveProperty('error')
    expect(result.durationMs).toBeGreaterThanOrEqual(0)
  })

  it('leaves no trace in an input that is used again (W9)', async () => {
    const { clock, says } = scene()
    const given: ReviewInput = Object.freeze({ ...answer, context: Object.freeze({ a: 1 }) })
    const first = createPanel({ critics: [says('violator', violation)], clock })
    const second = createPanel({
      critics: [says('calm'), says('deep', {}, { policy: 'ON_VIOLATION' })],
      clock,
    })
    await clock.run(first.review(given))
    expect(given).toEqual({ ...answer, context: { a: 1 } })
    expect(ends(await clock.run(second.review(given)))).toEqual({ calm: 'success', deep: 'gated' })
  })

  it('cancels its own review from inside evaluate, and everybody has a result', async () => {
    const { clock, takes } = scene()
    let cancel = (): void => {
      throw new Error('not started')
    }
    const traitor = critic('traitor', () => {
      cancel()
      return { severity: 3 }
    })
    const panel = createPanel({
      critics: [
        takes('early', 5, { score: 1 }, { stage: 'FAST_CRITICS' }),
        traitor,
        takes('beside', 5),
        takes('later', 5, {}, { stage: 'VALIDATION' }),
      ],
      clock,
    })
    const run = panel.start(answer)
    cancel = () => run.cancel('I have seen enough')
    const review = await clock.run(run.result)
    expect(ends(review)).toEqual({
      early: 'success',
      traitor: 'cancelled',
      beside: 'cancelled',
      later: 'cancelled',
    })
    expect(of(review, 'beside').error?.message).toBe('I have seen enough')
    expect(panel.metrics().concurrency.running).toBe(0)
  })

  it('does not hang for ever when it puts an answer before its own panel and there is one permit', async () => {
    const { clock } = scene()
    let depth = 0
    const recursive = critic(
      'recursive',
      async () => {
        if (depth++ > 0) return { score: depth }
        const inner = await panel.review({ ...answer, prompt: 'inner' })
        return { value: of(inner, 'recursive').error?.code }
      },
      { timeoutMs: 50_000 },
    )
    const panel = createPanel({
      critics: [recursive],
      limits: { concurrentMax: 1 },
      timeouts: { queueMs: 2_000 },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'recursive')).toMatchObject({
      status: 'success',
      finding: { value: 'timeout.queue' },
      durationMs: 2_000,
    })
  })

  it('disposes of its own panel from inside evaluate without a deadlock', async () => {
    const { clock, takes } = scene()
    const suicidal = critic('suicidal', async () => {
      await panel[Symbol.asyncDispose]()
      return {}
    })
    const panel = createPanel({ critics: [suicidal, takes('beside', 5)], clock })
    const review = await clock.run(panel.review(answer))
    expect(ends(review)).toEqual({ suicidal: 'cancelled', beside: 'cancelled' })
  })
})
