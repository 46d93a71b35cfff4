/** Critics for tests of the runtime: they live by a stepping clock, and keep a log of what they do. */

import type { Critic, CriticDefinition, CriticResult, EvaluateContext, Finding, Review } from 'stagecraft'
import { defineCritic, isStagecraftError, type StagecraftError } from 'stagecraft'
import { steppingClock } from 'stagecraft/testing'

export type Settings = Omit<CriticDefinition, 'name' | 'evaluate'>
export type Evaluate = (
  input: { readonly id: string; readonly prompt: string; readonly context: object },
  context: EvaluateContext,
) => unknown

/** A critic whose types are forgotten, so that it can also return what it must not. */
export function critic(name: string, evaluate: Evaluate, settings: Settings = {}): Critic {
  return defineCritic({ ...settings, name, evaluate: evaluate as CriticDefinition['evaluate'] })
}

export type Entry = { readonly critic: string; readonly did: 'start' | 'end'; readonly at: number }

/** A clock, and critics that write down when they start and end by it. */
export function scene() {
  const clock = steppingClock()
  const log: Entry[] = []
  const running = { now: 0, most: 0 }

  /** Resolves after that many milliseconds of the clock; rejects as soon as the signal aborts. */
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }, ms)
      const abort = () => {
        clock.clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })

  /** Takes its time, then says its finding. */
  const takes = (name: string, ms: number, finding: Finding = {}, settings: Settings = {}) =>
    critic(
      name,
      async (_, { signal }) => {
        log.push({ critic: name, did: 'start', at: clock.now() })
        running.now += 1
        running.most = Math.max(running.most, running.now)
        try {
          await wait(ms, signal)
          return finding
        } finally {
          running.now -= 1
          log.push({ critic: name, did: 'end', at: clock.now() })
        }
      },
      settings,
    )

  /** Says its finding at once. */
  const says = (name: string, finding: Finding = {}, settings: Settings = {}) =>
    critic(
      name,
      () => {
        log.push({ critic: name, did: 'start', at: clock.now() })
        return finding
      },
      settings,
    )

  return {
    clock,
    log,
    running,
    wait,
    takes,
    says,
    /** The critics in the order in which they started. */
    get started() {
      return log.filter((entry) => entry.did === 'start').map((entry) => entry.critic)
    },
    startedAt: (name: string) =>
      log.filter((entry) => entry.critic === name && entry.did === 'start').map((entry) => entry.at),
  }
}

export const answer = { prompt: 'May I?', response: 'You may.' }

/** A violation nobody can overlook. */
export const violation: Finding = { severity: 2, violations: ['consent'] }

/** The result of a critic that the review must have. */
export function of(review: Review, name: string): CriticResult {
  const result = review.critics[name]
  if (!result) throw new Error(`The review has no result of "${name}".`)
  return result
}

/** How every critic of a review ended. */
export function ends(review: Review): Record<string, string> {
  return Object.fromEntries(Object.values(review.critics).map(({ critic: name, status }) => [name, status]))
}

/** A promise, and the means to settle it. */
export function gate<T = void>() {
  return Promise.withResolvers<T>()
}

/** How often a function was called, and what it answers. */
export function counted<Args extends readonly unknown[], Out>(answerWith: (...args: Args) => Out) {
  const calls: Args[] = []
  const fn = (...args: Args): Out => {
    calls.push(args)
    return answerWith(...args)
  }
  return Object.assign(fn, { calls })
}

/** The StagecraftError that is thrown; anything else is a failure of the test. */
export function thrownBy(make: () => unknown): StagecraftError {
  try {
    make()
  } catch (error) {
    if (isStagecraftError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** A critic that must not run. */
export const forbidden = (name: string, settings: Settings = {}) => {
  const evaluate = counted((): Finding => {
    throw new Error(`"${name}" must not run`)
  })
  return { calls: evaluate.calls, critic: critic(name, evaluate, settings) }
}
