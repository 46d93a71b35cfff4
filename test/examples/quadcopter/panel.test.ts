import { afterAll, describe, expect, it } from 'vitest'
import { summaryOf, type DesignSummary } from '../../../examples/quadcopter/design-summary.ts'
import { createDesignPanel } from '../../../examples/quadcopter/panel.ts'
import { requirementsOf } from '../../../examples/quadcopter/requirements.ts'
import { firstDesign } from '../../../examples/quadcopter/sizing/first-design.ts'

const panel = createDesignPanel()
afterAll(() => panel[Symbol.asyncDispose]())

const cool = requirementsOf('0.5 kg, 20 min, 20 °C', {})
const sound = summaryOf(firstDesign(cool), cool)

const judged = async (changed: Partial<DesignSummary>) => {
  const review = await panel.review({
    prompt: 'a design',
    response: JSON.stringify({ ...sound, ...changed }),
  })
  const objecting = review.reasons.filter(({ verdict }) => verdict !== 'allow').map(({ critic }) => critic)
  return [review.verdict, objecting] as const
}

describe('the panel over a design', () => {
  it('allows a sound one', async () => {
    expect(await judged({})).toEqual(['allow', []])
  })

  it.each([
    ['units that cannot be right', { figures: { discLoading: 50_000 } }, 'units_plausible'],
    ['a perpetual motion', { shaftW: 1 }, 'momentum'],
    ['too heavy a craft', { massKg: 30, massesKg: { payload: 30 } }, 'mass'],
    ['masses that do not add up', { massesKg: { payload: 1 } }, 'mass'],
    ['a spent budget', { budget: 10 }, 'budget'],
    ['a part that is too hot', { headroomK: { controller: -5 } }, 'thermal_margin'],
  ] as const)('denies %s', async (_, changed, critic) => {
    expect(await judged(changed)).toEqual(['deny', [critic]])
  })

  it.each([
    ['what is nearly too hot', { headroomK: { motor: 1 } }, 'thermal_margin'],
    ['a budget that is nearly spent', { budget: sound.cost + 1 }, 'budget'],
    ['a figure that it does not know', { figures: { luck: 7 } }, 'units_plausible'],
  ] as const)('has a word about %s', async (_, changed, critic) => {
    expect(await judged(changed)).toEqual(['constrained_allow', [critic]])
  })

  it('leaves to people what it cannot read', async () => {
    const { verdict } = await panel.review({ prompt: 'a design', response: 'trust me' })
    expect(verdict).toBe('escalate')
  })

  it('denies the first design of a hot day', async () => {
    const hot = requirementsOf('2 kg, 25 min, 40 °C', {})
    expect(await judged(summaryOf(firstDesign(hot), hot))).toEqual(['deny', ['thermal_margin']])
  })
})
