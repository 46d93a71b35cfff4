/** The ears of a simulated world: one pair that hears every fact, and others that come and go. */

import type { Fact } from '../../src/model/fact.ts'
import type { FactsOptions, Orchestrator } from '../../src/runtime/index.ts'
import type { SeededRandom } from '../../src/testing/index.ts'
import type { Witness } from './project-witness.ts'

export class Ears {
  readonly #random: SeededRandom
  readonly #witness: Witness
  /** Everything up to this cursor was delivered to the pair that hears all. */
  #heard = 0
  #isListening = false

  constructor(random: SeededRandom, witness: Witness) {
    this.#random = random
    this.#witness = witness
  }

  get heard(): number {
    return this.#heard
  }

  get isListening(): boolean {
    return this.#isListening
  }

  /** Hears every fact, from the last one heard on; does nothing while it does. */
  listen(orchestrator: Orchestrator): void {
    if (this.#isListening) return
    this.#isListening = true
    const options = { after: this.#heard, queueMax: this.#random.pick([1, 20, 10_000]) }
    const next = ({ cursor }: Fact) => {
      if (cursor !== this.#heard + 1)
        this.#witness.say(`the feed delivered cursor ${cursor} after ${this.#heard}`)
      this.#heard = cursor
    }
    this.#subscribe(orchestrator, options, next, () => this.close())
  }

  /** Hears some facts, for as long as it goes well. */
  overhear(orchestrator: Orchestrator, options: FactsOptions): void {
    let last = options.after ?? 0
    this.#subscribe(orchestrator, options, ({ cursor, project }) => {
      if (cursor <= last) this.#witness.say(`a feed delivered cursor ${cursor} after ${last}`)
      if (options.project !== undefined && project !== options.project)
        this.#witness.say('a feed delivered the fact of another project')
      last = cursor
    })
  }

  close(): void {
    this.#isListening = false
  }

  #subscribe(
    orchestrator: Orchestrator,
    options: FactsOptions,
    next: (fact: Fact) => void,
    end: () => void = () => {},
  ): void {
    const { life, book } = this.#witness
    orchestrator.facts(options).subscribe({
      next: (fact) => {
        if (life?.isOver) return
        book.facts.set(fact.cursor, fact)
        book.shown.push(fact)
        next(fact)
      },
      error: (error: unknown) => {
        if (life?.isOver) return
        this.#witness.hearFeedEnd(error)
        end()
      },
      complete: () => {
        if (!life?.isOver) end()
      },
    })
  }
}
