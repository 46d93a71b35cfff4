import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPanel, type Finding, type Policy, type RiskTier, type Stage } from 'stagecraft'
import { answer, critic, ends, scene } from './critics.ts'

type Sketch = {
  readonly stage: Stage
  readonly policy: Policy
  readonly does: Finding | 'error' | 'invalid' | 'timeout'
  readonly ms: number
  readonly dependsOn: readonly number[]
  readonly required: boolean
  readonly retriesMax: number
}

const condition: Policy = {
  when: ({ findings }) => Object.values(findings).some((finding) => (finding.severity ?? 0) >= 1),
}

const sketch: fc.Arbitrary<Sketch> = fc.record({
  stage: fc.constantFrom<Stage>('FAST_CRITICS', 'CORE_ANALYSIS', 'VALIDATION'),
  policy: fc.constantFrom<Policy>(
    'ALWAYS',
    'ALWAYS',
    'ON_VIOLATION',
    'ON_HIGH_RISK',
    'ON_UNCERTAINTY',
    condition,
  ),
  does: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        severity: fc.constantFrom(0, 0.5, 1, 2, 3),
        uncertainty: fc.constantFrom(0, 0.6, 0.7, 0.8),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom('error' as const, 'invalid' as const, 'timeout' as const) },
  ),
  ms: fc.integer({ min: 0, max: 30 }),
  dependsOn: fc.array(fc.nat({ max: 20 }), { maxLength: 2 }),
  required: fc.boolean(),
  retriesMax: fc.nat({ max: 1 }),
})

const order: readonly Stage[] = ['FAST_CRITICS', 'CORE_ANALYSIS', 'VALIDATION']

type Panel = {
  readonly critics: readonly Sketch[]
  readonly concurrentMax: number
  readonly riskTier: RiskTier
}

const panel: fc.Arbitrary<Panel> = fc.record({
  critics: fc.array(sketch, { minLength: 2, maxLength: 9 }),
  concurrentMax: fc.integer({ min: 1, max: 4 }),
  riskTier: fc.constantFrom<RiskTier>('low', 'high'),
})

/** Dependencies on critics before it in the list that do not run in a later stage. */
function dependenciesOf(critics: readonly Sketch[], index: number): readonly string[] {
  const own = order.indexOf(critics[index]?.stage ?? 'VALIDATION')
  return (critics[index]?.dependsOn ?? [])
    .map((wish) => (index === 0 ? -1 : wish % index))
    .filter((other) => other >= 0 && order.indexOf(critics[other]?.stage ?? 'VALIDATION') <= own)
    .map((other) => `c${other}`)
}

async function outcome(
  { critics, concurrentMax, riskTier }: Panel,
  priorities: readonly number[],
  shuffle: readonly number[],
) {
  const at = scene()
  const made = critics.map(({ stage, policy, does, ms, required, retriesMax }, index) =>
    critic(
      `c${index}`,
      async (_, { signal }) => {
        await at.wait(does === 'timeout' ? 10_000 : ms, signal)
        if (does === 'error') throw new Error('down')
        return does === 'invalid' ? null : does
      },
      {
        stage,
        policy,
        required,
        priority: priorities[index] ?? 5,
        dependsOn: dependenciesOf(critics, index),
        timeoutMs: 40,
        retry: { retriesMax, backoff: { baseMs: 5, jitter: 'none' } },
      },
    ),
  )
  const registered = made
    .map((each, index) => ({ each, key: shuffle[index] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ each }) => each)
  const built = createPanel({ critics: registered, limits: { concurrentMax }, clock: at.clock })
  const review = await at.clock.run(built.review({ ...answer, context: { riskTier } }))
  expect(at.clock.armed).toEqual([])
  const statuses = Object.entries(ends(review)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { statuses, verdict: review.verdict, reasons: review.reasons, auditHash: review.auditHash }
}

describe('priorities and the order of registration', () => {
  it('never change a status, the verdict, its reasons or the audit hash, where no bound binds (W25)', async () => {
    await fc.assert(
      fc.asyncProperty(
        panel,
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 9, maxLength: 9 }),
        fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
        async (given, priorities, shuffle) => {
          const plain = await outcome(given, [], [])
          expect(await outcome(given, priorities, shuffle)).toEqual(plain)
        },
      ),
      { numRuns: 200 },
    )
  })
})
