import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import type { AgentEnd, AttemptEnd, Heard, Preparation } from '../../src/model/agent.ts'
import { backoffMs } from '../../src/model/backoff.ts'
import { agentMachine, createAgentMachine, type AgentInput } from '../../src/machines/agent.ts'
import { sameOnPaths } from '../compile/same-on-paths.ts'
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
import { mutantOf } from './mutant.ts'

type Machine = typeof agentMachine

const backoff = { baseMs: 100, factor: 2, maxMs: 150, jitter: 'none' } as const
const inputOf = (retriesMax: number, more: Partial<AgentInput> = {}): AgentInput => ({
  timeoutMs: 1_000,
  retriesMax,
  backoff,
  prepares: true,
  isPatient: true,
  ...more,
})
const inputs = [inputOf(0), inputOf(1), inputOf(2, { prepares: false, isPatient: false })]

const good: AttemptEnd = { kind: 'output', output: { mass: 3 } }
const bad = (retryable: boolean): AttemptEnd => ({
  kind: 'error',
  code: retryable ? 'busy' : 'input_invalid',
  message: 'down',
  retryable,
  fault: retryable ? 'agent' : 'call',
})
const unprepared: Preparation = {
  kind: 'error',
  code: 'condition_failed',
  message: 'no view',
  retryable: false,
  fault: 'call',
}
const events = [
  { type: 'GRANTED' },
  { type: 'REFUSED', retryInMs: 5_000, isFree: false },
  { type: 'REFUSED', retryInMs: 0, isFree: true },
  { type: 'REJECTED', code: 'queue_full', message: 'full' },
  { type: 'PROGRESS', progress: { fraction: 0.5, message: null } },
  { type: 'CANCEL' },
  doneEvent('prepare', { kind: 'ready' }),
  doneEvent('prepare', { kind: 'left_out' }),
  doneEvent('prepare', unprepared),
  doneEvent('attempt', good),
  doneEvent('attempt', bad(true)),
  doneEvent('attempt', bad(false)),
  afterEvent('timeout', 'agent.trying.preparing'),
  afterEvent('timeout', 'agent.trying.running'),
  afterEvent('pause', 'agent.retrying'),
] as const

const pathsFor = (input: AgentInput, machine: Machine = agentMachine) => pathsOf(machine, { input, events })

type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]
type Step = NonNullable<View['step']>['event'] & { output?: AttemptEnd | Preparation; isFree?: boolean }

/** Where an agent stands after some events: told in plain words, without the chart. */
class Told {
  readonly #input: AgentInput
  at = 'queued'
  attempts = 0
  tries = 0
  preparations = 0
  heard: Heard[] = []
  progress: number | undefined
  error: { code: string } | undefined
  #isPrepared: boolean
  #refusedMs = 0

  constructor(input: AgentInput) {
    this.#input = input
    this.#isPrepared = !input.prepares
  }

  hear(event: Step): void {
    if (event.type === 'CANCEL') this.#end('cancelled', 'cancelled')
    else if (event.type === 'PROGRESS') this.progress = this.at === 'running' ? 0.5 : this.progress
    else if (this.at === 'queued') this.#answer(event)
    else if (event.type.startsWith('xstate.after.pause')) this.at = 'queued'
    else if (event.type.startsWith('xstate.after.timeout')) this.#timeOut()
    else if (event.type === 'xstate.done.actor.prepare') this.#prepare(event.output as Preparation)
    else if (event.type === 'xstate.done.actor.attempt') this.#attempt(event.output as AttemptEnd)
  }

  get pauseMs(): number {
    return this.#refusedMs + Math.min(150, 100 * 2 ** (Math.max(1, this.tries) - 1))
  }

