/** What the chart of a project is made of: its types, the guards it asks, and the actions it takes. */

import { assign, setup, type DoneActorEvent } from 'xstate'
import type { Plain } from '../model/canonical.ts'
import type { FactType, Saying } from '../model/fact.ts'
import type { IsaRevision } from '../model/isa/revision.ts'
import { nextPhase, type LifecyclePlan, type PhasePlan, type ProjectEnd } from '../model/lifecycle.ts'
import type { PhaseOutcome, PhaseResult } from '../model/phase.ts'
import {
  afterApproval,
  afterHelp,
  afterPhase,
  afterSaga,
  again,
  askForHelp,
  begin,
  halt,
  haveActed,
  isaAfter,
  isaOf,
  keepResult,
  landing,
  progressOf,
  restore,
  resumeAt,
  turnBack,
  undoFor,
} from '../model/progress.ts'
import type {
  ApprovalOutcome,
  Progress,
  ProjectContext,
  ProjectInput,
  ProjectReason,
  UndoGoal,
} from '../model/project.ts'
import { undoneBy, type SagaEnd, type SagaOutcome } from '../model/saga.ts'
import type { ApprovalInput } from './approval.ts'
import type { PhaseInput } from './phase.ts'
import { port } from './port.ts'
import type { SagaInput } from './saga.ts'
import type { Timed } from './timed.ts'

export type ProjectEvent =
  | ({ readonly type: 'START' | 'PAUSE' | 'RESUME' | 'CANCEL' } & Timed)
  | ({ readonly type: 'ROLLBACK'; readonly checkpoint: string; readonly progress: Progress } & Timed)
  | DoneActorEvent<PhaseResult, 'phase'>
  | DoneActorEvent<ApprovalOutcome, 'approval'>
  | DoneActorEvent<SagaOutcome, 'saga'>

/** What a checkpoint saves; the engine stores it and makes CHECKPOINT_CREATED of it. */
export type CheckpointParams = { readonly id: string; readonly phase: string; readonly saved: Progress }

const phaseDone = (event: ProjectEvent) => (event as DoneActorEvent<PhaseResult, 'phase'>).output
const approvalDone = (event: ProjectEvent) => (event as DoneActorEvent<ApprovalOutcome, 'approval'>).output
const sagaDone = (event: ProjectEvent) => (event as DoneActorEvent<SagaOutcome, 'saga'>).output
const rollback = (event: ProjectEvent) => event as Extract<ProjectEvent, { type: 'ROLLBACK' }>

