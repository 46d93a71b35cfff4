/** The witness of a simulated world: waits for every call, and writes down what was promised and what is wrong. */

import { isStagecraftError, messageOf, type ErrorCode } from '../../src/model/errors.ts'
import type { ProjectView } from '../../src/runtime/index.ts'
import { count, type Book } from './project-book.ts'
import type { Life } from './project-life.ts'

type Refused = (code: ErrorCode) => void

export class Witness {
  readonly book: Book
  /** The process that is alive; undefined while there is none. */
  life: Life | undefined
  /** True once anybody has heard that the store failed: the owner has to be started again. */
  isTroubled = false
  readonly #pending = new Map<string, number>()

  constructor(book: Book) {
    this.book = book
  }

  /** What is waited for, by name. */
  get pending(): readonly string[] {
    return [...this.#pending.keys()]
  }

  say(problem: string): void {
    this.book.problems.push(problem)
  }

  /** Nobody waits for a process that is over. */
  forget(): void {
    this.life = undefined
    this.#pending.clear()
  }

  /** Writes down what a call comes to. An error nobody could expect is a problem. */
  call<T>(
    what: string,
    promise: Promise<T>,
    then: (value: T) => void = () => {},
    refused: Refused = () => {},
  ): void {
    const { life } = this
    if (!life) return
    this.#note(what, 1)
    void life.during(promise).then(
      (value) => {
        this.#note(what, -1)
        then(value)
      },
      (error: unknown) => {
        this.#note(what, -1)
        if (!isStagecraftError(error) || !EXPECTED.includes(error.code))
          return this.say(`${what} was rejected: ${described(error)}`)
        this.hearCode(error.code)
        refused(error.code)
      },
    )
  }

  /** A call that resolves with a project. */
  ask(what: string, promise: Promise<ProjectView>, then?: () => void, refused?: Refused): void {
    const { views, shown } = this.book
    this.call(
      what,
      promise,
      (view) => {
        views.push(view)
        shown.push({ project: view.id, seq: view.seq, hash: view.hash })
        then?.()
      },
      refused,
    )
  }

  /** What an orchestrator tells of by itself. */
  hearTrouble(error: unknown): void {
    if (!isStagecraftError(error) || !OF_STORE.includes(error.code))
      return this.say(`trouble nobody expected: ${described(error)}`)
    count(this.book.tally, `trouble ${error.code}`)
    if (error.code === 'store.failed') this.isTroubled = true
  }

  hearFeedEnd(error: unknown): void {
    if (isStagecraftError(error) && (error.code === 'feed.lagged' || OF_STORE.includes(error.code)))
      return this.hearCode(error.code)
    this.say(`a feed ended with ${described(error)}`)
  }

  hearCode(code: ErrorCode): void {
    count(this.book.tally, code)
    if (code === 'store.failed') this.isTroubled = true
  }

  #note(what: string, change: 1 | -1): void {
    const left = (this.#pending.get(what) ?? 0) + change
    if (left > 0) this.#pending.set(what, left)
    else this.#pending.delete(what)
  }
}

const OF_STORE: readonly ErrorCode[] = ['store.full', 'store.failed']

/** What people may hear when they ask for what cannot be, or while there is trouble. */
const EXPECTED: readonly ErrorCode[] = [
  ...OF_STORE,
  'orchestrator.stopped',
  'project.exists',
  'project.unknown',
  'project.wrong_state',
  'review.unknown',
  'approval.unknown',
  'approval.outdated',
  'approval.settled',
  'approval.conflicting',
  'approval.not_allowed',
  'checkpoint.unknown',
  'checkpoint.undone',
  'input.invalid',
]

const described = (error: unknown): string =>
  isStagecraftError(error)
    ? `${error.code}: ${error.message}`
    : String(Object(error).stack ?? messageOf(error))
