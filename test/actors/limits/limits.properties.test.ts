import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPanel, type Critic } from 'stagecraft'
import { steppingClock } from 'stagecraft/testing'
import { Account } from '../../../src/actors/limits/account.ts'
import { createLimits } from '../../../src/actors/limits/limits.ts'
import { critic } from '../../runtime/panel/critics.ts'

/** Powers of two, so that no rounding blurs which step a token falls due in. */
const STEP_MS = 64
const perSecond = (tokenMs: number) => 1_000 / tokenMs

const fast = { stage: 'FAST_CRITICS' } as const
const critics: readonly Critic[] = [
  critic('free', () => ({}), { priority: 4 }),
  critic('worse', () => ({}), { priority: 9 }),
  critic('own', () => ({}), { priority: 5, limits: { concurrentMax: 2 } }),
  critic('staged', () => ({}), { ...fast, priority: 2 }),
  critic('both', () => ({}), { ...fast, priority: 1, limits: { concurrentMax: 1 } }),
  critic('rated', () => ({}), { priority: 3, limits: { ratePerSecond: perSecond(512), burst: 2 } }),
  critic('all', () => ({}), {
    ...fast,
    priority: 6,
    limits: { concurrentMax: 2, ratePerSecond: perSecond(256) },
  }),
]
const { critics: plans } = createPanel({ critics }).plan

type Config = { readonly concurrentMax: number; readonly stageMax: number; readonly queueMax: number }

type Wish = {
  readonly id: number
  readonly critic: number
  readonly priority: number
  readonly isPoor: boolean
}

/** Limits the slow way: everybody is looked at again after every turn. */
class NaiveLimits {
  readonly config: Config
  waiting: Wish[] = []
  running: Wish[] = []
  newcomers = new Set<number>()
  /** Of each critic with a rate: tokens times `tokenMs`, as of the last look. */
  tokens = new Map<number, number>()

  constructor(config: Config) {
    this.config = config
    for (const [index, { limits }] of plans.entries())
      if (limits.ratePerSecond !== undefined) this.tokens.set(index, this.#full(index))
  }

  #tokenMs(index: number): number {
    return 1_000 / (plans[index]?.limits.ratePerSecond ?? 1)
  }

