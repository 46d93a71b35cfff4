import { describe, expect, it } from 'vitest'
import { STAGES, createPanel, type Critic } from 'stagecraft'
import { answer, critic, ends, scene, thrownBy } from './critics.ts'

describe('the order of a review', () => {
  it('starts stages in their order, whatever the order of registration (1)', async () => {
    const { clock, takes, log } = scene()
    const critics = STAGES.toReversed().map((stage) => takes(stage, 10, {}, { stage }))
    const review = await clock.run(createPanel({ critics, clock }).review(answer))
    expect(log.map(({ critic: name, did, at }) => `${name} ${did} ${at}`)).toEqual(
      STAGES.flatMap((stage, index) => [`${stage} start ${index * 10}`, `${stage} end ${index * 10 + 10}`]),
    )
    expect(review.stages.map(({ stage }) => stage)).toEqual(STAGES)
    expect(review.durationMs).toBe(60)
  })

  it('does not start a stage before the slowest critic of the stage before has ended', async () => {
    const { clock, takes, startedAt } = scene()
    const panel = createPanel({
      critics: [
        takes('late', 1, {}, { stage: 'DEEP_ANALYSIS' }),
        takes('fast', 5, {}, { stage: 'FAST_CRITICS' }),
        takes('slow', 500, {}, { stage: 'FAST_CRITICS' }),
      ],
      clock,
    })
    await clock.run(panel.review(answer))
    expect(startedAt('late')).toEqual([500])
  })

  it('runs dependents after their dependencies and hands them their findings (2)', async () => {
    const { clock, takes, log } = scene()
    const seen: Record<string, object> = {}
    const follows = (name: string, dependsOn: string[]) =>
      critic(
        name,
        (_, { prior }) => {
          seen[name] = prior
          log.push({ critic: name, did: 'start', at: clock.now() })
          return { severity: 0, justification: `${name} says` }
        },
        { dependsOn },
      )
    const panel = createPanel({
      critics: [follows('c', ['a', 'b']), follows('b', ['a']), takes('a', 10, { severity: 1 })],
      clock,
    })
    await clock.run(panel.review(answer))
    expect(log.filter(({ did }) => did === 'start').map((entry) => entry.critic)).toEqual(['a', 'b', 'c'])
    expect(seen['b']).toEqual({ a: { severity: 1 } })
    expect(seen['c']).toEqual({ a: { severity: 1 }, b: { severity: 0, justification: 'b says' } })
  })

  it('starts the critics of a stage by priority when one permit has to do (4)', async () => {
    const stage = scene()
    const critics = [
      stage.takes('ten', 1, {}, { priority: 10 }),
      stage.takes('one', 1, {}, { priority: 1 }),
      stage.takes('five', 1, {}, { priority: 5 }),
    ]
    await stage.clock.run(
      createPanel({ critics, limits: { concurrentMax: 1 }, clock: stage.clock }).review(answer),
    )
    expect(stage.started).toEqual(['one', 'five', 'ten'])
  })

  it('starts critics of one priority oldest first', async () => {
    const stage = scene()
    const names = ['delta', 'alpha', 'charlie', 'bravo']
    const panel = createPanel({
      critics: names.map((name) => stage.takes(name, 1)),
      limits: { concurrentMax: 1 },
      clock: stage.clock,
    })
    await stage.clock.run(panel.review(answer))
    expect(stage.started).toEqual(names)
  })

  it('lets what a dependency has just made ready go before a waiting critic of worse priority (W36)', async () => {
    const stage = scene()
    const panel = createPanel({
      critics: [
        stage.takes('z', 10, {}, { priority: 9 }),
        stage.takes('u', 10, {}, { priority: 1, dependsOn: ['a'] }),
        stage.takes('a', 10, {}, { priority: 5 }),
      ],
      limits: { concurrentMax: 1 },
      clock: stage.clock,
    })
    await stage.clock.run(panel.review(answer))
    expect(stage.started).toEqual(['a', 'u', 'z'])
  })

  it('runs independent critics of a stage at the same time (30, W1)', async () => {
    const stage = scene()
    const panel = createPanel({
      critics: ['a', 'b', 'c', 'd', 'e'].map((name) => stage.takes(name, 100)),
      clock: stage.clock,
    })
    const review = await stage.clock.run(panel.review(answer))
    expect(review.durationMs).toBe(100)
    expect(stage.running.most).toBe(5)
  })

  it('starts a dependent as soon as its own dependency has ended, without waiting for a wave', async () => {
    const stage = scene()
    const panel = createPanel({
      critics: [
        stage.takes('quick', 10),
        stage.takes('slow', 500),
        stage.takes('next', 10, {}, { dependsOn: ['quick'] }),
      ],
      clock: stage.clock,
    })
    await stage.clock.run(panel.review(answer))
    expect(stage.startedAt('next')).toEqual([10])
  })

  it('hands a critic the findings of an earlier stage it depends on', async () => {
    const stage = scene()
    const seen: object[] = []
    const panel = createPanel({
      critics: [
        stage.says('early', { score: 7 }, { stage: 'PRE_VALIDATION' }),
        critic(
          'late',
          (_, { prior }) => {
            seen.push(prior)
            return {}
          },
          { stage: 'VALIDATION', dependsOn: ['early'] },
        ),
      ],
      clock: stage.clock,
    })
    await stage.clock.run(panel.review(answer))
    expect(seen).toEqual([{ early: { score: 7 } }])
  })
})

