/**
 * A project: its lifecycle's phases and AWAITING_APPROVAL as the states of one chart, built from the lifecycle's plan.
 * What is needed to come back to a phase is in the context: there are no history and no parallel states.
 */

import { and, not } from 'xstate'
import { DEFAULT_REQUIREMENT } from '../model/approval.ts'
import { hashOf } from '../model/canonical.ts'
import { ENDS, nextPhase, type LifecyclePlan, type PhasePlan, type ProjectEnd } from '../model/lifecycle.ts'
import type { PhaseOutcome, PhaseResult } from '../model/phase.ts'
import { progressOf, subjectOf, undoneBy } from '../model/progress.ts'
import type { ApprovalOutcome, ProjectContext, ProjectReason } from '../model/project.ts'
import type { ApprovalInput } from './approval.ts'
import type { PhaseInput } from './phase.ts'
import { phasePlanIn, projectSetup } from './project-setup.ts'
import { atOf } from './timed.ts'

const outcome = (is: PhaseOutcome) => ({ type: 'outcomeIs', params: { outcome: is } }) as const
const end = (is: ApprovalOutcome['end']) => ({ type: 'endIs', params: { end: is } }) as const
const phaseIs = (phase: string) => ({ type: 'phaseIs', params: { phase } }) as const
const nextIs = (phase: string) => ({ type: 'nextIs', params: { phase } }) as const

/** The chart of a lifecycle. The same plan gives the same chart in every process. */
export function projectMachine(plan: LifecyclePlan) {
  const project = projectSetup(plan)
  const planOf = (phase: string) => phasePlanIn(plan, phase)
  const names = plan.phases.map(({ name }) => name)
  const cancelled = {
    target: '#project.CANCELLED',
    actions: [because('by_request'), 'sayCancelled'],
  } as const
  const outOfPhases = ['sayPhasesMax', because('phases_max'), 'sayFailed'] as const
  const outOfIterations = ['sayIterationsMax', because('iterations_max'), 'sayFailed'] as const

  const rollingBack = [
    {
      guard: 'undoesNothing',
      target: '#project.PAUSED',
      actions: ['sayRolledBack', 'restore', because('rolled_back'), 'sayPaused'],
    },
    { target: '#project.ROLLING_BACK', actions: [{ type: 'intend', params: { from: null } }] },
  ] as const
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

  const phaseState = (name: string) =>
    ({
      ...(planOf(name).compensates && ({ entry: 'act', exit: 'haveActed' } as const)),
      invoke: {
        src: 'phase',
        id: 'phase',
        input: ({ context }: { context: ProjectContext }): PhaseInput => ({
          plan: planOf(name),
          run: context.phasesRun,
          iteration: context.iterations,
          kept: context.halted?.tasks ?? {},
        }),
        onDone: [
          {
            guard: outcome('HALTED'),
            target: 'PAUSED',
            actions: ['halt', because('by_request'), 'sayPaused'],
          },
          {
            guard: outcome('FAIL'),
            target: 'FAILED',
            actions: ['sayConflicts', because('phase_failed'), 'sayPhaseFailed', 'noteFailed', 'sayFailed'],
          },
          {
            guard: outcome('APPROVAL_NEEDED'),
            target: 'AWAITING_APPROVAL',
            actions: ['sayConflicts', 'awaitApproval'],
          },
          {
            guard: and([outcome('RETRY'), not('iterationsLeft')]),
            target: 'FAILED',
            actions: ['sayConflicts', 'sayPhaseFailed', 'noteFailed', ...outOfIterations],
          },
          nextPhase(plan, name) === undefined
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
          {
            guard: not('phasesLeft'),
            target: 'FAILED',
            actions: ['sayConflicts', 'sayPhaseFailed', 'noteFailed', ...outOfPhases],
          },
          {
            guard: outcome('RETRY'),
            target: name,
            reenter: true,
            actions: ['sayConflicts', 'sayPhaseRetrying', 'moveOn'],
          },
          ...planOf(name).loopbackTo.map((phase) => ({
            guard: { type: 'loopsTo', params: { phase } } as const,
            target: phase,
            reenter: true,
            actions: ['sayConflicts', 'sayLoopedBack', 'moveOn', 'takeCheckpoint'] as const,
          })),
          ...[nextPhase(plan, name)].flatMap((next) =>
            next === undefined
              ? []
              : [
                  {
                    target: next,
                    actions: ['sayConflicts', 'sayPhaseCompleted', 'moveOn', 'takeCheckpoint'] as const,
                  },
                ],
          ),
        ],
      },
      on: {
        PAUSE: { actions: 'haltPhase' },
        CANCEL: cancelled,
        // In the first phase nothing has passed that could be undone.
        // A phase that compensates has begun to act: there is something to undo.
        ROLLBACK: planOf(name).compensates ? breakingOff.slice(1) : breakingOff,
      },
    }) as const

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
      acted: {},
      lastApproval: null,
      conflicts: [],
      restoring: null,
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
              target: 'FAILED',
              actions: ['noteApproval', 'sayPhaseFailed', ...outOfPhases],
            },
            ...names.map((phase) => ({
              guard: and([end('rejected'), phaseIs(phase)]),
              target: phase,
              actions: ['noteApproval', 'sayPhaseRetrying', 'moveOnApproved'] as const,
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
          CANCEL: { ...cancelled, actions: ['sayWithdrawn', ...cancelled.actions] },
          ROLLBACK: rollingBack.map((way) => ({
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
          CANCEL: cancelled,
          ROLLBACK: rollingBack,
        },
      },
      ROLLING_BACK: {
        invoke: {
          src: 'compensate',
          id: 'compensate',
          input: ({ context }) => ({
            undo: undoneBy(plan, context, context.restoring?.progress ?? progressOf(context)),
          }),
          onDone: [
            {
              guard: 'allUndone',
              target: 'PAUSED',
              actions: ['sayCompensated', 'sayRolledBack', 'restore', because('rolled_back'), 'sayPaused'],
            },
            ...ENDS.map((from) => ({
              guard: { type: 'cameFrom', params: { end: from } } as const,
              target: from,
              actions: ['sayCompensated', 'forgetRestoring', because('compensation_failed')] as const,
            })),
            {
              target: 'PAUSED',
              actions: ['sayCompensated', 'forgetRestoring', because('compensation_failed'), 'sayPaused'],
            },
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

export type { CheckpointParams, CompensateEnd, CompensateInput, ProjectEvent } from './project-setup.ts'

export type ProjectMachine = ReturnType<typeof projectMachine>

function because(reason: ProjectReason) {
  return { type: 'note', params: { reason } } as const
}

/** What people are asked: the phase's result, bound to its hash. */
function questionOf({ name, approval }: PhasePlan, context: ProjectContext): Omit<ApprovalInput, 'at'> {
  const subject = subjectOf(context.pending as PhaseResult)
  return {
    id: `approval-${context.approvalsAsked}`,
    version: context.approvalVersion,
    phase: name,
    subject,
    subjectHash: hashOf(subject),
    requires: approval?.requires ?? DEFAULT_REQUIREMENT,
    author: context.author,
  }
}
