/** A review that was put on record: one that escalates waits for people, and its verdict never changes. */

import { assign, emit, setup, type DoneActorEvent } from 'xstate'
import { hashOf } from '../model/canonical.ts'
import type { Requirement } from '../model/approval.ts'
import type { Saying } from '../model/fact.ts'
import type { ApprovalOutcome, SettledApproval } from '../model/project.ts'
import type { Verdict } from '../model/verdict.ts'
import type { ApprovalInput } from './approval.ts'
import { port } from './port.ts'
import { atOf, type Timed } from './timed.ts'

export type RecordedReviewInput = Timed & {
  readonly panel: string
  readonly verdict: Verdict
  readonly auditHash: string
  /** References; `input` is null where only its hash was to be kept. */
  readonly input: string | null
  readonly inputHash: string
  readonly review: string
  readonly requires: Requirement
}

export type RecordedReviewContext = Omit<RecordedReviewInput, 'at'> & {
  readonly askedAt: number
  /** So that a decision sent twice is known again. */
  readonly lastApproval: SettledApproval | null
}

/** Of the one question that a review asks. */
const APPROVAL = { id: 'approval-1', version: 1 } as const

export const recordedReviewMachine = setup({
  types: {
    input: {} as RecordedReviewInput,
    context: {} as RecordedReviewContext,
    events: {} as DoneActorEvent<ApprovalOutcome, 'approval'>,
    emitted: {} as Saying,
  },
  actors: { approval: port<ApprovalInput, ApprovalOutcome>('approval') },
  guards: {
    escalates: ({ context }) => context.verdict === 'escalate',
    isApproved: ({ event }) => event.output.end === 'approved',
  },
  actions: {
    noteApproval: assign({
      lastApproval: ({ event: { output } }) => ({
        ...APPROVAL,
        end: output.end,
        decisions: output.decisions,
      }),
    }),
    sayRecorded: emit(({ context: { panel, verdict, auditHash, input, inputHash, review } }) => ({
      type: 'REVIEW_RECORDED' as const,
      payload: { panel, verdict, auditHash, input, inputHash, review },
    })),
    sayAlert: emit(({ context: { verdict } }) => ({ type: 'CRITIC_ALERT' as const, payload: { verdict } })),
    sayReleased: emit(({ context: { verdict } }) => ({
      type: 'REVIEW_RELEASED' as const,
      payload: { verdict, outcome: 'released' },
    })),
    sayRefused: emit(({ context: { verdict } }) => ({
      type: 'REVIEW_REFUSED' as const,
      payload: { verdict, outcome: 'refused' },
    })),
  },
}).createMachine({
  id: 'recorded-review',
  context: ({ input: { at, ...recorded } }) => ({
    ...recorded,
    askedAt: atOf({ at }),
    lastApproval: null,
  }),
  initial: 'recording',
  states: {
    recording: {
      entry: 'sayRecorded',
      always: [
        { guard: 'escalates', target: 'AWAITING_APPROVAL', actions: 'sayAlert' },
        { target: 'RECORDED' },
      ],
    },
    AWAITING_APPROVAL: {
      invoke: {
        src: 'approval',
        id: 'approval',
        input: ({ context: { panel, verdict, auditHash, inputHash, requires, askedAt } }) => {
          const subject = { panel, verdict, auditHash, inputHash }
          return {
            ...APPROVAL,
            phase: panel,
            subject,
            subjectHash: hashOf(subject),
            requires,
            author: null,
            at: askedAt,
          }
        },
        onDone: [
          { guard: 'isApproved', target: 'RELEASED', actions: ['noteApproval', 'sayReleased'] },
          { target: 'REFUSED', actions: ['noteApproval', 'sayRefused'] },
        ],
      },
    },
    RECORDED: { type: 'final', tags: 'ended' },
    RELEASED: { type: 'final', tags: 'ended' },
    REFUSED: { type: 'final', tags: 'ended' },
  },
})
