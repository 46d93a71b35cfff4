/** The work of a task: its condition, its input, and its agent as a live actor whose attempts are noted. */

import { createActor, toPromise, type AnyActorRef } from 'xstate'
import { attemptWork } from '../../actors/attempt.ts'
import type { AgentEnd } from '../../machines/agent.ts'
import type { TaskInput } from '../../machines/phase.ts'
import { messageOf } from '../../model/errors.ts'
import type { TaskPlan } from '../../model/lifecycle.ts'
import type { TaskEnd } from '../../model/phase.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import type { PhaseView, Task } from '../lifecycle.ts'
import type { JournalRecord } from '../store/store.ts'
import { bounded } from './bounded.ts'
import { ContentWriter } from './contents.ts'
import { phaseOf, viewOf, visibleTo } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

type Parts = { readonly task: Task; readonly plan: TaskPlan; readonly input: TaskInput }

export async function taskWork(shop: WorkShop, command: WorkCommand, context: WorkContext): Promise<WorkEnd> {
  const { record, signal } = context
  // The chart of a phase gives its tasks nothing else.
  const input = command.input as TaskInput
  const parts = { ...partsOf(shop, context, input), input }
  const writer = new ContentWriter(record.salt)
  const end = await shop.slots.use(signal, async () => {
    const startedAt = shop.clock.now()
    const ended = await perform(shop, command, context, parts, writer)
    return { ...ended, durationMs: Math.max(0, shop.clock.now() - startedAt) }
  })
  return { output: end, contents: writer.contents }
}

function partsOf(shop: WorkShop, { record }: WorkContext, { phase, task }: TaskInput): Omit<Parts, 'input'> {
  const lifecycle = shop.lifecycleOf(record)
  const plan = lifecycle.plan.phases.find(({ name }) => name === phase)?.tasks ?? []
  const index = plan.findIndex(({ name }) => name === task)
  // The chart was built from this very plan, so what it asks for is there.
  return { plan: plan[index] as TaskPlan, task: lifecycle.phases[phase]?.tasks?.[index] as Task }
}

type Ended = Omit<TaskEnd, 'durationMs'>

async function perform(
  shop: WorkShop,
  command: WorkCommand,
  context: WorkContext,
  { task, plan, input }: Parts,
  writer: ContentWriter,
): Promise<Ended> {
  const failed = (code: string, thrown: unknown): Ended => ({
    status: 'failed',
    attempts: 0,
    error: { code, message: writer.refer(messageOf(thrown)) },
  })
  // Aborted while it waited for room: what the user wrote is not to run any more.
  if (context.signal.aborted) return failed('cancelled', 'cancelled')
  const view = await taskView(shop, context, input)
  const bound = { clock: shop.clock, delayMs: plan.timeoutMs, signal: context.signal }
  try {
    const { when } = task
    const runs = when ? await bounded({ ...bound, what: 'The condition' }, () => when(view)) : true
    if (!runs) return { status: 'skipped', attempts: 0, because: 'condition' }
  } catch (error) {
    return failed('condition_failed', error)
  }
  let given: unknown
  try {
    const { input: made } = task
    given = made ? await bounded({ ...bound, what: 'The input' }, () => made(view)) : view
  } catch (error) {
    return failed('input_failed', error)
  }
  if (context.signal.aborted) return failed('cancelled', 'cancelled')
  const end = await attempts(shop, context, { task, plan, input }, given)
  return {
    status: end.status,
    attempts: end.attempts,
    ...(end.status === 'succeeded' && { output: writer.refer(end.output) }),
    ...(end.error && { error: { code: end.error.code, message: writer.refer(end.error.message) } }),
  }
}

async function taskView(
  shop: WorkShop,
  { record }: WorkContext,
  { task, phase }: TaskInput,
): Promise<PhaseView> {
  const states = phaseOf(record)?.tasks ?? {}
  const plan = shop.lifecycleOf(record).plan.phases.find(({ name }) => name === phase)?.tasks ?? []
  return (await viewOf(shop.store, record, visibleTo(task, plan, states))).view
}

/** The same for one run of a task whatever interrupts it: a crash, a restart, a pause. */
const keyOf = ({ id }: JournalRecord, { phase, run, task }: TaskInput) => `${id}.${phase}.${run}.${task}`

/** Runs the agent's chart to its end, or stops it when nobody waits any more. */
async function attempts(
  shop: WorkShop,
  { signal, note, record }: WorkContext,
  { task, plan, input }: Parts,
  given: unknown,
): Promise<AgentEnd> {
  const { agent } = task
  const { backoff } = agent.settings.retry
  const actor = createActor(shop.agentMachine, {
    input: {
      timeoutMs: plan.timeoutMs,
      retriesMax: plan.retriesMax,
      backoff,
      work: attemptWork(agent, given, keyOf(record, input)),
    },
    clock: shop.clock,
    systemId: agent.name,
    ...(shop.inspect && { inspect: shop.inspect }),
  })
  let noted = 0
  actor.subscribe(({ value, context }) => {
    if (value !== 'running' || context.attempts === noted) return
    noted = context.attempts
    const error = context.last?.kind === 'error' ? new ContentWriter(record.salt) : undefined
    const message = context.last?.kind === 'error' ? (error?.refer(context.last.message) ?? null) : null
    note(
      {
        type: noted === 1 ? 'AGENT_STARTED' : 'AGENT_RETRY',
        payload: {
          phase: input.phase,
          run: input.run,
          task: input.task,
          agent: agent.name,
          attempt: noted,
          after: message,
        },
      },
      error?.contents,
    )
  })
  actor.start()
  return await endOf(actor, signal)
}

const CANCELLED: AgentEnd = { status: 'failed', attempts: 0, output: null, error: null }

async function endOf(actor: AnyActorRef, signal: AbortSignal): Promise<AgentEnd> {
  const stop = () => actor.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const end: unknown = await toPromise(actor)
    // The chart ends in final states alone, each with this output; a stopped one has none, and nobody waits for it.
    return signal.aborted ? CANCELLED : (end as AgentEnd)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
