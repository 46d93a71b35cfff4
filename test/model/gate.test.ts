import { describe, expect, it } from 'vitest'
import type { CriticResult, EndStatus } from '../../src/model/critic-result.ts'
import type { Finding } from '../../src/model/finding.ts'
import {
  changesGates,
  decideStart,
  findingsLookedAt,
  lookAt,
  lookedAt,
  outlookOf,
  type GateView,
  type Outlook,
  type Start,
} from '../../src/model/gate.ts'
import type { RiskTier } from '../../src/model/review-input.ts'
import { criticIn, planOf, resultOf, type SettingsSample } from './samples.ts'

type Results = Readonly<Record<string, CriticResult>>
type Circumstances = { readonly riskTier?: RiskTier; readonly gating?: boolean }

const found = (finding: Finding): Partial<CriticResult> => ({ finding })

/** The panel as it stands after some critics have settled, one after the other. */
function stand(
  critics: Readonly<Record<string, SettingsSample>>,
  results: Results,
  circumstances: Circumstances = {},
) {
  const plan = planOf(critics)
  const settled: (CriticResult | undefined)[] = plan.critics.map(() => undefined)
  const stageOf = (name: string) => plan.stages.findIndex(({ stage }) => stage === criticIn(plan, name).stage)
  const view = (name: string): GateView => {
    const earlier = plan.critics.map((critic, index) =>
      stageOf(critic.name) < stageOf(name) ? settled[index] : undefined,
    )
    let outlook = outlookOf(plan, plan.stages[stageOf(name)]?.critics ?? [], earlier)
    for (const [critic, result] of Object.entries(results))
      if (stageOf(critic) === stageOf(name) && criticIn(plan, critic).watched)
        outlook = lookAt(outlook, result)
    return { settled, outlook, riskTier: circumstances.riskTier, gating: circumstances.gating ?? true }
  }
  for (const [name, result] of Object.entries(results)) settled[criticIn(plan, name).index] = result
  return { plan, settled, start: (name: string): Start => decideStart(criticIn(plan, name), view(name)) }
}

const ok = (name: string, finding: Finding = {}) => resultOf(name, 'success', found(finding))

const shutBy = (reason: string) => ({ do: 'shut', reason })

describe('ALWAYS', () => {
  it('starts at once', () => {
    expect(stand({ a: {}, b: {} }, {}).start('b')).toEqual({ do: 'start' })
  })
})

const skipped = (trouble: boolean) =>
  resultOf('first', 'skipped', {
    skipping: { reason: 'dependency_without_finding', dependency: 'x', trouble },
  })

const shutFor = (name: string, reason: string) =>
  resultOf(name, 'gated', { gating: { reason, looked: [], saved: { cost: 1, ms: 0 } } })

const BROKEN = 'policy_evaluation_error: TypeError: no'

