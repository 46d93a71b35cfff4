/** What a project asks people. */

import { DEFAULT_REQUIREMENT } from '../model/approval.ts'
import { hashOf } from '../model/canonical.ts'
import type { PhasePlan } from '../model/lifecycle.ts'
import type { PhaseResult } from '../model/phase.ts'
import { subjectOf } from '../model/progress.ts'
import type { ProjectContext } from '../model/project.ts'
import { undoSubjectOf } from '../model/saga.ts'
import type { ApprovalInput } from './approval.ts'

/** What people are asked: about the phase's result, or about what could not be undone; bound to its hash. */
export function questionOf(
  { name, approval }: PhasePlan,
  context: ProjectContext,
): Omit<ApprovalInput, 'at'> {
  const { undoing, pending } = context
  const subject = undoing ? undoSubjectOf(undoing.failed) : subjectOf(pending as PhaseResult)
  return {
    id: `approval-${context.approvalsAsked}`,
    version: context.approvalVersion,
    phase: name,
    subject,
    subjectHash: hashOf(subject),
    requires: approval?.requires ?? DEFAULT_REQUIREMENT,
    author: context.author,
    // There is no plan to be had of what could not be undone.
    ...(undoing && { offers: ['APPROVED', 'REJECTED'] as const }),
  }
}
