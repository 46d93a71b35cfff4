/** Arbitraries shared by the properties of the model. */

import * as fc from 'fast-check'
import { POLICIES } from '../../src/model/critic.ts'
import type { CriticResult } from '../../src/model/critic-result.ts'
import { readFinding, type Escalation, type Finding, type Violation } from '../../src/model/finding.ts'
import { STAGES, stageOrder, type Stage } from '../../src/model/stages.ts'
import type { Contribution } from '../../src/model/verdict.ts'
import { resultOf, sparse } from './samples.ts'

/** A number from a range in hundredths, so that the thresholds themselves (1, 2.5, 0.6, 0.7) are hit often. */
export const hundredths = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 100, max: max * 100 }).map((value) => value / 100)

export const severity = hundredths(0, 3)
export const uncertainty = hundredths(0, 1)
export const precedentAlignment = hundredths(-1, 1)

export const violation: fc.Arbitrary<Violation> = fc.oneof(
  fc.constantFrom('consent', 'privacy'),
  fc.record({ rule: fc.constantFrom('consent', 'privacy'), severity }, { requiredKeys: ['rule'] }),
)

export const escalation: fc.Arbitrary<Escalation> = fc.record({
  tier: fc.constantFrom('TIER_2', 'TIER_3'),
  clause: fc.constantFrom('A1', 'B2'),
  reason: fc.constantFrom('a person must look', ''),
})

const rarely = <T>(arbitrary: fc.Arbitrary<T>, once: number): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: once })

/** A finding as critics return them: any part may be left out, and most escalate nothing. */
export const finding: fc.Arbitrary<Finding> = fc
  .tuple(
    rarely(severity, 4),
    rarely(fc.array(violation, { maxLength: 2 }), 1),
    rarely(uncertainty, 2),
    rarely(precedentAlignment, 1),
    fc.integer({ min: 0, max: 9 }).chain((dice) => (dice === 0 ? escalation : fc.constant(undefined))),
  )
  .map(([ownSeverity, violations, ownUncertainty, alignment, signal]) => ({
    ...(ownSeverity === undefined ? {} : { severity: ownSeverity }),
    ...(violations === undefined ? {} : { violations }),
    ...(ownUncertainty === undefined ? {} : { uncertainty: ownUncertainty }),
    ...(alignment === undefined ? {} : { precedentAlignment: alignment }),
    ...(signal === undefined ? {} : { escalation: signal }),
  }))

const domain = fc.constantFrom(
  'rights',
  'autonomy',
  'fairness',
  'truth',
  'risk',
  'operations',
  'safety',
  'tone',
)

/** One contribution of a critic of this name: mostly a finding, now and then one that could not be heard. */
export const contributionOf = (critic: string): fc.Arbitrary<Contribution> =>
  fc
    .tuple(domain, finding, fc.integer({ min: 0, max: 9 }))
    .map(([ownDomain, ownFinding, dice]) =>
      dice === 0
        ? { kind: 'unknown', critic, domain: ownDomain, status: 'timeout', because: 'timeout.attempt' }
        : { kind: 'finding', critic, domain: ownDomain, finding: ownFinding, degraded: dice === 1 },
    )

/** The contributions of one review: names are unique, as in a panel. */
export const contributions = (prefix: string, min: number, max: number): fc.Arbitrary<Contribution[]> =>
  fc
    .integer({ min, max })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => contributionOf(`${prefix}${index}`))),
    )

/** How one critic ends when it is started, whatever the order: a finding, trouble, or trouble with a substitute. */
export type Script = {
  readonly ends: 'success' | 'error' | 'timeout' | 'invalid' | 'rejected' | 'degraded'
  readonly finding: Finding
  /** What the condition says, if the policy is one; `counts` reads what it is given. */
  readonly condition: 'open' | 'shut' | 'throws' | 'counts'
}

