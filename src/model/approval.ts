/** Approvals: what is required, what may be decided, and by whom. Pure rules; the chart asks them. */

import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { Json } from './canonical.ts'
import { isRef } from './content.ts'
import { Id } from './id.ts'
import { LIMITS } from './limits.ts'

export const DECISIONS = ['APPROVED', 'REJECTED', 'PLAN_ONLY'] as const
export type ApprovalDecision = (typeof DECISIONS)[number]

/** What an approval asks for. One REJECTED or PLAN_ONLY decides at once; APPROVED needs the quorum. */
export const Requirement = z
  .strictObject({
    /** People who must approve; default 1. */
    quorum: z.int().min(1).max(LIMITS.approval.quorumMax).default(1),
    /** The only people who may decide; default anyone. */
    approvers: z.array(z.string().min(1)).min(1).optional(),
    /** Who decides must hold one of these; default none is asked for. */
    roles: z.array(z.string().min(1)).min(1).optional(),
    /** Time to decide; then it ends refused. Default 7 days. */
    deadlineMs: z
      .number()
      .min(1)
      .max(LIMITS.approval.deadlineMs.max)
      .default(LIMITS.approval.deadlineMs.default),
    /** True: the author of the project may not decide. Default false. */
    separation: z.boolean().default(false),
  })
  .refine(({ quorum, approvers }) => !approvers || new Set(approvers).size >= quorum, {
    message: 'asks for more people than `approvers` names',
    path: ['quorum'],
  })
  .meta({ id: 'ApprovalRequirement' })

export type Requirement = z.infer<typeof Requirement>
export type RequirementOptions = z.input<typeof Requirement>

/** What is asked for where a gate wants an approval and its phase does not say of whom. */
export const DEFAULT_REQUIREMENT: Requirement = Requirement.parse({})

/** Roles are recorded as they are, so none may look like a reference to what somebody else has said. */
const Role = z
  .string()
  .min(1)
  .refine((role) => !isRef(role), 'is a reference, and no role')

/** A decision as its sender states it. */
export const Submission = z
  .strictObject({
    approval: Id,
    version: z.int().min(1),
    decision: z.enum(DECISIONS),
    /** Who decides. The host vouches for it. */
    by: z.string().min(1).max(LIMITS.nameCharsMax),
    /** What who decides may speak for. The host vouches for it. */
    roles: z.array(Role).default([]),
    comment: z.string().max(LIMITS.textCharsMax).optional(),
    /** Refuses the decision when the subject is another by now. */
    subjectHash: z.string().optional(),
  })
  .meta({ id: 'ApprovalSubmission' })

export type Submission = z.input<typeof Submission>

/** A decision as it was accepted. `by` and `comment` are references. */
export type Decided = {
  readonly by: string
  readonly roles: readonly string[]
  readonly decision: ApprovalDecision
  readonly comment: string | null
  readonly at: number
}

/** An approval that people can still decide. */
export type OpenApproval = {
  readonly id: string
  /** Rises each time the question is asked anew. */
  readonly version: number
  readonly phase: string
  readonly subject: Json
  /** SHA-256 over the canonical JSON of `subject`. */
  readonly subjectHash: string
  readonly requires: Requirement
  /** What may be decided; left out for all of them. */
  readonly offers?: readonly ApprovalDecision[]
  /** Reference of the project's author; null when it has none. */
  readonly author: string | null
  readonly deadlineAt: number
  readonly decisions: readonly Decided[]
}

/** A decision that wants to be accepted, with references in place of what people said. */
export type Proposed = Decided & {
  readonly approval: string
  readonly version: number
  readonly subjectHash?: string | undefined
  /** Compares with `approvers`; not recorded. */
  readonly named?: boolean | undefined
}

export type Judgement = 'accepted' | 'repeated' | Refusal
export type Refusal = Extract<
  ErrorCode,
  'approval.outdated' | 'approval.settled' | 'approval.conflicting' | 'approval.not_allowed'
>

/** Whether a decision counts. Total, and the only place that says so. */
export function judge(approval: OpenApproval, proposed: Proposed): Judgement {
  const { id, version, subjectHash, deadlineAt, decisions, author, requires, offers } = approval
  if (proposed.approval !== id || proposed.version !== version) return 'approval.outdated'
  if (proposed.subjectHash !== undefined && proposed.subjectHash !== subjectHash) return 'approval.outdated'
  const earlier = decisions.find(({ by }) => by === proposed.by)
  if (earlier) return earlier.decision === proposed.decision ? 'repeated' : 'approval.conflicting'
  if (proposed.at >= deadlineAt) return 'approval.settled'
  if (offers && !offers.includes(proposed.decision)) return 'approval.not_allowed'
  if (requires.approvers && proposed.named !== true) return 'approval.not_allowed'
  if (requires.roles && !requires.roles.some((role) => proposed.roles.includes(role)))
    return 'approval.not_allowed'
  // Where nobody knows the author, anybody might be.
  if (requires.separation && (author === null || author === proposed.by)) return 'approval.not_allowed'
  return 'accepted'
}

/** How an approval ended. */
export type ApprovalEnd = 'approved' | 'rejected' | 'plan_only' | 'refused'

/** What a further decision would come to; undefined while the quorum is not reached. */
export function settledBy(approval: OpenApproval, decision: ApprovalDecision): ApprovalEnd | undefined {
  if (decision === 'REJECTED') return 'rejected'
  if (decision === 'PLAN_ONLY') return 'plan_only'
  const approved = approval.decisions.filter((decided) => decided.decision === 'APPROVED').length + 1
  return approved >= approval.requires.quorum ? 'approved' : undefined
}