  #full(index: number): number {
    return (plans[index]?.limits.burst ?? 1) * this.#tokenMs(index)
  }

  pass(ms: number): void {
    for (const [index, tokens] of this.tokens)
      this.tokens.set(index, Math.min(this.#full(index), tokens + ms))
  }

  isFree(wish: Wish): boolean {
    const plan = plans[wish.critic]
    if (!plan) throw new Error('no such critic')
    const ofStage = this.running.filter(({ critic: other }) => plans[other]?.stage === plan.stage).length
    const ofCritic = this.running.filter(({ critic: other }) => other === wish.critic).length
    return (
      this.running.length < this.config.concurrentMax &&
      (plan.stage !== 'FAST_CRITICS' || ofStage < this.config.stageMax) &&
      ofCritic < (plan.limits.concurrentMax ?? Infinity) &&
      (this.tokens.get(wish.critic) ?? Infinity) >= this.#tokenMs(wish.critic)
    )
  }

  /** What a turn comes to: who is granted, in order, and who is turned away. */
  turn(): { granted: number[]; rejected: number[] } {
    const inLine = this.waiting.toSorted((a, b) => a.priority - b.priority || a.id - b.id)
    const unpaid: Wish[] = []
    const granted = inLine.filter((wish) => {
      if (!this.isFree(wish)) return false
      if (wish.isPoor) {
        unpaid.push(wish)
        return false
      }
      this.running.push(wish)
      const tokens = this.tokens.get(wish.critic)
      if (tokens !== undefined) this.tokens.set(wish.critic, tokens - this.#tokenMs(wish.critic))
      return true
    })
    const left = inLine.filter((wish) => !granted.includes(wish) && !unpaid.includes(wish))
    const over = Math.max(0, left.length - this.config.queueMax)
    const overflow = left
      .filter(({ id }) => this.newcomers.has(id))
      .toReversed()
      .slice(0, over)
    this.newcomers.clear()
    this.waiting = left.filter((wish) => !overflow.includes(wish))
    return { granted: granted.map(({ id }) => id), rejected: [...unpaid, ...overflow].map(({ id }) => id) }
  }
}

type Command =
  | { readonly do: 'request'; readonly critic: number; readonly isPoor: boolean }
  | { readonly do: 'release' | 'cancel'; readonly which: number }
  | { readonly do: 'turn' }
  | { readonly do: 'pass'; readonly steps: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      critic: fc.nat({ max: plans.length - 1 }),
      isPoor: fc.nat({ max: 7 }).map((dice) => dice === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('release' as const, 'cancel' as const),
      which: fc.nat({ max: 50 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), steps: fc.integer({ min: 1, max: 9 }) }),
  },
)

/** Long ones: fast-check prefers short lists, in which nobody has to wait. */
const commands = fc.array(command, { minLength: 20, maxLength: 120, size: 'max' })

const config: fc.Arbitrary<Config> = fc.record({
  concurrentMax: fc.integer({ min: 1, max: 5 }),
  stageMax: fc.integer({ min: 1, max: 3 }),
  queueMax: fc.oneof({ weight: 3, arbitrary: fc.constant(1_000) }, fc.nat({ max: 4 })),
})

/** Both at once, step by step. */
function pair(given: Config) {
  const clock = steppingClock()
  const limits = createLimits({
    concurrentMax: given.concurrentMax,
    perStage: { FAST_CRITICS: given.stageMax },
    queueMax: given.queueMax,
    clock,
  })
  const naive = new NaiveLimits(given)
  const account = (isPoor: boolean) => new Account({ costMax: isPoor ? 0 : Infinity, retriesTotalMax: 0 })
  const lanes = plans.map((plan) => limits.laneOf(plan))
  const permits = new Map<number, { release(): void }>()
  const heard = { granted: [] as number[], rejected: [] as number[] }
  let nextId = 0

  const turn = async () => {
    await Promise.resolve()
    const expected = naive.turn()
    expect(heard).toEqual(expected)
    for (const id of expected.rejected) permits.delete(id)
    heard.granted.length = 0
    heard.rejected.length = 0
    expect(limits.usage).toMatchObject({ running: naive.running.length, waiting: naive.waiting.length })
  }

  const give = (wishes: Wish[], which: number) => {
    const wish = wishes[which % wishes.length]
    if (!wish) return
    wishes.splice(wishes.indexOf(wish), 1)
    permits.get(wish.id)?.release()
    permits.delete(wish.id)
  }

  const pass = async (steps: number) => {
    await turn()
    for (let step = 0; step < steps; step += 1) {
      naive.pass(STEP_MS)
      clock.advance(STEP_MS)
      await turn()
    }
  }

  /** A promise only where a turn of the event loop is meant to pass. */
  const obey = (order: Command): Promise<void> | void => {
    switch (order.do) {
      case 'request': {
        const id = nextId++
        const lane = lanes[order.critic]
        const plan = plans[order.critic]
        if (!lane || !plan) throw new Error('no such critic')
        naive.waiting.push({ id, critic: order.critic, priority: plan.priority, isPoor: order.isPoor })
        naive.newcomers.add(id)
        permits.set(
          id,
          limits.request(lane, account(order.isPoor), {
            granted: () => heard.granted.push(id),
            queued: () => {},
            rateLimited: () => {},
            rejected: () => heard.rejected.push(id),
          }),
        )
        return
      }
      case 'release':
        return give(naive.running, order.which)
      case 'cancel':
        return give(naive.waiting, order.which)
      case 'turn':
        return turn()
      case 'pass':
        return pass(order.steps)
    }
  }

  const follow = async (orders: readonly Command[]) => {
    for (const order of orders) {
      const passing = obey(order)
      if (passing) await passing
    }
  }

  return { clock, limits, naive, obey, follow, turn, pass }
}

describe('the limiter', () => {
  it('grants exactly what a naive one grants, in the same order and turn, whatever is asked, returned or withdrawn', async () => {
    await fc.assert(
      fc.asyncProperty(config, commands, async (given, orders) => {
        const { limits, naive, follow, turn } = pair(given)
        await follow(orders)
        await turn()
        expect(limits.usage.waiting).toBe(naive.waiting.length)
      }),
      { numRuns: 600 },
    )
  })

  it('serves everybody in the end, keeps no timer, and gives every permit back', async () => {
    await fc.assert(
      fc.asyncProperty(config, commands, async (given, orders) => {
        const { clock, limits, naive, obey, follow, turn, pass } = pair(given)
        await follow(orders)
        await turn()
        for (let round = 0; naive.waiting.length + naive.running.length > 0; round += 1) {
          expect(round).toBeLessThan(500)
          void obey({ do: 'release', which: 0 })
          await pass(1)
        }
        expect(limits.usage).toMatchObject({ running: 0, waiting: 0 })
        expect(clock.armed).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
