/** The work of a gate: the rules that look for conflicts, then the gate's own word. */

import { z } from 'zod'
import type { GateEnd, GateInput } from '../../machines/phase.ts'
import { messageOf } from '../../model/errors.ts'
import { GATE_RESULTS } from '../../model/lifecycle.ts'
import { LIMITS } from '../../model/limits.ts'
import { isEnd, type Conflict, type GateAnswer, type TaskStates } from '../../model/phase.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import type { GateView, PhaseDefinition, PhaseView } from '../projects/lifecycle.ts'
import { bounded } from './bounded.ts'
import { ContentReader, ContentWriter } from './contents.ts'
import { viewOf } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

export async function gateWork(
  shop: WorkShop,
  command: WorkCommand,
  { record, signal }: WorkContext,
): Promise<WorkEnd> {
  // The chart of a phase gives its gate nothing else.
  const input = command.input as unknown as GateInput
  const writer = new ContentWriter(record.salt)
  // What the store cannot read is not the gate's failure.
  const { view } = await viewOf(shop, record, input.tasks)
  const contents = await ContentReader.of(shop.store, record.id, input.tasks, input.conflicts)
  const phase = shop.lifecycleOf(record).phases[input.phase]
  let end: GateEnd
  try {
    const answer = () => answerOf(phase, view, input, contents, writer)
    end = {
      answer: await bounded({ clock: shop.clock, delayMs: LIMITS.gateMs, signal, what: 'The gate' }, answer),
    }
  } catch (error) {
    end = { failure: writer.refer(messageOf(error)) }
  }
  // Undefined properties are left out by JSON, and nothing else is in it.
  return { output: JSON.parse(JSON.stringify(end)) as WorkEnd['output'], contents: writer.contents }
}

async function answerOf(
  phase: PhaseDefinition | undefined,
  view: PhaseView,
  { tasks, review, conflicts: merged }: GateInput,
  contents: ContentReader,
  writer: ContentWriter,
): Promise<GateAnswer> {
  const told = new Set(merged.map(({ id }) => id))
  // Rules that look at the ISA find again what its merging has found.
  const found = readConflicts(await phase?.conflicts?.(view)).filter(({ id }) => !told.has(id))
  const gateView: GateView = {
    ...view,
    ends: endsOf(tasks, contents),
    conflicts: [...merged.map((one) => ({ ...one, message: contents.text(one.message) ?? '' })), ...found],
    review: review && { verdict: review.verdict },
  }
  const reply = readReply(phase?.gate ? await phase.gate(gateView) : 'PASS')
  return {
    result: reply.result,
    ...(reply.loopbackTo !== undefined && { loopbackTo: reply.loopbackTo }),
    reason: writer.referTo(reply.reason),
    conflicts: found.map(({ id, between, message }) => ({ id, between, message: writer.refer(message) })),
  }
}

function endsOf(tasks: TaskStates, contents: ContentReader): GateView['ends'] {
  const entries = Object.entries(tasks).flatMap(([name, state]) => {
    if (!isEnd(state)) return []
    const { status, attempts, because, error } = state
    return [
      [
        name,
        {
          status,
          attempts,
          ...(because && { because }),
          ...(error && { error: contents.text(error.message) ?? error.code }),
        },
      ] as const,
    ]
  })
  return Object.fromEntries(entries)
}

const Reply = z.union([
  z.enum(GATE_RESULTS).transform((result) => ({ result, loopbackTo: undefined, reason: undefined })),
  z.strictObject({
    result: z.enum(GATE_RESULTS),
    loopbackTo: z.string().optional(),
    reason: z.string().max(LIMITS.textCharsMax).optional(),
  }),
])

const Conflicts = z
  .array(z.object({ id: z.string().min(1), between: z.array(z.string()), message: z.string() }))
  .default([])

/** A gate is user code: what it says is checked, and nonsense never passes. */
function readReply(reply: unknown): z.infer<typeof Reply> {
  const read = Reply.safeParse(reply)
  if (read.success) return read.data
  throw new TypeError(
    `The gate answered ${JSON.stringify(reply)}. It must answer one of ${GATE_RESULTS.join(', ')}, or { result, reason, loopbackTo }.`,
  )
}

function readConflicts(found: unknown): readonly Conflict[] {
  const read = Conflicts.safeParse(found)
  if (read.success) return read.data
  throw new TypeError('The rules for conflicts must give a list of { id, between, message }.')
}
