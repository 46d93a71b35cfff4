/** What the quadcopter's agents read of their project. */

import { z } from 'zod'
import { requirementsOf } from './requirements.ts'
import { Design } from './sizing/design.ts'

/** One validated design on the way to the last one, and the search that followed it. */
export const HistoryEntry = z.strictObject({
  round: z.int().min(1),
  design: Design,
  massKg: z.number(),
  missionMin: z.number(),
  problems: z.array(z.string()),
  shortfall: z.number(),
  /** Every design that the search from here computed in full, this one first. */
  tried: z.array(z.strictObject({ massKg: z.number(), shortfall: z.number(), objective: z.number() })),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const Designed = z.looseObject({
  design: Design,
  /** 1 for the first design of a project. */
  round: z.int().min(1),
  /** The designs before this one. */
  history: z.array(HistoryEntry),
})
export type Designed = z.infer<typeof Designed>

const Outputs = z.looseObject({
  Conversational: z.looseObject({ remark: z.string().nullable() }).optional(),
  Designer: Designed.optional(),
  Optimization: Designed.optional(),
})

const View = z.looseObject({
  project: z.looseObject({ intent: z.string(), params: z.unknown() }),
  phase: z.string(),
  tasks: Outputs,
  results: z.record(z.string(), Outputs),
  feedback: z
    .looseObject({ because: z.string(), comment: z.string().nullable(), previous: Outputs })
    .nullable(),
})

/** What a person said who rejected the plan: kept by the Conversational agent, for the phases after it. */
const remarkIn = ({ phase, feedback, results }: z.infer<typeof View>): string | null =>
  phase === 'PLANNING' && feedback?.because === 'REJECTED'
    ? feedback.comment
    : (results['PLANNING']?.Conversational?.remark ?? null)

export const QuadcopterView = View.transform((view) => {
  const { intent, params } = view.project
  return { ...view, asked: requirementsOf(intent, params, remarkIn(view)) }
})
export type QuadcopterView = z.infer<typeof QuadcopterView>

/** The design under way. Throws an Error before there is one. */
export function designedIn({ tasks, results }: Pick<QuadcopterView, 'tasks' | 'results'>): Designed {
  const designed = tasks.Designer ?? results['GEOMETRY_KERNEL']?.Designer
  if (!designed) throw new Error('There is no design yet.')
  return designed
}
