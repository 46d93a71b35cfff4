import {
  createCache,
  createLimits,
  createPanel,
  defineCritic,
  panelOptionsFromEnvironment,
  type Finding,
} from 'stagecraft'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const answer = { prompt: 'q', response: 'a' }

/** What a program can do although its types say otherwise. */
const says = (value: unknown, more: object = {}) =>
  defineCritic({ name: 'c', evaluate: () => value as Finding, ...more })

const verdictOf = async (...critics: ReturnType<typeof says>[]) =>
  (await createPanel({ critics }).review(answer)).verdict

describe('nothing turns a verdict towards allow', () => {
  it('not a schema that leaves out what it does not name', async () => {
    const output = z.object({ groups: z.array(z.string()) })
    expect(await verdictOf(says({ severity: 3, groups: [] }, { output }))).toBe('deny')
    const escalation = { tier: 'TIER_3', clause: 'c', reason: 'r' }
    expect(await verdictOf(says({ groups: [], escalation }, { output }))).toBe('escalate')
  })

  it('but a schema may change what it names', async () => {
    const output = z.object({ severity: z.number().transform((percent) => percent / 100) })
    expect(await verdictOf(says({ severity: 3 }, { output }))).toBe('allow')
  })

  it('not a cache, which would put a finding through its schema a second time', async () => {
    const output = z.object({ severity: z.number().transform((tenths) => tenths / 10) })
    const panel = createPanel({ cache: createCache(), critics: [says({ severity: 30 }, { output })] })
    const first = await panel.review(answer)
    const second = await panel.review(answer)
    expect([first.verdict, second.verdict]).toEqual(['deny', 'deny'])
    expect(second.critics['c']).toMatchObject({ fromCache: true })
    expect(second.auditHash).toBe(first.auditHash)
  })

  it.each<[string, unknown]>([
    ['an error of a service', { error: 'rate limited' }],
    ['a finding inside something else', { result: { severity: 3 } }],
    ['a severity with a capital', { Severity: 3 }],
    ['a misspelt list of violations', { severity: 0, violation: ['x'] }],
    ['an error object', { name: 'Error', message: 'down' }],
  ])('not %s', async (_, value) => {
    const review = await createPanel({ critics: [says(value)] }).review(answer)
    expect(review.critics['c']?.status).toBe('invalid')
    expect(review.verdict).toBe('escalate')
  })

  it.each<[string, () => unknown]>([
    ['inherited', () => Object.create({ severity: 3 })],
    ['inherited twice', () => Object.create(Object.create({ severity: 3 }))],
    ['not enumerable', () => Object.defineProperty({}, 'severity', { value: 3 })],
    [
      'behind a getter of a class',
      () =>
        new (class {
          get severity() {
            return 3
          }
        })(),
    ],
  ])('not a severity that is %s', async (_, make) => {
    expect(await verdictOf(says(make()))).toBe('deny')
  })

  it('not a getter that answers differently when a schema has read it', async () => {
    let reads = 0
    const value = {
      get severity() {
        reads += 1
        return reads > 1 ? 0 : 3
      },
    }
    expect(
      await verdictOf(says(value, { output: z.object({ severity: z.number(), more: z.string() }) })),
    ).toBe('deny')
  })

  it('not a hook that returns something of its own', async () => {
    const beforeCritic = () => ({ startedAt: 1 }) as Finding
    const panel = createPanel({ critics: [says({ severity: 3 })], hooks: { beforeCritic } })
    expect((await panel.review(answer)).verdict).toBe('deny')
  })

  it('not a listener that changes a fact', async () => {
    const run = createPanel({ critics: [says({ severity: 3 })] }).start(answer)
    run.facts.subscribe((fact) => {
      if (fact.type === 'CRITIC_ENDED') Reflect.set(fact.result, 'finding', {})
      if (fact.type === 'STAGE_ENDED') Reflect.set(fact.summary.ends, 'success', 0)
    })
    const review = await run.result
    expect(review.verdict).toBe('deny')
    expect(review.stages[0]?.ends).toEqual({ success: 1 })
  })

  it('not a change of the plan', async () => {
    const panel = createPanel({ critics: [says({ severity: 3 }, { stage: 'DEEP_ANALYSIS' })] })
    expect(() => (panel.plan.stages as unknown[]).pop()).toThrow(TypeError)
    expect(() => Reflect.apply(Array.prototype.pop, panel.plan.stages[0]?.critics, [])).toThrow(TypeError)
    expect((await panel.review(answer)).verdict).toBe('deny')
  })

  it.each<[object]>([
    [{ riskTier: 'critical' }],
    [{ context: { risk_tier: 'critical' } }],
    [{ risk_tier: 'high' }],
  ])('not a risk tier in the wrong place: %j', async (more) => {
    const panel = createPanel({ critics: [says({ severity: 3 }, { policy: 'ON_HIGH_RISK' })] })
    await expect(panel.review({ ...answer, ...more })).rejects.toMatchObject({ code: 'input.invalid' })
  })
})

describe('what is no critic, and what is no option, is refused with words', () => {
  const make = (options: unknown) => () => createPanel(options as Parameters<typeof createPanel>[0])

  it.each<[string, unknown, string]>([
    [
      'a plain object',
      { critics: [{ name: 'x', evaluate: () => ({}) }] },
      'critics[0] was not made by defineCritic',
    ],
    ['a factory that was not called', { critics: [says] }, 'call it if it makes a critic'],
    ['undefined', { critics: [undefined] }, 'critics[0] was not made by defineCritic'],
    ['a critic in a record', { critics: { x: says({}) } }, 'put critics made by defineCritic into an array'],
    ['no critics', {}, 'createPanel takes { critics'],
    ['an array', [says({})], 'createPanel takes { critics'],
    ['nothing', undefined, 'createPanel takes { critics'],
  ])('%s', (_, options, words) => {
    expect(make(options)).toThrow(words)
  })

  it('a misspelt limit, and a cache without an end', () => {
    expect(() => createLimits({ concurrent: 2 } as object)).toThrow('createLimits has no option "concurrent"')
    expect(() => createLimits({ perStage: { FAST: 1 } as object })).toThrow('no option "FAST"')
    expect(() => createCache({ ttl: 1 } as object)).toThrow('createCache has no option "ttl"')
    expect(() => createCache({ ttlMs: Number.NaN })).toThrow('ttlMs of a cache')
    expect(() => createCache({ entriesMax: -1 })).toThrow('entriesMax of a cache')
  })

  it('a variable of the environment that would replace shared limits', () => {
    const environment = { STAGECRAFT_MAX_CONCURRENT: '5', STAGECRAFT_GLOBAL_TIMEOUT: '2' }
    expect(
      panelOptionsFromEnvironment(environment, { limits: { queueMax: 7 }, timeouts: { queueMs: 9 } }),
    ).toEqual({
      limits: { queueMax: 7, concurrentMax: 5 },
      timeouts: { queueMs: 9, reviewMs: 2_000 },
    })
    expect(() => panelOptionsFromEnvironment(environment, { limits: createLimits() })).toThrow('createLimits')
  })
})
