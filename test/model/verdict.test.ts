import { describe, expect, it } from 'vitest'
import { readFinding, type Finding } from '../../src/model/finding.ts'
import {
  DEFAULT_RULES,
  adjustSeverity,
  compareVerdicts,
  contributionOf,
  contributionsOf,
  decide,
  reasonOf,
  stricter,
  VERDICTS,
  type Verdict,
} from '../../src/model/verdict.ts'
import type { CriticResult } from '../../src/model/critic-result.ts'
import { heard, resultOf, unheard } from './samples.ts'

const verdictOf = (finding: Finding, domain = 'rights'): Verdict =>
  decide([heard('one', finding, domain)]).verdict

const required = () => ({ domain: 'safety', required: true })
const optional = () => ({ domain: 'safety', required: false })

/** The verdict over what a panel of required critics reports. */
const verdictOver = (results: readonly CriticResult[]): Verdict =>
  decide(contributionsOf(results, required)).verdict

const nineClean = Array.from({ length: 9 }, (_, index) => heard(`clean${index}`, { severity: 0 }))

describe('the lattice', () => {
  it('orders allow below constrained_allow below escalate below deny', () => {
    expect(VERDICTS.toSorted(compareVerdicts)).toEqual(['allow', 'constrained_allow', 'escalate', 'deny'])
    expect(compareVerdicts('deny', 'escalate')).toBeGreaterThan(0)
  })

  it('joins two verdicts to the stricter of them', () => {
    expect(stricter('allow', 'constrained_allow')).toBe('constrained_allow')
    expect(stricter('deny', 'escalate')).toBe('deny')
    expect(stricter('escalate', 'escalate')).toBe('escalate')
  })
})

describe('the thresholds', () => {
  it.each<[string, Finding, Verdict]>([
    ['denies at severity 2.5', { severity: 2.5 }, 'deny'],
    ['constrains just below 2.5', { severity: 2.49 }, 'constrained_allow'],
    ['constrains at severity 1.0', { severity: 1 }, 'constrained_allow'],
    ['allows just below 1.0', { severity: 0.99 }, 'allow'],
    ['allows severity 0', { severity: 0 }, 'allow'],
    ['allows a finding that says nothing', {}, 'allow'],
    ['escalates at uncertainty 0.6', { severity: 1, uncertainty: 0.6 }, 'escalate'],
    ['constrains at uncertainty 0.59', { severity: 1, uncertainty: 0.59 }, 'constrained_allow'],
    ['lets uncertainty lift 0.77 above 1.0', { severity: 0.77, uncertainty: 0.6 }, 'escalate'],
    ['allows 0.76 with uncertainty 0.6, which makes 0.988', { severity: 0.76, uncertainty: 0.6 }, 'allow'],
    ['lets uncertainty alone mean nothing', { severity: 0, uncertainty: 1 }, 'allow'],
    ['denies severity 2 with uncertainty 0.5, which makes 2.5', { severity: 2, uncertainty: 0.5 }, 'deny'],
    ['denies severity 1.25 against all precedent', { severity: 1.25, precedentAlignment: -1 }, 'deny'],
    [
      'constrains severity 1.24 against all precedent',
      { severity: 1.24, precedentAlignment: -1 },
      'constrained_allow',
    ],
    [
      'allows severity 1.4 with all precedent, which makes 0.98',
      { severity: 1.4, precedentAlignment: 1 },
      'allow',
    ],
    [
      'constrains severity 1.43 with all precedent',
      { severity: 1.43, precedentAlignment: 1 },
      'constrained_allow',
    ],
  ])('%s', (_, finding, verdict) => {
    expect(verdictOf(finding)).toBe(verdict)
  })

  it('takes other thresholds when a panel says so', () => {
    const rules = { ...DEFAULT_RULES, denyAt: 2, constrainAt: 0.5, uncertainAt: 0.3 }
    const verdictBy = (finding: Finding) => decide([heard('one', finding)], rules).verdict
    expect(verdictBy({ severity: 2 })).toBe('deny')
    expect(verdictBy({ severity: 0.5 })).toBe('constrained_allow')
    expect(verdictBy({ severity: 0.5, uncertainty: 0.3 })).toBe('escalate')
    expect(verdictBy({ severity: 0.4 })).toBe('allow')
  })
})

