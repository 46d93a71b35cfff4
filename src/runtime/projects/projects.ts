/** Projects of an orchestrator: created, run, decided on, looked at, taken back. */

import { z } from 'zod'
import { StagecraftError } from '../../model/errors.ts'
import { readId } from '../../model/id.ts'
import { hashOf, type Json } from '../../model/canonical.ts'
import { LIMITS } from '../../model/limits.ts'
import { MODES, type Mode } from '../../model/lifecycle.ts'
import type { Submission } from '../../model/approval.ts'
import { recordable } from '../../model/recordable.ts'
import { problemsOf } from '../../model/problems.ts'
import { decideApproval, type AnswerTo } from './approvals.ts'
import { ROOT } from '../engine/charts.ts'
import { erasure } from './erasure.ts'
import type { Engine } from '../engine/engine.ts'
import type { Proposal } from '../engine/journal-step.ts'
import { refuseUnknownAuthor } from './separation.ts'
import type { Lifecycles } from './lifecycles.ts'
import { migration, type MigrateOptions } from './migration.ts'
import { EVENT_FOR, rollbackTo, wrongState, type EventFor } from './project-events.ts'
import { knownProject, ProjectReader, viewOfProject } from './project-reader.ts'
import type { ProjectView } from './project-view.ts'
import type { JournalRecord, OwnedStore } from '../store/store.ts'
import { ContentWriter } from '../work/contents.ts'
import type { Waiters } from './waiters.ts'

export type NewProject = {
  /** 3 to 64 letters, digits, `_` or `-`; never used before in this store. */
  readonly id: string
  /** Name of a lifecycle; the newest registered version is taken. */
  readonly lifecycle: string
  /** Another version of it. */
  readonly version?: number
  /** What the project is to do, in a person's words; at most 5,000 characters. */
  readonly intent: string
  /** Default `execute`. */
  readonly mode?: Mode
  /** Who wants it. */
  readonly author?: string
  /** Plain data for the lifecycle's agents. */
  readonly params?: unknown
}

const New = z.strictObject({
  id: z.string(),
  lifecycle: z.string(),
  version: z.int().min(1).optional(),
  intent: z.string().min(1).max(LIMITS.intentCharsMax),
  mode: z.enum(MODES).default('execute'),
  author: z.string().min(1).max(LIMITS.nameCharsMax).optional(),
  params: z.unknown().optional(),
})

type Parts = {
  readonly store: OwnedStore
  readonly engine: Engine
  readonly lifecycles: Lifecycles
  readonly waiters: Waiters
  readonly newSalt: () => string
}

/** Where a project stays until somebody says more. */
const RESTS = ['AWAITING_APPROVAL', 'PAUSED', 'COMPLETED', 'PLAN_ONLY', 'FAILED', 'CANCELLED']

const isAtRest = ({ state }: JournalRecord) => RESTS.includes(state)

export class Projects extends ProjectReader {
  readonly #parts: Parts

  constructor(parts: Parts) {
    const { store, lifecycles, engine } = parts
    super({ store, lifecycles, recordOf: (id) => engine.record(id) })
    this.#parts = parts
  }

  /** Records a project; `run` starts it. Throws `input.invalid`, `lifecycle.unknown`, `project.exists`. */
  async create(given: NewProject): Promise<ProjectView> {
    const { engine, lifecycles, newSalt } = this.#parts
    const read = New.safeParse(given)
    if (!read.success)
      throw new StagecraftError(
        'input.invalid',
        `The project is not valid: ${problemsOf(read.error, 'project')}.`,
      )
    const id = readId('project', read.data.id)
    const lifecycle = lifecycles.newest(read.data.lifecycle, read.data.version)
    const { name, version } = lifecycle
    refuseUnknownAuthor(lifecycle, read.data.author)
    const salt = newSalt()
    const writer = new ContentWriter(salt)
    const input = {
      id,
      lifecycle: name,
      version,
      mode: read.data.mode,
      intent: writer.refer(read.data.intent),
      author: writer.referTo(read.data.author),
      params: writer.referTo(paramsOf(read.data.params)),
      planHash: hashOf(lifecycle.plan),
    }
    const journal = { id, kind: 'project' as const, lifecycle: name, version, salt }
    return this.#view(await engine.create(journal, () => input, writer.contents, 'project'))
  }

  /** Starts a project, or goes on with one that is paused; resolves where it next stands still. */
  async run(id: string): Promise<ProjectView> {
    await this.#change(id, EVENT_FOR.run)
    return this.settled(id)
  }

  /** Starts a project, or goes on with one that is paused; resolves as soon as that is durable. */
  async go(id: string, answer?: AnswerTo): Promise<ProjectView> {
    return this.#view(await this.#change(id, EVENT_FOR.run, answer))
  }

