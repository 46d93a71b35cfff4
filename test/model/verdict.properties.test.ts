import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CriticResult } from '../../src/model/critic-result.ts'
import type { Finding } from '../../src/model/finding.ts'
import {
  compareVerdicts,
  contributionsOf,
  decide,
  stricter,
  type Contribution,
  type VerdictRules,
} from '../../src/model/verdict.ts'
import {
  contributionOf,
  contributions,
  criticResult,
  hundredths,
  severity,
  uncertainty,
} from './arbitraries.ts'

/** The default, and every other set of thresholds a panel could choose. */
const rules: fc.Arbitrary<VerdictRules | undefined> = fc.option(
  fc.record({
    denyAt: hundredths(0, 3),
    constrainAt: hundredths(0, 3),
    uncertainAt: uncertainty,
    onGated: fc.constantFrom('ignore' as const, 'escalate' as const),
  }),
  { nil: undefined, freq: 1 },
)

/** Replaces the finding of one contribution, if it is a finding. */
function withFinding(
  panel: readonly Contribution[],
  at: number,
  change: (finding: Finding) => Finding,
): Contribution[] {
  return panel.map((contribution, index) =>
    index === at % panel.length && contribution.kind === 'finding'
      ? { ...contribution, finding: change(contribution.finding) }
      : contribution,
  )
}

const relaxes = (
  before: readonly Contribution[],
  after: readonly Contribution[],
  by?: VerdictRules,
): boolean => compareVerdicts(decide(after, by).verdict, decide(before, by).verdict) < 0

