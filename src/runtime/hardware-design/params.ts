/** What a project's own parameters may say to the gates and conditions of a hardware design. */

import { z } from 'zod'
import { Environment } from './environment.ts'
import { problemsOf } from '../../model/problems.ts'

/** In a currency of one's own choice: the same as the cost estimate's. */
export const Budget = z.number().positive()

export const HardwareParams = z.looseObject({
  /** Instead of the lifecycle's. */
  budget: Budget.optional(),
  targetMassKg: z.number().positive().optional(),
  /** Instead of what the words of the intent tell. */
  environment: Environment.optional(),
})
export type HardwareParams = z.infer<typeof HardwareParams>

/** Throws an Error that says what is wrong with them. A project needs none. */
export function paramsOf({ project }: { readonly project: { readonly params: unknown } }): HardwareParams {
  const read = HardwareParams.safeParse(project.params ?? {})
  if (read.success) return read.data
  throw new Error(`The project's params cannot be read: ${problemsOf(read.error, 'params')}.`)
}