  /** Resolves at AWAITING_APPROVAL, PAUSED or an end, at once if it is there. */
  async settled(id: string): Promise<ProjectView> {
    const { engine, waiters } = this.#parts
    const waiting = waiters.until(id, isAtRest)
    try {
      const record = knownProject(id, await engine.record(id))
      return await this.#view(isAtRest(record) ? record : await waiting.promise)
    } finally {
      waiting.stop()
    }
  }

  /**
   * Decides on the open approval; resolves once that is durable, and the project goes on by itself. The same decision
   * twice is a no-op. Throws `approval.outdated`, `approval.settled`, `approval.conflicting`, `approval.not_allowed`,
   * `approval.unknown`.
   */
  async submitApproval(id: string, submission: Submission, answer?: AnswerTo): Promise<ProjectView> {
    const { engine } = this.#parts
    return this.#view(
      await engine.change(id, (record, at) =>
        decideApproval(engine, knownProject(id, record), submission, at, answer),
      ),
    )
  }

  /** Halts the running phase and keeps what its tasks have finished. */
  async pause(id: string, answer?: AnswerTo): Promise<ProjectView> {
    return this.#view(await this.#change(id, EVENT_FOR.pause, answer))
  }

  /** Goes on with a paused project. An approval that was refused by its deadline is asked for anew. */
  async resume(id: string, answer?: AnswerTo): Promise<ProjectView> {
    return this.#view(await this.#change(id, EVENT_FOR.resume, answer))
  }

  /**
   * Aborts a project's work and ends it; resolves once that is durable. Where something has to be undone first it is
   * ROLLING_BACK until then: `settled` waits for the end. Cancelling one that is cancelled is a no-op.
   */
  async cancel(id: string, answer?: AnswerTo): Promise<ProjectView> {
    return this.#view(await this.#change(id, EVENT_FOR.cancel, answer))
  }

  /**
   * Goes back to a checkpoint, undoes what was done since, and leaves the project PAUSED. The journal keeps all that was.
   * Throws `checkpoint.unknown`, `checkpoint.damaged`, and `checkpoint.undone` where it counts on what was undone since.
   */
  async rollback(id: string, checkpoint: string): Promise<ProjectView> {
    await this.goBack(id, checkpoint)
    return this.settled(id)
  }

  /** Like `rollback`, but resolves as soon as it is durable that the project goes back. */
  async goBack(id: string, checkpoint: string, answer?: AnswerTo): Promise<ProjectView> {
    const { store, engine, lifecycles } = this.#parts
    const { plan } = lifecycles.of(knownProject(id, await engine.record(id)))
    return this.#view(await this.#change(id, await rollbackTo(store, id, checkpoint, plan), answer))
  }

  /** Moves a paused or not yet started project to another version of its lifecycle. */
  async migrate(id: string, options: MigrateOptions): Promise<ProjectView> {
    const { engine, lifecycles } = this.#parts
    return this.#view(
      await engine.change(id, (record) => migration(lifecycles, knownProject(id, record), options)),
    )
  }

  /**
   * Erases everything that people and agents said in an ended project: intent, names, comments, inputs and outputs.
   * The facts stay, and so does their chain. It cannot be undone.
   */
  async erase(id: string): Promise<ProjectView> {
    return this.#view(await this.#parts.engine.change(id, (record) => erasure(knownProject(id, record))))
  }

  /** Forgets an ended project altogether; its id stays used. */
  async remove(id: string): Promise<void> {
    await this.#parts.engine.change(id, (record) => {
      if (!knownProject(id, record).ended) throw wrongState(record, 'removed; cancel it first')
      return undefined
    })
    await this.#parts.engine.remove(id)
  }

  #change(id: string, eventFor: EventFor, answer?: AnswerTo): Promise<JournalRecord> {
    const { engine } = this.#parts
    return engine.change(id, (record, at): Proposal | undefined => {
      const event = eventFor(knownProject(id, record))
      const answers = answer ? [answer(at)] : []
      if (!event) return answers.length > 0 ? { cause: null, answers } : undefined
      const cause = { to: ROOT, event: event as unknown as Json, settles: null }
      return { ...engine.proposalOf(record, cause, at), answers }
    })
  }

  #view(record: JournalRecord): Promise<ProjectView> {
    return viewOfProject(this.#parts, record)
  }
}

const paramsOf = (params: unknown): Json | undefined => {
  try {
    return params === undefined ? undefined : recordable(params)
  } catch (error) {
    throw new StagecraftError(
      'input.invalid',
      `The params of the project are not plain data: ${String(error)}`,
      {
        cause: error,
      },
    )
  }
}