describe('the severity of a finding', () => {
  it('is at least 1 when there is any violation', () => {
    expect(reasonOf(heard('one', { violations: ['consent'] })).severity).toBe(1)
    expect(
      reasonOf(heard('one', { severity: 0.2, violations: [{ rule: 'consent', severity: 0.1 }] })).severity,
    ).toBe(1)
  })

  it("is the largest of its own and its violations'", () => {
    const violations = ['consent', { rule: 'privacy', severity: 2.6 }, { rule: 'tone', severity: 0.5 }]
    expect(reasonOf(heard('one', { severity: 1.5, violations })).severity).toBe(2.6)
    expect(reasonOf(heard('one', { severity: 2.9, violations })).severity).toBe(2.9)
  })

  it('is 0 for an empty list of violations', () => {
    expect(reasonOf(heard('one', { violations: [] })).severity).toBe(0)
  })

  it('is adjusted by precedent: x(1+|a|) against it, x(1-0.3a) with it', () => {
    expect(adjustSeverity(1, -0.5, 0)).toBe(1.5)
    expect(adjustSeverity(1, 0.5, 0)).toBeCloseTo(0.85)
    expect(adjustSeverity(2, 1, 0)).toBeCloseTo(1.4)
    expect(adjustSeverity(2, 0, 0)).toBe(2)
  })

  it('is adjusted by uncertainty after precedent: x(1+0.5u)', () => {
    expect(adjustSeverity(1, 0, 1)).toBe(1.5)
    expect(adjustSeverity(1, -0.5, 0.5)).toBe(1.875)
  })

  it('never leaves 0 to 3', () => {
    expect(adjustSeverity(3, -1, 1)).toBe(3)
    expect(adjustSeverity(2, -1, 0)).toBe(3)
    expect(adjustSeverity(-5, -1, 1)).toBe(0)
    expect(reasonOf(heard('one', { severity: 10 })).severity).toBe(3)
  })
})

describe('the reasons', () => {
  it('are ordered by domain, then the rest by name', () => {
    const domains = ['tone', 'operations', 'risk', 'truth', 'safety', 'fairness', 'autonomy', 'rights']
    const { reasons } = decide(domains.map((domain) => heard(`${domain}_critic`, { severity: 1 }, domain)))
    expect(reasons.map((reason) => reason.domain)).toEqual([
      'rights',
      'autonomy',
      'fairness',
      'truth',
      'risk',
      'operations',
      'safety',
      'tone',
    ])
  })

  it('are ordered by name inside one domain, in the same way in every locale', () => {
    const { reasons } = decide(['ä', 'b', 'Z', 'a', 'B'].map((critic) => heard(critic, {}, 'rights')))
    expect(reasons.map((reason) => reason.critic)).toEqual(['B', 'Z', 'a', 'b', 'ä'])
  })

  it('list every contribution, the clean ones and the unheard ones too', () => {
    const { reasons } = decide([...nineClean, unheard('lost'), heard('rights', { severity: 3 })])
    expect(reasons).toHaveLength(11)
    expect(reasons[0]).toMatchObject({ critic: 'rights', verdict: 'deny' })
    expect(reasons.at(-1)).toMatchObject({
      critic: 'lost',
      kind: 'unknown',
      verdict: 'escalate',
      because: 'error',
    })
  })

  it('say what each contribution would decide alone, and keep its words', () => {
    const finding: Finding = {
      severity: 2,
      uncertainty: 0.2,
      precedentAlignment: -0.1,
      violations: [{ rule: 'consent', severity: 1.5, message: 'nobody was asked' }],
      justification: 'It shares a name.',
      mitigation: 'Leave the name out.',
      escalation: { tier: 'TIER_2', clause: 'C4', reason: 'a child is named' },
    }
    expect(decide([heard('privacy', finding, 'rights')]).reasons).toEqual([
      {
        critic: 'privacy',
        domain: 'rights',
        kind: 'finding',
        verdict: 'escalate',
        severity: 2,
        adjustedSeverity: adjustSeverity(2, -0.1, 0.2),
        uncertainty: 0.2,
        violations: finding.violations,
        justification: finding.justification,
        mitigation: finding.mitigation,
        escalation: finding.escalation,
      },
    ])
  })

  it('mark a substitute as degraded', () => {
    const [own] = decide([{ ...heard('one', {}), degraded: true } as ReturnType<typeof heard>]).reasons
    expect(own?.degraded).toBe(true)
  })
})

