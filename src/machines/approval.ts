/** An approval lets a phase go on once enough people agree, and refuses when nobody answers in time. */

import { assign, emit, setup } from 'xstate'
import {
  judge,
  settledBy,
  type ApprovalEnd,
  type Decided,
  type OpenApproval,
  type Proposed,
} from '../model/approval.ts'
import type { Saying } from '../model/fact.ts'
import type { ApprovalOutcome } from '../model/project.ts'
import { atOf, type Timed } from './timed.ts'

/** `at` is when it is asked: the deadline counts from there. */
export type ApprovalInput = Omit<OpenApproval, 'deadlineAt' | 'decisions'> & Timed

export type ApprovalContext = OpenApproval

export type ApprovalEvent = ({ readonly type: 'DECIDE'; readonly proposed: Proposed } & Timed) | TimeIsUp

/** The deadline, as XState calls it. */
type TimeIsUp = { readonly type: 'xstate.after.untilDeadline.approval.open' } & Timed

/** The approval as people see it. */
const facts = ({ id, version, phase, subjectHash }: ApprovalContext) => ({
  approval: id,
  version,
  phase,
  subjectHash,
})

const decidedOf = ({ by, roles, decision, comment, at }: Proposed): Decided => ({
  by,
  roles,
  decision,
  comment,
  at,
})

export const approvalMachine = setup({
  types: {
    input: {} as ApprovalInput,
    context: {} as ApprovalContext,
    events: {} as ApprovalEvent,
    output: {} as ApprovalOutcome,
    emitted: {} as Saying,
  },
  guards: {
    settles: ({ context, event }, { as }: { as: ApprovalEnd }) =>
      event.type === 'DECIDE' &&
      judge(context, event.proposed) === 'accepted' &&
      settledBy(context, event.proposed.decision) === as,
    accepted: ({ context, event }) =>
      event.type === 'DECIDE' && judge(context, event.proposed) === 'accepted',
  },
  actions: {
    note: assign({
      decisions: ({ context, event }) =>
        event.type === 'DECIDE' ? [...context.decisions, decidedOf(event.proposed)] : context.decisions,
    }),
    sayRequested: emit(({ context }) => ({
      type: 'APPROVAL_REQUESTED' as const,
      payload: { ...facts(context), requires: context.requires, deadlineAt: context.deadlineAt },
    })),
    sayReceived: emit(({ context, event }) => ({
      type: 'APPROVAL_RECEIVED' as const,
      payload: { ...facts(context), ...(event.type === 'DECIDE' && decidedOf(event.proposed)) },
    })),
    sayTimeout: emit(({ context }) => ({ type: 'APPROVAL_TIMEOUT' as const, payload: facts(context) })),
  },
  delays: {
    untilDeadline: ({ context }) => context.requires.deadlineMs,
  },
}).createMachine({
  id: 'approval',
  context: ({ input: { at, ...asked } }) => ({
    ...asked,
    deadlineAt: atOf({ at }) + asked.requires.deadlineMs,
    decisions: [],
  }),
  initial: 'open',
  states: {
    open: {
      entry: 'sayRequested',
      after: { untilDeadline: { target: 'refused', actions: 'sayTimeout' } },
      on: {
        DECIDE: [
          {
            guard: { type: 'settles', params: { as: 'approved' } },
            target: 'approved',
            actions: ['note', 'sayReceived'],
          },
          {
            guard: { type: 'settles', params: { as: 'rejected' } },
            target: 'rejected',
            actions: ['note', 'sayReceived'],
          },
          {
            guard: { type: 'settles', params: { as: 'plan_only' } },
            target: 'plan_only',
            actions: ['note', 'sayReceived'],
          },
          { guard: 'accepted', actions: ['note', 'sayReceived'] },
        ],
      },
    },
    approved: { type: 'final', output: ({ context }) => outcomeOf(context, 'approved') },
    rejected: { type: 'final', output: ({ context }) => outcomeOf(context, 'rejected') },
    plan_only: { type: 'final', output: ({ context }) => outcomeOf(context, 'plan_only') },
    refused: { type: 'final', output: ({ context }) => outcomeOf(context, 'refused') },
  },
  // XState gives a chart the output of its final state only through its root.
  output: ({ event }) => (event as unknown as { output: ApprovalOutcome }).output,
})

function outcomeOf({ version, decisions }: ApprovalContext, end: ApprovalEnd): ApprovalOutcome {
  const last = end === 'refused' ? undefined : decisions.at(-1)
  return { end, version, by: last?.by ?? null, comment: last?.comment ?? null, decisions }
}
