import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStagecraftError, type ErrorCode } from '../../src/model/errors.ts'
import { makePlan, type CriticPlan, type Plan } from '../../src/model/plan.ts'
import { RISK_TIERS } from '../../src/model/review-input.ts'
import { STAGES, stageOrder } from '../../src/model/stages.ts'
import { compareVerdicts, contributionsOf, decide } from '../../src/model/verdict.ts'
import { panel, type PanelCritic, type Script } from './arbitraries.ts'
import { criticIn, planOf, settingsOf, type SettingsSample } from './samples.ts'
import { expectedEnds, planOfPanel, runPanel, type Run } from './scheduler.ts'

/** The definition of what a gate looks at, word for word; the plan shares lists, this does not. */
function lookedAtBy(critic: CriticPlan, critics: readonly CriticPlan[]): readonly CriticPlan[] {
  const own = new Set(critic.dependencies)
  return critics.filter(
    (other) =>
      stageOrder[other.stage] < stageOrder[critic.stage] ||
      own.has(other.index) ||
      (other.stage === critic.stage && other.watched && other !== critic),
  )
}

const refusal = (make: () => Plan): { code: ErrorCode; message: string } => {
  try {
    make()
  } catch (error) {
    if (isStagecraftError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('the plan was accepted')
}

const namesOf = (plan: Plan): string[] => plan.critics.map((critic) => critic.name)

const watchedOf = (plan: Plan): string[] =>
  plan.critics.filter((critic) => critic.watched).map((critic) => critic.name)

const COUNT = 10_000
const many = (sample: (index: number) => SettingsSample) =>
  Array.from({ length: COUNT }, (_, index) => settingsOf(`c${index}`, sample(index)))

describe('a plan refuses', () => {
  it('an empty panel, which would allow everything', () => {
    expect(refusal(() => makePlan([]))).toEqual({
      code: 'panel.empty',
      message: 'A panel needs at least one critic: an empty panel would allow everything.',
    })
  })

  it('more critics than the limit', () => {
    const settings = [...many(() => ({})), settingsOf('one-more')]
    expect(refusal(() => makePlan(settings))).toEqual({
      code: 'panel.invalid',
      message: 'A panel has at most 10000 critics, this one 10001.',
    })
  })

  it('two critics of one name', () => {
    expect(refusal(() => makePlan([settingsOf('a'), settingsOf('b'), settingsOf('a')]))).toEqual({
      code: 'panel.duplicate_critic',
      message: 'Two critics are named "a". Give each its own name.',
    })
  })

  it('weakness 4: a dependency on an unknown critic', () => {
    expect(refusal(() => planOf({ a: { dependsOn: ['ghost'] }, b: {} }))).toEqual({
      code: 'panel.unknown_dependency',
      message: 'Critic "a" depends on "ghost", but the panel has no critic of that name. It has: a, b.',
    })
  })

  it('a dependency named like a property of every object', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(refusal(() => planOf({ a: { dependsOn: [name] } })).code).toBe('panel.unknown_dependency')
  })

  it('weakness 5: a dependency on a critic of a later stage', () => {
    const late: SettingsSample = { stage: 'VALIDATION' }
    expect(refusal(() => planOf({ late, early: { stage: 'FAST_CRITICS', dependsOn: ['late'] } }))).toEqual({
      code: 'panel.later_stage_dependency',
      message:
        'Critic "early" (FAST_CRITICS) depends on "late", which runs later (VALIDATION). Move one of them.',
    })
  })

  it('a circle of two, and names it', () => {
    expect(refusal(() => planOf({ a: { dependsOn: ['b'] }, b: { dependsOn: ['a'] } }))).toEqual({
      code: 'panel.circular_dependency',
      message: 'Circular dependency: a -> b -> a. Remove one of these.',
    })
  })

  it('a critic that depends on itself', () => {
    expect(refusal(() => planOf({ a: { dependsOn: ['a'] } })).message).toContain(
      'Circular dependency: a -> a.',
    )
  })

  it('a circle behind critics that are no part of it, which it does not name', () => {
    const { message } = refusal(() =>
      planOf({
        first: { dependsOn: ['second'] },
        second: { dependsOn: ['x', 'y'] },
        x: {},
        y: { dependsOn: ['z'] },
        z: { dependsOn: ['x', 'y'] },
      }),
    )
    expect(message).toContain('Circular dependency: y -> z -> y.')
  })

  it('weakness 30: a circle of 10,000, without overflowing the stack', () => {
    const settings = many((index) => ({ dependsOn: [`c${(index + 1) % COUNT}`] }))
    const { code, message } = refusal(() => makePlan(settings))
    expect(code).toBe('panel.circular_dependency')
    expect(message).toMatch(/^Circular dependency: c0 -> c1 -> .* -> c9999 -> c0\. /)
  })
})

describe('a plan', () => {
  it('accepts a diamond, and a dependency named twice as one', () => {
    const plan = planOf({
      top: { dependsOn: ['left', 'right', 'left'] },
      left: { dependsOn: ['root'] },
      right: { dependsOn: ['root'] },
      root: {},
    })
    const positionOf = (name: string) => criticIn(plan, name).index
    expect(criticIn(plan, 'top').dependencies).toEqual([positionOf('left'), positionOf('right')])
    expect(criticIn(plan, 'root').dependents).toEqual([positionOf('left'), positionOf('right')])
  })

  it('orders critics by stage, then by priority, then as given', () => {
    const plan = planOf({
      last: { stage: 'VALIDATION', priority: 1 },
      ten: { priority: 10 },
      one: { priority: 1 },
      five: {},
      fiveToo: {},
      first: { stage: 'PRE_VALIDATION', priority: 10 },
    })
    expect(namesOf(plan)).toEqual(['first', 'one', 'five', 'fiveToo', 'ten', 'last'])
    expect(plan.critics.map((critic) => critic.index)).toEqual([0, 1, 2, 3, 4, 5])
    expect(plan.stages).toEqual([
      { stage: 'PRE_VALIDATION', critics: [0] },
      { stage: 'CORE_ANALYSIS', critics: [1, 2, 3, 4] },
      { stage: 'VALIDATION', critics: [5] },
    ])
  })

  it('knows the stages in the order of the design', () => {
    expect(STAGES).toEqual([
      'PRE_VALIDATION',
      'FAST_CRITICS',
      'CORE_ANALYSIS',
      'DEEP_ANALYSIS',
      'POST_PROCESSING',
      'VALIDATION',
    ])
    expect(STAGES.map((stage) => stageOrder[stage])).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('counts as dependents only critics of the same stage: later stages start later anyway', () => {
    const plan = planOf({ a: {}, b: { dependsOn: ['a'] }, later: { stage: 'VALIDATION', dependsOn: ['a'] } })
    expect(criticIn(plan, 'a').dependents).toEqual([criticIn(plan, 'b').index])
    expect(criticIn(plan, 'later').dependencies).toEqual([criticIn(plan, 'a').index])
  })

  it('is not disturbed by what happens later to the settings it was made from', () => {
    const dependsOn = ['a']
    const plan = makePlan([settingsOf('a'), settingsOf('b', { dependsOn })])
    dependsOn.push('ghost')
    expect(criticIn(plan, 'b').dependsOn).toEqual(['a'])
    expect(plan.critics.every((critic) => Object.isFrozen(critic))).toBe(true)
  })

  it('is plain data that survives JSON', () => {
    const plan = planOf({ a: { policy: { when: () => true } }, b: { dependsOn: ['a'] } })
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  it('says where each setting came from', () => {
    const plan = planOf({
      rights: { stage: 'VALIDATION', policy: 'ON_HIGH_RISK' },
      tone: { priority: 5, domain: 'style' },
      pace: {},
    })
    expect(criticIn(plan, 'rights').sources).toEqual({
      stage: 'definition',
      priority: 'default',
      policy: 'definition',
      domain: 'definition',
    })
    expect(criticIn(plan, 'tone').sources).toMatchObject({ priority: 'definition', domain: 'definition' })
    expect(criticIn(plan, 'pace').sources.domain).toBe('default')
    expect(['rights', 'tone', 'pace'].map((name) => criticIn(plan, name).domain)).toEqual([
      'rights',
      'style',
      'pace',
    ])
  })

  it('finds each critic by its name', () => {
    const plan = planOf({ b: {}, a: { priority: 1 }, constructor: {} })
    for (const critic of plan.critics) expect(plan.positions[critic.name]).toBe(critic.index)
  })
})

describe('the watched critics of a stage', () => {
  it('are the ALWAYS critics whose dependencies in the stage are, transitively, all ALWAYS', () => {
    const plan = planOf({
      free: {},
      chained: { dependsOn: ['free'] },
      gated: { policy: 'ON_VIOLATION' },
      behind: { dependsOn: ['gated'] },
      farBehind: { dependsOn: ['behind', 'free'] },
      conditional: { policy: { when: () => true }, dependsOn: ['free'] },
      risky: { policy: 'ON_HIGH_RISK' },
    })
    expect(watchedOf(plan)).toEqual(['free', 'chained'])
  })

  it('may depend on a gated critic of an earlier stage, which has settled by then', () => {
    const plan = planOf({
      gated: { stage: 'FAST_CRITICS', policy: 'ON_UNCERTAINTY' },
      behind: { dependsOn: ['gated'] },
    })
    expect(watchedOf(plan)).toEqual(['behind'])
  })

  it('are found whatever the order in which the critics were given', () => {
    const critics: Record<string, SettingsSample> = {
      c: { dependsOn: ['b'] },
      b: { dependsOn: ['a'] },
      a: { policy: 'ON_VIOLATION' },
      z: {},
    }
    const backwards = Object.fromEntries(Object.entries(critics).toReversed())
    expect(watchedOf(planOf(critics))).toEqual(['z'])
    expect(watchedOf(planOf(backwards))).toEqual(['z'])
  })
})

describe('what a gate looks at', () => {
  const plan = planOf({
    early: { stage: 'FAST_CRITICS' },
    earlyGated: { stage: 'FAST_CRITICS', policy: 'ON_HIGH_RISK' },
    watched: {},
    gated: { policy: 'ON_VIOLATION' },
    behind: { dependsOn: ['gated'] },
    asks: { policy: { when: () => true }, dependsOn: ['behind'] },
    uncertain: { policy: 'ON_UNCERTAINTY' },
    late: { stage: 'VALIDATION' },
  })

  it('is all earlier stages, its own dependencies and the watched critics of its stage', () => {
    expect(plan.looksAt['gated']).toEqual(['early', 'earlyGated', 'watched'])
    expect(plan.looksAt['uncertain']).toEqual(['early', 'earlyGated', 'watched'])
    expect(plan.looksAt['asks']).toEqual(['early', 'earlyGated', 'watched', 'behind'])
  })

  it('is told only of critics whose gate looks at findings', () => {
    expect(Object.keys(plan.looksAt)).toEqual(['gated', 'asks', 'uncertain'])
  })

  it('is the same in the plan and in the gate, for any panel', () => {
    fc.assert(
      fc.property(panel, (critics) => {
        const any = planOfPanel(critics)
        for (const [name, names] of Object.entries(any.looksAt))
          expect(names.toSorted()).toEqual(
            lookedAtBy(criticIn(any, name), any.critics)
              .map((other) => other.name)
              .toSorted(),
          )
      }),
      { numRuns: 500 },
    )
  })
})

describe('a panel of 10,000 critics is planned within a second', () => {
  it.each<[string, (index: number) => SettingsSample]>([
    ['side by side', () => ({})],
    ['as a chain', (index) => ({ dependsOn: index === 0 ? [] : [`c${index - 1}`] })],
    ['as a chain given backwards', (index) => ({ dependsOn: index === COUNT - 1 ? [] : [`c${index + 1}`] })],
    [
      'when one depends on all others',
      (index) =>
        index === COUNT - 1
          ? { dependsOn: Array.from({ length: COUNT - 1 }, (_, other) => `c${other}`) }
          : {},
    ],
    ['when all others depend on one', (index) => ({ dependsOn: index === 0 ? [] : ['c0'] })],
    [
      'when half of them are gated by the other half',
      (index) => (index % 2 ? { policy: 'ON_VIOLATION' } : {}),
    ],
    [
      'over all stages, all gated',
      (index) => ({ stage: STAGES[index % STAGES.length] ?? 'VALIDATION', policy: 'ON_UNCERTAINTY' }),
    ],
  ])('%s', (_, sample) => {
    const settings = many(sample)
    const startedAt = performance.now()
    const plan = makePlan(settings)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(plan.critics).toHaveLength(COUNT)
  })
})

describe('a required critic behind an optional one with a condition, and a clean critic beside', () => {
  const inSequence: Run = { choices: [0], permitsMax: 10, riskTier: undefined, gating: true, sparing: true }

  const panelWhere = (condition: Script['condition']): readonly PanelCritic[] => {
    const clean = { stage: 'CORE_ANALYSIS', policy: 'ALWAYS', priority: 5, dependsOn: [] } as const
    const script: Script = { ends: 'success', finding: {}, condition: 'open' }
    return [
      { ...clean, name: 'a', policy: 'CONDITION', required: false, script: { ...script, condition } },
      { ...clean, name: 'b', dependsOn: ['a'], required: true, script },
      { ...clean, name: 'clean', required: true, script },
    ]
  }

  const outcomeOf = (critics: readonly PanelCritic[]) => {
    const ends = runPanel(critics, inSequence)
    const required = (name: string) => critics.find((critic) => critic.name === name)?.required ?? true
    const entered = contributionsOf([...ends.values()], (name) => ({
      domain: name,
      required: required(name),
    }))
    return { b: ends.get('b'), verdict: decide(entered).verdict }
  }

  it('is skipped in trouble when the condition throws, and the verdict is at least escalate', () => {
    const { b, verdict } = outcomeOf(panelWhere('throws'))
    expect(b).toMatchObject({ status: 'skipped', skipping: { dependency: 'a', trouble: true } })
    expect(compareVerdicts(verdict, 'escalate')).toBeGreaterThanOrEqual(0)
  })

  it('is skipped without trouble when the condition says no, and the verdict is that of the clean critic', () => {
    const { b, verdict } = outcomeOf(panelWhere('shut'))
    expect(b).toMatchObject({ status: 'skipped', skipping: { dependency: 'a', trouble: false } })
    expect(verdict).toBe('allow')
  })
})

describe('any panel', () => {
  const run: fc.Arbitrary<Run> = fc.record({
    choices: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
    permitsMax: fc.integer({ min: 1, max: 10 }),
    riskTier: fc.constantFrom(undefined, ...RISK_TIERS),
    gating: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
    sparing: fc.boolean(),
  })

  const inOrder: Omit<Run, 'riskTier' | 'gating'> = { choices: [0], permitsMax: 100, sparing: false }

  it('ends every critic as the design says, in whatever order critics settle: no deadlock, no race', () => {
    fc.assert(
      fc.property(panel, run, (critics, given) => {
        const ends = runPanel(critics, given)
        expect(ends).toEqual(expectedEnds(critics, given))
        expect([...ends.values()].filter((result) => result.status === 'cancelled')).toEqual([])
      }),
      { numRuns: 3_000 },
    )
  })

  it('starts, shuts and skips the same critics, and decides the same, for every order of settling', () => {
    fc.assert(
      fc.property(panel, run, (critics, given) => {
        const { riskTier, gating } = given
        expect(runPanel(critics, given)).toEqual(runPanel(critics, { ...inOrder, riskTier, gating }))
      }),
      { numRuns: 2_000 },
    )
  })

  it('starts, shuts and skips the same critics, and decides the same, for every assignment of priorities', () => {
    const priorities = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 14, maxLength: 14 })
    fc.assert(
      fc.property(panel, run, priorities, (critics, given, assigned) => {
        const other = critics.map((critic, index): PanelCritic => ({
          ...critic,
          priority: assigned[index] ?? 1,
        }))
        const ends = runPanel(other, given)
        for (const [name, result] of runPanel(critics, given)) expect(ends.get(name)).toEqual(result)
        const decisionOf = (results: Iterable<Parameters<typeof contributionsOf>[0][number]>) =>
          decide(
            contributionsOf([...results], (name) => ({
              domain: 'truth',
              required: critics.find((critic) => critic.name === name)?.required ?? true,
            })),
          )
        expect(decisionOf(ends.values())).toEqual(decisionOf(runPanel(critics, given).values()))
      }),
      { numRuns: 2_000 },
    )
  })
})