const tier2 = (clause: string): Finding => ({ escalation: { tier: 'TIER_2', clause, reason: 'unclear' } })

const tier3 = (clause: string): Finding => ({ escalation: { tier: 'TIER_3', clause, reason: 'grave' } })

describe('the escalation gate', () => {
  it('asks for nothing without a signal', () => {
    expect(decide(nineClean).escalation).toEqual({
      requires: 'NOTHING',
      signals: [],
      reason: 'No escalation triggered.',
    })
  })

  it('asks for an acknowledgement at TIER_2', () => {
    const decision = decide([heard('rights', tier2('R1'))])
    expect(decision.verdict).toBe('escalate')
    expect(decision.escalation).toMatchObject({
      tier: 'TIER_2',
      requires: 'HUMAN_ACK',
      signals: ['rights:R1'],
    })
  })

  it('asks for a determination at TIER_3', () => {
    const decision = decide([heard('rights', tier3('R1'))])
    expect(decision.verdict).toBe('escalate')
    expect(decision.escalation).toMatchObject({ tier: 'TIER_3', requires: 'HUMAN_DETERMINATION' })
  })

  it('lets the highest tier win, whoever comes first', () => {
    const [rights, risk] = [heard('rights', tier2('R1')), heard('risk', tier3('K9'))]
    expect(decide([rights, risk]).escalation.tier).toBe('TIER_3')
    expect(decide([risk, rights]).escalation.tier).toBe('TIER_3')
    const reversed = [heard('rights', tier3('R1')), heard('risk', tier2('K9'))]
    expect(decide(reversed).escalation.tier).toBe('TIER_3')
  })

  it('lists every signal as critic:clause, in the reason too', () => {
    const { escalation } = decide([
      heard('risk', tier3('K9')),
      heard('rights', tier2('R1')),
      heard('tone', tier2('T0')),
    ])
    expect(escalation.signals).toEqual(['rights:R1', 'risk:K9', 'tone:T0'])
    for (const signal of escalation.signals) expect(escalation.reason).toContain(signal)
  })

  it('keeps a signal that comes with a denial', () => {
    const decision = decide([heard('rights', { severity: 3, ...tier3('R1') })])
    expect(decision.verdict).toBe('deny')
    expect(decision.escalation).toMatchObject({ requires: 'HUMAN_DETERMINATION', signals: ['rights:R1'] })
  })
})

