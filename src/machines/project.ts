/**
 * A project: its lifecycle's phases and AWAITING_APPROVAL as the states of one chart, built from the lifecycle's plan.
 * What is needed to come back to a phase is in the context: there are no history and no parallel states.
 */

import { and, not } from 'xstate'
import { acts, ENDS, nextPhase, type LifecyclePlan, type ProjectEnd } from '../model/lifecycle.ts'
import type { PhaseOutcome } from '../model/phase.ts'
import { toUndo } from '../model/progress.ts'
import type { ApprovalOutcome, ProjectContext, ProjectReason, UndoGoal } from '../model/project.ts'
import type { SagaEnd } from '../model/saga.ts'
import type { PhaseInput } from './phase.ts'
import { questionOf } from './project-question.ts'
import { phasePlanIn, projectSetup } from './project-setup.ts'
import { atOf } from './timed.ts'

const outcome = (is: PhaseOutcome) => ({ type: 'outcomeIs', params: { outcome: is } }) as const
const end = (is: ApprovalOutcome['end']) => ({ type: 'endIs', params: { end: is } }) as const
const phaseIs = (phase: string) => ({ type: 'phaseIs', params: { phase } }) as const
const saga = (is: SagaEnd) => ({ type: 'sagaIs', params: { end: is } }) as const
const leadsTo = (at: UndoGoal['at']) => ({ type: 'leadsTo', params: { at } }) as const
const nextIs = (phase: string) => ({ type: 'nextIs', params: { phase } }) as const

