import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CriticResult } from '../../src/model/critic-result.ts'
import { readFinding, type Finding } from '../../src/model/finding.ts'
import type { CriticInput } from '../../src/model/review-input.ts'
import { auditHashOf } from '../../src/model/review.ts'
import { contributionsOf, decide, DEFAULT_RULES, type VerdictRules } from '../../src/model/verdict.ts'
import { anything, criticResult, plainData } from './arbitraries.ts'
import { OPAQUE, resultOf, reversed } from './samples.ts'

type Sample = { input: CriticInput; results: readonly CriticResult[]; rules: VerdictRules }

const input: CriticInput = {
  id: 'review-1',
  prompt: 'Who lives there?',
  response: 'Ä family — 家族 👪',
  context: { riskTier: 'high', user: { locale: 'tr-TR', born: '1970-01-01' }, amounts: [1, 0.1, 1e21] },
}

const results: readonly CriticResult[] = [
  resultOf('privacy', 'success', {
    finding: {
      severity: 1.2,
      uncertainty: 0.7,
      violations: ['consent', { rule: 'privacy', severity: 2, message: 'named' }],
      escalation: { tier: 'TIER_2', clause: 'P1', reason: 'a name' },
      justification: 'It names them.',
      spent: { money: 0.01, tokens: 900 },
      details: { İ: 1, i: 2, I: 3, ı: 4 },
    },
  }),
  resultOf('tone', 'success', { finding: {} }),
  resultOf('truth', 'timeout', {
    error: { code: 'timeout.attempt', name: 'TimeoutError', message: 'after 10 ms' },
  }),
  resultOf('deep', 'gated', {
    gating: {
      reason: 'no_high_uncertainty',
      looked: [{ critic: 'tone', status: 'success', severity: 0 }],
      saved: { cost: 1, ms: 5 },
    },
  }),
]

const sample: Sample = { input, results, rules: DEFAULT_RULES }

const decisionOf = (given: Sample) =>
  decide(
    contributionsOf(given.results, (critic) => ({ domain: critic, required: true }), given.rules),
    given.rules,
  )

const hashOfSample = (given: Sample) =>
  auditHashOf(given.input, given.results, decisionOf(given), given.rules)

/** The hash after the result of one critic was changed. */
const withResult = (critic: string, more: Partial<CriticResult>): string =>
  hashOfSample({
    ...sample,
    results: results.map((result) => (result.critic === critic ? { ...result, ...more } : result)),
  })

const withFinding = (finding: Finding): string => withResult('tone', { finding })
const withInput = (more: Partial<CriticInput>): string =>
  hashOfSample({ ...sample, input: { ...input, ...more } })

