/** runOrchestrator: one call that begins a project or goes on with it, for those who come from LangGraph. */

import type { Submission } from '../../model/approval.ts'
import { isStagecraftError, StagecraftError } from '../../model/errors.ts'
import type { Lifecycle } from '../projects/lifecycle.ts'
import { createOrchestrator, type Orchestrator } from '../orchestrator.ts'
import type { Panel } from '../panel/panel.ts'
import type { NewProject, Projects } from '../projects/projects.ts'
import type { ProjectView } from '../projects/project-view.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'

export type RunOrchestratorOptions = Pick<NewProject, 'mode' | 'author' | 'params'> & {
  /** 3 to 64 letters, digits, `_` or `-`. The same id goes on with the same project. */
  readonly projectId: string
  /** What a person says to the approval that was awaited: its id and version come from `awaitingApproval`. */
  readonly decision?: Submission
  /** Pauses the project; it goes on with the next call. */
  readonly signal?: AbortSignal
} & (
    | {
        /** Yours, and yours to stop. */
        readonly orchestrator: Orchestrator
        /** One that it knows; needed for a new project. */
        readonly lifecycle?: string
      }
    | {
        readonly orchestrator?: undefined
        readonly lifecycle: Lifecycle
        /** Default: memory that is gone when the call ends. Give one to go on later. */
        readonly store?: Store
        /** Panels that the lifecycle names. */
        readonly panels?: Readonly<Record<string, Panel>>
      }
  )

/** Plain data: may be sent, stored, or be part of a graph's state. */
export type OrchestratorState = {
  readonly projectId: string
  readonly request: string
  /** AWAITING_APPROVAL, PAUSED, COMPLETED, PLAN_ONLY, FAILED or CANCELLED. */
  readonly state: string
  readonly phase: string
  readonly ended: boolean
  readonly awaitingApproval: ProjectView['approval'] | null
  /** Why it stands still or has ended. */
  readonly reason: ProjectView['reason']
  /** Outputs of the phases that have passed, by phase and task. */
  readonly results: ProjectView['results']
}

/**
 * Begins the project `projectId`, or goes on with it, and resolves where it next stands still. `request` is what it is to
 * do, in a person's words; null goes on with a project whatever it was asked. Throws `project.exists` when the project
 * was asked something else, `project.unknown` for null and a new id, and what `createOrchestrator`, `projects.create` and
 * `projects.submitApproval` throw; the signal's reason, once the project is paused.
 */
export async function runOrchestrator(
  request: string | null,
  options: RunOrchestratorOptions,
): Promise<OrchestratorState> {
  options.signal?.throwIfAborted()
  if (options.orchestrator) return carry(options.orchestrator.projects, request, options)
  const { lifecycle, store = memoryStore(), panels = {} } = options
  await using own = await createOrchestrator<string>({ store, lifecycles: [lifecycle], panels })
  return await carry(own.projects, request, options)
}

async function carry(
  projects: Projects,
  request: string | null,
  options: RunOrchestratorOptions,
): Promise<OrchestratorState> {
  const { projectId, decision, signal } = options
  refuseOther(request, await foundOrNew(projects, request, options))
  if (decision) await projects.submitApproval(projectId, decision)
  else await projects.go(projectId)
  return stateOf(await settled(projects, projectId, signal))
}

/** Two calls at once may both find nothing: the later one goes on with what the other has made. */
async function foundOrNew(
  projects: Projects,
  request: string | null,
  { projectId, lifecycle, mode, author, params }: RunOrchestratorOptions,
): Promise<ProjectView> {
  try {
    return await projects.get(projectId)
  } catch (error) {
    if (request === null || !isCode(error, 'project.unknown')) throw error
  }
  try {
    return await projects.create({
      id: projectId,
      intent: request,
      lifecycle: nameOf(lifecycle),
      ...(mode !== undefined && { mode }),
      ...(author !== undefined && { author }),
      ...(params !== undefined && { params }),
    })
  } catch (error) {
    if (!isCode(error, 'project.exists')) throw error
    return projects.get(projectId)
  }
}

function refuseOther(request: string | null, { id, intent }: ProjectView): void {
  if (request === null || request === intent) return
  throw new StagecraftError(
    'project.exists',
    `Project "${id}" was asked something else. Give another projectId, or null as the request to go on with it.`,
  )
}

async function settled(
  projects: Projects,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ProjectView> {
  // One that is rolling back cannot be paused; it ends up paused by itself.
  const pause = () => void projects.pause(id).catch(() => {})
  if (signal?.aborted) pause()
  signal?.addEventListener('abort', pause, { once: true })
  try {
    const view = await projects.settled(id)
    signal?.throwIfAborted()
    return view
  } finally {
    signal?.removeEventListener('abort', pause)
  }
}

const stateOf = (view: ProjectView): OrchestratorState => ({
  projectId: view.id,
  request: view.intent,
  state: view.state,
  phase: view.phase,
  ended: view.ended,
  awaitingApproval: view.approval ?? null,
  reason: view.reason,
  results: view.results,
})

const isCode = (error: unknown, code: string) => isStagecraftError(error) && error.code === code

function nameOf(lifecycle: RunOrchestratorOptions['lifecycle']): string {
  if (lifecycle === undefined)
    throw new StagecraftError('input.invalid', 'A new project needs a lifecycle: give the name of one.')
  return typeof lifecycle === 'string' ? lifecycle : lifecycle.name
}
