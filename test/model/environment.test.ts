import { describe, expect, it } from 'vitest'
import { panelOptionsFromEnvironment, type EnvironmentOptions } from '../../src/model/environment.ts'
import { isStagecraftError } from '../../src/model/errors.ts'

const PREFIXES = ['STAGECRAFT_', 'ELEANOR_ORCHESTRATOR_']

const refusal = (environment: Record<string, string>): string => {
  try {
    panelOptionsFromEnvironment(environment)
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'environment.invalid') return error.message
    throw error
  }
  return 'none'
}

describe.each(PREFIXES)('panelOptionsFromEnvironment with %s', (prefix) => {
  it.each<[string, string, EnvironmentOptions]>([
    ['MAX_CONCURRENT', '3', { limits: { concurrentMax: 3 } }],
    ['ENABLE_GATING', 'false', { gating: false }],
    ['ENABLE_GATING', 'true', { gating: true }],
    ['ENABLE_RETRIES', 'no', { retries: false }],
    ['STRICT_VALIDATION', 'false', { validation: 'off' }],
    ['STRICT_VALIDATION', 'true', { validation: 'report' }],
    ['FAIL_ON_VALIDATION', 'true', { validation: 'strict' }],
    ['FAIL_ON_VALIDATION', 'false', {}],
    ['GLOBAL_TIMEOUT', '1.5', { timeouts: { reviewMs: 1_500 } }],
    ['GLOBAL_TIMEOUT', '0.001', { timeouts: { reviewMs: 1 } }],
    ['GLOBAL_TIMEOUT', '86400', { timeouts: { reviewMs: 86_400_000 } }],
  ])('reads %s=%s', (suffix, text, expected) => {
    expect(panelOptionsFromEnvironment({ [prefix + suffix]: text })).toEqual(expected)
  })

  it.each([
    ['MAX_CONCURRENT', '0'],
    ['MAX_CONCURRENT', '-1'],
    ['MAX_CONCURRENT', '2.5'],
    ['MAX_CONCURRENT', 'many'],
    ['MAX_CONCURRENT', '0x10'],
    ['MAX_CONCURRENT', 'Infinity'],
    ['GLOBAL_TIMEOUT', '0'],
    ['GLOBAL_TIMEOUT', '0.0009'],
    ['GLOBAL_TIMEOUT', '-5'],
    ['GLOBAL_TIMEOUT', '30s'],
    ['GLOBAL_TIMEOUT', '1.2.3'],
    ['GLOBAL_TIMEOUT', '86401'],
    ['ENABLE_GATING', 'maybe'],
    ['ENABLE_RETRIES', '2'],
    ['STRICT_VALIDATION', 'strict'],
    ['FAIL_ON_VALIDATION', 'y'],
  ])('refuses %s=%s and names the variable and the value', (suffix, text) => {
    const message = refusal({ [prefix + suffix]: text })
    expect(message).toContain(`The environment variable ${prefix}${suffix} must be`)
    expect(message).toContain(`"${text}"`)
  })

  it('takes an empty or blank variable for one that is not set', () => {
    expect(
      panelOptionsFromEnvironment({ [`${prefix}MAX_CONCURRENT`]: '', [`${prefix}GLOBAL_TIMEOUT`]: '  ' }),
    ).toEqual({})
  })

  it('reads words in any case, with spaces around them', () => {
    for (const text of ['TRUE', ' true ', '1', 'Yes', 'on'])
      expect(panelOptionsFromEnvironment({ [`${prefix}ENABLE_GATING`]: text })).toEqual({ gating: true })
    for (const text of ['False', '0', 'no', 'OFF'])
      expect(panelOptionsFromEnvironment({ [`${prefix}ENABLE_GATING`]: text })).toEqual({ gating: false })
  })
})

describe('panelOptionsFromEnvironment', () => {
  it('gives nothing where nothing is set', () => {
    expect(panelOptionsFromEnvironment({})).toEqual({})
    expect(panelOptionsFromEnvironment({ PATH: '/bin', MAX_CONCURRENT: '3' })).toEqual({})
  })

  it('prefers its own prefix, each variable by itself', () => {
    const environment = {
      STAGECRAFT_MAX_CONCURRENT: '3',
      ELEANOR_ORCHESTRATOR_MAX_CONCURRENT: '9',
      ELEANOR_ORCHESTRATOR_ENABLE_GATING: 'false',
    }
    expect(panelOptionsFromEnvironment(environment)).toEqual({ limits: { concurrentMax: 3 }, gating: false })
  })

  it('falls back to the other prefix where its own is empty', () => {
    const environment = { STAGECRAFT_MAX_CONCURRENT: '', ELEANOR_ORCHESTRATOR_MAX_CONCURRENT: '9' }
    expect(panelOptionsFromEnvironment(environment)).toEqual({ limits: { concurrentMax: 9 } })
  })

  it('lets FAIL_ON_VALIDATION win over STRICT_VALIDATION', () => {
    const environment = { STAGECRAFT_FAIL_ON_VALIDATION: 'true', STAGECRAFT_STRICT_VALIDATION: 'false' }
    expect(panelOptionsFromEnvironment(environment)).toEqual({ validation: 'strict' })
    expect(
      panelOptionsFromEnvironment({
        STAGECRAFT_FAIL_ON_VALIDATION: 'false',
        STAGECRAFT_STRICT_VALIDATION: 'false',
      }),
    ).toEqual({ validation: 'off' })
  })

  it('reads everything at once', () => {
    expect(
      panelOptionsFromEnvironment({
        STAGECRAFT_MAX_CONCURRENT: '4',
        STAGECRAFT_ENABLE_GATING: 'true',
        STAGECRAFT_ENABLE_RETRIES: 'false',
        STAGECRAFT_STRICT_VALIDATION: 'true',
        STAGECRAFT_GLOBAL_TIMEOUT: '30',
      }),
    ).toEqual({
      limits: { concurrentMax: 4 },
      gating: true,
      retries: false,
      validation: 'report',
      timeouts: { reviewMs: 30_000 },
    })
  })
})
