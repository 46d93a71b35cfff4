/** What the chart of a project is made of: its types, the guards it asks, and the actions it takes. */

import { assign, setup, type DoneActorEvent } from 'xstate'
import type { Plain } from '../model/canonical.ts'
import type { FactType, Saying } from '../model/fact.ts'
import { nextPhase, type LifecyclePlan, type PhasePlan, type ProjectEnd } from '../model/lifecycle.ts'
import type { PhaseOutcome, PhaseResult } from '../model/phase.ts'
import {
  act,
  afterApproval,
  afterPhase,
  begin,
  halt,
  haveActed,
  keepResult,
  progressOf,
  restore,
  resumeAt,
  undoneBy,
  type Undo,
} from '../model/progress.ts'
import type {
  ApprovalOutcome,
  Progress,
  ProjectContext,
  ProjectInput,
  ProjectReason,
} from '../model/project.ts'
import type { ApprovalInput } from './approval.ts'
import type { PhaseInput } from './phase.ts'
import { port } from './port.ts'
import type { Timed } from './timed.ts'

export type CompensateInput = { readonly undo: readonly Undo[] }
/** References of the messages of what could not be undone; empty when all was. */
export type CompensateEnd = {
  readonly failures: readonly { readonly phase: string; readonly message: string }[]
}

export type ProjectEvent =
  | ({ readonly type: 'START' | 'PAUSE' | 'RESUME' | 'CANCEL' } & Timed)
  | ({ readonly type: 'ROLLBACK'; readonly checkpoint: string; readonly progress: Progress } & Timed)
  | DoneActorEvent<PhaseResult, 'phase'>
  | DoneActorEvent<ApprovalOutcome, 'approval'>
  | DoneActorEvent<CompensateEnd, 'compensate'>

/** What a checkpoint saves; the engine stores it and makes CHECKPOINT_CREATED of it. */
export type CheckpointParams = { readonly id: string; readonly phase: string; readonly saved: Progress }

const phaseDone = (event: ProjectEvent) => (event as DoneActorEvent<PhaseResult, 'phase'>).output
const approvalDone = (event: ProjectEvent) => (event as DoneActorEvent<ApprovalOutcome, 'approval'>).output
const rollback = (event: ProjectEvent) => event as Extract<ProjectEvent, { type: 'ROLLBACK' }>

/** The result a move is about: of the phase that has just ended, or the one that people have decided on. */
const resultIn = ({ pending }: ProjectContext, event: ProjectEvent) =>
  event.type === 'xstate.done.actor.phase' ? event.output : (pending as PhaseResult)

const ofPhase = ({ phase, run, cause }: PhaseResult) => ({ phase, run, cause })

/** The plan of one of the phases. Whoever asks has its name from the plan itself. */
export const phasePlanIn = ({ phases }: LifecyclePlan, phase: string): PhasePlan =>
  phases.find(({ name }) => name === phase) as PhasePlan

