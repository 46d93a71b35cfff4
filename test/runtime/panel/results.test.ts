import { describe, expect, it } from 'vitest'
import { createPanel, defineCritic, STAGES, type Finding, type Stage } from 'stagecraft'
import { answer, critic, ends, of, scene, thrownBy, violation } from './critics.ts'

describe('the result of a review', () => {
  it('has one entry for each critic, with its name, status and time (32)', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [at.takes('a', 10), at.takes('b', 20), at.takes('c', 30)],
      limits: { concurrentMax: 2 },
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(Object.keys(review.critics)).toEqual(['a', 'b', 'c'])
    expect(of(review, 'c')).toEqual({
      critic: 'c',
      stage: 'CORE_ANALYSIS',
      priority: 5,
      status: 'success',
      finding: {},
      attempts: 1,
      retryCount: 0,
      queueMs: 10,
      executionMs: 30,
      durationMs: 40,
      cost: { weight: 1, spent: 1, saved: 0 },
    })
  })

  it('takes a trivial critic less than 100 ms by the real clock, and more than none (32)', async () => {
    const review = await createPanel({ critics: { tone: async () => ({ severity: 0 }) } }).review(answer)
    expect(review.critics.tone.durationMs).toBeGreaterThan(0)
    expect(review.critics.tone.durationMs).toBeLessThan(100)
  })

  it('cannot be had from a panel without critics, which would allow everything (32, A5)', () => {
    expect(thrownBy(() => createPanel({ critics: [] })).code).toBe('panel.empty')
  })

  it('is a promise, of which a synchronous critic is no exception (34)', async () => {
    const reviewing = createPanel({ critics: { sync: () => ({ score: 1 }) } }).review(answer)
    expect(reviewing).toBeInstanceOf(Promise)
    expect((await reviewing).critics.sync.finding?.score).toBe(1)
  })

  it('says which stage a critic ran in and with which priority (35)', async () => {
    const at = scene()
    const critics = STAGES.map((stage, index) => at.says(`c${index}`, {}, { stage, priority: index + 1 }))
    const review = await at.clock.run(createPanel({ critics, clock: at.clock }).review(answer))
    expect(Object.values(review.critics).map(({ stage, priority }) => [stage, priority])).toEqual(
      STAGES.map((stage, index): [Stage, number] => [stage, index + 1]),
    )
  })

  it('leaves out what does not apply, down to the property (35)', async () => {
    const at = scene()
    const review = await at.clock.run(
      createPanel({ critics: [at.says('a')], clock: at.clock }).review(answer),
    )
    for (const absent of ['degraded', 'fromCache', 'error', 'gating', 'skipping', 'validationErrors'])
      expect(of(review, 'a')).not.toHaveProperty(absent)
    expect(Object.keys(review)).not.toContain('cut')
  })

  it('keeps the id it was given, and makes up different ones otherwise', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a')], clock: at.clock })
    expect((await at.clock.run(panel.review({ ...answer, id: 'mine' }))).id).toBe('mine')
    const run = panel.start(answer)
    const review = await at.clock.run(run.result)
    expect(review.id).toBe(run.id)
    expect((await at.clock.run(panel.review(answer))).id).not.toBe(review.id)
  })

  it('becomes JSON with everything in it, the audit hash included', async () => {
    const at = scene()
    const review = await at.clock.run(
      createPanel({ critics: [at.says('a', { severity: 1 })], clock: at.clock }).review(answer),
    )
    const json = JSON.parse(JSON.stringify(review)) as Record<string, unknown>
    expect(json).toMatchObject({ verdict: 'constrained_allow', auditHash: review.auditHash, id: review.id })
    expect(review.auditHash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('has the finding of a critic with the type of its schema, and a record of plain functions by name', async () => {
    const review = await createPanel({
      critics: {
        tone: (): Finding & { mood: string } => ({ severity: 0, mood: 'calm' }),
        length: async () => ({ score: 4 }),
      },
    }).review(answer)
    expect(review.critics.tone.finding?.mood).toBe('calm')
    expect(review.critics.length.finding?.score).toBe(4)
  })

  it('adds up what the findings say they spent, but not what came from a cache or hook', async () => {
    const at = scene()
    const spent = { money: 0.5, tokens: 100 }
    const panel = createPanel({
      critics: [at.says('a', { spent }), at.says('b', { spent }), at.says('c')],
      hooks: { beforeCritic: (name) => (name === 'b' ? { spent } : undefined) },
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(review.cost).toEqual({ spent: 2, saved: 1, total: 3, money: 0.5, tokens: 100 })
    expect(panel.metrics().cost).toEqual({ spent: 2, saved: 1, money: 0.5, tokens: 100 })
  })
})

describe('a critic outside a panel', () => {
  it('is refused, so that no path goes around gates, limits and verdict (W41)', () => {
    const lone = defineCritic({ name: 'lone', evaluate: () => ({}) })
    const error = thrownBy(() =>
      lone.evaluate(
        { id: 'x', ...answer, context: {} },
        { signal: new AbortController().signal, prior: {}, attempt: 1, key: 'k' },
      ),
    )
    expect(error.code).toBe('critic.bypassed')
  })

  it('is refused by the panel when defineCritic did not make it (W23)', () => {
    const real = critic('a', () => ({}))
    expect(thrownBy(() => createPanel({ critics: [{ ...real }] })).code).toBe('critic.invalid')
  })
})

describe('the metrics of a panel', () => {
  it('count what succeeded and what failed (33)', async () => {
    const at = scene()
    const bad = critic('bad', async () => {
      await at.wait(30)
      throw new Error('down')
    })
    const panel = createPanel({ critics: [at.takes('good', 10), bad], clock: at.clock })
    await at.clock.run(panel.review(answer))
    const metrics = panel.metrics()
    expect(metrics.critics).toMatchObject({ total: 2, byStatus: { success: 1, error: 1, timeout: 0 } })
    expect(metrics.reviews).toEqual({
      total: 1,
      running: 0,
      byVerdict: { allow: 0, constrained_allow: 0, escalate: 1, deny: 0 },
      averageMs: 30,
    })
    expect(metrics.averageExecutionMs).toBe(20)
    expect(metrics.stages).toEqual({
      CORE_ANALYSIS: { runs: 1, critics: 2, evaluated: 2, totalMs: 30, averageMs: 30 },
    })
  })

  it('count every end by its own word', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        at.says('success', {}, { priority: 1 }),
        critic('invalid', () => null, { required: false }),
        critic('error', () => Promise.reject(new Error('down'))),
        at.takes('timeout', 100, {}, { timeoutMs: 10 }),
        at.says('gated', {}, { policy: 'ON_HIGH_RISK' }),
        at.says('skipped', {}, { dependsOn: ['gated'] }),
        at.says('rejected', {}, { cost: 1_000, priority: 10 }),
      ],
      budget: { costMax: 100 },
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    for (const [name, status] of Object.entries(ends(review))) expect(status).toBe(name)
    const cut = panel.start(answer)
    cut.cancel()
    await cut.result
    expect(panel.metrics().critics.byStatus).toEqual({
      success: 1,
      invalid: 1,
      error: 1,
      timeout: 1,
      gated: 2,
      skipped: 2,
      rejected: 1,
      cancelled: 5,
    })
    expect(panel.metrics().critics.total).toBe(14)
  })

  it('show what runs and waits right now', async () => {
    const at = scene()
    const panel = createPanel({
      critics: ['a', 'b', 'c', 'd', 'e'].map((name) => at.takes(name, 10)),
      limits: { concurrentMax: 2 },
      clock: at.clock,
    })
    const reviewing = panel.review(answer)
    await at.clock.settle()
    expect(panel.metrics().concurrency).toEqual({ running: 2, peak: 2, waiting: 3 })
    expect(panel.metrics().reviews.running).toBe(1)
    await at.clock.run(reviewing)
    expect(panel.metrics().concurrency).toEqual({ running: 0, peak: 2, waiting: 0 })
    expect(panel.metrics().averageQueueMs).toBe((0 + 0 + 10 + 10 + 20) / 5)
  })

  it('count retries, and the critics that needed any', async () => {
    const at = scene()
    const flaky = critic(
      'flaky',
      (_, { attempt }) => (attempt < 3 ? Promise.reject(new Error('again')) : {}),
      {
        retry: { retriesMax: 2 },
      },
    )
    const panel = createPanel({ critics: [flaky, at.says('fine')], clock: at.clock })
    await at.clock.run(panel.review(answer))
    expect(panel.metrics()).toMatchObject({ retries: 2, retried: 1 })
  })

  it('go on over all reviews of the panel (W37)', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.takes('a', 10)], clock: at.clock })
    for (let count = 0; count < 3; count += 1) await at.clock.run(panel.review(answer))
    expect(panel.metrics()).toMatchObject({
      reviews: { total: 3 },
      critics: { total: 3 },
      cost: { spent: 3 },
    })
  })

  it('are a copy that nobody else changes', async () => {
    const at = scene()
    const panel = createPanel({ critics: [at.says('a')], clock: at.clock })
    const before = panel.metrics()
    await at.clock.run(panel.review(answer))
    expect(before.critics.total).toBe(0)
    expect(before.reviews.byVerdict.allow).toBe(0)
  })
})