describe('the plan of a panel', () => {
  it('says who runs where and looks at whom before any review', () => {
    const { says } = scene()
    const { plan } = createPanel({
      critics: [
        says('late', {}, { stage: 'VALIDATION', policy: 'ON_VIOLATION' }),
        says('b', {}, { priority: 9 }),
        says('a', {}, { priority: 1 }),
      ],
    })
    expect(plan.stages).toEqual([
      { stage: 'CORE_ANALYSIS', critics: [0, 1] },
      { stage: 'VALIDATION', critics: [2] },
    ])
    expect(plan.critics.map(({ name }) => name)).toEqual(['a', 'b', 'late'])
    expect(plan.looksAt).toEqual({ late: ['a', 'b'] })
  })

  it('guesses nothing from a name unless asked, and then says so (W19, W44)', () => {
    const { says } = scene()
    const critics = [
      says('quick_safety'),
      says('catalog_critic'),
      says('deep_bias_check', {}, { priority: 8 }),
    ]
    const settings = (classify: boolean) =>
      createPanel({ critics, classify }).plan.critics.map(({ name, stage, priority, policy, sources }) => ({
        [name]: [stage, priority, policy, sources.stage, sources.priority],
      }))
    expect(settings(false)).toEqual([
      { quick_safety: ['CORE_ANALYSIS', 5, 'ALWAYS', 'default', 'default'] },
      { catalog_critic: ['CORE_ANALYSIS', 5, 'ALWAYS', 'default', 'default'] },
      { deep_bias_check: ['CORE_ANALYSIS', 8, 'ALWAYS', 'default', 'definition'] },
    ])
    expect(settings(true)).toEqual([
      { quick_safety: ['FAST_CRITICS', 1, 'ALWAYS', 'classification', 'classification'] },
      { catalog_critic: ['CORE_ANALYSIS', 5, 'ALWAYS', 'default', 'default'] },
      { deep_bias_check: ['DEEP_ANALYSIS', 8, 'ON_VIOLATION', 'classification', 'definition'] },
    ])
  })
})

describe('a plan that cannot work', () => {
  const never = () => {
    throw new Error('must not run')
  }

  it('is refused when the panel is made, naming the cycle (3, W30)', () => {
    const critics: Critic[] = [
      critic('a', never, { dependsOn: ['b'] }),
      critic('b', never, { dependsOn: ['a'] }),
    ]
    const error = thrownBy(() => createPanel({ critics }))
    expect(error.code).toBe('panel.circular_dependency')
    expect(error.message).toContain('Circular dependency: a -> b -> a')
  })

  it('is refused for a critic that depends on itself (3)', () => {
    const critics: Critic[] = [critic('a', never, { dependsOn: ['a'] })]
    expect(thrownBy(() => createPanel({ critics })).message).toContain('Circular dependency: a -> a')
  })

  it('is refused for a dependency the panel does not have, instead of losing a critic (W4)', () => {
    const critics: Critic[] = [critic('a', never, { dependsOn: ['ghost'] })]
    const error = thrownBy(() => createPanel({ critics }))
    expect(error.code).toBe('panel.unknown_dependency')
    expect(error.message).toContain('"ghost"')
  })

  it('is refused for a dependency of a later stage, instead of losing a critic (W5)', () => {
    const critics: Critic[] = [
      critic('a', never, { stage: 'FAST_CRITICS', dependsOn: ['b'] }),
      critic('b', never, { stage: 'VALIDATION' }),
    ]
    expect(thrownBy(() => createPanel({ critics })).code).toBe('panel.later_stage_dependency')
  })

  it('is refused for two critics of one name (W23)', () => {
    const critics: Critic[] = [critic('a', never), critic('a', never)]
    expect(thrownBy(() => createPanel({ critics })).code).toBe('panel.duplicate_critic')
  })

  it('does not overflow on a chain of 1,200 critics, and runs it in order (W30)', async () => {
    const { clock } = scene()
    const order: number[] = []
    const critics = Array.from({ length: 1_200 }, (_, index) =>
      critic(
        `c${index}`,
        () => {
          order.push(index)
          return {}
        },
        index === 0 ? {} : { dependsOn: [`c${index - 1}`] },
      ),
    ).toReversed()
    const review = await clock.run(createPanel({ critics, clock }).review(answer))
    expect(order).toEqual(Array.from({ length: 1_200 }, (_, index) => index))
    expect(new Set(Object.values(ends(review)))).toEqual(new Set(['success']))
  })

  it('finds a cycle at the end of a chain of 1,200 critics', () => {
    const critics: Critic[] = Array.from({ length: 1_200 }, (_, index) =>
      critic(`c${index}`, never, { dependsOn: [`c${(index + 1) % 1_200}`] }),
    )
    expect(thrownBy(() => createPanel({ critics })).code).toBe('panel.circular_dependency')
  })
})