describe('the verdict is a join', () => {
  it('never relaxes when a finding is added, in 20,000 random panels', () => {
    fc.assert(
      fc.property(contributions('c', 0, 9), contributionOf('added'), (panel, added) => {
        expect(relaxes(panel, [...panel, added])).toBe(false)
      }),
      { numRuns: 20_000 },
    )
  })

  it('never relaxes when a finding is added, whatever the thresholds', () => {
    fc.assert(
      fc.property(contributions('c', 0, 6), contributionOf('added'), rules, (panel, added, by) => {
        expect(relaxes(panel, [...panel, added], by)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('never relaxes when a severity is raised', () => {
    fc.assert(
      fc.property(contributions('c', 1, 6), fc.nat(), severity, rules, (panel, at, raise, by) => {
        expect(
          relaxes(
            panel,
            withFinding(panel, at, (finding) => ({ ...finding, severity: (finding.severity ?? 0) + raise })),
            by,
          ),
        ).toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  it("never relaxes when a violation is added, or a violation's severity is raised", () => {
    fc.assert(
      fc.property(contributions('c', 1, 6), fc.nat(), severity, rules, (panel, at, raise, by) => {
        const worse = withFinding(panel, at, (finding) => ({
          ...finding,
          violations: (finding.violations ?? []).map((violation) =>
            typeof violation === 'string'
              ? { rule: violation, severity: 1 + raise }
              : { ...violation, severity: (violation.severity ?? 0) + raise },
          ),
        }))
        expect(relaxes(panel, worse, by)).toBe(false)
        const more = withFinding(worse, at, (finding) => ({
          ...finding,
          violations: [...(finding.violations ?? []), { rule: 'more', severity: raise }],
        }))
        expect(relaxes(worse, more, by)).toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  it('never relaxes when an uncertainty is raised', () => {
    fc.assert(
      fc.property(contributions('c', 1, 6), fc.nat(), uncertainty, rules, (panel, at, raise, by) => {
        expect(
          relaxes(
            panel,
            withFinding(panel, at, (finding) => ({
              ...finding,
              uncertainty: Math.min(1, (finding.uncertainty ?? 0) + raise),
            })),
            by,
          ),
        ).toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  it('never relaxes when an escalation signal is added', () => {
    fc.assert(
      fc.property(contributions('c', 1, 6), fc.nat(), rules, (panel, at, by) => {
        const signalled = withFinding(panel, at, (finding) => ({
          ...finding,
          escalation: { tier: 'TIER_2', clause: 'A1', reason: '' },
        }))
        expect(relaxes(panel, signalled, by)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not depend on the order of the contributions, nor does anything else of the decision', () => {
    const shuffled = contributions('c', 0, 8).chain((panel) =>
      fc.tuple(fc.constant(panel), fc.shuffledSubarray(panel, { minLength: panel.length })),
    )
    fc.assert(
      fc.property(shuffled, rules, ([panel, permutation], by) => {
        expect(decide(permutation, by)).toEqual(decide(panel, by))
      }),
      { numRuns: 5_000 },
    )
  })

  it('of two panels together is the stricter of their verdicts', () => {
    fc.assert(
      fc.property(contributions('a', 0, 5), contributions('b', 0, 5), rules, (a, b, by) => {
        expect(decide([...a, ...b], by).verdict).toBe(stricter(decide(a, by).verdict, decide(b, by).verdict))
      }),
      { numRuns: 5_000 },
    )
  })

  it('is the strictest of its own reasons, of which there is one for every contribution', () => {
    fc.assert(
      fc.property(contributions('c', 0, 8), rules, (panel, by) => {
        const { verdict, reasons } = decide(panel, by)
        expect(reasons.map((reason) => reason.critic).toSorted()).toEqual(
          panel.map((one) => one.critic).toSorted(),
        )
        expect(verdict).toBe(reasons.map((reason) => reason.verdict).reduce(stricter, 'allow'))
      }),
      { numRuns: 2_000 },
    )
  })
})

const missing = ({ status, skipping, gating }: CriticResult) =>
  ['error', 'timeout', 'invalid', 'rejected', 'cancelled'].includes(status) ||
  skipping?.trouble === true ||
  gating?.reason.startsWith('policy_evaluation_error') === true

describe('the contributions of a review', () => {
  const results: fc.Arbitrary<CriticResult[]> = fc
    .integer({ min: 0, max: 6 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => criticResult(`c${index}`))))

  it('never yield less than escalate while a required critic is missing, degraded or not', () => {
    fc.assert(
      fc.property(
        results,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        rules,
        (panel, flags, by) => {
          const isRequired = (critic: string) => flags[Number(critic.slice(1))] ?? true
          const standingOf = (critic: string) => ({ domain: critic, required: isRequired(critic) })
          const entered = contributionsOf(panel, standingOf, by)
          const lost = panel.filter((result) => isRequired(result.critic) && missing(result))
          for (const { critic } of lost)
            expect(entered.filter((one) => one.critic === critic && one.kind === 'unknown')).toHaveLength(1)
          const tooLenient = compareVerdicts(decide(entered, by).verdict, 'escalate') < 0
          expect(lost.length > 0 && tooLenient).toBe(false)
        },
      ),
      { numRuns: 5_000 },
    )
  })

  it('hold every finding, whatever became of its critic, and are never empty', () => {
    fc.assert(
      fc.property(results, fc.boolean(), (panel, required) => {
        const entered = contributionsOf(panel, (critic) => ({ domain: critic, required }))
        expect(entered).not.toEqual([])
        const own = panel.flatMap(({ critic, finding }) => (finding ? [{ critic, finding }] : []))
        expect(entered).toEqual(
          expect.arrayContaining(
            own.map((one) => expect.objectContaining({ kind: 'finding', ...one }) as unknown),
          ),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('hold an unknown for a required critic that only has a substitute, and none when it really answered', () => {
    fc.assert(
      fc.property(results, (panel) => {
        const entered = contributionsOf(panel, (critic) => ({ domain: critic, required: true }))
        const unknowns = entered.filter((one) => one.kind === 'unknown').map((one) => one.critic)
        expect(unknowns).toEqual(
          expect.arrayContaining(panel.filter((one) => one.degraded).map((one) => one.critic)),
        )
        const answered = panel.filter((one) => one.status === 'success').map((one) => one.critic)
        expect(answered.filter((critic) => unknowns.includes(critic))).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })
})
