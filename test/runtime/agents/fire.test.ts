import { beforeAll, describe, expect, it } from 'vitest'
import { AGENT_ENDS } from 'stagecraft/runtime'
import { underFire, type Fire } from './fire.ts'

const SEED = 7

describe('a hundred agents of whom a third fail, are slow or hang', () => {
  let alone: Fire
  let together: Fire
  beforeAll(async () => {
    const span = { warmUpMs: 6_000, spanMs: 10_000 }
    alone = await underFire({ ...span, withSick: false }, SEED)
    together = await underFire({ ...span, withSick: true }, SEED)
  })

  it('never have more than twenty places, nor five of one agent, and use them all', () => {
    expect(together.peakOfAll).toBe(20)
    expect(together.peakOfOne).toBeLessThanOrEqual(5)
    expect(together.calls).toBeGreaterThan(2_000)
    expect(together.attempts.sick).toBeGreaterThan(50)
  })

  it('leave the healthy ones at least 95 % of what they do alone', () => {
    expect(together.healthy / alone.healthy).toBeGreaterThanOrEqual(0.95)
  })

  it('account for every call with exactly one end, and with sums that agree', () => {
    const { calls, ends, summary, timersLeft } = together
    expect(ends).toBe(calls)
    expect(summary.calls).toBe(calls)
    const each = Object.values(summary.agents)
    for (const status of [...AGENT_ENDS, 'calls', 'retries'] as const)
      expect(summary[status], status).toBe(each.reduce((sum, agent) => sum + agent[status], 0))
    for (const { calls: count, ...agent } of each)
      expect(AGENT_ENDS.reduce((sum, status) => sum + agent[status], 0)).toBe(count)
    expect([summary.queued, summary.running, summary.retrying, timersLeft]).toEqual([0, 0, 0, 0])
  })

  it('do not harm each other: no healthy agent has failed, was rejected or refused', () => {
    const healthy = Object.entries(together.summary.agents).filter(
      ([name]) => Number(name.split('-')[1]) % 3 !== 0,
    )
    expect(healthy).toHaveLength(66)
    for (const [name, { failed, timed_out, rejected, circuit_open, breaker }] of healthy)
      expect([name, failed, timed_out, rejected, circuit_open, breaker]).toEqual([name, 0, 0, 0, 0, 'CLOSED'])
  })
})
