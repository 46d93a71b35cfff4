/** Ready-made pieces for the model's tests: settings, results, plans and contributions with only what matters spelled out. */

import { CriticSettings } from '../../src/model/critic.ts'
import type { CriticResult, EndStatus } from '../../src/model/critic-result.ts'
import type { Finding } from '../../src/model/finding.ts'
import { makePlan, type CriticPlan, type Plan } from '../../src/model/plan.ts'
import type { Contribution } from '../../src/model/verdict.ts'

/** What a test wants to say of a critic; everything else has its default. */
export type SettingsSample = Omit<Partial<CriticSettings>, 'name' | 'evaluate' | 'retry' | 'limits'>

const defaults = CriticSettings.parse({ name: 'sample', evaluate: () => ({}) })

/** Settings of a critic as defineCritic would read them, without paying for the parse: some tests need 10,000. */
export function settingsOf(name: string, sample: SettingsSample = {}): CriticSettings {
  return { ...defaults, ...sample, name }
}

/** A plan from names and what is special about each; made in the order of the keys. */
export function planOf(critics: Readonly<Record<string, SettingsSample>>): Plan {
  return makePlan(Object.entries(critics).map(([name, sample]) => settingsOf(name, sample)))
}

/** One critic of a plan. */
export function criticIn(plan: Plan, name: string): CriticPlan {
  const critic = plan.critics.find((candidate) => candidate.name === name)
  if (!critic) throw new Error(`the sample plan has no critic "${name}"`)
  return critic
}

/** How a critic ended. A success without a finding says nothing at all, which is a finding too. */
export function resultOf(
  critic: string,
  status: EndStatus = 'success',
  more: Partial<CriticResult> = {},
): CriticResult {
  return {
    critic,
    stage: 'CORE_ANALYSIS',
    priority: 5,
    status,
    ...(status === 'success' ? { finding: {} } : {}),
    attempts: 1,
    retryCount: 0,
    queueMs: 0,
    executionMs: 1,
    durationMs: 1,
    cost: { weight: 1, spent: 1, saved: 0 },
    ...more,
  }
}

/** A critic's finding on its way into the verdict; the domain is the critic's name unless the test says otherwise. */
export function heard(critic: string, finding: Finding, domain = critic): Contribution {
  return { kind: 'finding', critic, domain, finding, degraded: false }
}

/** A required critic that could not be heard. */
export function unheard(critic: string, domain = critic): Contribution {
  return { kind: 'unknown', critic, domain, status: 'error', because: 'error' }
}

/** The parts of a value, by path, that are not frozen. */
export function thawedIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Object.isFrozen(value) ? [] : [path || 'the value']
  return [...own, ...Object.entries(value).flatMap(([key, part]) => thawedIn(part, `${path}.${key}`))]
}

/** What keeps its insides elsewhere than in its properties, so that freezing it would not hold it still. */
export const OPAQUE: readonly (readonly [kind: string, make: () => object])[] = [
  ['Map', () => new Map([['key', 1]])],
  ['Set', () => new Set([1])],
  ['WeakMap', () => new WeakMap()],
  ['Date', () => new Date(0)],
  ['RegExp', () => /a+/g],
  ['Uint8Array', () => new Uint8Array([1, 2])],
  ['ArrayBuffer', () => new ArrayBuffer(2)],
  ['DataView', () => new DataView(new ArrayBuffer(2))],
  ['Error', () => new TypeError('no')],
  ['Promise', () => Promise.resolve(1)],
  ['Number', () => new Number(1)],
  ['URL', () => new URL('https://example.org/')],
]

/** A list of nothing but holes. */
export function sparse(length: number): unknown[] {
  const list: unknown[] = []
  list.length = length
  return list
}

/** The same data with the keys of every object in the opposite order. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  )
}
