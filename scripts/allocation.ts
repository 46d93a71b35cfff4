/** Fails when a critic of a panel allocates more than it may: unlike time, that is the same on every machine. */

import { createPanel, defineCritic, type Policy } from 'stagecraft'

const CRITICS = 10
const BYTES_MAX = 12 * 1_024
/** Enough for V8 to have compiled what is hot. */
const WARM_UP = 4_000
const SAMPLES = 60
/** Few enough to fit into the young generation. */
const REVIEWS = 20

const stages = ['FAST_CRITICS', 'CORE_ANALYSIS', 'DEEP_ANALYSIS'] as const
/** A condition costs as much as half a critic: it is asked by an actor of its own. */
const policies: readonly Policy[] = [
  'ALWAYS',
  'ALWAYS',
  'ON_HIGH_RISK',
  'ALWAYS',
  { when: ({ context }) => context.riskTier === 'high' },
]
const critics = Array.from({ length: CRITICS }, (_, index) =>
  defineCritic<string, string>({
    name: `critic-${index}`,
    stage: stages[Math.floor((index * stages.length) / CRITICS)] ?? 'CORE_ANALYSIS',
    policy: policies[index % policies.length] ?? 'ALWAYS',
    dependsOn: index === CRITICS - 1 ? ['critic-0'] : [],
    retry: { retriesMax: 1 },
    limits: index === 4 ? { concurrentMax: CRITICS } : {},
    evaluate: async () => ({ severity: 0 }),
  }),
)
const panel = createPanel({ critics, limits: { perStage: { CORE_ANALYSIS: CRITICS } } })
const input = { prompt: 'May I?', response: 'You may.', context: { riskTier: 'high' } } as const

async function reviews(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await panel.review(input)
}

const { gc } = globalThis
if (!gc) throw new Error('Run this with `npm run check:allocation`: it needs node --expose-gc.')
await reviews(WARM_UP)
const samples: number[] = []
for (let sample = 0; sample < SAMPLES; sample += 1) {
  gc({ type: 'minor', execution: 'sync' })
  const before = process.memoryUsage().heapUsed
  await reviews(REVIEWS)
  samples.push((process.memoryUsage().heapUsed - before) / REVIEWS / CRITICS)
}
const bytes = samples.toSorted((a, b) => a - b)[SAMPLES / 2] ?? Infinity
const said = `${(bytes / 1_024).toFixed(1)} KB allocated per critic (at most ${BYTES_MAX / 1_024})`
if (!(bytes <= BYTES_MAX))
  throw new Error(`${said}. Run \`npm run bench\`, and look at what has become larger.`)
console.log(said)