describe('ON_VIOLATION', () => {
  const critics = { first: { stage: 'FAST_CRITICS' }, same: {}, deep: { policy: 'ON_VIOLATION' } } as const

  it('shuts with no_prior_violations when all it looks at has settled without one', () => {
    const { start } = stand(critics, {
      first: ok('first'),
      same: ok('same', { severity: 1.99, uncertainty: 1 }),
    })
    expect(start('deep')).toEqual(shutBy('no_prior_violations'))
  })

  it('waits while a watched critic of its stage has not settled', () => {
    expect(stand(critics, { first: ok('first') }).start('deep')).toEqual({ do: 'wait' })
  })

  it('opens as soon as there is a violation, without waiting for the others', () => {
    const { start } = stand(critics, { first: ok('first', { violations: ['consent'] }) })
    expect(start('deep')).toEqual({ do: 'start' })
  })

  it('behaviour 7: opens on a violation in its own stage', () => {
    const { start } = stand(critics, { first: ok('first'), same: ok('same', { violations: ['consent'] }) })
    expect(start('deep')).toEqual({ do: 'start' })
  })

  it('weakness 27: opens at severity 2 without any violation in the list', () => {
    const { start } = stand(critics, { first: ok('first'), same: ok('same', { severity: 2 }) })
    expect(start('deep')).toEqual({ do: 'start' })
  })

  it('weakness 25: does not care that the violator has a later turn', () => {
    const late: Readonly<Record<string, SettingsSample>> = {
      deep: { policy: 'ON_VIOLATION', priority: 1 },
      violator: { priority: 5 },
    }
    expect(stand(late, {}).start('deep')).toEqual({ do: 'wait' })
    expect(stand(late, { violator: ok('violator', { violations: ['consent'] }) }).start('deep')).toEqual({
      do: 'start',
    })
  })

  it.each(['error', 'timeout', 'invalid', 'rejected'] as const)(
    'opens when what it looks at ended as %s',
    (status) => {
      expect(stand(critics, { first: resultOf('first', status) }).start('deep')).toEqual({ do: 'start' })
      const { start } = stand(critics, { first: ok('first'), same: resultOf('same', status) })
      expect(start('deep')).toEqual({ do: 'start' })
    },
  )

  it('opens when what it looks at was skipped because of trouble, and not when it was skipped because of a gate', () => {
    expect(stand(critics, { first: skipped(true) }).start('deep')).toEqual({ do: 'start' })
    const { start } = stand(critics, { first: skipped(false), same: ok('same') })
    expect(start('deep')).toEqual(shutBy('no_prior_violations'))
  })

  it('opens when trouble was papered over by a substitute', () => {
    const degraded = resultOf('first', 'error', { finding: {}, degraded: true })
    expect(stand(critics, { first: degraded }).start('deep')).toEqual({ do: 'start' })
  })

  it('is not opened by a critic that its rule shut', () => {
    for (const gated of [resultOf('first', 'gated'), shutFor('first', 'conditional_policy_not_met')])
      expect(stand(critics, { first: gated, same: ok('same') }).start('deep')).toEqual(
        shutBy('no_prior_violations'),
      )
  })

  it('is opened by a critic shut by a condition that threw: nobody knows what it would have said', () => {
    expect(stand(critics, { first: shutFor('first', BROKEN) }).start('deep')).toEqual({ do: 'start' })
  })

  it('looks at its own dependency, even one that nobody else looks at', () => {
    const chain: Readonly<Record<string, SettingsSample>> = {
      one: { policy: 'ON_HIGH_RISK' },
      two: { policy: 'ON_VIOLATION', dependsOn: ['one'] },
      three: { policy: 'ON_VIOLATION' },
    }
    const { start } = stand(chain, { one: ok('one', { violations: ['consent'] }) }, { riskTier: 'high' })
    expect(start('two')).toEqual({ do: 'start' })
    expect(start('three')).toEqual(shutBy('no_prior_violations'))
  })
})

describe('ON_UNCERTAINTY', () => {
  const critics = { first: { stage: 'FAST_CRITICS' }, deep: { policy: 'ON_UNCERTAINTY' } } as const

  it.each([
    [0.7, shutBy('no_high_uncertainty')],
    [0.7 + Number.EPSILON, { do: 'start' }],
    [1, { do: 'start' }],
    [0, shutBy('no_high_uncertainty')],
  ])('at %d', (uncertainty, expected) => {
    expect(stand(critics, { first: ok('first', { uncertainty }) }).start('deep')).toEqual(expected)
  })

  it('is not opened by a violation, but by trouble', () => {
    const violated = stand(critics, { first: ok('first', { severity: 3, violations: ['consent'] }) })
    expect(violated.start('deep')).toEqual(shutBy('no_high_uncertainty'))
    expect(stand(critics, { first: resultOf('first', 'timeout') }).start('deep')).toEqual({ do: 'start' })
    expect(stand(critics, { first: shutFor('first', BROKEN) }).start('deep')).toEqual({ do: 'start' })
  })

  it('is not opened by a critic that its rule shut', () => {
    const { start } = stand(critics, { first: shutFor('first', 'conditional_policy_not_met') })
    expect(start('deep')).toEqual(shutBy('no_high_uncertainty'))
  })

  it('waits while a watched critic of its stage has not settled', () => {
    expect(stand({ ...critics, same: {} }, { first: ok('first') }).start('deep')).toEqual({ do: 'wait' })
  })

  it('looks at the uncertainty of its own dependency', () => {
    const chain: Readonly<Record<string, SettingsSample>> = {
      one: { policy: 'ON_HIGH_RISK' },
      two: { policy: 'ON_UNCERTAINTY', dependsOn: ['one'] },
    }
    expect(stand(chain, { one: ok('one', { uncertainty: 0.8 }) }, { riskTier: 'high' }).start('two')).toEqual(
      { do: 'start' },
    )
  })
})