/** The checkpoint a rollback goes back to: at once, or after its saga. */
const goalIn = ({ undoing }: ProjectContext, event: ProjectEvent) =>
  undoing?.goal.at === 'checkpoint' ? undoing.goal : rollback(event)

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
      saga: port<SagaInput, SagaOutcome>('saga'),
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
      awaitsApproval: ({ context }) => context.pending !== null || context.undoing !== null,
      isHalted: ({ context }) => context.halted !== null,
      undoesNothing: ({ context, event }) =>
        undoneBy(context.acted, rollback(event).progress.results).length === 0,
      isUndoing: ({ context }) => context.undoing !== null,
      sagaIs: ({ event }, { end }: { end: SagaEnd }) => sagaDone(event).end === end,
      leadsTo: ({ context }, { at }: { at: UndoGoal['at'] }) => context.undoing?.goal.at === at,
      cameFrom: ({ context: { undoing } }, { end }: { end: ProjectEnd }) =>
        undoing?.goal.at === 'checkpoint' && undoing.goal.from === end,
      hasLost: ({ context, event }) =>
        (context.undoing?.lost.length ?? 0) > 0 || sagaDone(event).undone.length > 0,
    },
    actions: {
      /** Nothing by itself: who steps the chart stores what it is given. */
      saveCheckpoint: (_, _params: CheckpointParams) => {},
      intend: assign(({ event }, { from }: { from: ProjectEnd | null }) => {
        const { checkpoint, progress } = rollback(event)
        return undoFor({ at: 'checkpoint', checkpoint, progress, from })
      }),
      undoFor: assign((_, { goal }: { goal: UndoGoal }) => undoFor(goal)),
      note: assign({ reason: (_, { reason }: { reason: ProjectReason | null }) => reason }),
    },
  })
  /** Says which revision of the ISA holds from now on, where it is another one than before. */
  const tell = (next: (context: ProjectContext, event: ProjectEvent) => IsaRevision | null) =>
    base.enqueueActions(({ context, event, enqueue }) => {
      const isa = next(context, event)
      if (isa?.state === context.isa?.state) return
      enqueue.emit(isaFact(context, event, isa))
      enqueue.assign({ isa })
    })
  const say = (
    type: FactType,
    payload: (context: ProjectContext, event: ProjectEvent) => Plain = () => ({}),
  ) => base.emit(({ context, event }) => ({ type, payload: payload(context, event) }))

  return base.extend({
    actions: {
      takeCheckpoint: base.enqueueActions(({ context, enqueue }) => {
        const { goal } = context.undoing ?? {}
        if (goal?.at === 'phase' && !goal.isFresh) return
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
      haveActed: base.assign(({ context, event }) =>
        haveActed(context, phasePlanIn(plan, context.phase), phaseDone(event)),
      ),
      turnBack: base.assign(({ context, event }) =>
        turnBack(context, afterPhase(plan, context, phaseDone(event))),
      ),
      turnBackRejected: base.assign(({ context, event }) =>
        turnBack(context, afterApproval(plan, context, approvalDone(event))),
      ),
      again: base.assign(({ context }) => again(context)),
      noteSaga: base.assign(({ context, event }) => afterSaga(context, sagaDone(event))),
      /** Why it ended, unless it could not end as it should. */
      noteUndone: base.assign(({ context: { undoing }, event }) => {
        const because = undoing?.goal.at === 'FAILED' ? undoing.goal.because : 'by_request'
        return { reason: sagaDone(event).end === 'IRREVERSIBLE' ? 'irreversible' : because, undoing: null }
      }),
      askForHelp: base.assign(({ context, event }) => askForHelp(context, sagaDone(event))),
      noteHelp: base.assign(({ context, event }) => afterHelp(context, approvalDone(event))),
      land: base.assign(({ context }) => {
        const progress = landing(plan, context)
        return progress ? restore(context, progress) : { undoing: null }
      }),
      forgetUndoing: base.assign({ undoing: null }),
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
      askAgain: base.assign(({ context: { approvalVersion, undoing } }) => ({
        approvalVersion: approvalVersion + 1,
        reason: undoing ? 'compensation_failed' : null,
      })),
      restore: base.assign(({ context, event }) => restore(context, goalIn(context, event).progress)),
      haltPhase: base.sendTo('phase', { type: 'HALT' }),
      tellIsa: tell((context, event) =>
        event.type === 'xstate.done.actor.phase' ? isaAfter(plan, context, event.output) : context.isa,
      ),
      tellRejectedIsa: tell((context, event) =>
        event.type === 'xstate.done.actor.approval' && event.output.end === 'rejected' && !context.undoing
          ? isaOf(plan, context.results)
          : context.isa,
      ),
      /** What people were asked about, and nobody has agreed to, goes when the project is cancelled. */
      tellPassedIsa: tell((context) => isaOf(plan, context.results)),
      tellRestoredIsa: tell((context, event) => isaOf(plan, goalIn(context, event).progress.results)),
      tellLandedIsa: tell((context) => {
        const progress = landing(plan, context)
        return progress ? isaOf(plan, progress.results) : context.isa
      }),
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
        checkpoint: goalIn(context, event).checkpoint,
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

/** Only a phase that goes on, or is put before people, adds to the ISA; whatever else changes it takes it back. */
function isaFact(
  { phase, isa: before }: ProjectContext,
  event: ProjectEvent,
  isa: IsaRevision | null,
): Saying {
  const goesOn = event.type === 'xstate.done.actor.phase' && event.output.outcome !== 'LOOPBACK'
  return {
    type: goesOn ? 'ISA_UPDATED' : 'ISA_ROLLED_BACK',
    payload: { phase, from: before?.revision ?? 0, ...(isa ?? { revision: 0 }) },
  }
}
