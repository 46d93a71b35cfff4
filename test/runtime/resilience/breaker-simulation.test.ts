import { describe, expect, it } from 'vitest'
import { createCircuitBreaker, type Pass } from 'stagecraft/resilience'
import { seededRandom, steppingClock, type SeededRandom } from 'stagecraft/testing'

const SEEDS = 60
const STEPS = 400

type Rules = ReturnType<typeof rulesFrom>

const rulesFrom = (random: SeededRandom) => ({
  windowMs: 200,
  openMs: random.between(1, 100),
  trialsMax: random.between(1, 4),
  successesToClose: random.between(1, 5),
  callsMin: random.between(1, 8),
  ...(random.chance(0.7) && { failuresMax: random.between(1, 5) }),
  ...(random.chance(0.5) && { failureRate: random.pick([0.3, 0.5, 1]) }),
  ...(random.chance(0.4) && { slowMs: 20, slowRate: random.pick([0.5, 1]) }),
})

/** A call of the reference: what was true of it when it began. */
type Call = { readonly era: number; readonly startedAt: number }
type Seen = { readonly at: number; readonly failed: boolean; readonly slow: boolean }

/** The same promises, kept by somebody who has all the time in the world and forgets nothing. */
class NaiveBreaker {
  readonly #rules: Rules
  state = 'CLOSED'
  era = 0
  trips = 0
  #openUntil = 0
  #triedAt = 0
  #underWay = 0
  #well = 0
  #seen: Seen[] = []

  constructor(rules: Rules) {
    this.#rules = rules
  }

  enter(at: number): Call | undefined {
    if (this.state === 'OPEN' && at >= this.#openUntil) this.#go('HALF_OPEN')
    if (this.state === 'OPEN') return undefined
    if (this.state === 'HALF_OPEN') {
      if (this.#underWay >= this.#rules.trialsMax) {
        if (at >= this.#triedAt + this.#rules.openMs) this.open(at)
        return undefined
      }
      this.#underWay += 1
      this.#triedAt = at
    }
    return { era: this.era, startedAt: at }
  }

  end(call: Call, how: 'succeed' | 'fail' | 'drop', at: number): void {
    const { slowMs = Infinity } = this.#rules
    const slow = how !== 'drop' && at - call.startedAt > slowMs
    if (call.era !== this.era) return
    if (this.state === 'CLOSED') {
      if (how === 'drop') return
      this.#seen.push({ at, failed: how === 'fail', slow })
      if (this.#isTooMuch(how === 'fail', at)) this.open(at)
      return
    }
    this.#underWay -= 1
    if (how === 'fail' || slow) this.open(at)
    else if (how === 'succeed' && ++this.#well >= this.#rules.successesToClose) this.#go('CLOSED')
  }

  open(at: number): void {
    if (this.state !== 'OPEN') this.trips += 1
    this.#go('OPEN')
    this.#openUntil = at + this.#rules.openMs
  }

  reset(): void {
    this.#go('CLOSED')
    this.era += 1
  }

  #go(state: string): void {
    if (state === this.state && state !== 'CLOSED') return
    this.state = state
    this.era += 1
    this.#underWay = 0
    this.#well = 0
    this.#seen = []
  }

  #isTooMuch(hasFailed: boolean, at: number): boolean {
    const { windowMs, failureRate, slowRate, callsMin } = this.#rules
    const failuresMax = this.#rules.failuresMax ?? (failureRate === undefined ? 5 : Infinity)
    const failures = this.#seen.filter((one) => one.failed && at - one.at < windowMs).length
    const sliceMs = windowMs / 20
    const recent = this.#seen.filter((one) => Math.floor(one.at / sliceMs) > Math.floor(at / sliceMs) - 20)
    const share = (what: 'failed' | 'slow') => recent.filter((one) => one[what]).length / recent.length
    const isEnough = recent.length >= callsMin
    return (
      (hasFailed && failures >= failuresMax) ||
      (isEnough && failureRate !== undefined && share('failed') >= failureRate) ||
      (isEnough && slowRate !== undefined && share('slow') >= slowRate)
    )
  }
}

/** One life of a breaker; says what was seen in it. */
function live(seed: number): ReadonlySet<string> {
  const random = seededRandom(seed)
  const rules = rulesFrom(random)
  const clock = steppingClock()
  const breaker = createCircuitBreaker({ ...rules, clock })
  const naive = new NaiveBreaker(rules)
  const open: { pass: Pass; call: Call }[] = []
  const counts = { calls: 0, succeeded: 0, failed: 0, cancelled: 0, refused: 0 }
  const seen = new Set<string>()
  for (let step = 0; step < STEPS; step += 1) {
    const dice = random.next()
    if (dice < 0.4) {
      const pass = breaker.enter()
      const call = naive.enter(clock.now())
      expect(pass !== undefined).toBe(call !== undefined)
      if (pass && call) open.push({ pass, call })
      counts[pass ? 'calls' : 'refused'] += 1
    } else if (dice < 0.8 && open.length > 0) {
      const at = random.between(0, open.length - 1)
      const [ended] = open.splice(at, 1)
      const how = random.chance(0.1) ? 'drop' : random.chance(0.6) ? 'succeed' : 'fail'
      ended?.pass[how]()
      if (random.chance(0.1)) ended?.pass.fail()
      if (ended) naive.end(ended.call, how, clock.now())
      counts[({ succeed: 'succeeded', fail: 'failed', drop: 'cancelled' } as const)[how]] += 1
    } else if (dice < 0.98) clock.advance(random.between(0, 40))
    else if (random.chance(0.5)) {
      breaker.trip()
      naive.open(clock.now())
    } else {
      breaker.reset()
      naive.reset()
    }
    expect(breaker.state).toBe(naive.state)
    expect(breaker.stats).toMatchObject({ ...counts, trips: naive.trips })
    expect(clock.armed).toEqual([])
    seen.add(breaker.state)
  }
  expect(counts.calls).toBe(counts.succeeded + counts.failed + counts.cancelled + open.length)
  return seen
}

describe('a circuit breaker in any order of events', () => {
  it('does what a naive one does that never forgets, and its figures add up', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= SEEDS; seed += 1)
      try {
        for (const state of live(seed)) seen.add(state)
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
      }
    expect([...seen].toSorted()).toEqual(['CLOSED', 'HALF_OPEN', 'OPEN'])
  })
})
