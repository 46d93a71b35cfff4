import { describe, expect, it } from 'vitest'
import { createPanel, type CriticResult, type Finding, type ReviewInput, type RiskTier } from 'stagecraft'
import { answer, counted, critic, ends, forbidden, of, scene, thrownBy, violation } from './critics.ts'

const atTier = (riskTier: RiskTier): ReviewInput => ({ ...answer, context: { riskTier } })

/** Reviews with one ALWAYS critic that says the finding, and one gated critic. */
async function behind(finding: Finding, policy: 'ON_VIOLATION' | 'ON_UNCERTAINTY', input = answer) {
  const { clock, says } = scene()
  const panel = createPanel({ critics: [says('first', finding), says('deep', {}, { policy })], clock })
  return of(await clock.run(panel.review(input)), 'deep')
}

describe('gating', () => {
  it('runs an ALWAYS critic (5)', async () => {
    const { clock, says } = scene()
    const review = await clock.run(createPanel({ critics: [says('a')], clock }).review(answer))
    expect(of(review, 'a').status).toBe('success')
  })

  it('gates ON_VIOLATION when nobody has found one, and does not call the critic (6)', async () => {
    const { clock, says } = scene()
    const deep = forbidden('deep', { policy: 'ON_VIOLATION', cost: 7 })
    const review = await clock.run(
      createPanel({ critics: [says('first'), deep.critic], clock }).review(answer),
    )
    const result = of(review, 'deep')
    expect(result.status).toBe('gated')
    expect(result.gating?.reason).toBe('no_prior_violations')
    expect(result.gating?.looked).toEqual([
      { critic: 'first', status: 'success', severity: 0, violations: 0, uncertainty: 0 },
    ])
    expect(result.gating?.saved.cost).toBe(7)
    expect(result.cost).toEqual({ weight: 7, spent: 0, saved: 7 })
    expect(result.attempts).toBe(0)
    expect(deep.calls).toEqual([])
    expect(review.verdict).toBe('allow')
  })

  it('runs ON_VIOLATION after a violating critic of the same stage (7)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({
      critics: [
        says('deep', {}, { policy: 'ON_VIOLATION', priority: 2 }),
        says('first', violation, { priority: 1 }),
      ],
      clock,
    })
    expect(ends(await clock.run(panel.review(answer)))).toEqual({ first: 'success', deep: 'success' })
  })

  it('opens ON_VIOLATION also for a violator of worse priority (W25)', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({
      critics: [
        takes('deep', 1, {}, { policy: 'ON_VIOLATION', priority: 1 }),
        takes('first', 50, violation, { priority: 5 }),
      ],
      clock,
    })
    expect(of(await clock.run(panel.review(answer)), 'deep').status).toBe('success')
  })

  it('opens as soon as one critic has found a violation, without waiting for the others', async () => {
    const stage = scene()
    const panel = createPanel({
      critics: [
        stage.takes('quick', 10, violation),
        stage.takes('slow', 900),
        stage.takes('deep', 5, {}, { policy: 'ON_VIOLATION' }),
      ],
      clock: stage.clock,
    })
    await stage.clock.run(panel.review(answer))
    expect(stage.startedAt('deep')).toEqual([10])
  })

  it.each<[string, Finding, CriticResult['status']]>([
    ['a severity of 3 without a list of violations (W27)', { severity: 3 }, 'success'],
    ['a severity of exactly 2', { severity: 2 }, 'success'],
    ['a violation without a severity', { violations: ['consent'] }, 'success'],
    ['a severity of 1.99', { severity: 1.99 }, 'gated'],
    ['an empty list of violations', { violations: [] }, 'gated'],
  ])('decides ON_VIOLATION for %s', async (_, finding, status) => {
    expect((await behind(finding, 'ON_VIOLATION')).status).toBe(status)
  })

  it('decides ON_HIGH_RISK anew for each review of the same panel (8)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({ critics: [says('a', {}, { policy: 'ON_HIGH_RISK' })], clock })
    const gated = of(await clock.run(panel.review(atTier('medium'))), 'a')
    expect(gated.status).toBe('gated')
    expect(gated.gating).toMatchObject({ reason: 'risk_tier_not_high', riskTier: 'medium' })
    expect(of(await clock.run(panel.review(atTier('high'))), 'a').status).toBe('success')
    expect(of(await clock.run(panel.review(answer)), 'a').gating?.riskTier).toBe('none')
  })

  it('runs ON_HIGH_RISK at the tier "critical" (W11)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({ critics: [says('a', {}, { policy: 'ON_HIGH_RISK' })], clock })
    expect(of(await clock.run(panel.review(atTier('critical'))), 'a').status).toBe('success')
  })

  it('asks a condition with the context of the review (9)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({
      critics: [says('a', {}, { policy: { when: ({ context }) => context['domain'] === 'special' } })],
      clock,
    })
    const special = await clock.run(panel.review({ ...answer, context: { domain: 'special' } }))
    const other = await clock.run(panel.review({ ...answer, context: { domain: 'other' } }))
    expect(of(special, 'a').status).toBe('success')
    expect(of(other, 'a').gating?.reason).toBe('conditional_policy_not_met')
  })

  it('waits for the answer of an asynchronous condition (W28)', async () => {
    const { clock, says, wait } = scene()
    const no = {
      when: async () => {
        await wait(20)
        return false
      },
    }
    const panel = createPanel({ critics: [says('a', {}, { policy: no })], clock })
    expect(of(await clock.run(panel.review(answer)), 'a').status).toBe('gated')
  })

  it('asks a condition once, with every finding it looks at, once all of these have settled', async () => {
    const { clock, takes, says } = scene()
    const when = counted((_: { readonly findings: object }) => true)
    const panel = createPanel({
      critics: [
        says('early', { score: 1 }, { stage: 'FAST_CRITICS' }),
        takes('slow', 300, { score: 2 }),
        says('asked', {}, { policy: { when } }),
      ],
      clock,
    })
    await clock.run(panel.review(answer))
    expect(when.calls.map(([{ findings }]) => findings)).toEqual([
      { early: { score: 1 }, slow: { score: 2 } },
    ])
  })

  it.each<[number, CriticResult['status']]>([
    [0.71, 'success'],
    [0.7, 'gated'],
  ])('decides ON_UNCERTAINTY at %d (10)', async (uncertainty, status) => {
    const result = await behind({ uncertainty }, 'ON_UNCERTAINTY')
    expect(result.status).toBe(status)
    expect(result.gating?.reason).toBe(status === 'gated' ? 'no_high_uncertainty' : undefined)
  })

  it('runs everything when gating is off, and asks no condition (11)', async () => {
    const { clock, says } = scene()
    const when = counted(() => false)
    const panel = createPanel({
      critics: [
        says('violated', {}, { policy: 'ON_VIOLATION' }),
        says('risky', {}, { policy: 'ON_HIGH_RISK' }),
        says('unsure', {}, { policy: 'ON_UNCERTAINTY' }),
        says('asked', {}, { policy: { when } }),
      ],
      gating: false,
      clock,
    })
    expect(new Set(Object.values(ends(await clock.run(panel.review(answer)))))).toEqual(new Set(['success']))
    expect(when.calls).toEqual([])
  })

  it.each<[string, () => boolean | Promise<boolean>, string]>([
    [
      'throws',
      () => {
        throw new Error('no idea')
      },
      'policy_evaluation_error: no idea',
    ],
    ['rejects', () => Promise.reject(new Error('no idea')), 'policy_evaluation_error: no idea'],
    [
      'says no boolean',
      () => 1 as unknown as boolean,
      'policy_evaluation_error: the condition returned number',
    ],
    [
      'never answers',
      () => new Promise<boolean>(() => {}),
      'policy_evaluation_error: no answer within 1000 ms',
    ],
  ])(
    'shuts the gate on a condition that %s, and escalates, for nobody knows (11)',
    async (_, when, reason) => {
      const { clock, says } = scene()
      const panel = createPanel({ critics: [says('a'), says('asked', {}, { policy: { when } })], clock })
      const review = await clock.run(panel.review(answer))
      expect(of(review, 'asked').status).toBe('gated')
      expect(of(review, 'asked').gating?.reason).toContain(reason)
      expect(review.verdict).toBe('escalate')
    },
  )

  it('refuses a condition without a function when the critic is defined (11)', () => {
    expect(thrownBy(() => critic('a', () => ({}), { policy: {} as { when: () => boolean } })).code).toBe(
      'critic.invalid',
    )
  })

  it('escalates for a gated critic when the panel says so, and keeps all results (12, W16)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({
      critics: [
        says('first'),
        says('deep', {}, { policy: 'ON_VIOLATION' }),
        says('later', { score: 5 }, { stage: 'VALIDATION' }),
      ],
      verdict: { onGated: 'escalate' },
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(review.verdict).toBe('escalate')
    expect(ends(review)).toEqual({ first: 'success', deep: 'gated', later: 'success' })
    expect(of(review, 'later').finding).toEqual({ score: 5 })
  })

  it('counts gated critics in the metrics (W10)', async () => {
    const { clock, says } = scene()
    const panel = createPanel({ critics: [says('a'), says('deep', {}, { policy: 'ON_VIOLATION' })], clock })
    await clock.run(panel.review(answer))
    await clock.run(panel.review(answer))
    expect(panel.metrics().gated).toBe(2)
    expect(panel.metrics().critics.byStatus.gated).toBe(2)
  })

  it('does not let trouble hide a violation: a crash opens the deep critic (W27)', async () => {
    const { clock, says } = scene()
    const crash = critic('first', () => {
      throw new Error('down')
    })
    const panel = createPanel({
      critics: [
        crash,
        says('onViolation', {}, { policy: 'ON_VIOLATION' }),
        says('onUncertainty', {}, { policy: 'ON_UNCERTAINTY' }),
      ],
      clock,
    })
    expect(ends(await clock.run(panel.review(answer)))).toEqual({
      first: 'error',
      onViolation: 'success',
      onUncertainty: 'success',
    })
  })

  it.each<[string, 'timeout' | 'invalid' | 'rejected']>([
    ['a timeout', 'timeout'],
    ['an invalid finding', 'invalid'],
    ['a rejection', 'rejected'],
  ])('opens ON_VIOLATION behind %s', async (_, status) => {
    const { clock, says } = scene()
    const troubled = {
      timeout: critic('first', () => new Promise(() => {}), { timeoutMs: 10 }),
      invalid: critic('first', () => null),
      rejected: says('first', {}, { cost: 2 }),
    }[status]
    const panel = createPanel({
      critics: [troubled, says('deep', {}, { policy: 'ON_VIOLATION', cost: 0 })],
      ...(status === 'rejected' ? { budget: { costMax: 1 } } : {}),
      clock,
    })
    expect(ends(await clock.run(panel.review(answer)))).toEqual({ first: status, deep: 'success' })
  })

  it('skips the dependent of a gated critic, which nobody misses (W26)', async () => {
    const { clock, says } = scene()
    const dependent = forbidden('dependent', { dependsOn: ['deep'] })
    const panel = createPanel({
      critics: [says('first'), says('deep', {}, { policy: 'ON_VIOLATION' }), dependent.critic],
      clock,
    })
    const review = await clock.run(panel.review(answer))
    expect(of(review, 'dependent')).toMatchObject({
      status: 'skipped',
      skipping: { reason: 'dependency_without_finding', dependency: 'deep', trouble: false },
    })
    expect(review.verdict).toBe('allow')
    expect(dependent.calls).toEqual([])
  })

  it('skips the dependent of a failed critic, and escalates for both (W26)', async () => {
    const { clock } = scene()
    const dependent = forbidden('dependent', { dependsOn: ['broken'] })
    const broken = critic('broken', () => Promise.reject(new Error('down')))
    const review = await clock.run(createPanel({ critics: [broken, dependent.critic], clock }).review(answer))
    expect(of(review, 'dependent')).toMatchObject({ status: 'skipped', skipping: { trouble: true } })
    expect(review.reasons.map(({ critic: name, kind }) => [name, kind])).toEqual([
      ['broken', 'unknown'],
      ['dependent', 'unknown'],
    ])
    expect(review.verdict).toBe('escalate')
  })

  it('records how much time a gated critic saves, by its own average', async () => {
    const { clock, takes } = scene()
    const panel = createPanel({ critics: [takes('a', 40, {}, { policy: 'ON_HIGH_RISK' })], clock })
    await clock.run(panel.review(atTier('high')))
    expect(of(await clock.run(panel.review(atTier('low'))), 'a').gating?.saved).toEqual({ cost: 1, ms: 40 })
  })

  it('spends little on a clean low-risk answer and much on a violating one (55)', async () => {
    const { clock, says } = scene()
    const deep = Array.from({ length: 8 }, (_, index) =>
      says(`deep${index}`, {}, { stage: 'DEEP_ANALYSIS', policy: 'ON_VIOLATION' }),
    )
    const always = critic('safety', ({ prompt }) => (prompt === 'bad' ? violation : { severity: 0 }))
    const panel = createPanel({ critics: [always, says('tone'), ...deep], clock })
    const clean = await clock.run(panel.review({ ...answer, context: { riskTier: 'low' } }))
    const bad = await clock.run(panel.review({ ...answer, prompt: 'bad' }))
    expect(Object.values(ends(clean)).filter((status) => status === 'gated')).toHaveLength(8)
    expect(Object.values(ends(clean)).filter((status) => status === 'success')).toHaveLength(2)
    expect(clean.verdict).toBe('allow')
    expect(clean.cost).toMatchObject({ spent: 2, saved: 8, total: 10 })
    expect(Object.values(ends(bad)).filter((status) => status === 'success')).toHaveLength(10)
    expect(bad.verdict).toBe('constrained_allow')
  })

  it('does not deadlock when critics of one stage gate each other through dependencies', async () => {
    const { clock, says } = scene()
    const panel = createPanel({
      critics: [
        says('a', violation, { policy: 'ON_VIOLATION', dependsOn: ['b'] }),
        says('b', {}, { policy: 'ON_UNCERTAINTY' }),
        says('c', {}, { dependsOn: ['a'] }),
        says('d', { uncertainty: 0.9 }),
      ],
      clock,
    })
    expect(ends(await clock.run(panel.review(answer)))).toEqual({
      a: 'gated',
      b: 'success',
      c: 'skipped',
      d: 'success',
    })
  })
})
