/** The promise of gating in numbers: a harmless answer meets two critics of ten, a risky one meets them all. */

import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import {
  createPanel,
  defineCritic,
  type Finding,
  type Policy,
  type ReviewInput,
  type Stage,
  type Verdict,
} from '../dist/index.js'
import { medianOf, shuffled } from './measure.ts'

type ScenarioCritic = {
  readonly name: string
  readonly stage: Stage
  readonly policy: Policy
  readonly ms: number
  readonly cost: number
}

/** The seeds' figures scaled down: two cheap critics, three dearer ones, five deep ones. */
const CRITICS: readonly ScenarioCritic[] = [
  { name: 'quick-safety', stage: 'FAST_CRITICS', policy: 'ALWAYS', ms: 5, cost: 1 },
  { name: 'quick-policy', stage: 'FAST_CRITICS', policy: 'ALWAYS', ms: 5, cost: 1 },
  { name: 'fairness', stage: 'CORE_ANALYSIS', policy: 'ON_VIOLATION', ms: 25, cost: 10 },
  { name: 'truth', stage: 'CORE_ANALYSIS', policy: 'ON_UNCERTAINTY', ms: 25, cost: 10 },
  { name: 'rights', stage: 'CORE_ANALYSIS', policy: 'ON_HIGH_RISK', ms: 25, cost: 10 },
  { name: 'deep-bias', stage: 'DEEP_ANALYSIS', policy: 'ON_VIOLATION', ms: 60, cost: 16 },
  { name: 'deep-harm', stage: 'DEEP_ANALYSIS', policy: 'ON_VIOLATION', ms: 60, cost: 16 },
  { name: 'deep-facts', stage: 'DEEP_ANALYSIS', policy: 'ON_UNCERTAINTY', ms: 60, cost: 16 },
  { name: 'deep-law', stage: 'DEEP_ANALYSIS', policy: 'ON_HIGH_RISK', ms: 60, cost: 16 },
  { name: 'deep-privacy', stage: 'DEEP_ANALYSIS', policy: 'ON_HIGH_RISK', ms: 60, cost: 16 },
]

const LOW_RISK: ReviewInput = {
  prompt: 'What is the capital of France?',
  response: 'Paris.',
  context: { riskTier: 'low' },
}

const RISKY: ReviewInput = {
  prompt: 'Where should I put my savings?',
  response: 'All of it into this fund, which is guaranteed to double.',
  context: { riskTier: 'high' },
}

/** Everyone agrees on what is wrong with an answer; they differ in time and cost alone. */
const judge = ({ response }: { readonly response: string }): Finding =>
  response.includes('guaranteed')
    ? { severity: 2, violations: ['promises a return'], uncertainty: 0.8 }
    : { severity: 0, uncertainty: 0.1 }

export type ScenarioRow = {
  readonly request: string
  readonly how: string
  readonly ran: number
  readonly ms: number
  readonly cost: number
  /** A bare Promise.all has none. */
  readonly verdict?: Verdict
}

type Outcome = Omit<ScenarioRow, 'request' | 'how'>
type Way = { readonly how: string; review(input: ReviewInput): Promise<Outcome> }

export async function measureScenario({ times }: { times: number }): Promise<readonly ScenarioRow[]> {
  const ways = [panelWay('gated', true), panelWay('all ten (gating: false)', false), withoutPanel]
  const trials = [
    { request: 'low risk', input: LOW_RISK },
    { request: 'risky', input: RISKY },
  ].flatMap(({ request, input }) => ways.map((way) => ({ request, input, way, outcomes: [] as Outcome[] })))
  for (const { way, input } of trials) await way.review(input)
  for (let time = 0; time < times; time += 1)
    for (const { way, input, outcomes } of shuffled(trials)) outcomes.push(await way.review(input))
  return trials.map(({ request, way, outcomes }) => {
    const [first] = outcomes
    if (!first) throw new Error('A scenario needs to be played at least once.')
    return { ...first, request, how: way.how, ms: medianOf(outcomes.map(({ ms }) => ms)) }
  })
}

function panelWay(how: string, gating: boolean): Way {
  const panel = createPanel({
    critics: CRITICS.map(({ ms, ...settings }) =>
      defineCritic({
        ...settings,
        evaluate: async (input) => {
          await wait(ms)
          return judge(input)
        },
      }),
    ),
    gating,
  })
  return {
    how,
    review: async (input) => {
      const startedAt = performance.now()
      const { critics, cost, verdict } = await panel.review(input)
      const ran = Object.values(critics).filter(({ attempts }) => attempts > 0).length
      return { ran, ms: performance.now() - startedAt, cost: cost.spent, verdict }
    },
  }
}

const withoutPanel: Way = {
  how: 'bare Promise.all',
  review: async (input) => {
    const startedAt = performance.now()
    const findings = await Promise.all(
      CRITICS.map(async ({ ms }) => {
        await wait(ms)
        return judge(input)
      }),
    )
    const cost = CRITICS.reduce((sum, critic) => sum + critic.cost, 0)
    return { ran: findings.length, ms: performance.now() - startedAt, cost }
  },
}
