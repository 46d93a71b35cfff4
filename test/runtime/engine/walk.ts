/** Walks a project through its charts, step by step, with whatever may happen next chosen by number. */

import type { AnyStateMachine } from 'xstate'
import { approvalMachine } from '../../../src/machines/approval.ts'
import { phaseMachine } from '../../../src/machines/phase.ts'
import { projectMachine } from '../../../src/machines/project.ts'
import { sagaMachine } from '../../../src/machines/saga.ts'
import type { Json } from '../../../src/model/canonical.ts'
import type { Cause } from '../../../src/model/fact.ts'
import { NO_CHARTS, ROOT, stepCharts, type Charts, type Stepped } from '../../../src/runtime/engine/charts.ts'
import type { Command } from '../../../src/runtime/store/store.ts'
import { always, lifecyclePlan, phasePlan, taskPlan } from '../../machines/plans.ts'

/** Two tasks at once, one after both, a panel, a gate, an approval by two, a bound in time and something to undo. */
export const plan = lifecyclePlan(
  [
    phasePlan('DRAFT', {
      tasks: [
        taskPlan('left'),
        taskPlan('right', { critical: true }),
        taskPlan('both', { dependsOn: ['left', 'right'] }),
      ],
      review: 'panel',
      timeoutMs: 1_000,
    }),
    phasePlan('PLAN', {
      tasks: [taskPlan('plan', { compensates: true })],
      approval: always({ quorum: 2 }),
      loopbackTo: ['DRAFT'],
    }),
    phasePlan('BUILD', { hasGate: false }),
  ],
  12,
)

const machines: Readonly<Record<string, AnyStateMachine>> = {
  project: projectMachine(plan),
  phase: phaseMachine,
  approval: approvalMachine,
  saga: sagaMachine,
}
export const machineOf = (source: string) => machines[source]

export type Walk = {
  readonly charts: Charts
  readonly seq: number
  /** Open commands, the oldest first. */
  readonly open: readonly Command[]
  readonly checkpoints: Stepped['checkpoints']
  readonly steps: readonly (Stepped & {
    readonly cause: Cause
    readonly seq: number
    readonly before: Charts
  })[]
}

const NOWHERE: Walk = { charts: NO_CHARTS, seq: 1, open: [], checkpoints: [], steps: [] }

const input = {
  id: 'drone-001',
  lifecycle: 'demo',
  version: 1,
  mode: 'execute',
  intent: 'ref:intent',
  author: null,
  params: null,
}

export const steppingAt = (seq: number) => ({ journal: 'drone-001', seq, at: seq * 10, machineOf })

/** The walk, one step further. */
export function step(walk: Walk, cause: Cause): Walk {
  const stepped = stepCharts(walk.charts, cause, steppingAt(walk.seq))
  return {
    charts: stepped.charts,
    // As a journal counts: by entries, of which a step has at least one.
    seq: walk.seq + Math.max(1, stepped.sayings.length),
    open: [...walk.open.filter(({ key }) => !stepped.closes.includes(key)), ...stepped.opens],
    checkpoints: [...walk.checkpoints, ...stepped.checkpoints],
    steps: [...walk.steps, { ...stepped, cause, seq: walk.seq, before: walk.charts }],
  }
}

export const begin = (): Walk =>
  step(NOWHERE, { to: ROOT, event: { type: 'xstate.init', source: 'project', input }, settles: null })

export const wish = (type: string, more: { readonly [key: string]: unknown } = {}): Cause => ({
  to: ROOT,
  event: { type, ...more } as Json,
  settles: null,
})

/** What a piece of open work came to, or that the time of a timer has come. */
export function endOf(command: Command, output: Json = null): Cause {
  const { address, id } = command
  const event =
    command.kind === 'timer' ? command.event : { type: `xstate.done.actor.${id}`, output, actorId: id }
  return { to: address, event, settles: id }
}

/** Ends the open work of this id. */
export function settle(walk: Walk, id: string, output: Json): Walk {
  const command = walk.open.find((open) => open.id === id)
  if (!command)
    throw new Error(`"${id}" is not open; open are ${walk.open.map((open) => open.id).join(', ')}.`)
  return step(walk, endOf(command, output))
}

export const done: Json = { status: 'succeeded', attempts: 1, durationMs: 5, output: 'ref:made' }
const broken: Json = {
  status: 'failed',
  attempts: 1,
  durationMs: 5,
  error: { code: 'error', message: 'ref:m' },
}
export const answer = (result: string, loopbackTo?: string): Json => ({
  answer: { result, reason: null, conflicts: [], ...(loopbackTo !== undefined && { loopbackTo }) },
})
export const verdict = (word: string): Json => ({ verdict: word, auditHash: 'hash', review: 'ref:review' })

const OUTPUTS: Readonly<Record<string, readonly Json[]>> = {
  task: [done, done, done, done, broken],
  review: ['allow', 'allow', 'constrained_allow', 'escalate', 'deny'].map(verdict),
  gate: [
    ...['PASS', 'PASS', 'PASS', 'PASS', 'RETRY'].map((result) => answer(result)),
    answer('LOOPBACK', 'DRAFT'),
    { failure: 'ref:threw' },
  ],
  compensate: [{ failure: null }, { failure: null }, { failure: 'ref:stuck' }],
}

export const decideBy = (
  by: string,
  decision: string,
  over: { readonly [key: string]: unknown } = {},
): Cause => ({
  to: 'root/approval',
  event: {
    type: 'DECIDE',
    proposed: { approval: 'approval-1', version: 1, by, roles: [], decision, comment: null, at: 0, ...over },
  } as Json,
  settles: null,
})

/**
 * What may happen next, also what nobody waits for any more. Work ends more often than people wish for something, or
 * no walk would get far; nobody cancels, which ends it.
 */
export function causesIn(walk: Walk): readonly Cause[] {
  const timers = walk.open.filter(({ kind }) => kind === 'timer').map((timer) => endOf(timer))
  const ends = walk.open.flatMap((command) =>
    command.kind === 'work' ? (OUTPUTS[command.source] ?? []).map((output) => endOf(command, output)) : [],
  )
  const rollbacks = walk.checkpoints
    .slice(-2)
    .map(({ id, saved }) => wish('ROLLBACK', { checkpoint: id, progress: saved }))
  const people = ['ref:ana', 'ref:ben'].flatMap((by) => [decideBy(by, 'APPROVED'), decideBy(by, 'REJECTED')])
  const isAsked = 'root/approval' in walk.charts.charts
  const wishes = ['RESUME', 'RESUME', 'PAUSE', 'START'].map((type) => wish(type))
  const decisions = isAsked ? [...people, ...people, ...people] : people.slice(0, 1)
  return [...ends, ...ends, ...ends, ...timers, ...wishes, ...decisions, ...rollbacks, ...rollbacks]
}
