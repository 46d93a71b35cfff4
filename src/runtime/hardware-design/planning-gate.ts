/** The gate of PLANNING: in plan mode people say whether the plan is carried out. */

import type { GateReply, GateView } from '../projects/lifecycle.ts'

/** The plan is what the phase's tasks returned: the approval is bound to all of it. */
export function planningGate({ project, ends }: Pick<GateView, 'project' | 'ends'>): GateReply {
  const without = Object.entries(ends)
    .filter(([, { status, because }]) => status !== 'succeeded' && because !== 'condition')
    .map(([task]) => task)
  const warning =
    without.length > 0 ? ` Warning: it is without what ${without.join(', ')} should have added.` : ''
  return project.mode === 'plan'
    ? { result: 'APPROVAL_NEEDED', reason: `The plan waits for approval.${warning}` }
    : { result: 'PASS', reason: `The plan is carried out without asking.${warning}` }
}
