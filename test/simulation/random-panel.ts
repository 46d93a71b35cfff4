/** A random panel: every setting there is, drawn by chance. */

import type { Policy } from '../../src/model/critic.ts'
import { STAGES, type Stage } from '../../src/model/stages.ts'
import type { PanelOptions } from '../../src/runtime/panel/panel-options.ts'
import type { SeededRandom } from '../../src/testing/index.ts'

export type RandomCritic = {
  readonly name: string
  readonly stage: Stage
  readonly priority: number
  readonly policy: Policy
  readonly policyName: string
  readonly dependsOn: readonly string[]
  readonly required: boolean
  readonly timeoutMs: number
  readonly retry: {
    readonly retriesMax: number
    readonly onTimeout: boolean
    readonly backoff: { readonly baseMs: number }
  }
  readonly limits: {
    readonly concurrentMax?: number
    readonly ratePerSecond?: number
    readonly burst?: number
  }
  readonly cost: number
}

const conditions: readonly (readonly [string, Policy])[] = [
  ['true', { when: () => true }],
  ['false', { when: async () => false }],
  [
    'throws',
    {
      when: () => {
        throw new Error('condition')
      },
    },
  ],
  ['hangs', { when: () => new Promise<boolean>(() => {}) }],
]

/** One to twelve critics; dependencies only on critics drawn before, of the same or an earlier stage. */
export function randomCritics(random: SeededRandom): readonly RandomCritic[] {
  const critics: RandomCritic[] = []
  const count = random.between(1, 12)
  for (let index = 0; index < count; index++) critics.push(randomCritic(random, index, critics))
  return critics
}

function randomCritic(random: SeededRandom, index: number, before: readonly RandomCritic[]): RandomCritic {
  const stage = random.pick(STAGES)
  const possible = before.filter((other) => STAGES.indexOf(other.stage) <= STAGES.indexOf(stage))
  const [policyName, policy] = randomPolicy(random)
  return {
    name: `c${index}`,
    stage,
    priority: random.between(1, 10),
    policy,
    policyName,
    dependsOn: possible.filter(() => random.chance(0.25)).map((other) => other.name),
    required: random.chance(0.7),
    timeoutMs: random.between(5, 2_000),
    retry: {
      retriesMax: random.between(0, 3),
      onTimeout: random.chance(0.5),
      backoff: { baseMs: random.between(0, 500) },
    },
    limits: {
      ...(random.chance(0.25) && { concurrentMax: random.between(1, 2) }),
      ...(random.chance(0.2) && { ratePerSecond: random.pick([0.5, 2, 50]), burst: random.between(1, 3) }),
    },
    cost: random.between(0, 5),
  }
}

function randomPolicy(random: SeededRandom): readonly [string, Policy] {
  if (random.chance(0.15)) {
    const [name, condition] = random.pick(conditions)
    return [`condition ${name}`, condition]
  }
  const policy = random.pick([
    'ALWAYS',
    'ALWAYS',
    'ALWAYS',
    'ON_VIOLATION',
    'ON_HIGH_RISK',
    'ON_UNCERTAINTY',
  ] as const)
  return [policy, policy]
}

export function randomOptions(random: SeededRandom) {
  return {
    limits: {
      concurrentMax: random.between(1, 6),
      perStage: random.chance(0.3) ? { [random.pick(STAGES)]: random.between(1, 2) } : {},
      queueMax: random.pick([0, 2, 10, 1_000]),
      reviewsMax: random.pick([1, 3, 1_000]),
    },
    retriesTotalMax: random.pick([0, 2, 20]),
    budget: random.chance(0.2) ? { costMax: random.between(0, 20) } : {},
    timeouts: {
      reviewMs: random.pick([10, 500, 5_000, 60_000]),
      perStageMs: random.chance(0.3) ? { [random.pick(STAGES)]: random.between(5, 500) } : {},
      queueMs: random.pick([5, 1_000, 30_000]),
      hookMs: random.pick([5, 1_000]),
    },
    gating: random.chance(0.9),
    retries: random.chance(0.9),
    validation: random.pick(['report', 'strict', 'off'] as const),
    shortCircuit: random.chance(0.3),
  } satisfies PanelOptions
}