/** The chart of a lifecycle. The same plan gives the same chart in every process. */
export function projectMachine(plan: LifecyclePlan) {
  const project = projectSetup(plan)
  const planOf = (phase: string) => phasePlanIn(plan, phase)
  const names = plan.phases.map(({ name }) => name)
  const cancelled = {
    target: '#project.CANCELLED',
    actions: [because('by_request'), 'tellPassedIsa', 'sayCancelled'],
  } as const
  const outOfPhases = ['sayPhasesMax', because('phases_max'), 'sayFailed'] as const
  const undoes = plan.phases.some(acts)
  /** An end: at once where nothing is ever undone, otherwise when all is. */
  const failing = (isUndone: boolean, reason: 'phase_failed' | 'iterations_max' | 'phases_max') =>
    isUndone
      ? ({ target: '#project.ROLLING_BACK', actions: [undoFor({ at: 'FAILED', because: reason })] } as const)
      : ({ target: '#project.FAILED', actions: [because(reason), 'sayFailed'] } as const)
  const undoesFrom = (earlier: string, later: string) =>
    plan.phases.slice(names.indexOf(earlier), names.indexOf(later) + 1).some(acts)
  /** True where something may have to be undone before the phase is done again. */
  const isRepeated = (phase: string) =>
    acts(planOf(phase)) ||
    plan.phases.some(({ name, loopbackTo }) => loopbackTo.includes(phase) && undoesFrom(phase, name))
  /** The wish to end it, of a project that is at rest. */
  const cancelling = undoes
    ? ({
        guard: not('isUndoing'),
        target: '#project.ROLLING_BACK',
        actions: [undoFor({ at: 'CANCELLED' })],
      } as const)
    : cancelled

  const rollingBack = [
    {
      guard: 'undoesNothing',
      target: '#project.PAUSED',
      actions: ['sayRolledBack', 'tellRestoredIsa', 'restore', because('rolled_back'), 'sayPaused'],
    },
    { target: '#project.ROLLING_BACK', actions: [{ type: 'intend', params: { from: null } }] },
  ] as const
  // Until what could not be undone is settled, a project that stands still cannot be led elsewhere.
  const rollingBackAtRest = undoes
    ? rollingBack.map((way) => ({
        ...way,
        guard: 'guard' in way ? and([not('isUndoing'), way.guard]) : not('isUndoing'),
      }))
    : rollingBack
  const breakingOff = [
    rollingBack[0],
    { ...rollingBack[1], actions: ['forgetHalted', ...rollingBack[1].actions] },
  ] as const
  // No final states: an end is where a project stays, but a rollback leads out of each, and back when it fails.
  const endState = (from: ProjectEnd) =>
    ({
      tags: 'ended',
      on: {
        ROLLBACK: [
          rollingBack[0],
          { target: '#project.ROLLING_BACK', actions: [{ type: 'intend', params: { from } }] },
        ],
      },
    }) as const

  /** Halted first, so that it is known what it has done. */
  const haltingFirst = {
    CANCEL: { guard: not('isUndoing'), actions: [undoFor({ at: 'CANCELLED' }), 'haltPhase'] },
    ROLLBACK: {
      guard: not('isUndoing'),
      actions: [{ type: 'intend', params: { from: null } }, 'haltPhase'],
    },
  } as const

  const phaseState = (name: string) => {
    const isActing = acts(planOf(name))
    const after = nextPhase(plan, name)
    const failed = (
      reason: Parameters<typeof failing>[1],
      ...actions: readonly ['sayPhasesMax' | 'sayIterationsMax'] | []
    ) => {
      const { target, actions: ending } = failing(isActing, reason)
      return {
        target,
        actions: ['sayConflicts', 'sayPhaseFailed', 'noteFailed', ...actions, ...ending],
      } as const
    }
    return {
      exit: isActing ? (['haveActed', 'tellIsa'] as const) : (['tellIsa'] as const),
      invoke: {
        src: 'phase',
        id: 'phase',
        input: ({ context }: { context: ProjectContext }): PhaseInput => ({
          plan: planOf(name),
          run: context.phasesRun,
          iteration: context.iterations,
          kept: context.halted?.tasks ?? {},
          ...(context.halted?.begun && { begun: context.halted.begun }),
          base: context.isa,
        }),
        onDone: [
          ...(isActing ? [{ guard: 'isUndoing', target: 'ROLLING_BACK', actions: ['halt'] } as const] : []),
          {
            guard: outcome('HALTED'),
            target: 'PAUSED',
            actions: ['halt', because('by_request'), 'sayPaused'],
          },
          { guard: outcome('FAIL'), ...failed('phase_failed') },
          {
            guard: outcome('APPROVAL_NEEDED'),
            target: 'AWAITING_APPROVAL',
            actions: ['sayConflicts', 'awaitApproval'],
          },
          {
            guard: and([outcome('RETRY'), not('iterationsLeft')]),
            ...failed('iterations_max', 'sayIterationsMax'),
          },
          after === undefined
            ? {
                guard: outcome('PASS'),
                target: 'COMPLETED',
                actions: ['sayConflicts', 'sayPhaseCompleted', 'moveOn', 'sayCompleted'],
              }
            : {
                guard: and([outcome('PASS'), not('phasesLeft')]),
                target: 'FAILED',
                actions: ['sayConflicts', 'sayPhaseCompleted', 'keepResult', ...outOfPhases],
              },
          { guard: not('phasesLeft'), ...failed('phases_max', 'sayPhasesMax') },
          {
            guard: outcome('RETRY'),
            ...(isActing
              ? { target: 'ROLLING_BACK', actions: ['sayConflicts', 'sayPhaseRetrying', 'turnBack'] as const }
              : {
                  target: name,
                  reenter: true,
                  actions: ['sayConflicts', 'sayPhaseRetrying', 'moveOn'] as const,
                }),
          },
          ...planOf(name).loopbackTo.map((phase) => ({
            guard: { type: 'loopsTo', params: { phase } } as const,
            ...(undoesFrom(phase, name)
              ? { target: 'ROLLING_BACK', actions: ['sayConflicts', 'sayLoopedBack', 'turnBack'] as const }
              : {
                  target: phase,
                  reenter: true,
                  actions: ['sayConflicts', 'sayLoopedBack', 'moveOn', 'takeCheckpoint'] as const,
                }),
          })),
          ...(after === undefined
            ? []
            : [
                {
                  target: after,
                  actions: ['sayConflicts', 'sayPhaseCompleted', 'moveOn', 'takeCheckpoint'] as const,
                },
              ]),
        ],
      },
      on: {
        PAUSE: { actions: 'haltPhase' },
        // In the first phase nothing has passed that could be undone.
        ...(isActing ? haltingFirst : { CANCEL: cancelled, ROLLBACK: breakingOff }),
      },
    } as const
  }

  return project.createMachine({
    id: 'project',
    context: ({ input }) => ({
      ...input,
      phase: names[0] as string,
      results: {},
      feedback: null,
      phasesRun: 0,
      iterations: 0,
      halted: null,
      pending: null,
      lastResult: null,
      approvalsAsked: 0,
      approvalVersion: 0,
      acted: [],
      undone: [],
      lastApproval: null,
      isa: null,
      conflicts: [],
      undoing: null,
      reason: null,
    }),
    initial: 'CREATED',
    states: {
      CREATED: {
        entry: 'sayCreated',
        on: {
          START: { target: names[0] as string, actions: ['sayStarted', 'begin', 'takeCheckpoint'] },
          CANCEL: cancelled,
        },
      },
      ...Object.fromEntries(names.map((name) => [name, phaseState(name)])),
      AWAITING_APPROVAL: {
        exit: 'tellRejectedIsa',
        invoke: {
          src: 'approval',
          id: 'approval',
          input: ({ context, event }) => ({ ...questionOf(planOf(context.phase), context), at: atOf(event) }),
          onDone: [
            {
              guard: end('refused'),
              target: 'PAUSED',
              actions: ['noteApproval', because('approval_timeout'), 'sayPaused'],
            },
            ...(undoes
              ? [
                  {
                    guard: 'isUndoing',
                    target: 'ROLLING_BACK',
                    actions: ['noteApproval', 'noteHelp'],
                  } as const,
                ]
              : []),
            {
              guard: end('plan_only'),
              target: 'PLAN_ONLY',
              actions: [
                'noteApproval',
                'sayPhaseCompleted',
                'moveOnApproved',
                because('by_request'),
                'sayPlanned',
              ],
            },
            {
              guard: and([end('approved'), 'isLast']),
              target: 'COMPLETED',
              actions: ['noteApproval', 'sayPhaseCompleted', 'moveOnApproved', 'sayCompleted'],
            },
            {
              guard: and([end('approved'), not('phasesLeft')]),
              target: 'FAILED',
              actions: ['noteApproval', 'sayPhaseCompleted', 'keepResult', ...outOfPhases],
            },
            {
              guard: not('phasesLeft'),
              target: failing(undoes, 'phases_max').target,
              actions: [
                'noteApproval',
                'sayPhaseFailed',
                'sayPhasesMax',
                ...failing(undoes, 'phases_max').actions,
              ],
            },
            ...names.map((phase) => ({
              guard: and([end('rejected'), phaseIs(phase)]),
              ...(acts(planOf(phase))
                ? {
                    target: 'ROLLING_BACK',
                    actions: ['noteApproval', 'sayPhaseRetrying', 'turnBackRejected'] as const,
                  }
                : {
                    target: phase,
                    actions: ['noteApproval', 'sayPhaseRetrying', 'moveOnApproved'] as const,
                  }),
            })),
            ...names.slice(1).map((phase) => ({
              guard: and([end('approved'), nextIs(phase)]),
              target: phase,
              actions: ['noteApproval', 'sayPhaseCompleted', 'moveOnApproved', 'takeCheckpoint'] as const,
            })),
          ],
        },
        on: {
          PAUSE: { target: 'PAUSED', actions: ['sayWithdrawn', because('by_request'), 'sayPaused'] },
          CANCEL: { ...cancelling, actions: ['sayWithdrawn', ...cancelling.actions] },
          ROLLBACK: rollingBackAtRest.map((way) => ({
            ...way,
            actions: ['sayWithdrawn', ...way.actions] as const,
          })),
        },
      },
      PAUSED: {
        on: {
          RESUME: [
            { guard: 'awaitsApproval', target: 'AWAITING_APPROVAL', actions: ['sayResumed', 'askAgain'] },
            {
              guard: and([not('isHalted'), not('phasesLeft')]),
              target: 'FAILED',
              actions: [...outOfPhases],
            },
            ...names.map((phase) => ({
              guard: phaseIs(phase),
              target: phase,
              actions: ['sayResumed', 'resume'] as const,
            })),
          ],
          CANCEL: cancelling,
          ROLLBACK: rollingBackAtRest,
        },
      },
      // Nothing leads out of it but the end of the saga: what is being undone is not cut short.
      ROLLING_BACK: {
        invoke: {
          src: 'saga',
          id: 'saga',
          input: ({ context }) => ({ steps: toUndo(context) }),
          onDone: [
            {
              guard: saga('COMPENSATION_FAILED'),
              target: 'AWAITING_APPROVAL',
              actions: ['noteSaga', 'askForHelp', because('compensation_failed')],
            },
            {
              guard: leadsTo('CANCELLED'),
              target: 'CANCELLED',
              actions: ['noteSaga', 'noteUndone', 'tellPassedIsa', 'sayCancelled'],
            },
            { guard: leadsTo('FAILED'), target: 'FAILED', actions: ['noteSaga', 'noteUndone', 'sayFailed'] },
            ...ENDS.map((from) => ({
              guard: and([
                saga('IRREVERSIBLE'),
                not('hasLost'),
                { type: 'cameFrom', params: { end: from } } as const,
              ]),
              target: from,
              actions: ['noteUndone'] as const,
            })),
            {
              guard: saga('IRREVERSIBLE'),
              target: 'PAUSED',
              actions: ['noteSaga', 'tellLandedIsa', 'land', because('irreversible'), 'sayPaused'],
            },
            {
              guard: leadsTo('checkpoint'),
              target: 'PAUSED',
              actions: [
                'noteSaga',
                'sayRolledBack',
                'tellRestoredIsa',
                'restore',
                because('rolled_back'),
                'sayPaused',
              ],
            },
            ...names.filter(isRepeated).map((phase) => ({
              guard: phaseIs(phase),
              target: phase,
              actions: ['noteSaga', 'again', 'takeCheckpoint', 'forgetUndoing'] as const,
            })),
          ],
        },
      },
      COMPLETED: endState('COMPLETED'),
      PLAN_ONLY: endState('PLAN_ONLY'),
      FAILED: endState('FAILED'),
      CANCELLED: endState('CANCELLED'),
    },
  })
}

export type { CheckpointParams, ProjectEvent } from './project-setup.ts'

export type ProjectMachine = ReturnType<typeof projectMachine>

function because(reason: ProjectReason) {
  return { type: 'note', params: { reason } } as const
}

function undoFor(goal: UndoGoal) {
  return { type: 'undoFor', params: { goal } } as const
}
