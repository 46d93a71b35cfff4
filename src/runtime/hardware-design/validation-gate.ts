/** The gate of VALIDATION: lets through what passed, and has the rest made better a few times. */

import { LIMITS } from '../../model/limits.ts'
import type { GateReply, GateView } from '../projects/lifecycle.ts'
import { outputOf } from './outputs.ts'

/** Where a changed geometry is made. */
const GEOMETRY = 'GEOMETRY_KERNEL'

/** RETRY, or LOOPBACK where the geometry has to change, until the phase has run three times in a row; then FAIL. */
export function validationGate({ tasks, iteration }: Pick<GateView, 'tasks' | 'iteration'>): GateReply {
  const validation = outputOf(tasks, 'Validation')
  if (!validation) return { result: 'FAIL', reason: 'There is no result of a validation.' }
  if (validation.passed) return { result: 'PASS', reason: 'It does what was asked.' }
  const problems = validation.problems?.join(' ') ?? 'It does not do what was asked.'
  if (iteration >= LIMITS.iterationsMax)
    return { result: 'FAIL', reason: `Not validated in ${iteration} runs. ${problems}` }
  if (validation.changesGeometry === true || outputOf(tasks, 'Optimization')?.changesGeometry === true)
    return { result: 'LOOPBACK', loopbackTo: GEOMETRY, reason: `The geometry has to change. ${problems}` }
  return { result: 'RETRY', reason: problems }
}