describe('the verdict of a review', () => {
  it('denies for any critic, whatever its domain (A2)', async () => {
    const at = scene()
    const clean = Array.from({ length: 9 }, (_, index) => at.says(`clean${index}`, { severity: 0 }))
    const panel = createPanel({ critics: [at.says('safety', { severity: 3 }), ...clean], clock: at.clock })
    expect((await at.clock.run(panel.review(answer))).verdict).toBe('deny')
  })

  it('is not diluted by clean findings (A3)', async () => {
    const at = scene()
    const clean = Array.from({ length: 9 }, (_, index) => at.says(`clean${index}`, { severity: 0 }))
    const panel = createPanel({ critics: [at.says('rights', { severity: 2.4 }), ...clean], clock: at.clock })
    expect((await at.clock.run(panel.review(answer))).verdict).toBe('constrained_allow')
  })

  it('escalates, never allows, when every critic has failed (A5)', async () => {
    const at = scene()
    const critics = ['a', 'b'].map((name) =>
      critic(name, () => Promise.reject(new Error('down')), { required: false }),
    )
    expect((await at.clock.run(createPanel({ critics, clock: at.clock }).review(answer))).verdict).toBe(
      'escalate',
    )
  })

  it('carries every escalation signal to the gate for a person (A1)', async () => {
    const at = scene()
    const signal = (clause: string, tier: 'TIER_2' | 'TIER_3') => ({
      escalation: { tier, clause, reason: 'look' },
    })
    const panel = createPanel({
      critics: [at.says('rights', signal('A1', 'TIER_3')), at.says('tone', signal('B2', 'TIER_2'))],
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(review.verdict).toBe('escalate')
    expect(review.escalation).toMatchObject({
      tier: 'TIER_3',
      requires: 'HUMAN_DETERMINATION',
      signals: ['rights:A1', 'tone:B2'],
    })
  })

  it('lists reasons by domain and keeps dissent word for word', async () => {
    const at = scene()
    const panel = createPanel({
      critics: [
        at.says('tone', { ...violation, uncertainty: 0.7, severity: 1, justification: 'Unsure, "really".' }),
        at.says('truth', { severity: 0, justification: 'All true.' }),
        at.says('rights', { severity: 0 }),
      ],
      clock: at.clock,
    })
    const review = await at.clock.run(panel.review(answer))
    expect(review.reasons.map((reason) => reason.critic)).toEqual(['rights', 'truth', 'tone'])
    expect(review.dissent).toEqual({
      present: true,
      escalating: [{ critic: 'tone', verdict: 'escalate', says: 'Unsure, "really".' }],
      opposing: [
        { critic: 'rights', verdict: 'allow', says: '' },
        { critic: 'truth', verdict: 'allow', says: 'All true.' },
      ],
    })
  })

  it('has the same audit hash for the same answer, whatever times, ids and attempts', async () => {
    const hashes = new Set<string>()
    for (const ms of [1, 50]) {
      const at = scene()
      const flaky = critic(
        'flaky',
        (_, { attempt }) => (ms > 1 && attempt === 1 ? Promise.reject(new Error('x')) : {}),
        {
          retry: { retriesMax: 1 },
        },
      )
      const panel = createPanel({ critics: [at.takes('a', ms, violation), flaky], clock: at.clock })
      hashes.add((await at.clock.run(panel.review({ ...answer, id: `id${ms}` }))).auditHash)
    }
    expect(hashes.size).toBe(1)
    const at = scene()
    const other = createPanel({ critics: [at.says('a', violation), at.says('flaky')], clock: at.clock })
    hashes.add((await at.clock.run(other.review({ ...answer, prompt: 'other' }))).auditHash)
    expect(hashes.size).toBe(2)
  })
})
