/** An explored project: its charts and what they wait for, as plain data that a move turns into the next. */

import type { AnyStateMachine } from 'xstate'
import type { Json } from '../../model/canonical.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import type { PhaseResult } from '../../model/phase.ts'
import type { ProjectContext, ProjectInput } from '../../model/project.ts'
import type { Saying } from '../../model/fact.ts'
import { NO_CHARTS, ROOT, stepCharts, type Charts, type Stepped } from '../../runtime/engine/charts.ts'
import type { Command } from '../../runtime/store/store.ts'
import { agree, ask, NOTHING_AGREED, note, type Ledger } from './ledger.ts'
import { AUTHOR, type Move } from './moves.ts'

export type Explored = {
  readonly charts: Charts
  /** The oldest first. */
  readonly open: readonly Command[]
  readonly checkpoints: Stepped['checkpoints']
  readonly ledger: Ledger
  /** Counts steps, so that keys are unique on a path. */
  readonly seq: number
}

/** A project at one point of one path, as an invariant sees it. */
export type ExploredProject = {
  /** A phase, or a state of every project: AWAITING_APPROVAL, PAUSED, COMPLETED … */
  readonly state: string
  /** The phase that is under way, waits for people, or would go on after a pause. */
  readonly phase: string
  readonly results: Readonly<Record<string, PhaseResult>>
  /** The result that waits for people. */
  readonly pending: PhaseResult | null
  /** Ids of the charts, the work and the timers under way: `phase`, `approval`, `gate`, `task.draft` … */
  readonly underway: readonly string[]
}

export type World = {
  readonly plan: LifecyclePlan
  readonly machineOf: (source: string) => AnyStateMachine | undefined
}

export type Taken = { readonly explored: Explored; readonly sayings: readonly Saying[] }

/** Where every path begins. */
export function beginning({ plan, machineOf }: World): Taken {
  const input: ProjectInput = {
    id: 'explored',
    lifecycle: plan.name,
    version: plan.version,
    mode: 'execute',
    intent: 'ref:intent',
    author: AUTHOR,
    params: null,
  }
  const cause = { to: ROOT, event: { type: 'xstate.init', source: 'project', input }, settles: null }
  const stepped = stepCharts(NO_CHARTS, cause, { journal: 'explored', seq: 1, at: 0, machineOf })
  const { opens, checkpoints, sayings } = stepped
  const charts = recounted(stepped.charts, { phasesRun: RUNS_BEFORE, iterations: 0 })
  return { explored: { charts, open: opens, checkpoints, ledger: NOTHING_AGREED, seq: 1 }, sayings }
}

/**
 * How often was run before is not told apart: a move is made with runs left, and once more with each limit reached.
 * Numbers of runs still differ within a path, so they begin far below any limit.
 */
const RUNS_BEFORE = -1_000_000

export type Limit = 'none' | 'phasesMax' | 'iterationsMax'

/** The project after a move. Time stands still: a timer fires when a move says so, and a decision says when it was made. */
export function take(world: World, explored: Explored, move: Move, limit: Limit): Taken {
  const { phasesRun } = contextOf(explored.charts)
  const { charts, sayings, opens, closes, checkpoints } = stepCharts(
    recounted(explored.charts, countsAt(world.plan, limit, contextOf(explored.charts))),
    move.cause,
    { journal: 'explored', seq: explored.seq + 1, at: 0, machineOf: world.machineOf },
  )
  const after = contextOf(charts)
  const begun = limit === 'phasesMax' ? after.phasesRun - world.plan.phasesMax : after.phasesRun - phasesRun
  return {
    sayings,
    explored: {
      charts: recounted(charts, { phasesRun: phasesRun + begun, iterations: Math.min(after.iterations, 1) }),
      open: [...explored.open.filter(({ key }) => !closes.includes(key)), ...opens],
      checkpoints: [...explored.checkpoints, ...checkpoints],
      ledger: ledgerAfter(world.plan, explored.ledger, move, sayings),
      seq: explored.seq + 1,
    },
  }
}

function ledgerAfter(
  plan: LifecyclePlan,
  before: Ledger,
  { agrees, asks }: Move,
  sayings: readonly Saying[],
): Ledger {
  const agreed = agrees === undefined ? before : agree(plan, before, agrees)
  const asked = asks === undefined ? agreed : ask(agreed, asks)
  return sayings.reduce<Ledger>((ledger, saying) => note(ledger, saying), asked)
}

type Counts = Pick<ProjectContext, 'phasesRun' | 'iterations'>

function countsAt({ phases, phasesMax }: LifecyclePlan, limit: Limit, context: ProjectContext): Counts {
  const { phase, phasesRun, iterations } = context
  if (limit === 'phasesMax') return { phasesRun: phasesMax, iterations }
  if (limit === 'none') return { phasesRun, iterations }
  return { phasesRun, iterations: phases.find(({ name }) => name === phase)?.iterationsMax ?? iterations }
}

/** The same charts with other counts in the context of the project. */
function recounted(charts: Charts, counts: Counts): Charts {
  const root = charts.charts[ROOT] as Charts['charts'][string]
  const { context, ...rest } = root.snapshot as unknown as ProjectSnapshot
  if (context.phasesRun === counts.phasesRun && context.iterations === counts.iterations) return charts
  // It was JSON before, and counts are numbers.
  const snapshot = { ...rest, context: { ...context, ...counts } } as unknown as Json
  return { ...charts, charts: { ...charts.charts, [ROOT]: { ...root, snapshot } } }
}

type ProjectSnapshot = { readonly value: string; readonly context: ProjectContext }

/** The outermost chart is that of a project: `beginning` has started nothing else. */
export const snapshotOf = ({ charts }: Pick<Explored, 'charts'>): ProjectSnapshot =>
  charts.charts[ROOT]?.snapshot as unknown as ProjectSnapshot

const contextOf = (charts: Charts): ProjectContext => snapshotOf({ charts }).context

export function viewOf(explored: Explored): ExploredProject {
  const { value, context } = snapshotOf(explored)
  const children = Object.keys(explored.charts.charts).filter((address) => address !== ROOT)
  return {
    state: value,
    phase: context.phase,
    results: context.results,
    pending: context.pending,
    underway: [
      ...children.map((address) => address.slice(address.lastIndexOf('/') + 1)),
      ...explored.open.map(({ id }) => id),
    ],
  }
}
