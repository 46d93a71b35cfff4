/** The work of a task: its condition, its input, and its agent as a live actor whose attempts are noted. */

import type { TaskInput } from '../../machines/phase.ts'
import type { AttemptError, Progress } from '../../model/agent.ts'
import type { Json } from '../../model/canonical.ts'
import { isStagecraftError, messageOf, type StagecraftError } from '../../model/errors.ts'
import type { Saying } from '../../model/fact.ts'
import type { TaskPlan } from '../../model/lifecycle.ts'
import type { TaskEnd, TaskStates } from '../../model/phase.ts'
import type { Prepared } from '../agents/agent-call.ts'
import { queueOf } from '../agents/entry.ts'
import type { AgentSnapshot, CallEnd } from '../agents/agent-pool.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import type { PhaseView, Task } from '../projects/lifecycle.ts'
import { orchestratorStopped } from '../stopped.ts'
import type { JournalRecord } from '../store/store.ts'
import { ContentWriter } from './contents.ts'
import { openIsa, type IsaParts } from './isa-view.ts'
import { isaPartsOf, phaseOf, viewOf, visibleTo } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

type Parts = { readonly task: Task; readonly plan: TaskPlan; readonly input: TaskInput }

/** Throws `orchestrator.stopped` when there was no place before the stop: the next owner does it; and what the store says. */
export async function taskWork(shop: WorkShop, command: WorkCommand, context: WorkContext): Promise<WorkEnd> {
  const { record, signal } = context
  // The chart of a phase gives its tasks nothing else.
  const input = command.input as TaskInput
  const parts = { ...partsOf(shop, context, input), input }
  const { agent } = parts.task
  const reads = new Reads()
  const end = await shop.agents.call({
    agent,
    key: keyOf(record, input),
    given: { prepare: () => prepare(() => reads.do(() => taskView(shop, context, input)), parts) },
    openIsa: () => reads.do(() => openIsa(shop, record, partsSeen(shop, context, input), input.task)),
    timeoutMs: parts.plan.timeoutMs,
    retriesMax: parts.plan.retriesMax,
    // A task is on record: it waits as long as it takes, unless its agent says otherwise.
    queue: queueOf(agent, {}),
    isPatient: true,
    signal,
    onAttempt: context.lingers,
    ...notesOf(context, parts),
  })
  if (reads.trouble) throw reads.trouble
  // Only a stop cancels what is still waited for.
  if (end.status === 'cancelled' && !signal.aborted) throw orchestratorStopped()
  const writer = new ContentWriter(record.salt)
  return { output: taskEnd(end, writer), contents: writer.contents }
}

function partsOf(shop: WorkShop, { record }: WorkContext, { phase, task }: TaskInput): Omit<Parts, 'input'> {
  const lifecycle = shop.lifecycleOf(record)
  const plan = lifecycle.plan.phases.find(({ name }) => name === phase)?.tasks ?? []
  const index = plan.findIndex(({ name }) => name === task)
  // The chart was built from this very plan, so what it asks for is there.
  return { plan: plan[index] as TaskPlan, task: lifecycle.phases[phase]?.tasks?.[index] as Task }
}

/** The same for one run of a task whatever interrupts it: a crash, a restart, a pause. */
const keyOf = ({ id }: JournalRecord, { phase, run, task }: TaskInput) => `${id}.${phase}.${run}.${task}`

/** What is read for a task. What the store cannot read is not the task's failure, whatever the task makes of it. */
class Reads {
  trouble: StagecraftError | undefined

  async do<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (isStagecraftError(error) && error.code.startsWith('store.')) this.trouble ??= error
      throw error
    }
  }
}

/** Asks the condition and makes the input, as the project stands when there is a place. Never rejects. */
async function prepare(look: () => Promise<PhaseView>, { task }: Parts): Promise<Prepared> {
  const { when, input: made } = task
  let code = 'condition_failed'
  try {
    const view = await look()
    if (when && !(await when(view))) return { kind: 'left_out' }
    code = 'input_failed'
    return { kind: 'ready', input: made ? await made(view) : view }
  } catch (thrown) {
    const error: AttemptError = {
      kind: 'error',
      code,
      message: messageOf(thrown),
      retryable: false,
      fault: 'call',
    }
    return error
  }
}

const partsSeen = (shop: WorkShop, context: WorkContext, input: TaskInput): IsaParts =>
  isaPartsOf(shop, context.record, statesSeen(shop, context, input))

const taskView = async (shop: WorkShop, context: WorkContext, input: TaskInput): Promise<PhaseView> =>
  (await viewOf(shop, context.record, statesSeen(shop, context, input))).view

/** What the task may see of the others of its phase. */
function statesSeen(shop: WorkShop, { record }: WorkContext, { task, phase }: TaskInput): TaskStates {
  const states = phaseOf(record)?.tasks ?? {}
  const plan = shop.lifecycleOf(record).plan.phases.find(({ name }) => name === phase)?.tasks ?? []
  return visibleTo(task, plan, states)
}

/** What is said of the task while it is done: each attempt, and its progress. */
function notesOf({ note, record }: WorkContext, { task, input }: Parts) {
  const { phase, run, task: name } = input
  const say = (type: Saying['type'], attempt: number, more: (writer: ContentWriter) => object) => {
    const writer = new ContentWriter(record.salt)
    const payload = { phase, run, task: name, agent: task.agent.name, attempt, ...more(writer) }
    note({ type, payload }, writer.contents)
  }
  let noted = 0
  return {
    onState: ({ value, context: { attempts, last } }: AgentSnapshot): void => {
      if (attempts === noted || typeof value !== 'object') return
      noted = attempts
      const message = attempts > 1 && last?.kind === 'error' ? last.message : null
      say(attempts === 1 ? 'AGENT_STARTED' : 'AGENT_RETRY', attempts, (writer) => ({
        after: writer.referTo(message),
      }))
    },
    onProgress: ({ fraction, message }: Progress, attempt: number): void =>
      say('AGENT_PROGRESS', attempt, (writer) => ({ fraction, message: writer.referTo(message) })),
  }
}

function taskEnd(end: CallEnd, writer: ContentWriter): TaskEnd {
  const { status, attempts, durationMs, output, error } = end
  return {
    status,
    attempts,
    durationMs,
    ...(status === 'succeeded' && { output: writer.refer(output) }),
    // Made plain by the ISA that recorded them.
    ...('changes' in end && { values: writer.refer(end.changes as unknown as Json) }),
    ...(status === 'skipped' && { because: 'condition' as const }),
    ...(error && { error: { code: error.code, message: writer.refer(error.message) } }),
  }
}
