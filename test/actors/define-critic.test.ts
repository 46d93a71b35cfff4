import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { criticFrom, defineCritic, workOf } from '../../src/actors/define-critic.ts'
import { isStagecraftError } from '../../src/model/errors.ts'

const evaluate = () => ({ severity: 0 })

/** Why a definition is refused; the types would refuse most of these, but JavaScript callers have none. */
const refusal = (definition: unknown): string => {
  try {
    defineCritic(definition as Parameters<typeof defineCritic>[0])
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'critic.invalid') return error.message
    throw error
  }
  return 'none'
}

describe('defineCritic', () => {
  it('fills in the defaults', () => {
    const { name, dependsOn, settings } = defineCritic({ name: 'tone', evaluate })
    expect({ name, dependsOn }).toEqual({ name: 'tone', dependsOn: [] })
    expect(settings).toMatchObject({
      required: true,
      timeoutMs: 10_000,
      retry: {
        retriesMax: 0,
        onTimeout: false,
        backoff: { baseMs: 2_000, factor: 2, maxMs: 60_000, jitter: 'full' },
      },
      limits: { burst: 1 },
      cost: 1,
      tags: [],
    })
  })

  it('leaves open what a classification may propose', () => {
    const { settings } = defineCritic({ name: 'quick_safety', evaluate })
    expect([settings.stage, settings.priority, settings.policy]).toEqual([undefined, undefined, undefined])
  })

  it('gives a critic that cannot be changed', () => {
    const critic = defineCritic({ name: 'tone', dependsOn: ['other'], evaluate })
    expect([critic, critic.settings, critic.dependsOn].every(Object.isFrozen)).toBe(true)
  })

  it('keeps nothing of the definition that its author could still change', () => {
    const dependsOn: string[] = ['other']
    const retry = { retriesMax: 1 }
    const critic = defineCritic({ name: 'tone', dependsOn, retry, evaluate })
    dependsOn.push('more')
    retry.retriesMax = 50
    expect(critic.dependsOn).toEqual(['other'])
    expect(critic.settings.retry.retriesMax).toBe(1)
  })

  it('accepts everything that is within range', () => {
    const definition = {
      name: 'Tone-2.a_b',
      stage: 'VALIDATION',
      priority: 10,
      policy: { when: () => true },
      dependsOn: ['a'],
      required: false,
      domain: 'my own',
      timeoutMs: 86_400_000,
      retry: {
        retriesMax: 100,
        onTimeout: true,
        backoff: { baseMs: 0, factor: 1, maxMs: 0, jitter: 'none' },
      },
      limits: { concurrentMax: 1, ratePerSecond: 0.1, burst: 1 },
      cost: 0,
      tags: ['x'],
      version: '2',
      output: z.object({ severity: z.number() }),
      validate: () => true,
      evaluate,
    }
    expect(refusal(definition)).toBe('none')
  })

  it.each<[string, Record<string, unknown>]>([
    ['name', { name: '' }],
    ['name', { name: '9lives' }],
    ['name', { name: '__proto__' }],
    ['name', { name: 'with space' }],
    ['name', { name: 'x'.repeat(129) }],
    ['name', { name: 7 }],
    ['stage', { stage: 'LATER' }],
    ['priority', { priority: 0 }],
    ['priority', { priority: 11 }],
    ['priority', { priority: 1.5 }],
    ['priority', { priority: Number.NaN }],
    ['policy', { policy: 'SOMETIMES' }],
    ['policy', { policy: { when: true } }],
    ['policy', { policy: () => true }],
    ['dependsOn', { dependsOn: 'other' }],
    ['dependsOn.0', { dependsOn: [1] }],
    ['required', { required: 'yes' }],
    ['domain', { domain: '' }],
    ['timeoutMs', { timeoutMs: -1 }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: 86_400_001 }],
    ['timeoutMs', { timeoutMs: Infinity }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
    ['timeoutMs', { timeoutMs: '10s' }],
    ['retry.retriesMax', { retry: { retriesMax: -1 } }],
    ['retry.retriesMax', { retry: { retriesMax: 101 } }],
    ['retry.retriesMax', { retry: { retriesMax: 0.5 } }],
    ['retry.onTimeout', { retry: { onTimeout: 1 } }],
    ['retry.backoff.baseMs', { retry: { backoff: { baseMs: -1 } } }],
    ['retry.backoff.factor', { retry: { backoff: { factor: 0.5 } } }],
    ['retry.backoff.maxMs', { retry: { backoff: { maxMs: -1 } } }],
    ['retry.backoff.jitter', { retry: { backoff: { jitter: 'some' } } }],
    ['limits.concurrentMax', { limits: { concurrentMax: 0 } }],
    ['limits.ratePerSecond', { limits: { ratePerSecond: 0 } }],
    ['limits.ratePerSecond', { limits: { ratePerSecond: -2 } }],
    ['limits.ratePerSecond', { limits: { ratePerSecond: Infinity } }],
    ['limits.burst', { limits: { burst: 0 } }],
    ['cost', { cost: -1 }],
    ['cost', { cost: Infinity }],
    ['tags', { tags: 'x' }],
    ['version', { version: 2 }],
    ['output', { output: {} }],
    ['validate', { validate: true }],
    ['evaluate', { evaluate: undefined }],
  ])('refuses a wrong %s and names it: %j', (field, wrong) => {
    const message = refusal({ name: 'tone', evaluate, ...wrong })
    expect(message).toMatch(/^The definition of critic .* is not valid: /)
    expect(message).toContain(` ${field}: `)
  })

  it.each<[string, Record<string, unknown>]>([
    ['timeout', { timeout: 5 }],
    ['retires', { retry: { retires: 3 } }],
    ['base', { retry: { backoff: { base: 3 } } }],
    ['maxConcurrent', { limits: { maxConcurrent: 3 } }],
    ['if', { policy: { when: () => true, if: 1 } }],
  ])('refuses the unknown key "%s", so that a typing error does not silently lift a limit', (key, wrong) => {
    const message = refusal({ name: 'tone', evaluate, ...wrong })
    expect(message).toContain('"tone" is not valid')
    expect(message).toContain(key === 'if' ? 'policy' : `"${key}"`)
  })

  it('names the critic and every problem at once', () => {
    const message = refusal({ name: 'tone', priority: 0, timeoutMs: -1, evaluate })
    expect(message).toContain('critic "tone"')
    expect(message).toMatch(/priority: .*; timeoutMs: /)
  })

  it('refuses what is no definition at all', () => {
    for (const value of [null, undefined, 'tone', 1, []]) expect(refusal(value)).toContain('(unnamed)')
  })

  it('refuses or accepts any mixture of settings, and throws nothing but critic.invalid', () => {
    const settings = fc.record(
      {
        name: fc.oneof(fc.constant('tone'), fc.string()),
        priority: fc.oneof(fc.integer(), fc.double()),
        timeoutMs: fc.oneof(fc.integer(), fc.double()),
        retry: fc.oneof(fc.record({ retriesMax: fc.integer() }), fc.anything()),
        limits: fc.anything(),
        dependsOn: fc.oneof(fc.array(fc.string()), fc.anything()),
        cost: fc.double(),
      },
      { requiredKeys: ['name'] },
    )
    fc.assert(
      fc.property(settings, (given) => {
        const accepted = refusal({ ...given, evaluate }) === 'none'
        const { priority = 5, timeoutMs = 10_000 } = given
        const inRange = Number.isInteger(priority) && priority >= 1 && priority <= 10 && timeoutMs >= 1
        expect(accepted && !inRange).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('criticFrom', () => {
  it('makes a critic with every default from a plain function', () => {
    const critic = criticFrom('tone', evaluate)
    expect(critic).toMatchObject({ name: 'tone', dependsOn: [], settings: { required: true } })
    expect(workOf(critic)).toBe(evaluate)
  })

  it('refuses a name that no definition could have', () => {
    expect(() => criticFrom('a critic', evaluate)).toThrow(/name: /)
  })
})

/** Calls the critic as a program would that has no panel. */
const bypass = () => {
  const warnings: unknown[] = []
  console.warn = (...words: unknown[]) => warnings.push(...words)
  let called = 0
  const critic = defineCritic({
    name: 'tone',
    evaluate: (_, { attempt }) => {
      called += 1
      return { severity: attempt }
    },
  })
  const input = { id: 'a', prompt: '', response: '', context: {} }
  const context = { signal: new AbortController().signal, prior: {}, attempt: 1, key: 'k' }
  let outcome: unknown
  try {
    outcome = critic.evaluate(input, context)
  } catch (error) {
    outcome = error
  }
  return { outcome, called, warnings }
}

describe('the guard against evaluating a critic outside a panel', () => {
  const VARIABLE = 'STAGECRAFT_ALLOW_LEGACY_CRITIC_RUNNER'
  const warn = console.warn

  afterEach(() => {
    delete process.env[VARIABLE]
    console.warn = warn
  })

  it.each(['', '0', 'true'])('refuses while the variable is "%s", and does not call the critic', (text) => {
    if (text !== '') process.env[VARIABLE] = text
    const { outcome, called, warnings } = bypass()
    expect(outcome).toMatchObject({ code: 'critic.bypassed' })
    expect(String(outcome)).toContain('"tone" was called outside a panel')
    expect(String(outcome)).toContain(VARIABLE)
    expect({ called, warnings }).toEqual({ called: 0, warnings: [] })
  })

  it('permits it with the variable set to 1, and warns', () => {
    process.env[VARIABLE] = '1'
    const { outcome, called, warnings } = bypass()
    expect({ outcome, called }).toEqual({ outcome: { severity: 1 }, called: 1 })
    expect(warnings).toEqual([expect.stringContaining('"tone" runs outside a panel')])
  })

  it('gives the work to panels only for what defineCritic made', () => {
    const critic = defineCritic({ name: 'tone', evaluate })
    expect(workOf(critic)).toBe(evaluate)
    expect(workOf({ ...critic })).toBeUndefined()
  })
})