/** The setup for the chart of a lifecycle: every guard and action it names. */
export function projectSetup(plan: LifecyclePlan) {
  const base = setup({
    types: {
      input: {} as ProjectInput,
      context: {} as ProjectContext,
      events: {} as ProjectEvent,
      emitted: {} as Saying,
    },
    actors: {
      phase: port<PhaseInput, PhaseResult>('phase'),
      approval: port<ApprovalInput, ApprovalOutcome>('approval'),
      compensate: port<CompensateInput, CompensateEnd>('compensate'),
    },
    guards: {
      phaseIs: ({ context }, { phase }: { phase: string }) => context.phase === phase,
      nextIs: ({ context }, { phase }: { phase: string }) => nextPhase(plan, context.phase) === phase,
      isLast: ({ context }) => nextPhase(plan, context.phase) === undefined,
      outcomeIs: ({ event }, { outcome }: { outcome: PhaseOutcome }) => phaseDone(event).outcome === outcome,
      loopsTo: ({ event }, { phase }: { phase: string }) =>
        phaseDone(event).outcome === 'LOOPBACK' && phaseDone(event).loopbackTo === phase,
      endIs: ({ event }, { end }: { end: ApprovalOutcome['end'] }) => approvalDone(event).end === end,
      phasesLeft: ({ context }) => context.phasesRun < plan.phasesMax,
      iterationsLeft: ({ context: { phase, iterations } }) =>
        iterations < phasePlanIn(plan, phase).iterationsMax,
      awaitsApproval: ({ context }) => context.pending !== null,
      isHalted: ({ context }) => context.halted !== null,
      undoesNothing: ({ context, event }) => undoneBy(plan, context, rollback(event).progress).length === 0,
      cameFrom: ({ context }, { end }: { end: ProjectEnd }) => context.restoring?.from === end,
      allUndone: ({ event }) =>
        (event as DoneActorEvent<CompensateEnd, 'compensate'>).output.failures.length === 0,
    },
    actions: {
      /** Nothing by itself: who steps the chart stores what it is given. */
      saveCheckpoint: (_, _params: CheckpointParams) => {},
      intend: assign({
        restoring: ({ event }, { from }: { from: ProjectEnd | null }) => ({
          checkpoint: rollback(event).checkpoint,
          progress: rollback(event).progress,
          from,
        }),
      }),
      note: assign({ reason: (_, { reason }: { reason: ProjectReason | null }) => reason }),
    },
  })
  const say = (
    type: FactType,
    payload: (context: ProjectContext, event: ProjectEvent) => Plain = () => ({}),
  ) => base.emit(({ context, event }) => ({ type, payload: payload(context, event) }))

  return base.extend({
    actions: {
      takeCheckpoint: base.enqueueActions(({ context, enqueue }) => {
        const saved = progressOf(context)
        enqueue({
          type: 'saveCheckpoint',
          params: { id: `${context.phase}-${context.phasesRun}`, phase: context.phase, saved },
        })
      }),
      begin: base.assign(({ context }) => begin(context)),
      moveOn: base.assign(({ context, event }) => afterPhase(plan, context, phaseDone(event))),
      noteApproval: base.assign(({ context, event }) => {
        const { version, end, decisions } = approvalDone(event)
        return { lastApproval: { id: `approval-${context.approvalsAsked}`, version, end, decisions } }
      }),
      moveOnApproved: base.assign(({ context, event }) => afterApproval(plan, context, approvalDone(event))),
      noteFailed: base.assign({ lastResult: ({ event }) => phaseDone(event), halted: null }),
      keepResult: base.assign(({ context, event }) => keepResult(context, resultIn(context, event))),
      act: base.assign(({ context }) => act(context)),
      /** Left before it has ended, a phase is still under way as far as the world is concerned. */
      haveActed: base.assign(({ context, event }) =>
        event.type === 'xstate.done.actor.phase' ? haveActed(context, event.output) : {},
      ),
      halt: base.assign(({ context, event }) => halt(context, phaseDone(event))),
      resume: base.assign(({ context }) => resumeAt(context)),
      /** Of a run that went on after a pause and is broken off: it cannot go on a second time. */
      forgetHalted: base.assign({ halted: null }),
      awaitApproval: base.assign(({ context, event }) => ({
        pending: phaseDone(event),
        halted: null,
        approvalsAsked: context.approvalsAsked + 1,
        approvalVersion: 1,
      })),
      askAgain: base.assign({ approvalVersion: ({ context }) => context.approvalVersion + 1, reason: null }),
      restore: base.assign(({ context, event }) => restore(context, context.restoring ?? rollback(event))),
      forgetRestoring: base.assign({ restoring: null }),
      haltPhase: base.sendTo('phase', { type: 'HALT' }),
      sayConflicts: base.enqueueActions(({ context, event, enqueue }) => {
        const { phase, conflicts } = phaseDone(event)
        const mine = context.conflicts.filter((known) => known.startsWith(`${phase}:`))
        const found = conflicts.map(({ id }) => `${phase}:${id}`)
        for (const conflict of conflicts)
          if (!mine.includes(`${phase}:${conflict.id}`))
            enqueue.emit({ type: 'CONFLICT_DETECTED', payload: { phase, ...conflict } })
        for (const known of mine)
          if (!found.includes(known))
            enqueue.emit({ type: 'CONFLICT_RESOLVED', payload: { phase, id: known.slice(phase.length + 1) } })
        const others = context.conflicts.filter((known) => !known.startsWith(`${phase}:`))
        enqueue.assign({ conflicts: [...others, ...found] })
      }),
      sayCompensated: base.enqueueActions(({ context, event, enqueue }) => {
        const { failures } = (event as DoneActorEvent<CompensateEnd, 'compensate'>).output
        const undone = undoneBy(plan, context, context.restoring?.progress ?? progressOf(context))
        for (const { phase } of undone) {
          const failure = failures.find((one) => one.phase === phase)
          enqueue.emit(
            failure
              ? { type: 'COMPENSATION_FAILED', payload: { phase, message: failure.message } }
              : { type: 'COMPENSATION_COMPLETED', payload: { phase } },
          )
        }
      }),
      sayCreated: say('PROJECT_CREATED', ({ lifecycle, version, mode, intent, author, params }) => ({
        lifecycle,
        version,
        mode,
        intent,
        author,
        params,
      })),
      sayStarted: say('PROJECT_STARTED'),
      sayPaused: say('PROJECT_PAUSED', ({ reason, phase }) => ({ phase, reason })),
      sayResumed: say('PROJECT_RESUMED', ({ phase }) => ({ phase })),
      sayPlanned: say('PROJECT_PLANNED', ({ phase }) => ({ phase })),
      sayCompleted: say('PROJECT_COMPLETED'),
      sayFailed: say('PROJECT_FAILED', ({ phase, reason }) => ({ phase, reason })),
      sayCancelled: say('PROJECT_CANCELLED', ({ phase }) => ({ phase })),
      sayRolledBack: say('PROJECT_ROLLED_BACK', (context, event) => ({
        checkpoint: context.restoring?.checkpoint ?? rollback(event).checkpoint,
      })),
      sayPhaseCompleted: say('PHASE_COMPLETED', (context, event) => ofPhase(resultIn(context, event))),
      sayPhaseFailed: say('PHASE_FAILED', (context, event) => ofPhase(resultIn(context, event))),
      sayPhaseRetrying: say('PHASE_RETRYING', (context, event) => ({
        ...ofPhase(resultIn(context, event)),
        because: event.type === 'xstate.done.actor.phase' ? 'RETRY' : 'REJECTED',
      })),
      sayLoopedBack: say('PHASE_LOOPED_BACK', (_, event) => ({
        ...ofPhase(phaseDone(event)),
        to: phaseDone(event).loopbackTo,
      })),
      sayPhasesMax: say('LIMIT_REACHED', ({ phase }) => ({
        phase,
        limit: 'phasesMax',
        value: plan.phasesMax,
      })),
      sayIterationsMax: say('LIMIT_REACHED', ({ phase, iterations }) => ({
        phase,
        limit: 'iterationsMax',
        value: iterations,
      })),
      sayWithdrawn: say('APPROVAL_WITHDRAWN', ({ approvalsAsked, approvalVersion, phase }) => ({
        approval: `approval-${approvalsAsked}`,
        version: approvalVersion,
        phase,
      })),
    },
  })
}
