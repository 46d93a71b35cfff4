/** The lane of one journal: its steps are taken in order, however many want to take one. */

import { LIMITS } from '../../model/limits.ts'
import type { JournalRecord } from '../store/store.ts'
import type { NewJournal, Proposal } from './journal-step.ts'

/** A wish to take a step. */
export type Turn = {
  /** Decides on the newest record; undefined when there is nothing to do. What it throws goes to who asked. */
  readonly propose: (record: JournalRecord | undefined, at: number) => Proposal | undefined
  /** True for what nobody would ask again: it waits until the store takes it. */
  readonly insists: boolean
  /** The journal this turn begins. */
  readonly journal?: NewJournal
  readonly resolve: (record: JournalRecord | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Takes some of the turns that wait, from the first on, and removes those that need not be taken again. */
export type TakeTurns = (lane: Lane) => Promise<void>

export class Lane {
  readonly id: string
  /** The newest record, as long as the lane is busy; what is read again from the store needs no room. */
  record: JournalRecord | undefined
  /** In the order they came. */
  readonly turns: Turn[] = []
  /** How many turns are decided together. */
  turnsMax: number = LIMITS.commitStepsMax
  readonly #take: TakeTurns
  readonly #onIdle: (lane: Lane) => void
  #running: Promise<void> | undefined

  /** `onIdle` is called each time no turn is left. */
  constructor(id: string, take: TakeTurns, onIdle: (lane: Lane) => void) {
    this.id = id
    this.#take = take
    this.#onIdle = onIdle
  }

  add(turn: Turn): void {
    this.turns.push(turn)
    this.#running ??= this.#run()
  }

  /** Resolves when no turn is left. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(): Promise<void> {
    while (this.turns.length > 0) await this.#take(this)
    this.#running = undefined
    this.#onIdle(this)
  }
}