  #answer(event: Step): void {
    if (event.type === 'GRANTED') this.#begin()
    else if (event.type === 'REJECTED') this.#end('rejected', 'queue_full')
    else if (event.type === 'REFUSED') this.#refuse(event.isFree ?? false)
  }

  #begin(): void {
    if (!this.#isPrepared) {
      this.preparations += 1
      this.at = 'preparing'
      return
    }
    this.at = 'running'
    this.attempts += 1
    this.tries += 1
    this.#refusedMs = 0
    this.progress = undefined
  }

  #refuse(isFree: boolean): void {
    if (!isFree) this.tries += 1
    this.#refusedMs = isFree ? 0 : 5_000
    const outlasts = this.#input.isPatient && (isFree || this.tries <= this.#input.retriesMax)
    if (outlasts) this.at = 'retrying'
    else this.#end('circuit_open', 'circuit_open')
  }

  #prepare(end: Preparation): void {
    this.#isPrepared = end.kind === 'ready'
    if (end.kind === 'ready') this.#begin()
    else if (end.kind === 'left_out') this.#end('skipped')
    else this.#end('failed', 'condition_failed')
  }

  #timeOut(): void {
    if (this.at === 'preparing') return this.#end('failed', 'preparation_timeout')
    this.heard.push('failure')
    if (this.tries <= this.#input.retriesMax) this.at = 'retrying'
    else this.#end('timed_out', 'timeout')
  }

  #attempt(end: AttemptEnd): void {
    if (end.kind === 'output') {
      this.heard.push('success')
      return this.#end('succeeded')
    }
    this.heard.push(end.retryable ? 'failure' : 'neither')
    if (end.retryable && this.tries <= this.#input.retriesMax) this.at = 'retrying'
    else this.#end('failed', end.code)
  }

  #end(status: string, code?: string): void {
    this.at = status
    this.error = code === undefined ? undefined : { code }
  }
}

const HOLDS: Readonly<Record<string, readonly string[]>> = {
  queued: ['place'],
  preparing: ['place', 'prepare'],
  running: ['place', 'attempt'],
}

/** What must hold whatever the chart says of itself. */
function oracleOf(input: AgentInput, heard: () => readonly Heard[] = () => []): (view: View) => void {
  const told = new Told(input)
  return ({ step, snapshot, children, timers }) => {
    if (step) told.hear(step.event as Step)
    const { value, context } = snapshot
    expect(typeof value === 'object' ? value.trying : value).toBe(told.at)
    const running = children.filter(({ status }) => status === 'running').map(({ src }) => src)
    // A place is held, or waited for, exactly while an attempt is to be made.
    expect(running).toEqual(HOLDS[told.at] ?? [])
    const attempts = children.filter(({ src }) => src === 'attempt')
    expect(attempts.map((child) => child.input)).toEqual(
      attempts.map((_, index) => ({ attempt: index + 1, work: undefined })),
    )
    expect(attempts.length).toBe(told.attempts)
    expect(attempts.length).toBeLessThanOrEqual(1 + input.retriesMax)
    expect(children.filter(({ src }) => src === 'prepare').length).toBe(told.preparations)
    const pauses: Record<string, number> = { preparing: 1_000, running: 1_000, retrying: told.pauseMs }
    expect(timers).toEqual(told.at in pauses ? [pauses[told.at]] : [])
    expect(heard()).toEqual(told.heard)
    expect(context.progress?.fraction).toBe(told.progress)
    if (snapshot.status === 'active') return
    const output = snapshot.output as AgentEnd
    expect(output).toEqual({
      status: told.at,
      attempts: told.attempts,
      output: told.at === 'succeeded' ? { mass: 3 } : null,
      error: told.error ? { ...told.error, message: expect.any(String) } : null,
    })
  }
}

function replayAll(input: AgentInput, machine: Machine, inspect?: ReplayOptions<Machine>['inspect']): void {
  for (const path of pathsFor(input, machine)) {
    const heard: Heard[] = []
    const hearing = machine.provide({ actions: { hear: (_, { as }) => void heard.push(as) } })
    replay(path, hearing, { ...(inspect && { inspect }), check: oracleOf(input, () => heard) })
  }
}