describe('dissent', () => {
  const escalates: Finding = {
    severity: 1,
    uncertainty: 0.9,
    justification: 'I cannot tell — "perhaps"?\n\tÄ ☃',
  }
  const agrees: Finding = { justification: '  Nothing to see here.  ' }

  it('is present when one finding escalates and another does not, and keeps both word for word', () => {
    expect(decide([heard('truth', escalates), heard('risk', agrees)]).dissent).toEqual({
      present: true,
      escalating: [{ critic: 'truth', verdict: 'escalate', says: escalates.justification }],
      opposing: [{ critic: 'risk', verdict: 'allow', says: agrees.justification }],
    })
  })

  it.each([
    ['all escalate', [heard('truth', escalates), heard('risk', escalates)]],
    ['none escalates', [heard('truth', agrees), heard('risk', { severity: 3 })]],
    ['there is one finding', [heard('truth', escalates)]],
    ['the other critic was not heard', [heard('truth', agrees), unheard('risk')]],
    ['nobody said anything', []],
  ])('is absent when %s', (_, contributions) => {
    expect(decide(contributions).dissent).toEqual({ present: false, escalating: [], opposing: [] })
  })

  it('counts a signal that is overruled by its own denial as escalating', () => {
    const signal: Finding = { severity: 3, escalation: { tier: 'TIER_3', clause: 'R1', reason: 'grave' } }
    const { dissent } = decide([heard('rights', signal), heard('risk', agrees)])
    expect(dissent.escalating).toEqual([{ critic: 'rights', verdict: 'deny', says: 'grave' }])
  })
})

const skipped = (trouble: boolean) =>
  resultOf('safety', 'skipped', {
    skipping: { reason: 'dependency_without_finding', dependency: 'a', trouble },
  })

const gated = (reason: string) =>
  resultOf('safety', 'gated', { gating: { reason, looked: [], saved: { cost: 1, ms: 0 } } })

describe('what a critic contributes', () => {
  it.each(['error', 'timeout', 'invalid', 'rejected', 'cancelled'] as const)(
    'a required critic that ends as %s is unknown, and unknown escalates',
    (status) => {
      const contributions = contributionOf(resultOf('safety', status), required())
      expect(contributions).toMatchObject([{ kind: 'unknown', critic: 'safety', status }])
      expect(decide(contributions).verdict).toBe('escalate')
      expect(contributionOf(resultOf('safety', status), optional())).toEqual([])
    },
  )

  it('a required critic skipped because of trouble is unknown, one skipped because of a gate is not', () => {
    expect(contributionOf(skipped(true), required())).toMatchObject([
      { kind: 'unknown', because: 'skipped: a' },
    ])
    expect(contributionOf(skipped(false), required())).toEqual([])
  })

  it('a required critic gated by its rule is not missing, one shut by a condition that throws is', () => {
    expect(contributionOf(gated('no_prior_violations'), required())).toEqual([])
    expect(contributionOf(gated('policy_evaluation_error: TypeError: no'), required())).toMatchObject([
      { kind: 'unknown', because: 'policy_evaluation_error: TypeError: no' },
    ])
    expect(contributionOf(gated('policy_evaluation_error: TypeError: no'), optional())).toEqual([])
  })

  it('a gated critic escalates when the rules say so, required or not', () => {
    const shut = gated('no_prior_violations')
    const rules = { ...DEFAULT_RULES, onGated: 'escalate' } as const
    expect(decide(contributionOf(shut, required(), rules), rules).verdict).toBe('escalate')
    expect(decide(contributionOf(shut, optional(), rules), rules).verdict).toBe('escalate')
  })

  it('a degraded finding contributes but never makes a required critic heard', () => {
    const degraded = resultOf('safety', 'error', { finding: { severity: 0 }, degraded: true })
    expect(contributionOf(degraded, required())).toMatchObject([
      { kind: 'finding', degraded: true },
      { kind: 'unknown' },
    ])
    expect(decide(contributionOf(degraded, required())).verdict).toBe('escalate')
    expect(contributionOf(degraded, optional())).toMatchObject([{ kind: 'finding', degraded: true }])
    const denying = resultOf('safety', 'error', { finding: { severity: 3 }, degraded: true })
    expect(decide(contributionOf(denying, optional())).verdict).toBe('deny')
  })
})