export type PanelCritic = {
  readonly name: string
  readonly stage: Stage
  readonly policy: (typeof POLICIES)[number] | 'CONDITION'
  readonly priority: number
  readonly required: boolean
  readonly dependsOn: readonly string[]
  readonly script: Script
}

const script: fc.Arbitrary<Script> = fc.record({
  ends: fc.constantFrom(
    'success',
    'success',
    'success',
    'success',
    'error',
    'timeout',
    'invalid',
    'rejected',
    'degraded',
  ),
  finding: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: finding }),
  condition: fc.constantFrom('open', 'shut', 'throws', 'counts'),
})

/** A panel whose dependencies are a random acyclic graph over a few stages, given in a random order. */
export const panel: fc.Arbitrary<PanelCritic[]> = fc
  .array(
    fc.record({
      stage: fc.constantFrom(...STAGES.slice(0, 3)),
      policy: fc.constantFrom('ALWAYS' as const, ...POLICIES, 'CONDITION' as const),
      priority: fc.integer({ min: 1, max: 10 }),
      required: fc.boolean(),
      wishes: fc.array(fc.nat(), { maxLength: 3 }),
      script,
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((drafts) =>
    drafts.map(({ wishes, ...draft }, index): PanelCritic => {
      const possible = drafts
        .slice(0, index)
        .flatMap((other, position) =>
          stageOrder[other.stage] <= stageOrder[draft.stage] ? [`c${position}`] : [],
        )
      const dependsOn =
        possible.length === 0 ? [] : wishes.map((wish) => possible[wish % possible.length] ?? '')
      return { ...draft, name: `c${index}`, dependsOn: [...new Set(dependsOn)] }
    }),
  )
  .chain((critics) => fc.shuffledSubarray(critics, { minLength: critics.length }))

/** What a panel reports of one critic, in every way a critic can end. */
export const criticResult = (critic: string): fc.Arbitrary<CriticResult> =>
  fc.oneof(
    finding.map((value) => resultOf(critic, 'success', { finding: value })),
    fc
      .tuple(fc.constantFrom('error' as const, 'timeout' as const, 'invalid' as const), rarely(finding, 1))
      .map(([status, substitute]) =>
        resultOf(critic, status, substitute === undefined ? {} : { finding: substitute, degraded: true }),
      ),
    fc.constantFrom('rejected' as const, 'cancelled' as const).map((status) => resultOf(critic, status)),
    fc
      .constantFrom('no_prior_violations', 'policy_evaluation_error: Error: no')
      .map((reason) =>
        resultOf(critic, 'gated', { gating: { reason, looked: [], saved: { cost: 1, ms: 0 } } }),
      ),
    fc.boolean().map((trouble) =>
      resultOf(critic, 'skipped', {
        skipping: { reason: 'dependency_without_finding', dependency: 'other', trouble },
      }),
    ),
  )

/** A value that fast-check itself must not touch: it is made inside the test. */
export type Made<T = unknown> = { readonly what: string; readonly make: () => T }

const made = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Made<T>> =>
  arbitrary.map((value) => ({ what: fc.stringify(value), make: () => value }))

/** Values no critic should return: proxies, throwers, cycles and giants. */
export const HOSTILE: readonly Made[] = [
  () => Number.NaN,
  () => 'critical',
  () => null,
  () => undefined,
  () => 10n ** 30n,
  () => Symbol('severity'),
  () => () => ({ severity: 0 }),
  () => new Date(Number.NaN),
  () => new Map([[{}, new Set([1])]]),
  () => new Uint8Array(8),
  () => Promise.resolve({ severity: 0 }),
  () => new WeakMap(),
  () => Object.create(null) as unknown,
  () => JSON.parse('{"__proto__":{"severity":0},"constructor":{"prototype":1}}') as unknown,
  () => ({ [Symbol.iterator]: 1, [Symbol.toPrimitive]: 'no' }),
  () =>
    new (class Verdict {
      get severity() {
        return 3
      }
      toJSON() {
        throw new Error('not this way')
      }
    })(),
  () => cyclic({}),
  () => cyclic([]),
  () => nested(100_000),
  () => selfishMap(),
  () => throwing(new Error('a getter threw')),
  () => throwing(Object.create(null)),
  () => throwing(Symbol('thrown')),
  () => throwing(liar()),
  () => throwingProxy(new TypeError('a trap threw')),
  () => throwingProxy(Object.create(null)),
  () => revoked({}),
  () => revoked([]),
  () => Object.assign([1, 2, 3], { severity: 3 }),
  () => Array.from({ length: 3 }),
  () => Object.assign(sparse(3), { 0: 1, 2: 3 }),
].map((make) => ({ what: String(make), make }))

export const hostile: fc.Arbitrary<Made> = fc.constantFrom(...HOSTILE)

function cyclic(value: object): object {
  return Object.assign(value, { 0: value, self: value, rule: value })
}

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = { value }
  return value
}

function selfishMap(): Map<string, unknown> {
  const map = new Map<string, unknown>()
  return map.set('self', map)
}

function throwing(thrown: unknown): object {
  const get = () => {
    throw thrown
  }
  return Object.defineProperties(
    {},
    {
      severity: { get, enumerable: true },
      rule: { get, enumerable: true },
      length: { get, enumerable: true },
    },
  )
}

/** An error whose message cannot be read either. */
function liar(): object {
  return Object.defineProperty(new Error('hidden'), 'message', {
    get() {
      throw new Error('nor this')
    },
  })
}

function throwingProxy(thrown: unknown): object {
  const trap = () => {
    throw thrown
  }
  return new Proxy(
    {},
    { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
  )
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** Any JavaScript value, or a hostile one. */
export const anything: fc.Arbitrary<Made> = fc.oneof(
  hostile,
  made(
    fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
  ),
)

const number = fc.oneof({ weight: 5, arbitrary: made(fc.double()) }, { weight: 1, arbitrary: anything })
const text = fc.oneof({ weight: 5, arbitrary: made(fc.string()) }, { weight: 1, arbitrary: anything })

/** An object with the keys of a finding and, now and then, anything at all behind them. */
export const nearlyFinding: fc.Arbitrary<Made<Record<string, unknown>>> = fc
  .record(
    {
      severity: number,
      violations: fc.oneof(
        made(fc.array(violation, { maxLength: 3 })),
        anything,
        anything.map(({ what, make }) => ({ what: `[${what}]`, make: () => [make()] })),
      ),
      uncertainty: number,
      precedentAlignment: number,
      score: number,
      justification: text,
      mitigation: text,
      escalation: fc.oneof(made(escalation), anything),
      spent: fc.oneof(made(fc.record({ money: fc.double(), tokens: fc.double() })), anything),
      value: anything,
      details: anything,
      severety: anything,
    },
    { requiredKeys: [] },
  )
  .map((parts) => ({
    what: fc.stringify(Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, part.what]))),
    make: () => Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, part.make()])),
  }))

/** A finding that readFinding accepts, with plain data behind `value` and `details`. */
export const readableFinding: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(finding, fc.jsonValue(), fc.jsonValue())
  .map(([base, value, details]) => ({ ...base, value, details }))
  .filter((candidate) => readFinding(candidate).ok)

/** Any text at all, also with halves of characters (lone surrogates). */
const rawText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom('a', '\uD83D', '\uDC6A', '"', '\\'), { maxLength: 4 })
    .map((units) => units.join('')),
)

/** Whatever frozenCopy lets through: objects, lists and every primitive but a symbol, also what JSON has no word for. */
export const plainData: fc.Arbitrary<unknown> = fc.anything({
  key: rawText,
  values: [
    rawText,
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, Number.NaN, Infinity, -Infinity, -0),
  ],
  withNullPrototype: true,
  withSparseArray: true,
})