describe('ON_HIGH_RISK', () => {
  it.each<[RiskTier | undefined, Start]>([
    ['low', { do: 'shut', reason: 'risk_tier_not_high', riskTier: 'low' }],
    ['medium', { do: 'shut', reason: 'risk_tier_not_high', riskTier: 'medium' }],
    ['high', { do: 'start' }],
    ['critical', { do: 'start' }],
    [undefined, { do: 'shut', reason: 'risk_tier_not_high', riskTier: 'none' }],
  ])('at risk tier %s', (riskTier, expected) => {
    const { start } = stand(
      { a: { policy: 'ON_HIGH_RISK' }, b: {} },
      {},
      riskTier === undefined ? {} : { riskTier },
    )
    expect(start('a')).toEqual(expected)
  })
})

describe('a condition', () => {
  const critics: Readonly<Record<string, SettingsSample>> = {
    first: { stage: 'FAST_CRITICS' },
    same: {},
    gated: { policy: 'ON_HIGH_RISK' },
    asks: { policy: { when: () => true }, dependsOn: ['gated'] },
  }

  it('is asked only once all it looks at has settled', () => {
    const [first, same, gated] = [ok('first'), ok('same', { violations: ['consent'] }), ok('gated')]
    expect(stand(critics, { first }).start('asks')).toEqual({ do: 'wait' })
    expect(stand(critics, { first, same }).start('asks')).toEqual({ do: 'wait' })
    expect(stand(critics, { first, gated }).start('asks')).toEqual({ do: 'wait' })
    expect(stand(critics, { first, same, gated }).start('asks')).toEqual({ do: 'ask' })
  })

  it('is asked with the findings it looks at, and no others', () => {
    const results = {
      first: resultOf('first', 'error'),
      same: ok('same', { severity: 1 }),
      gated: ok('gated', { severity: 2 }),
    }
    const { plan, settled } = stand(
      { ...critics, late: { policy: 'ON_VIOLATION' } },
      { ...results, late: ok('late') },
    )
    expect(findingsLookedAt(criticIn(plan, 'asks'), plan, settled)).toEqual({
      same: { severity: 1 },
      gated: { severity: 2 },
    })
  })
})

describe('a dependency', () => {
  const critics: Readonly<Record<string, SettingsSample>> = {
    a: {},
    b: { policy: 'ON_HIGH_RISK' },
    c: { dependsOn: ['a', 'b'] },
  }

  it('holds its dependent back until it has settled', () => {
    expect(stand(critics, { a: ok('a') }).start('c')).toEqual({ do: 'wait' })
    expect(stand(critics, { a: ok('a'), b: ok('b') }).start('c')).toEqual({ do: 'start' })
  })

  it('without a finding waits for the other dependencies too, so that the reason does not depend on the order', () => {
    expect(stand(critics, { a: resultOf('a', 'error') }).start('c')).toEqual({ do: 'wait' })
  })

  it.each<[EndStatus, boolean]>([
    ['error', true],
    ['timeout', true],
    ['invalid', true],
    ['rejected', true],
    ['gated', false],
    ['cancelled', false],
  ])(
    'weakness 26: that ended as %s without a finding skips its dependent (trouble: %s)',
    (status, trouble) => {
      const { start } = stand(critics, { a: ok('a'), b: resultOf('b', status) })
      expect(start('c')).toEqual({ do: 'skip', dependency: 'b', trouble })
    },
  )

  it('with a substitute feeds its dependent', () => {
    const degraded = resultOf('a', 'error', { finding: {}, degraded: true })
    expect(stand(critics, { a: degraded, b: ok('b') }).start('c')).toEqual({ do: 'start' })
  })

  const skip = (a: EndStatus, b: EndStatus) =>
    stand(critics, { a: resultOf('a', a), b: resultOf('b', b) }).start('c')

  it('in trouble counts, whichever of them comes first', () => {
    const [error, gated] = ['error', 'gated'] as const
    expect(skip(error, gated)).toEqual({ do: 'skip', dependency: 'a', trouble: true })
    expect(skip(gated, error)).toEqual({ do: 'skip', dependency: 'a', trouble: true })
    expect(skip(gated, gated)).toEqual({ do: 'skip', dependency: 'a', trouble: false })
  })

  it('shut by a condition that threw skips its dependent in trouble, one shut by its rule does not', () => {
    const after = (reason: string) => stand(critics, { a: ok('a'), b: shutFor('b', reason) }).start('c')
    expect(after(BROKEN)).toEqual({ do: 'skip', dependency: 'b', trouble: true })
    expect(after('conditional_policy_not_met')).toEqual({ do: 'skip', dependency: 'b', trouble: false })
  })

  it('skipped because of trouble passes the trouble on', () => {
    const b = resultOf('b', 'skipped', {
      skipping: { reason: 'dependency_without_finding', dependency: 'x', trouble: true },
    })
    expect(stand(critics, { a: ok('a'), b }).start('c')).toEqual({
      do: 'skip',
      dependency: 'b',
      trouble: true,
    })
  })

  it('skips its dependent whatever the policy', () => {
    const policies: Readonly<Record<string, SettingsSample>> = {
      a: {},
      violation: { policy: 'ON_VIOLATION', dependsOn: ['a'] },
      condition: { policy: { when: () => true }, dependsOn: ['a'] },
    }
    const { start } = stand(policies, { a: resultOf('a', 'error') })
    for (const name of ['violation', 'condition'])
      expect(start(name)).toEqual({ do: 'skip', dependency: 'a', trouble: true })
  })
})