describe('the audit hash', () => {
  it('is 64 hexadecimal digits', () => {
    expect(hashOfSample(sample)).toMatch(/^[\da-f]{64}$/)
  })

  it('does not depend on the order in which keys were written', () => {
    // Reversing keys changes no type.
    expect(hashOfSample(reversed(sample) as Sample)).toBe(hashOfSample(sample))
  })

  it('does not depend on the order in which contributions entered the decision', () => {
    const decision = decide(
      contributionsOf(results.toReversed(), (critic) => ({ domain: critic, required: true })),
    )
    expect(auditHashOf(input, results, decision, DEFAULT_RULES)).toBe(hashOfSample(sample))
  })

  it('does not depend on the order of the results, which priorities change', () => {
    const names = ['a', 'B', 'b', 'a-1', 'z']
    const panels = fc.tuple(...names.map(criticResult)).chain((panel) =>
      fc.record({
        panel: fc.constant(panel),
        shuffled: fc.shuffledSubarray(panel, { minLength: panel.length }),
        priority: fc.integer({ min: 1, max: 10 }),
      }),
    )
    fc.assert(
      fc.property(panels, ({ panel, shuffled, priority }) => {
        const hash = hashOfSample({ ...sample, results: panel })
        const others = shuffled.map((result) => ({ ...result, priority }))
        expect(hashOfSample({ ...sample, results: others })).toBe(hash)
        expect(auditHashOf(input, shuffled, decisionOf({ ...sample, results: panel }), DEFAULT_RULES)).toBe(
          hash,
        )
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the list of results as it was given', () => {
    const given = Object.freeze(results.toReversed())
    expect(hashOfSample({ ...sample, results: given })).toBe(hashOfSample(sample))
    expect(given).toEqual(results.toReversed())
  })

  it.each<[string, Partial<CriticResult>]>([
    ['times', { queueMs: 5, executionMs: 6, durationMs: 7 }],
    ['attempts', { attempts: 3, retryCount: 2 }],
    ['cost', { cost: { weight: 9, spent: 9, saved: 9 } }],
    ['the cache', { fromCache: true }],
    ['the priority', { priority: 1 }],
    ['an unset property', { finding: { severity: undefined } as unknown as Finding }],
    ['what the finding spent', { finding: { spent: { money: 1, tokens: 1 } } }],
  ])('is unaffected by %s', (_, more) => {
    expect(withResult('tone', more)).toBe(hashOfSample(sample))
  })

  it('is unaffected by the id of the review, the words of an error and the values a gate looked at', () => {
    const error = { code: 'timeout.attempt', name: 'TimeoutError', message: 'after 99 ms' }
    const gating = {
      reason: 'no_high_uncertainty',
      looked: [{ critic: 'other', status: 'error' as const }],
      saved: { cost: 7, ms: 99 },
    }
    expect(withInput({ id: 'review-2' })).toBe(hashOfSample(sample))
    expect(withResult('truth', { error })).toBe(hashOfSample(sample))
    expect(withResult('deep', { gating })).toBe(hashOfSample(sample))
  })

  it('differs when the question, the answer or the context differs', () => {
    const hashes = [
      hashOfSample(sample),
      withInput({ prompt: 'Who lives here?' }),
      withInput({ response: 'Nobody.' }),
      withInput({ context: {} }),
      withInput({ context: { ...input.context, riskTier: 'low' } }),
      withInput({ context: { ...input.context, amounts: [1, 0.1, 1e21, 0] } }),
      withInput({ prompt: input.response, response: input.prompt }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('differs when any part of a finding differs', () => {
    const hashes = [
      hashOfSample(sample),
      withFinding({ severity: 0.1 }),
      withFinding({ uncertainty: 0.1 }),
      withFinding({ violations: ['consent'] }),
      withFinding({ violations: ['privacy'] }),
      withFinding({ precedentAlignment: 0.1 }),
      withFinding({ score: 0.1 }),
      withFinding({ justification: 'fine' }),
      withFinding({ mitigation: 'fine' }),
      withFinding({ escalation: { tier: 'TIER_2', clause: 'P1', reason: '' } }),
      withFinding({ value: 'fine' }),
      withFinding({ details: { fine: true } }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('differs when the end of a critic, or the reason of it, differs', () => {
    const skipping = { reason: 'dependency_without_finding', dependency: 'tone', trouble: false } as const
    const shut = { reason: 'no_prior_violations', looked: [], saved: { cost: 1, ms: 0 } }
    const hashes = [
      hashOfSample(sample),
      withResult('truth', { status: 'error' }),
      withResult('truth', { error: { code: 'timeout.queue', name: 'TimeoutError', message: 'after 10 ms' } }),
      withResult('truth', { finding: {}, degraded: true }),
      withResult('truth', { finding: {} }),
      withResult('deep', { gating: shut }),
      withResult('deep', { gating: { ...shut, riskTier: 'low' } }),
      withResult('deep', { status: 'skipped', skipping }),
      withResult('deep', { status: 'skipped', skipping: { ...skipping, trouble: true } }),
      withResult('deep', { status: 'skipped', skipping: { ...skipping, dependency: 'privacy' } }),
      withResult('tone', { validationErrors: ['missing: value'] }),
      withResult('tone', { critic: 'tune' }),
      withResult('tone', { stage: 'VALIDATION' }),
      hashOfSample({ ...sample, results: results.slice(1) }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('differs when the verdict, a reason, the dissent, the escalation or the rules differ', () => {
    const decision = decisionOf(sample)
    const hash = (more: Partial<typeof decision>) =>
      auditHashOf(input, results, { ...decision, ...more }, DEFAULT_RULES)
    const hashes = [
      hash({}),
      hash({ verdict: 'allow' }),
      hash({ reasons: decision.reasons.slice(1) }),
      hash({ dissent: { present: false, escalating: [], opposing: [] } }),
      hash({ escalation: { requires: 'NOTHING', signals: [], reason: 'No escalation triggered.' } }),
      auditHashOf(input, results, decision, { ...DEFAULT_RULES, denyAt: 2.6 }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('is the same each time for any review, and rarely that of another', () => {
    const reviews = fc.tuple(criticResult('a'), criticResult('b'))
    fc.assert(
      fc.property(reviews, ([a, b]) => {
        const given = { ...sample, results: [a, b] }
        expect(hashOfSample(reversed(given) as Sample)).toBe(hashOfSample(given))
        const other = { ...sample, results: [{ ...a, critic: 'c' }, b] }
        expect(hashOfSample(other)).not.toBe(hashOfSample(given))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the audit hash in another process', () => {
  const fixture = fileURLToPath(new URL('fixtures/audit-hash.ts', import.meta.url))

  const elsewhere = (flags: readonly string[], env: Record<string, string>, given: unknown): string => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, fixture], {
      input: JSON.stringify(given),
      env: { PATH: process.env['PATH'] ?? '', ...env },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return stdout
  }

  it('A9: is the same, whatever the hash seed, the time zone, the language and the order of keys', () => {
    const given = { ...sample, decision: decisionOf(sample) }
    const here = hashOfSample(sample)
    expect(
      elsewhere(
        ['--hash-seed=1'],
        { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
        given,
      ),
    ).toBe(here)
    expect(elsewhere(['--hash-seed=77'], { TZ: 'America/St_Johns', LANG: 'sv_SE' }, reversed(given))).toBe(
      here,
    )
  })
})

/** The hash over a finding with this value, or undefined when that is no finding. */
const hashOfValue = (value: unknown): string | undefined => {
  const read = readFinding({ value })
  return read.ok ? withFinding(read.finding) : undefined
}

describe('the audit hash of hostile values', () => {
  it('exists and differs for what JSON has no word for', () => {
    const values = [
      Number.NaN,
      Infinity,
      -Infinity,
      10n ** 40n,
      { deep: [Number.NaN] },
      { deep: [Infinity] },
      { deep: [1n] },
      { deep: [2n] },
      [undefined, 1],
      [1, undefined],
      '\uD800',
      '\uDC00',
      'text',
      { '\uD800': 1 },
      { '\uDC00': 1 },
      null,
      true,
    ]
    const hashes = values.map(hashOfValue)
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const hash of hashes) expect(hash).toMatch(/^[\da-f]{64}$/)
  })

  it('takes -0 and 0 for equal, as every comparison does', () => {
    expect(hashOfValue(-0)).toBe(hashOfValue(0))
  })

  it.each(OPAQUE)('never has to tell one %s from another: no finding holds any', (_, make) => {
    expect(hashOfValue(make())).toBeUndefined()
    expect(hashOfValue({ deep: [make()] })).toBeUndefined()
  })

  it('exists for an answer that was cut in the middle of a character', () => {
    const cut = '👪'.slice(0, 1)
    const words = { prompt: cut, response: cut, context: { [cut]: cut } }
    const finding: Finding = {
      severity: 1,
      uncertainty: 1,
      justification: cut,
      violations: [cut],
      escalation: { tier: 'TIER_3', clause: cut, reason: cut },
    }
    const given = {
      ...sample,
      input: { id: 'a', ...words },
      results: [...results, resultOf('cut', 'success', { finding })],
    }
    expect(hashOfSample(given)).toMatch(/^[\da-f]{64}$/)
  })

  it('exists for rules that can never be met', () => {
    expect(hashOfSample({ ...sample, rules: { ...DEFAULT_RULES, denyAt: Infinity } })).toMatch(
      /^[\da-f]{64}$/,
    )
  })

  it('exists for every finding that can be read', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          plainData.map((value) => ({ make: () => value })),
        ),
        ({ make }) => {
          expect(hashOfValue(make()) ?? 'no finding').toMatch(/^(?:[\da-f]{64}|no finding)$/)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
