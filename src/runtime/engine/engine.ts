/**
 * The engine: takes events to the journals they are for, makes what is decided durable, and only then performs it.
 * It knows neither lifecycles nor panels: who makes one says what charts and what work there are.
 */

import type { AnyStateMachine } from 'xstate'
import type { Clock } from '../../model/clock.ts'
import type { Json } from '../../model/canonical.ts'
import { isStagecraftError, StagecraftError } from '../../model/errors.ts'
import type { Cause, Saying } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import { ROOT, slotOf, stepCharts, type Charts, type Stepped } from './charts.ts'
import { fault } from '../fault.ts'
import { orchestratorStopped } from '../stopped.ts'
import type { Command, Content, JournalRecord, OwnedStore, Step, StoredEntry } from '../store/store.ts'
import { Committer } from './committer.ts'
import { decideTurns, type DecidedTurn } from './decided-turn.ts'
import { chartsOf, newRecord, trusted, type NewJournal, type Proposal } from './journal-step.ts'
import { Lane, type Turn } from './lane.ts'
import { SecondTries } from './second-tries.ts'
import { Timers, type TimerCommand } from './timers.ts'
import { Works } from './works.ts'

export type WorkCommand = Extract<Command, { kind: 'work' }>

/** What a piece of work came to. */
export type WorkEnd = { readonly output: Json; readonly contents: readonly Content[] }

export type WorkContext = {
  readonly record: JournalRecord
  /** Aborts when nobody waits for the end any more. */
  readonly signal: AbortSignal
  /** Notes something that happened on the way. */
  readonly note: (saying: Saying, contents?: readonly Content[]) => void
  /** Says of something that it may go on after the work has ended or was aborted. */
  readonly lingers: (goingOn: Promise<unknown>) => void
  /** Resolves when nothing goes on any more that belongs to ended or aborted work of the journal. */
  readonly quiet: () => Promise<void>
}

export type EngineOptions = {
  readonly store: OwnedStore
  /** Milliseconds since 1970. */
  readonly clock: Clock
  /** The same time, for timers that need not keep the process alive. */
  readonly idleClock: Clock
  /** The chart behind a source, for a journal. Throws where its lifecycle is not registered. */
  readonly machineOf: (record: JournalRecord, source: string) => AnyStateMachine | undefined
  /**
   * Performs work. A failure is an end like any other; what rejects has come to no end, and is performed again: a while
   * later, or by the next owner where it was stopped or the store is lost.
   */
  readonly perform: (command: WorkCommand, context: WorkContext) => Promise<WorkEnd>
  /** Hears of every step once it is durable, in the order of cursors within its journal. */
  readonly onStep: (
    record: JournalRecord,
    entries: readonly StoredEntry[],
    contents: readonly Content[],
  ) => void
  /** Called once when the store is lost: nothing can be made durable any more. */
  readonly onLost: (error: unknown) => void
  /** Hears of trouble that nobody asked about. */
  readonly onTrouble: (error: unknown) => void
}

export class Engine {
  readonly #options: EngineOptions
  readonly #committer: Committer
  readonly #timers: Timers
  readonly #works: Works
  readonly #lanes = new Map<string, Lane>()
  readonly #secondTries: SecondTries
  #isStopped = false
  #failure: unknown
  #retries = 0
  /** Those who wait for a store in trouble. */
  readonly #naps = new Set<() => void>()