describe('the weaknesses of the reference', () => {
  const grave: Finding = { severity: 1, escalation: { tier: 'TIER_3', clause: 'R1', reason: 'grave' } }

  it('A1: a TIER_3 signal is not dropped on its way from the critic to the gate', () => {
    const read = readFinding(grave)
    const decision = decide([heard('rights', read.ok ? read.finding : {})])
    expect(decision.verdict).toBe('escalate')
    expect(decision.escalation.requires).toBe('HUMAN_DETERMINATION')
  })

  it('A2: a critic outside the six domains denies, alone and beside nine clean ones', () => {
    const safety = heard('safety', { severity: 3 })
    expect(decide([safety]).verdict).toBe('deny')
    expect(decide([safety, ...nineClean]).verdict).toBe('deny')
  })

  it('A3: nine clean findings do not dilute a severe one', () => {
    const rights = heard('rights', { severity: 2.4 })
    expect(decide([rights]).verdict).toBe('constrained_allow')
    expect(decide([rights, ...nineClean]).verdict).toBe('constrained_allow')
  })

  it('A4: a finding of higher priority does not mask a more severe one', () => {
    const truth = heard('truth', { severity: 3 })
    expect(decide([truth]).verdict).toBe('deny')
    expect(decide([truth, heard('rights', { severity: 2.1 })]).verdict).toBe('deny')
    expect(decide([truth, heard('rights', { severity: 2.1 }), ...nineClean]).verdict).toBe('deny')
  })

  it('A5: a panel in which every critic failed escalates, and so does one in which nobody was heard', () => {
    expect(verdictOver([resultOf('safety', 'error'), resultOf('truth', 'timeout')])).toBe('escalate')
    expect(verdictOver([])).toBe('escalate')
    const allOptional = contributionsOf([resultOf('safety', 'error')], optional)
    expect(decide(allOptional).verdict).toBe('escalate')
    expect(decide(allOptional).reasons).toHaveLength(1)
  })

  it('A6: an uncertainty of null, a severity in words and NaN are no findings, and escalate', () => {
    for (const value of [{ uncertainty: null }, { severity: 'critical' }, { severity: Number.NaN }]) {
      expect(readFinding(value)).toMatchObject({ ok: false })
      expect(verdictOver([resultOf('safety', 'invalid')])).toBe('escalate')
    }
  })

  it('A6: violations without a severity constrain', () => {
    expect(verdictOf({ violations: ['consent'] })).toBe('constrained_allow')
  })

  it('A6: severity 10 counts as 3, and -5 as 0, which cancels nobody', () => {
    expect(readFinding({ severity: 10 })).toEqual({ ok: true, finding: { severity: 3 } })
    expect(readFinding({ severity: -5 })).toEqual({ ok: true, finding: { severity: 0 } })
    expect(decide([heard('rights', { severity: 10 }), heard('truth', { severity: -5 })]).verdict).toBe('deny')
  })

  it('A7: a score of 0 to 1 is never taken for a severity of 0 to 3', () => {
    expect(verdictOf({ score: 1 })).toBe('allow')
    expect(verdictOf({ score: 0.95, severity: 3 })).toBe('deny')
    expect(verdictOf({ severity: 0.95 })).toBe('allow')
    expect(verdictOf({ severity: 1 })).toBe('constrained_allow')
  })

  it('A8: a denial is decided by the adjusted severity', () => {
    const [reason] = decide([heard('rights', { severity: 2, precedentAlignment: -1 })]).reasons
    expect(reason).toMatchObject({ severity: 2, adjustedSeverity: 3, verdict: 'deny' })
  })

  it('A10: the verdict is never allow while a person has to look', () => {
    const { verdict, escalation } = decide([heard('rights', { ...grave, severity: 0 })])
    expect(escalation.requires).not.toBe('NOTHING')
    expect(verdict).toBe('escalate')
  })

  it('5b-14: a failed or timed-out critic is not a finding of severity 0', () => {
    expect(verdictOver([resultOf('safety', 'timeout'), resultOf('truth', 'success')])).toBe('escalate')
  })
})
