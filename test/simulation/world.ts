/** The world a simulated panel lives in: critics that misbehave by chance, and a book of all they were asked to do. */

import type { EvaluateContext } from '../../src/model/critic.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { CriticInput } from '../../src/model/review-input.ts'
import type { SeededRandom, SteppingClock } from '../../src/testing/index.ts'
import type { RandomCritic } from './random-panel.ts'

/** One call of a critic's work. */
export type Call = {
  readonly critic: RandomCritic
  readonly review: string
  readonly attempt: number
  readonly atMs: number
  /** The work has come back, or was told to stop. */
  over: boolean
}

export type World = {
  readonly calls: readonly Call[]
  /** Limits that were seen broken, as sentences. */
  readonly breaches: readonly string[]
  /** Timers that belong to critics, not to Stagecraft. */
  readonly ownTimers: () => number
  readonly work: (critic: RandomCritic) => (input: CriticInput, context: EvaluateContext) => Promise<Finding>
}

type Bounds = { readonly concurrentMax: number; readonly perStage: Readonly<Record<string, number>> }

export function createWorld(random: SeededRandom, clock: SteppingClock, bounds: Bounds): World {
  const calls: Call[] = []
  const breaches: string[] = []
  let ownTimers = 0

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      ownTimers += 1
      clock.setTimeout(() => {
        ownTimers -= 1
        resolve()
      }, ms)
    })

  const check = (call: Call) => {
    const open = calls.filter((other) => !other.over)
    const count = (holds: (other: Call) => boolean) => open.filter(holds).length
    const { critic } = call
    const { concurrentMax = Infinity } = critic.limits
    if (open.length > bounds.concurrentMax)
      breaches.push(`${open.length} ran at once, ${bounds.concurrentMax} may`)
    if (count((other) => other.critic.stage === critic.stage) > (bounds.perStage[critic.stage] ?? Infinity))
      breaches.push(`too many of stage ${critic.stage} ran at once`)
    if (count((other) => other.critic === critic) > concurrentMax)
      breaches.push(`too many of ${critic.name} ran at once`)
    const { ratePerSecond, burst = 1 } = critic.limits
    if (ratePerSecond === undefined) return
    const own = calls.filter((other) => other.critic === critic)
    for (const [index, first] of own.entries()) {
      const inWindow = own.length - index
      const allowed = burst + ((call.atMs - first.atMs) / 1_000) * ratePerSecond
      if (inWindow > allowed + 1e-6)
        breaches.push(`${critic.name} was called ${inWindow} times where ${allowed} may`)
    }
  }

  const work = (critic: RandomCritic) => (input: CriticInput, context: EvaluateContext) => {
    const call: Call = { critic, review: input.id, attempt: context.attempt, atMs: clock.now(), over: false }
    calls.push(call)
    check(call)
    const finish = () => {
      call.over = true
    }
    context.signal.addEventListener('abort', finish)
    return misbehave(random, sleep, context, finish)
  }
  return { calls, breaches, ownTimers: () => ownTimers, work }
}

/** What comes back for one call. `finish` is called where the work ends, before the panel can know. */
function misbehave(
  random: SeededRandom,
  sleep: (ms: number) => Promise<void>,
  { signal }: EvaluateContext,
  finish: () => void,
): Promise<Finding> {
  const end = <T>(value: T): T => {
    finish()
    return value
  }
  const fail = (error: unknown): never => {
    finish()
    throw error
  }
  const finding = randomFinding(random)
  switch (random.between(0, 11)) {
    case 0:
      return fail(new Error('threw at once'))
    case 1:
      return Promise.reject(end(Object.assign(new Error('no use'), { retryable: false })))
    case 2:
      // A finding that is none: the type says otherwise, and so do real critics.
      return Promise.resolve(
        end(random.pick([null, 'fine', 7, [], { severity: 'high' }, { severity: Number.NaN }])) as Finding,
      )
    case 3:
      return new Promise<Finding>(() => {})
    case 4:
      return new Promise<Finding>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('told to stop')))
      })
    case 5:
      return sleep(random.between(1, 3_000)).then(() => end(finding))
    case 6:
      return sleep(random.between(1, 300)).then(() => fail(new Error('threw later')))
    case 7:
      return sleep(random.between(0, 50)).then(() => end(finding))
    default:
      return Promise.resolve(end(finding))
  }
}

function randomFinding(random: SeededRandom): Finding {
  return {
    severity: random.pick([0, 0, 0, 0.5, 1, 2, 3]),
    violations: random.chance(0.2) ? ['rule'] : [],
    uncertainty: random.pick([0, 0, 0.5, 0.7, 0.9]),
    ...(random.chance(0.05) && { escalation: { tier: 'TIER_2' as const, clause: 'c', reason: 'r' } }),
  }
}
