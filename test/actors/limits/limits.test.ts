import { describe, expect, it } from 'vitest'
import { createPanel, type Limits } from 'stagecraft'
import { steppingClock } from 'stagecraft/testing'
import { Account } from '../../../src/actors/limits/account.ts'
import { createLimits } from '../../../src/actors/limits/limits.ts'
import type { Lane } from '../../../src/actors/limits/resource.ts'
import { critic, thrownBy, type Settings } from '../../runtime/panel/critics.ts'

const planOf = (name: string, settings: Settings = {}) => {
  const [plan] = createPanel({ critics: [critic(name, () => ({}), settings)] }).plan.critics
  if (!plan) throw new Error('a plan has its critics')
  return plan
}

/** A wish for a permit, and what it was answered. */
function asking(limits: Limits, name: string, settings: Settings = {}, costMax = Infinity) {
  return askingIn(limits, limits.laneOf(planOf(name, settings)), costMax)
}

function askingIn(limits: Limits, lane: Lane, costMax = Infinity) {
  const answers: string[] = []
  const account = new Account({ costMax, retriesTotalMax: 0 })
  const permit = limits.request(lane, account, {
    granted: () => answers.push('granted'),
    queued: () => answers.push('queued'),
    rateLimited: () => answers.push('rate_limited'),
    rejected: (reason) => answers.push(`rejected: ${reason}`),
  })
  return { permit, answers }
}

const turn = () => Promise.resolve()

describe('a permit', () => {
  it('is never granted in the call that asks for it', async () => {
    const { answers } = asking(createLimits(), 'a')
    expect(answers).toEqual([])
    await turn()
    expect(answers).toEqual(['granted'])
  })

  it('is counted: it goes back when its last holder has let go', async () => {
    const limits = createLimits({ concurrentMax: 1 })
    const first = asking(limits, 'a')
    await turn()
    first.permit.keep()
    const second = asking(limits, 'b')
    first.permit.release()
    await turn()
    expect(second.answers).toEqual([])
    first.permit.release()
    await turn()
    expect(second.answers).toEqual(['granted'])
  })

  it('goes back once, however often it is returned', async () => {
    const limits = createLimits({ concurrentMax: 1 })
    const first = asking(limits, 'a')
    await turn()
    for (let count = 0; count < 3; count += 1) first.permit.release()
    expect(limits.usage.running).toBe(0)
    const [second, third] = [asking(limits, 'a'), asking(limits, 'a')]
    await turn()
    expect([second.answers, third.answers]).toEqual([['granted'], []])
  })

  it('that came free in this turn goes to the best of those who ask in the same turn', async () => {
    const limits = createLimits({ concurrentMax: 1 })
    const first = asking(limits, 'a')
    const waiting = asking(limits, 'w', { priority: 9 })
    await turn()
    first.permit.release()
    const better = asking(limits, 'b', { priority: 1 })
    await turn()
    expect([waiting.answers, better.answers]).toEqual([[], ['granted']])
  })

  it('is told of a change between queued and rate_limited, and of nothing twice', async () => {
    const clock = steppingClock()
    const limits = createLimits({ clock, concurrentMax: 5 })
    const settings: Settings = { limits: { ratePerSecond: 1, concurrentMax: 1 } }
    const first = asking(limits, 'a', settings)
    const second = asking(limits, 'a', settings)
    await turn()
    first.permit.release()
    await turn()
    clock.advance(500)
    await turn()
    expect(second.answers).toEqual(['rate_limited'])
    clock.advance(500)
    await turn()
    expect(second.answers).toEqual(['rate_limited', 'granted'])
  })

  it('is refused to a review that cannot pay, without taking a token or a place', async () => {
    const clock = steppingClock()
    const limits = createLimits({ clock })
    const settings: Settings = { limits: { ratePerSecond: 1 }, cost: 3 }
    const poor = asking(limits, 'a', settings, 2)
    const rich = asking(limits, 'a', settings, 3)
    await turn()
    expect([poor.answers, rich.answers]).toEqual([['rejected: budget_spent'], ['granted']])
    expect(limits.usage).toMatchObject({ running: 1, waiting: 0 })
  })

  it('survives thousands of withdrawn wishes in every queue', async () => {
    const clock = steppingClock()
    const limits = createLimits({
      clock,
      concurrentMax: 4,
      queueMax: 100_000,
      perStage: { CORE_ANALYSIS: 2 },
    })
    const kinds: Settings[] = [{}, { limits: { concurrentMax: 1 } }, { limits: { ratePerSecond: 0.5 } }]
    const lanes = kinds.map((settings, index) => limits.laneOf(planOf(`c${index}`, settings)))
    const held = lanes.map((lane) => askingIn(limits, lane))
    await turn()
    const wishes = Array.from({ length: 2_000 }, () => lanes.map((lane) => askingIn(limits, lane))).flat()
    await turn()
    for (const wish of held) wish.permit.release()
    for (const wish of wishes.slice(3)) wish.permit.release()
    await turn()
    clock.advance(2_000)
    await turn()
    for (const wish of wishes.slice(0, 2)) wish.permit.release()
    await turn()
    clock.advance(2_000)
    await turn()
    expect(wishes.slice(0, 3).map(({ answers }) => answers.at(-1))).toEqual(['granted', 'granted', 'granted'])
    for (const wish of wishes.slice(2)) wish.permit.release()
    expect(limits.usage).toMatchObject({ running: 0, waiting: 0 })
    expect(clock.armed).toEqual([])
  })
})

describe('a full queue', () => {
  it('does not keep those it has turned away, however long it stays full', async () => {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const limits = createLimits({ concurrentMax: 1, queueMax: 0 })
    const lane = limits.laneOf(planOf('a'))
    askingIn(limits, lane)
    await turn()
    const turnedAway: WeakRef<object>[] = []
    for (let count = 0; count < 4_000; count += 1) {
      turnedAway.push(new WeakRef(askingIn(limits, lane).permit))
      await turn()
    }
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(turnedAway.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(1_200)
    expect(limits.usage).toMatchObject({ running: 1, waiting: 0 })
  })
})

describe('room for reviews', () => {
  it('is given up to the limit, and again when it comes back', () => {
    const limits = createLimits({ reviewsMax: 2 })
    expect([limits.enterReview(), limits.enterReview(), limits.enterReview()]).toEqual([true, true, false])
    limits.leaveReview()
    expect(limits.enterReview()).toBe(true)
    expect(limits.usage.reviews).toBe(2)
  })
})

describe('limits that make no sense', () => {
  it.each([{ concurrentMax: 0 }, { queueMax: -1 }, { reviewsMax: 1.5 }, { perStage: { VALIDATION: 0 } }])(
    'are refused: %j',
    (options) => {
      expect(thrownBy(() => createLimits(options)).code).toBe('panel.invalid')
    },
  )

  it('are refused when one critic is given two different ones', () => {
    const limits = createLimits()
    limits.laneOf(planOf('a', { limits: { ratePerSecond: 1 } }))
    limits.laneOf(planOf('a', { limits: { ratePerSecond: 1 }, priority: 2 }))
    expect(thrownBy(() => limits.laneOf(planOf('a', { limits: { ratePerSecond: 1, burst: 2 } }))).code).toBe(
      'panel.conflicting_limits',
    )
  })
})
