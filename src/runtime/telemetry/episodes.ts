/** Episodes: what has a beginning and an end in the facts of a project – runs of phases, and waits for approval. */

import type { Fact, FactType } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import { BoundedMap } from './bounded-map.ts'
import { wordsOf, type Words } from './fact-words.ts'
import { OpenRun, type TaskRun } from './open-run.ts'

/** Times are milliseconds since 1970. */
type Stretch = {
  readonly project: string
  readonly phase: string
  readonly startedAt: number
  readonly endedAt: number
  /** False: the beginning was not heard, and `startedAt` is the first that was. */
  readonly isStartKnown: boolean
}

export type PhaseRun = Stretch & {
  readonly kind: 'phase'
  readonly words: Words
  readonly outcome: string
  readonly tasks: readonly TaskRun[]
}

export type Wait = Stretch & {
  readonly kind: 'approval'
  readonly words: Words
  /** approved, rejected, plan_only, refused or withdrawn. */
  readonly end: string
}

export type Episode = PhaseRun | Wait

/** How a phase run has ended, by the fact that says so. Another run of it may follow. */
const OUTCOMES: { readonly [type in FactType]?: string } = {
  PHASE_COMPLETED: 'completed',
  PHASE_FAILED: 'failed',
  PHASE_RETRYING: 'retrying',
  PHASE_LOOPED_BACK: 'looped_back',
  PHASE_HALTED: 'halted',
}

/** A project that moves like this has left its phase, whether that has said so or not. */
const CUTS: { readonly [type in FactType]?: string } = {
  PROJECT_CANCELLED: 'cancelled',
  PROJECT_ROLLED_BACK: 'rolled_back',
  PROJECT_PAUSED: 'rolled_back',
}

export const EPISODE_FACTS: readonly FactType[] = [
  'PHASE_STARTED',
  'AGENT_STARTED',
  'AGENT_RETRY',
  'AGENT_COMPLETED',
  'AGENT_FAILED',
  'AGENT_SKIPPED',
  'APPROVAL_REQUESTED',
  'APPROVAL_RECEIVED',
  'APPROVAL_TIMEOUT',
  'APPROVAL_WITHDRAWN',
  'CRITIC_ALERT',
  'REVIEW_RELEASED',
  // The keys were written above as fact types.
  ...(Object.keys({ ...OUTCOMES, ...CUTS }) as FactType[]),
]

/**
 * Holds what has begun and not ended: of at most 10,000 runs and 10,000 waits, a few hundred bytes each. What is
 * forgotten, or began before anybody listened, ends with `isStartKnown: false`; the journal still has it.
 */
export class Episodes {
  readonly #runs = new BoundedMap<string, OpenRun>(LIMITS.telemetryOpenMax)
  readonly #waits = new BoundedMap<string, number>(LIMITS.telemetryOpenMax)
  /** What a fact means may depend on the one before it in the same step. */
  #before: Fact | undefined

  /** Agents at work now, as far as it was heard. */
  get agentsRunning(): number {
    let running = 0
    for (const run of this.#runs.values()) running += run.tasksOpen
    return running
  }

  /** What a fact brings to its end. Facts come in the order of their cursors. */
  take(fact: Fact): readonly Episode[] {
    const before = this.#before?.cursor === fact.cursor - 1 ? this.#before : undefined
    this.#before = fact
    const { type, project, at } = fact
    const words = wordsOf(fact)
    if (type === 'PHASE_STARTED') this.#runs.set(project, new OpenRun(words, at, true))
    else if (type.startsWith('AGENT_')) this.#noteTask(fact, words)
    else if (type === 'APPROVAL_REQUESTED') return this.#asked(fact, words, before)
    else if (CUTS[type] && this.#runs.get(project)) return [this.#endRun(fact, words, CUTS[type])]
    else if (OUTCOMES[type] && before?.type !== 'APPROVAL_RECEIVED')
      return [this.#endRun(fact, words, OUTCOMES[type])]
    else return this.#settled(fact, words, before)
    return []
  }

  #noteTask(fact: Fact, words: Words): void {
    const run =
      this.#runs.get(fact.project) ?? this.#runs.set(fact.project, new OpenRun(words, fact.at, false))
    run.note(fact, words)
  }

  /** The work of a phase ends where people are asked about it; asked again, it has ended before. */
  #asked(fact: Fact, words: Words, before: Fact | undefined): readonly Episode[] {
    this.#waits.set(fact.project, fact.at)
    const isOfReview = before?.type === 'CRITIC_ALERT' && wordsOf(before).run === undefined
    return words.version !== 1 || isOfReview ? [] : [this.#endRun(fact, words, 'approval_needed')]
  }

  #endRun({ project, at }: Fact, words: Words, outcome: string): PhaseRun {
    const run = this.#runs.take(project) ?? new OpenRun(words, at, false)
    return { kind: 'phase', project, ...run.end(at, words), outcome, endedAt: at }
  }

  #settled(fact: Fact, words: Words, before: Fact | undefined): readonly Episode[] {
    const end = endOf(fact, words, before)
    if (end === undefined) return []
    const { project, at } = fact
    const startedAt = this.#waits.take(project)
    const asked = before?.type === 'APPROVAL_RECEIVED' ? wordsOf(before) : words
    return [
      {
        kind: 'approval',
        project,
        phase: String(asked.phase),
        words: asked,
        end,
        startedAt: startedAt ?? at,
        endedAt: at,
        isStartKnown: startedAt !== undefined,
      },
    ]
  }
}

/** A single APPROVED may leave others to be waited for: what the project does next says whether it was enough. */
function endOf({ type }: Fact, { decision }: Words, before: Fact | undefined): string | undefined {
  if (type === 'APPROVAL_TIMEOUT') return 'refused'
  if (type === 'APPROVAL_WITHDRAWN') return 'withdrawn'
  if (type === 'APPROVAL_RECEIVED' && decision !== 'APPROVED') return String(decision).toLowerCase()
  const isEnough = type === 'PHASE_COMPLETED' || type === 'REVIEW_RELEASED'
  return isEnough && before && wordsOf(before).decision === 'APPROVED' ? 'approved' : undefined
}