describe('without gating', () => {
  const critics: Readonly<Record<string, SettingsSample>> = {
    same: {},
    violation: { policy: 'ON_VIOLATION' },
    risk: { policy: 'ON_HIGH_RISK' },
    uncertain: { policy: 'ON_UNCERTAINTY' },
    condition: { policy: { when: () => false } },
    behind: { dependsOn: ['same'] },
  }

  it('everything starts and no condition is asked', () => {
    const { start } = stand(critics, {}, { gating: false })
    for (const name of ['same', 'violation', 'risk', 'uncertain', 'condition'])
      expect(start(name)).toEqual({ do: 'start' })
  })

  it('dependencies still hold', () => {
    expect(stand(critics, {}, { gating: false }).start('behind')).toEqual({ do: 'wait' })
    const { start } = stand(critics, { same: resultOf('same', 'error') }, { gating: false })
    expect(start('behind')).toEqual({ do: 'skip', dependency: 'same', trouble: true })
  })
})

describe('the outlook', () => {
  const clear: Outlook = { open: 2, violation: false, uncertainty: false }

  it('starts with the watched critics open and what earlier stages have shown', () => {
    const { plan, settled } = stand(
      { early: { stage: 'FAST_CRITICS' }, a: {}, b: {}, gated: { policy: 'ON_VIOLATION' } },
      { early: ok('early', { uncertainty: 0.8 }) },
    )
    expect(outlookOf(plan, plan.stages[1]?.critics ?? [], settled)).toEqual({
      open: 2,
      violation: false,
      uncertainty: true,
    })
  })

  it('closes one by one, and never forgets what it has seen', () => {
    const seen = lookAt(clear, ok('a', { violations: ['consent'] }))
    expect(seen).toEqual({ open: 1, violation: true, uncertainty: false })
    expect(lookAt(seen, ok('b', { uncertainty: 0.9 }))).toEqual({
      open: 0,
      violation: true,
      uncertainty: true,
    })
  })

  it('changes gates when it sees something new or when it is complete', () => {
    expect(changesGates(clear, lookAt(clear, ok('a')))).toBe(false)
    expect(changesGates(clear, lookAt(clear, ok('a', { severity: 2 })))).toBe(true)
    expect(changesGates(clear, lookAt(clear, ok('a', { uncertainty: 0.8 })))).toBe(true)
    const last: Outlook = { ...clear, open: 1 }
    expect(changesGates(last, lookAt(last, ok('a')))).toBe(true)
    const seen: Outlook = { ...clear, violation: true, uncertainty: true }
    expect(changesGates(seen, lookAt(seen, resultOf('a', 'error')))).toBe(false)
  })
})

describe('the record of a gate', () => {
  it('holds what it looked at and the values it saw there', () => {
    const { plan, settled } = stand(
      {
        early: { stage: 'FAST_CRITICS' },
        broken: {},
        open: {},
        other: { policy: 'ON_HIGH_RISK' },
        deep: { policy: 'ON_VIOLATION' },
      },
      {
        early: ok('early', { severity: 0.5, violations: ['consent', 'privacy'], uncertainty: 0.2 }),
        broken: resultOf('broken', 'error'),
        other: ok('other', { severity: 3 }),
      },
    )
    expect(lookedAt(criticIn(plan, 'deep'), plan, settled)).toEqual([
      { critic: 'early', status: 'success', severity: 1, violations: 2, uncertainty: 0.2 },
      { critic: 'broken', status: 'error' },
    ])
  })
})
