import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../src/model/clock.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { defineLifecycle } from '../../src/runtime/projects/define-lifecycle.ts'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import { steppingClock, type SteppingClock } from '../../src/testing/index.ts'
import { tempFolder } from './child.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOON = Date.UTC(2026, 0, 15, 12)

/** The host's clock: somebody may set it, and the time that timers pass by knows nothing of that. */
function hostClock() {
  const stepping: SteppingClock = steppingClock()
  let setTo = NOON
  const clock: Clock = {
    now: () => setTo + stepping.now(),
    setTimeout: (callback, delayMs) => stepping.setTimeout(callback, delayMs),
    // Only ids made above come back.
    clearTimeout: (id) => stepping.clearTimeout(id as number),
  }
  return {
    clock,
    /** Lets time pass, as clocks on the wall and timers see it alike. */
    pass: (ms: number) => stepping.advanceAsync(ms),
    /** Time that passes while nobody owns the store. */
    passUnseen: (ms: number) => void (setTo += ms),
    /** Sets the clock on the wall; for timers no time passes. */
    jump: async (ms: number) => {
      setTo += ms
      await stepping.settle()
    },
    get timers() {
      return stepping.armed.length
    },
  }
}

type Host = ReturnType<typeof hostClock>

const approvalWithin = (deadlineMs: number) =>
  defineLifecycle({ name: 'asks', phases: [{ name: 'ASK', approval: { deadlineMs } }] })

async function start(host: Host, path: string, deadlineMs: number): Promise<Orchestrator> {
  const orchestrator = await createOrchestrator({
    store: sqliteStore({ path }),
    lifecycles: [approvalWithin(deadlineMs)],
    clock: host.clock,
  })
  onTestFinished(() => orchestrator.stop())
  return orchestrator
}

/** A project that waits for its approval until the deadline. */
async function waiting(deadlineMs: number) {
  const host = hostClock()
  const path = join(tempFolder(), 'store.db')
  const orchestrator = await start(host, path, deadlineMs)
  await orchestrator.projects.create({ id: 'asks-1', lifecycle: 'asks', intent: 'Ask' })
  const { approval } = await orchestrator.projects.run('asks-1')
  expect(approval?.deadlineAt).toBe(NOON + deadlineMs)
  return { host, path, orchestrator, stateOf: () => stateIn(orchestrator) }
}

const stateIn = async ({ projects }: Orchestrator) => (await projects.get('asks-1')).state

const decide = ({ projects }: Orchestrator) =>
  projects.submitApproval('asks-1', { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' })

/** When it was refused, by the host's clock. */
const refusedAt = async ({ projects }: Orchestrator) =>
  (await projects.history('asks-1', { types: ['APPROVAL_TIMEOUT'] })).map(({ at }) => at)

describe('a deadline, by a clock that is set while it runs', () => {
  it('passes at its very time where nobody touches the clock', async () => {
    const { host, orchestrator, stateOf } = await waiting(30 * MINUTE)
    await host.pass(30 * MINUTE - 1)
    expect(await stateOf()).toBe('AWAITING_APPROVAL')
    await host.pass(1)
    expect(await stateOf()).toBe('PAUSED')
    expect(await refusedAt(orchestrator)).toEqual([NOON + 30 * MINUTE])
  })

  it('never passes early when the clock is set back', async () => {
    const { host, orchestrator, stateOf } = await waiting(30 * MINUTE)
    await host.pass(20 * MINUTE)
    await host.jump(-2 * DAY)
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await host.pass(MINUTE)
      expect(await stateOf()).toBe('AWAITING_APPROVAL')
    }
    await host.pass(2 * DAY - 50 * MINUTE - 1)
    expect(await stateOf()).toBe('AWAITING_APPROVAL')
    await host.pass(1)
    expect(await stateOf()).toBe('PAUSED')
    expect(await refusedAt(orchestrator)).toEqual([NOON + 30 * MINUTE])
  })

  it('is still open to a decision after the clock was set back', async () => {
    const { host, orchestrator } = await waiting(30 * MINUTE)
    await host.pass(29 * MINUTE)
    await host.jump(-DAY)
    await host.pass(10 * MINUTE)
    expect((await decide(orchestrator)).state).toBe('COMPLETED')
  })

  it('passes soon after the clock was set past it', async () => {
    const { host, orchestrator, stateOf } = await waiting(30 * DAY)
    await host.pass(MINUTE)
    await host.jump(40 * DAY)
    await host.pass(LIMITS.timerLookMs)
    expect(await stateOf()).toBe('PAUSED')
    const [at = 0] = await refusedAt(orchestrator)
    expect(at).toBeGreaterThanOrEqual(NOON + 30 * DAY)
  })

  it('refuses a decision from its very moment on, also before it was told of', async () => {
    const { host, orchestrator, stateOf } = await waiting(30 * DAY)
    await host.jump(30 * DAY)
    expect(await stateOf()).toBe('AWAITING_APPROVAL')
    await expect(decide(orchestrator)).rejects.toMatchObject({ code: 'approval.settled' })
    await host.pass(LIMITS.timerLookMs)
    await expect(decide(orchestrator)).rejects.toMatchObject({ code: 'approval.settled' })
    // Too late stays too late, whatever the clock says afterwards.
    await host.jump(-60 * DAY)
    await expect(decide(orchestrator)).rejects.toMatchObject({ code: 'approval.settled' })
    expect(await stateOf()).toBe('PAUSED')
  })

  it('accepts a decision one millisecond before', async () => {
    const { host, orchestrator } = await waiting(30 * DAY)
    await host.jump(30 * DAY - 1)
    expect((await decide(orchestrator)).state).toBe('COMPLETED')
  })

  it('may be further away than any timer of the platform', async () => {
    const { host, orchestrator, stateOf } = await waiting(2 ** 31 + 5 * MINUTE)
    expect(host.timers).toBe(1)
    await host.pass(2 ** 31)
    expect(await stateOf()).toBe('AWAITING_APPROVAL')
    await host.pass(5 * MINUTE - 1)
    expect(await stateOf()).toBe('AWAITING_APPROVAL')
    await host.pass(1)
    expect(await stateOf()).toBe('PAUSED')
    expect(await refusedAt(orchestrator)).toEqual([NOON + 2 ** 31 + 5 * MINUTE])
  })

  it('keeps its absolute time over a restart', async () => {
    const { host, path, orchestrator } = await waiting(30 * MINUTE)
    await host.pass(10 * MINUTE)
    await orchestrator.stop()
    host.passUnseen(10 * MINUTE)
    const next = await start(host, path, 30 * MINUTE)
    await host.pass(10 * MINUTE - 1)
    expect(await stateIn(next)).toBe('AWAITING_APPROVAL')
    await host.pass(1)
    expect(await refusedAt(next)).toEqual([NOON + 30 * MINUTE])
  })

  it('passes at the next start when it came due while nobody ran', async () => {
    const { host, path, orchestrator } = await waiting(30 * MINUTE)
    await orchestrator.stop()
    host.passUnseen(7 * DAY)
    const next = await start(host, path, 30 * MINUTE)
    await host.pass(0)
    expect(await stateIn(next)).toBe('PAUSED')
    expect(await refusedAt(next)).toEqual([NOON + 7 * DAY])
    const again = await next.projects.run('asks-1')
    expect(again).toMatchObject({ state: 'AWAITING_APPROVAL', approval: { version: 2 } })
  })
})