describe('the agent chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(agentMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    const coverage = coverageOf(agentMachine)
    for (const input of inputs) replayAll(input, agentMachine, coverage.inspect)
    coverage.assertComplete()
  })

  it('does the same compiled', () => {
    for (const input of inputs) sameOnPaths(agentMachine, pathsFor(input))
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(inputs.map((input) => pathsFor(input).length)).toEqual([80, 284, 211])
  })

  it('draws a pause anew before each attempt, within what its backoff allows', () => {
    const draws = [0.25, 0.75]
    const spread = { baseMs: 100, factor: 2, maxMs: 1_000, jitter: 'full' } as const
    const machine = createAgentMachine({ random: () => draws.shift() ?? 1 })
    const clock = steppingClock()
    const input = { ...inputOf(2, { prepares: false }), backoff: spread }
    const actor = createActor(machine.provide({ actors: childLogOf(machine).actors }), { clock, input })
    const due: number[] = []
    actor.start()
    for (const attempt of [1, 2]) {
      actor.send({ type: 'GRANTED' })
      actor.send(doneEvent('attempt', bad(true)))
      due.push((clock.armed[0] ?? 0) - clock.now())
      expect(due.at(-1)).toBe(backoffMs(spread, attempt, attempt === 1 ? 0.25 : 0.75))
      clock.next()
    }
    expect(due[0]).not.toBe(due[1])
    actor.send({ type: 'GRANTED' })
    expect(actor.getSnapshot().context.attempts).toBe(3)
    actor.stop()
  })

  it('holds neither a place nor an attempt while it pauses, and asks for a place again before the next', () => {
    const log = childLogOf(agentMachine)
    const clock = steppingClock()
    const input = inputOf(1, { prepares: false })
    const actor = createActor(agentMachine.provide({ actors: log.actors }), { clock, input }).start()
    const held = () => log.children.map(({ src, status }) => `${src} ${status}`)
    actor.send({ type: 'GRANTED' })
    clock.advance(999)
    expect(held()).toEqual(['place running', 'attempt running'])
    clock.advance(1)
    expect(held()).toEqual(['place stopped', 'attempt stopped'])
    clock.advance(100)
    expect(held().slice(2)).toEqual(['place running'])
    actor.send({ type: 'GRANTED' })
    clock.advance(1_000)
    expect(actor.getSnapshot()).toMatchObject({ value: 'timed_out', output: { attempts: 2 } })
  })

  it('gives everything back when it is stopped from outside', () => {
    const log = childLogOf(agentMachine)
    const clock = steppingClock()
    const input = inputOf(1, { prepares: false })
    const actor = createActor(agentMachine.provide({ actors: log.actors }), { clock, input }).start()
    actor.send({ type: 'GRANTED' })
    actor.stop()
    expect(log.children.every(({ status }) => status === 'stopped')).toBe(true)
    expect(clock.armed).toEqual([])
  })
})

describe('an agent chart with a fault is caught by the rules', () => {
  /** What the rules say of the first path that breaks one. */
  const faultIn = (mutant: Machine): string => {
    try {
      replayAll(inputOf(1), mutant)
      return 'none'
    } catch (error) {
      return String(error)
    }
  }

  it('when it retries once too often', () => {
    const retriesLeft = ({ context }: { context: { tries: number } }) => context.tries <= 2
    expect(faultIn(agentMachine.provide({ guards: { retriesLeft } }))).toMatch(/the check says/)
  })

  it('when it tries again what can only fail again', () => {
    const mayRetry = ({ context }: { context: { tries: number } }) => context.tries <= 1
    expect(faultIn(agentMachine.provide({ guards: { mayRetry } }))).toMatch(/the check says/)
  })

  it('when a pause begins at the wrong length', () => {
    expect(faultIn(agentMachine.provide({ delays: { pause: () => 50 } }))).toMatch(/the check says/)
  })

  it('when it makes its input anew for every attempt', () => {
    const isUnprepared = () => true
    expect(faultIn(agentMachine.provide({ guards: { isUnprepared } }))).toMatch(/the check says/)
  })

  it('when its breaker does not hear of a timeout', () => {
    const deaf = mutantOf(
      agentMachine,
      ['states', 'trying', 'states', 'running', 'after', 'timeout', 0, 'actions'],
      ['noteTimeout'],
    )
    expect(faultIn(deaf)).toMatch(/the check says/)
  })

  it('when it keeps its place while it pauses', () => {
    const greedy = mutantOf(agentMachine, ['states', 'retrying'], {
      invoke: { src: 'place', id: 'place' },
      after: { pause: 'trying' },
    })
    expect(faultIn(greedy)).toMatch(/the check says/)
  })

  it('when it waits for ever for a breaker that stays open', () => {
    const mayOutlast = ({ context }: { context: { tries: number } }) => context.tries <= 2
    expect(faultIn(agentMachine.provide({ guards: { mayOutlast } }))).toMatch(/the check says/)
  })
})
