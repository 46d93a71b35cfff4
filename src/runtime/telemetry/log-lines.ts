/** What is logged of each fact: how loud, under which category, and in which words. */

import type { LogLevel } from '@logtape/logtape'
import type { Fact, FactType } from '../../model/fact.ts'

export type LogLine = { readonly level: LogLevel; readonly category: string; readonly message: string }

const line = (level: LogLevel, category: string, message: string): LogLine => ({ level, category, message })

const LINES: Readonly<Record<FactType, LogLine>> = {
  PROJECT_CREATED: line('info', 'project', 'Project {project} was created.'),
  PROJECT_STARTED: line('info', 'project', 'Project {project} started.'),
  PROJECT_PAUSED: line('info', 'project', 'Project {project} is paused: {reason}.'),
  PROJECT_RESUMED: line('info', 'project', 'Project {project} goes on with {phase}.'),
  PROJECT_PLANNED: line('info', 'project', 'Project {project} ended with its plan.'),
  PROJECT_COMPLETED: line('info', 'project', 'Project {project} is completed.'),
  PROJECT_FAILED: line('error', 'project', 'Project {project} failed in {phase}: {reason}.'),
  PROJECT_CANCELLED: line('info', 'project', 'Project {project} was cancelled.'),
  PROJECT_ROLLED_BACK: line('info', 'project', 'Project {project} went back to {checkpoint}.'),
  PROJECT_MIGRATED: line('info', 'project', 'Project {project} moved from version {from} to {to}.'),
  PHASE_STARTED: line('info', 'phase', '{phase} of {project} started, run {run}.'),
  PHASE_COMPLETED: line('info', 'phase', '{phase} of {project} is completed.'),
  PHASE_FAILED: line('error', 'phase', '{phase} of {project} failed: {cause}.'),
  PHASE_RETRYING: line('warning', 'phase', '{phase} of {project} is repeated: {because}.'),
  PHASE_LOOPED_BACK: line('info', 'phase', '{phase} of {project} goes back to {to}.'),
  PHASE_HALTED: line('info', 'phase', '{phase} of {project} was halted.'),
  GATE_ANSWERED: line('debug', 'phase', 'The gate of {phase} of {project} says {result}.'),
  LIMIT_REACHED: line('warning', 'project', 'Project {project} has reached {limit}: {value}.'),
  APPROVAL_REQUESTED: line('info', 'approval', '{phase} of {project} waits for {approval}.'),
  APPROVAL_RECEIVED: line('info', 'approval', '{approval} of {project}: {decision}.'),
  APPROVAL_WITHDRAWN: line('info', 'approval', '{approval} of {project} was withdrawn.'),
  APPROVAL_TIMEOUT: line('warning', 'approval', 'Nobody decided on {approval} of {project} in time.'),
  AGENT_STARTED: line('debug', 'agent', '{agent} started on {task} of {project}.'),
  AGENT_RETRY: line('warning', 'agent', '{agent} tries {task} of {project} again, attempt {attempt}.'),
  AGENT_PROGRESS: line('trace', 'agent', '{agent} is at work on {task} of {project}: {fraction}.'),
  AGENT_COMPLETED: line('debug', 'agent', '{agent} has done {task} of {project}.'),
  AGENT_FAILED: line('error', 'agent', '{agent} failed at {task} of {project}: {error}.'),
  AGENT_SKIPPED: line('debug', 'agent', '{task} of {project} was skipped: {because}.'),
  AGENT_CANCELLED: line('debug', 'agent', '{agent} was stopped at {task} of {project}.'),
  ISA_UPDATED: line('debug', 'project', 'The ISA of {project} was updated.'),
  ISA_ROLLED_BACK: line('info', 'project', 'The ISA of {project} was rolled back.'),
  CHECKPOINT_CREATED: line('debug', 'project', 'Project {project} has the checkpoint {checkpoint}.'),
  CHECKPOINTS_DROPPED: line('debug', 'project', 'Old checkpoints of {project} were dropped.'),
  CONFLICT_DETECTED: line('warning', 'phase', 'A conflict was found in {phase} of {project}.'),
  CONFLICT_RESOLVED: line('info', 'phase', 'A conflict in {phase} of {project} is resolved.'),
  CRITIC_ALERT: line('warning', 'review', 'Critics object to {project}: {verdict}.'),
  REVIEW_RECORDED: line('info', 'review', '{panel} reviewed {project}: {verdict}.'),
  REVIEW_RELEASED: line('info', 'review', 'The answer {project} was released.'),
  REVIEW_REFUSED: line('info', 'review', 'The answer {project} was refused.'),
  COMPENSATION_STARTED: line('info', 'project', 'A step of {phase} of {project} is being undone.'),
  COMPENSATION_COMPLETED: line('info', 'project', 'A step of {phase} of {project} was undone.'),
  COMPENSATION_FAILED: line('error', 'project', 'A step of {phase} of {project} could not be undone.'),
  COMPENSATION_IRREVERSIBLE: line('warning', 'project', 'A step of {phase} of {project} cannot be undone.'),
  CONTENTS_ERASED: line('info', 'project', 'The contents of {project} were erased.'),
  STEP_TAKEN: line('trace', 'project', 'Project {project} took a step.'),
}

/** An agent that failed is wrong; one that ended like this may be well again in a while. */
const PASSING: Readonly<Record<string, LogLine>> = {
  timed_out: line('warning', 'agent', '{agent} ran out of time at {task} of {project}.'),
  circuit_open: line(
    'warning',
    'agent',
    '{agent} was not called for {task} of {project}: its breaker is open.',
  ),
  rejected: line('warning', 'agent', '{agent} had no place for {task} of {project}.'),
}

export function logLineOf({ type }: Fact, status: string | number | undefined): LogLine {
  return (type === 'AGENT_FAILED' ? PASSING[String(status)] : undefined) ?? LINES[type]
}
