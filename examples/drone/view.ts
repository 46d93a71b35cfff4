/** What the drone's agents read of their project. */

import { z } from 'zod'
import { DroneDesign } from './design.ts'
import { requirementsOf } from './requirements.ts'

const Designed = z.looseObject({ design: DroneDesign }).optional()
const Outputs = z.looseObject({
  Designer: DroneDesign.optional(),
  Validation: Designed,
  Optimization: Designed,
})

export const DroneView = z
  .looseObject({
    project: z.looseObject({ intent: z.string(), params: z.unknown() }),
    phase: z.string(),
    tasks: Outputs,
    results: z.record(z.string(), Outputs),
    feedback: z.looseObject({ previous: Outputs }).nullable(),
  })
  .transform((view) => ({ ...view, asked: requirementsOf(view.project.intent, view.project.params) }))
export type DroneView = z.infer<typeof DroneView>

/** The design as it stands: the latest that anybody has made or proposed. Throws an Error before there is one. */
export function designIn({ tasks, results, feedback }: DroneView): DroneDesign {
  const design =
    tasks.Validation?.design ??
    feedback?.previous.Optimization?.design ??
    feedback?.previous.Validation?.design ??
    results['VALIDATION']?.Validation?.design ??
    tasks.Designer ??
    results['GEOMETRY_KERNEL']?.Designer
  if (!design) throw new Error('There is no design yet.')
  return design
}
