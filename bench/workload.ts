/** The work every contestant is given: critics that cost nothing themselves, with every setting of a serious panel. */

import type { Finding, Policy, ReviewInput, Stage } from '../dist/index.js'

/** What a critic does here. Only contestants that hand out a signal pass one. */
export type Evaluate = (input: ReviewInput, signal?: AbortSignal) => Promise<Finding>

export type BenchCritic = {
  readonly name: string
  readonly stage: Stage
  /** 1 goes first. */
  readonly priority: number
  readonly policy: Policy
  /** A limit of the critic's own; the panel's limits come on top. */
  readonly concurrentMax?: number
  readonly dependsOn?: string
  readonly evaluate: Evaluate
}

export type Workload = {
  readonly critics: readonly BenchCritic[]
  /** Critics running at once, over all reviews of the contestant. */
  readonly concurrentMax: number
  readonly retriesMax: number
  readonly backoffMs: number
  readonly timeoutMs: number
  readonly expects: 'all' | 'anything'
  readonly input: ReviewInput
}

/** High risk, so that every gate opens and every contestant makes the same number of calls. */
const INPUT: ReviewInput = {
  prompt: 'May I take ibuprofen together with aspirin?',
  response: 'Better not without asking a pharmacist: both thin the blood and strain the stomach.',
  context: { riskTier: 'high', locale: 'en' },
}

type Role = Omit<BenchCritic, 'name' | 'evaluate' | 'dependsOn' | 'concurrentMax'> & {
  readonly limited?: true
  readonly dependent?: true
}

const whenRisky: Policy = { when: ({ context }) => context.riskTier === 'high' }

/** Ten roles in three stages: six always run, four wait for their gate; one has a limit, one a dependency. */
const ROLES: readonly Role[] = [
  { stage: 'FAST_CRITICS', priority: 1, policy: 'ALWAYS' },
  { stage: 'FAST_CRITICS', priority: 2, policy: 'ALWAYS' },
  { stage: 'CORE_ANALYSIS', priority: 3, policy: 'ALWAYS' },
  { stage: 'CORE_ANALYSIS', priority: 4, policy: 'ON_HIGH_RISK' },
  { stage: 'CORE_ANALYSIS', priority: 5, policy: 'ALWAYS', limited: true },
  { stage: 'CORE_ANALYSIS', priority: 6, policy: whenRisky },
  { stage: 'CORE_ANALYSIS', priority: 7, policy: 'ALWAYS' },
  { stage: 'DEEP_ANALYSIS', priority: 1, policy: 'ON_HIGH_RISK' },
  { stage: 'DEEP_ANALYSIS', priority: 5, policy: whenRisky },
  { stage: 'DEEP_ANALYSIS', priority: 10, policy: 'ALWAYS', dependent: true },
]

/** A critic that costs as good as nothing, so that what is measured is the cost around it. */
export const trivial: Evaluate = async () => ({ severity: 0 })

/** Takes the signal in hand, as work that can be cancelled does. */
export const takesSignal: Evaluate = async (_, signal) => ({ severity: signal?.aborted ? 1 : 0 })

export type WorkloadOptions = {
  readonly critics: number
  readonly evaluate: Evaluate
  readonly concurrentMax?: number
  readonly timeoutMs?: number
  readonly backoffMs?: number
  /** For critics that remember: makes one for each, in place of `evaluate`. */
  readonly evaluateOfEach?: () => Evaluate
  /** `anything`: critics may fail; default `all` must succeed. */
  readonly expects?: 'all' | 'anything'
}

/** Ten roles, repeated until there are enough critics. */
export function workload({
  critics,
  evaluate,
  concurrentMax = 10,
  timeoutMs = 10_000,
  backoffMs = 10,
  expects = 'all',
  evaluateOfEach = () => evaluate,
}: WorkloadOptions): Workload {
  return {
    critics: Array.from({ length: critics }, (_, index) => criticAt(index, evaluateOfEach(), concurrentMax)),
    concurrentMax,
    retriesMax: 1,
    backoffMs,
    timeoutMs,
    expects,
    input: INPUT,
  }
}

function criticAt(index: number, evaluate: Evaluate, concurrentMax: number): BenchCritic {
  const role = ROLES[index % ROLES.length]
  if (!role) throw new Error(`There is no role for critic ${index}.`)
  const { limited, dependent, ...settings } = role
  return {
    ...settings,
    name: `critic-${index}`,
    evaluate,
    ...(limited && { concurrentMax }),
    ...(dependent && { dependsOn: `critic-${index - (index % ROLES.length)}` }),
  }
}