  constructor(options: EngineOptions) {
    this.#options = options
    this.#committer = new Committer(options.store)
    this.#timers = new Timers({ ...options, fire: (timer) => this.#fire(timer) })
    this.#secondTries = new SecondTries(options.idleClock)
    this.#works = new Works(
      (command, context) => options.perform(command, context),
      (error, command) => this.#loseWork(error, command),
    )
  }

  /** Performs again what was open when the last owner went, and arms the timers at their old due times. */
  async start(): Promise<void> {
    const { store } = this.#options
    fault('recovery.begun')
    for (let after = ''; ;) {
      const ids = await store.journalsWithWork(after, LIMITS.pageMax)
      for (const id of ids) {
        await this.#resume(id)
        fault('recovery.resumed')
      }
      const last = ids.at(-1)
      if (last === undefined) break
      after = last
    }
    await this.#timers.arm()
    fault('recovery.done')
  }

  /** Takes no more steps than it must: waits for running work, then aborts it. What was aborted is performed again. */
  async stop(drainMs: number): Promise<void> {
    this.#isStopped = true
    this.#timers.stop()
    this.#secondTries.stop()
    await this.#works.drain(this.#options.clock, drainMs)
    for (const wake of this.#naps) wake()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()))
  }

  /** Starts a journal; `inputAt` is told when that is. Throws `project.exists` when its id was used before. */
  create(
    journal: NewJournal,
    inputAt: (at: number) => Json,
    contents: readonly Content[],
    source: string,
  ): Promise<JournalRecord> {
    return this.#ask(
      journal.id,
      (existing, at) => {
        if (existing)
          throw new StagecraftError('project.exists', `"${journal.id}" exists already. Choose another id.`)
        const event = { type: 'xstate.init', source, input: inputAt(at) }
        const cause = { to: ROOT, event, settles: null }
        return { cause, stepped: this.#step(newRecord(journal, at), cause, at), contents }
      },
      journal,
    )
  }

  /**
   * Takes a step that somebody asked for; resolves once it is durable, with the record it led to.
   * `propose` is called with the newest record, and says what to do or throws why not.
   */
  change(
    id: string,
    propose: (record: JournalRecord, at: number) => Proposal | undefined,
  ): Promise<JournalRecord> {
    return this.#ask(id, (record, at) => propose(known(id, record), at))
  }

  /** Forgets a journal that has ended. */
  async remove(id: string): Promise<void> {
    await this.#options.store.remove(id)
    const lane = this.#lanes.get(id)
    if (lane) lane.record = undefined
  }

  /** A proposal that gives an event to one of the journal's charts. */
  proposalOf(record: JournalRecord, cause: Cause, at: number): Proposal & { readonly stepped: Stepped } {
    // Without its salt nothing new could be said in it, and nobody could be known again.
    if (record.salt === null)
      throw new StagecraftError(
        'project.wrong_state',
        `The contents of "${record.id}" were erased. It can be read and removed, and takes no step any more.`,
      )
    return { cause, stepped: this.#step(record, cause, at) }
  }

  /** The newest record, also one that is not durable for anybody else yet. */
  async record(id: string): Promise<JournalRecord | undefined> {
    return this.#lanes.get(id)?.record ?? (await this.#options.store.record(id))
  }

  /** For tests and metrics: what is held in memory. */
  get load(): { readonly lanes: number; readonly works: number } {
    return { lanes: this.#lanes.size, works: this.#works.size }
  }

  #ask(id: string, propose: Turn['propose'], journal?: NewJournal): Promise<JournalRecord> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#isStopped) return Promise.reject(orchestratorStopped())
    const { promise, resolve, reject } = Promise.withResolvers<JournalRecord | undefined>()
    this.#lane(id).add({ propose, insists: false, resolve, reject, ...(journal && { journal }) })
    return promise.then((record) => known(id, record))
  }

  /** Resolves with false when it was not to be done. */
  #insist(id: string, propose: Turn['propose']): Promise<boolean> {
    return new Promise((resolve) => {
      const reject = (error: unknown) => {
        if (!this.#failure) this.#options.onTrouble(error)
        resolve(false)
      }
      this.#lane(id).add({ propose, insists: true, resolve: () => resolve(true), reject })
    })
  }

  #lane(id: string): Lane {
    let lane = this.#lanes.get(id)
    if (!lane)
      this.#lanes.set(
        id,
        (lane = new Lane(
          id,
          (of) => this.#takeTurns(of),
          (of) => this.#rest(of),
        )),
      )
    return lane
  }

  /** Turns that wait are decided together, become durable together, and only then is anything performed or told. */
  async #takeTurns(lane: Lane): Promise<void> {
    let decided: readonly DecidedTurn[] = []
    try {
      lane.record ??= trusted(await this.#options.store.record(lane.id))
      const cursors = await this.#committer.commit(() => {
        const turns = lane.turns.slice(0, lane.turnsMax)
        decided = decideTurns(turns, lane.record, () => this.#options.clock.now())
        return decided.flatMap(({ step }) => step ?? [])
      })
      const first = cursors.values()
      // In one go: facts are told in the order of their cursors, also those of other journals.
      for (const { step } of decided) if (step) this.#happen(lane, step, first.next().value ?? 0)
      lane.turns.splice(0, decided.length)
      for (const one of decided) await this.#tell(one)
    } catch (error) {
      await this.#takeAgain(lane, Math.max(1, decided.length), error)
    }
  }

  /** @param cursor of the first entry. */
  #happen(lane: Lane, { record, entries, contents, opens, closes }: Step, cursor: number): void {
    this.#retries = 0
    fault('engine.committed')
    if (entries[0]?.cause?.settles != null) fault('engine.outcome-recorded')
    lane.record = record
    const stored = entries.map((entry, index) => ({ ...entry, cursor: cursor + index }))
    this.#options.onStep(record, stored, contents)
    fault('engine.published')
    this.#perform(record, opens, closes)
    fault('engine.performed')
  }

  async #tell({ turn, record, proposal, step, refusal }: DecidedTurn): Promise<void> {
    try {
      if (refusal) throw refusal.error
      // Nothing to record, but somebody waits for an answer.
      if (!step && proposal?.answers?.length) await this.#options.store.answer(proposal.answers)
      turn.resolve(record)
    } catch (error) {
      if (isStoreFailure(error)) this.#fail(error)
      turn.reject(error)
    }
  }

  /** After trouble with turns that were decided together: nothing of them has happened. */
  async #takeAgain(lane: Lane, count: number, error: unknown): Promise<void> {
    // What the store holds is the truth again.
    lane.record = undefined
    if (isStoreFailure(error)) this.#fail(error)
    if (count > 1 && isStagecraftError(error) && error.code === 'store.conflict') {
      // One of them contradicts the store; alone, it does not take the others with it.
      lane.turnsMax = 1
      return
    }
    const turns = lane.turns.splice(0, count)
    const isPassing = this.#isPassing(error)
    const again = turns.filter(({ insists }) => insists && isPassing)
    for (const turn of turns) if (!again.includes(turn)) turn.reject(error)
    if (again.length === 0) return
    lane.turns.unshift(...again)
    await this.#wait(error)
  }

  /** A lane that waits for nothing needs no room. */
  #rest(lane: Lane): void {
    if (!this.#works.has(lane.id)) this.#lanes.delete(lane.id)
  }

  /** Whether waiting may help. */
  #isPassing(error: unknown): boolean {
    const { code } = isStagecraftError(error) ? error : {}
    return !this.#isStopped && (code === 'store.full' || code === 'store.conflict')
  }

  /** A while, after trouble of the store; not longer than until the stop. */
  async #wait(error: unknown): Promise<void> {
    this.#options.onTrouble(error)
    const { baseMs, maxMs } = LIMITS.storeRetry
    const delayMs = Math.min(maxMs, baseMs * 2 ** this.#retries)
    this.#retries += 1
    await new Promise<void>((resolve) => {
      const { clock } = this.#options
      const wake = () => {
        clock.clearTimeout(timer)
        this.#naps.delete(wake)
        resolve()
      }
      const timer = clock.setTimeout(wake, delayMs)
      this.#naps.add(wake)
    })
  }

  #perform(record: JournalRecord, opens: readonly Command[], closes: readonly string[]): void {
    for (const key of closes) this.#works.abort(key)
    for (const command of opens)
      if (command.kind === 'timer') this.#timers.setBy(command.dueAt)
      else this.#work(record, command)
  }

  #work(record: JournalRecord, command: WorkCommand): void {
    // What is not started now is open in the store: the next owner starts it.
    if (this.#isStopped) return
    const note = (saying: Saying, contents: readonly Content[] = []) =>
      void this.#insist(record.id, (now) =>
        now && isOpen(chartsOf(now), command) ? { cause: null, sayings: [saying], contents } : undefined,
      )
    this.#works.start(command, { record, note }, ({ output, contents }) => {
      fault('engine.work-ended')
      void this.#insist(record.id, (now, at) => {
        if (!now || !isOpen(chartsOf(now), command)) return undefined
        const { address, id } = command
        const event = { type: `xstate.done.actor.${id}`, output, actorId: id }
        return { ...this.proposalOf(now, { to: address, event, settles: id }, at), contents }
      })
    })
  }

  async #resume(id: string): Promise<void> {
    const { store, onTrouble } = this.#options
    try {
      const record = trusted(await store.record(id))
      if (!record) return
      for (const command of await store.commandsOf(id))
        if (command.kind === 'work') this.#work(record, command)
    } catch (error) {
      // One damaged journal stands still; the others are not, and go on.
      if (!isStagecraftError(error) || error.code !== 'journal.broken') throw error
      onTrouble(error)
    }
  }

  #fire(timer: TimerCommand): Promise<boolean> {
    return this.#insist(timer.journal, (record, at) => {
      // A clock that was put back since then says it is too early; the alarm is set for it again.
      if (!record || at < timer.dueAt || !isOpen(chartsOf(record), timer)) return undefined
      return this.proposalOf(record, { to: timer.address, event: timer.event, settles: timer.id }, at)
    })
  }

  /** Work that came to no end stays open, and is performed again a while later; where the store is lost, by the next owner. */
  #loseWork(error: unknown, { journal }: WorkCommand): void {
    if (isStoreFailure(error)) return this.#fail(error)
    if (isStop(error)) return
    const { onTrouble } = this.#options
    onTrouble(error)
    this.#secondTries.later(() => this.#resume(journal).catch(onTrouble))
  }

  /** The store will not come back by itself: nothing can be promised any more. */
  #fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = error
    this.#isStopped = true
    this.#timers.stop()
    this.#secondTries.stop()
    this.#works.abortAll()
    this.#options.onTrouble(error)
    this.#options.onLost(error)
  }

  #step(record: JournalRecord, cause: Cause, at: number): Stepped {
    return stepCharts(chartsOf(record), cause, {
      journal: record.id,
      seq: record.seq + 1,
      at,
      machineOf: (source) => this.#options.machineOf(record, source),
    })
  }
}

/** An outcome counts while its command is open under its own key; anything else is stale. */
const isOpen = ({ open }: Charts, { address, id, key }: Command): boolean => open[slotOf(address, id)] === key

/** Work that was not begun any more because of the stop. */
const isStop = (error: unknown): boolean => isStagecraftError(error) && error.code === 'orchestrator.stopped'

/** Nothing is known any more of what is durable. */
const isStoreFailure = (error: unknown): boolean => isStagecraftError(error) && error.code === 'store.failed'

function known(id: string, record: JournalRecord | undefined): JournalRecord {
  if (record) return record
  throw new StagecraftError('project.unknown', `There is no "${id}" in this store.`)
}
