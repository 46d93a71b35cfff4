import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import type { AttemptEnd } from '../../src/model/agent.ts'
import { backoffMs } from '../../src/model/backoff.ts'
import { agentMachine, createAgentMachine, type AgentEnd, type AgentInput } from '../../src/machines/agent.ts'
import { childLogOf } from '../../src/testing/child-log.ts'
import {
  afterEvent,
  coverageOf,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  steppingClock,
  type ReplayOptions,
} from '../../src/testing/index.ts'

type Machine = typeof agentMachine

const backoff = { baseMs: 100, factor: 2, maxMs: 150, jitter: 'none' } as const
const inputOf = (retriesMax: number): AgentInput => ({ timeoutMs: 1_000, retriesMax, backoff })
const inputs = [0, 1, 2].map(inputOf)

const good: AttemptEnd = { kind: 'output', output: { mass: 3 } }
const bad = (retryable: boolean): AttemptEnd => ({
  kind: 'error',
  code: retryable ? 'busy' : 'invalid_input',
  message: 'down',
  retryable,
})
const events = [
  doneEvent('attempt', good),
  doneEvent('attempt', bad(true)),
  doneEvent('attempt', bad(false)),
  afterEvent('timeout', 'agent.running'),
  afterEvent('pause', 'agent.retrying'),
] as const

const pathsFor = (input: AgentInput, machine: Machine = agentMachine) => pathsOf(machine, { input, events })

type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

/** What must hold whatever the chart says of itself. */
function oracleOf({ retriesMax, timeoutMs }: AgentInput): (view: View) => void {
  let last: AttemptEnd | 'timeout' | undefined
  return ({ step, snapshot, children, timers }) => {
    const { value, status } = snapshot
    if (step?.event.type === 'xstate.done.actor.attempt') last = (step.event as { output: AttemptEnd }).output
    else if (step?.event.type.startsWith('xstate.after.timeout')) last = 'timeout'
    expect(children.length).toBeLessThanOrEqual(1 + retriesMax)
    expect(children.map(({ input }) => input)).toEqual(children.map((_, index) => ({ attempt: index + 1 })))
    const running = children.filter((child) => child.status === 'running')
    expect(running.length).toBe(value === 'running' ? 1 : 0)
    const isHopeless = last !== undefined && last !== 'timeout' && last.kind === 'error' && !last.retryable
    if (isHopeless) expect(value).toBe('failed')
    if (status === 'active') {
      const pauseMs = Math.min(150, 100 * 2 ** (children.length - 1))
      expect(timers).toEqual([value === 'running' ? timeoutMs : pauseMs])
      return
    }
    expect(timers).toEqual([])
    const isFinal = last === 'timeout' || (last?.kind === 'error' && last.retryable)
    if (isFinal) expect(children.length).toBe(1 + retriesMax)
    expect(snapshot.output).toEqual(endOf(last, children.length))
    expect((snapshot.output as AgentEnd).status).toBe(value)
  }
}

/** The end is that of the last attempt. */
function endOf(last: AttemptEnd | 'timeout' | undefined, attempts: number): unknown {
  if (last === 'timeout' || last === undefined)
    return {
      status: 'timed_out',
      attempts,
      output: null,
      error: { code: 'timeout', message: expect.any(String) },
    }
  return last.kind === 'output'
    ? { status: 'succeeded', attempts, output: last.output, error: null }
    : { status: 'failed', attempts, output: null, error: { code: last.code, message: last.message } }
}

describe('the agent chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(agentMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    const coverage = coverageOf(agentMachine)
    for (const input of inputs)
      for (const path of pathsFor(input))
        replay(path, agentMachine, { inspect: coverage.inspect, check: oracleOf(input) })
    coverage.assertComplete()
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(inputs.map((input) => pathsFor(input).length)).toMatchInlineSnapshot(`
      [
        5,
        15,
        25,
      ]
    `)
  })

  it('draws a pause anew before each attempt, within what its backoff allows', () => {
    const draws = [0.25, 0.75]
    const spread = { baseMs: 100, factor: 2, maxMs: 1_000, jitter: 'full' } as const
    const machine = createAgentMachine({ random: () => draws.shift() ?? 1 })
    const clock = steppingClock()
    const input = { ...inputOf(2), backoff: spread }
    const actor = createActor(machine.provide({ actors: childLogOf(machine).actors }), { clock, input })
    const due: number[] = []
    actor.start()
    for (const attempt of [1, 2]) {
      actor.send(doneEvent('attempt', bad(true)))
      due.push((clock.armed[0] ?? 0) - clock.now())
      expect(due.at(-1)).toBe(backoffMs(spread, attempt, attempt === 1 ? 0.25 : 0.75))
      clock.next()
    }
    expect(due[0]).not.toBe(due[1])
    expect(actor.getSnapshot().context.attempts).toBe(3)
    actor.stop()
  })

  it('stops an attempt that takes too long before it begins the next', () => {
    const log = childLogOf(agentMachine)
    const clock = steppingClock()
    const actor = createActor(agentMachine.provide({ actors: log.actors }), {
      clock,
      input: inputOf(1),
    }).start()
    clock.advance(999)
    expect(log.children.map(({ status }) => status)).toEqual(['running'])
    clock.advance(1)
    expect(log.children.map(({ status }) => status)).toEqual(['stopped'])
    clock.advance(100)
    expect(log.children.map(({ status }) => status)).toEqual(['stopped', 'running'])
    clock.advance(1_000)
    expect(actor.getSnapshot()).toMatchObject({ value: 'timed_out', output: { attempts: 2 } })
  })
})

describe('an agent chart with a fault is caught by the rules', () => {
  /** What the rules say of the first path that breaks one. */
  const faultIn = (mutant: Machine): string => {
    for (const path of pathsFor(inputOf(1), mutant))
      try {
        replay(path, mutant, { check: oracleOf(inputOf(1)) })
      } catch (error) {
        return String(error)
      }
    return 'none'
  }

  it('when it retries once too often', () => {
    const retriesLeft = ({ context }: { context: { attempts: number } }) => context.attempts <= 2
    expect(faultIn(agentMachine.provide({ guards: { retriesLeft } }))).toMatch(/the check says/)
  })

  it('when it tries again what can only fail again', () => {
    const mayRetry = ({ context }: { context: { attempts: number } }) => context.attempts <= 1
    expect(faultIn(agentMachine.provide({ guards: { mayRetry } }))).toMatch(/the check says/)
  })

  it('when a pause begins at the wrong length', () => {
    expect(faultIn(agentMachine.provide({ delays: { pause: () => 50 } }))).toMatch(/the check says/)
  })
})
