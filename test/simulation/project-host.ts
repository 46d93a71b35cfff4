/** The host of a simulated world: starts the orchestrator, stops it, and lets it die. */

import type { Panel } from '../../src/runtime/panel/panel.ts'
import { createPanel } from '../../src/runtime/panel/create-panel.ts'
import { createOrchestrator, type Lifecycle, type Orchestrator } from '../../src/runtime/index.ts'
import type { SeededRandom, SteppingClock } from '../../src/testing/index.ts'
import { count } from './project-book.ts'
import type { Disk } from './project-disk.ts'
import type { Ears } from './project-ears.ts'
import { PANEL } from './project-lifecycle.ts'
import { DEAD, startLife, type Life, type Skew } from './project-life.ts'
import type { Witness } from './project-witness.ts'
import type { Work } from './project-work.ts'

export type Surroundings = {
  readonly random: SeededRandom
  readonly clock: SteppingClock
  readonly skew: Skew
  readonly disk: Disk
  readonly work: Work
  readonly lifecycle: Lifecycle
  readonly witness: Witness
  readonly ears: Ears
}

export type Panels = typeof PANEL

/** Longer than anything may take to settle: retries of a full store, and a stop that drains. */
const PATIENCE_MS = 400_000

export class Host {
  /** Undefined while there is none. */
  orchestrator: Orchestrator<Panels> | undefined
  readonly #around: Surroundings
  readonly #tasksConcurrentMax: number
  readonly #panel: Panel
  #panelLife: Life = DEAD

  constructor(around: Surroundings) {
    this.#around = around
    this.#tasksConcurrentMax = around.random.pick([1, 2, 20])
    this.#panel = createPanel({
      critics: { [PANEL]: () => around.work.critic(this.#panelLife) },
      // Made once, and as good as new for every process: what a dead one asked for is never answered.
      clock: {
        now: () => around.clock.now(),
        setTimeout: (callback, delayMs) => this.#panelLife.clock.setTimeout(callback, delayMs),
        clearTimeout: (id) => this.#panelLife.clock.clearTimeout(id),
      },
    })
  }

  async start(): Promise<void> {
    const { clock, skew, disk, work, lifecycle, random, witness } = this.#around
    const life = startLife(clock, skew)
    this.#panelLife = startLife(clock, skew)
    witness.life = work.life = life
    witness.isTroubled = false
    const creating = createOrchestrator({
      store: disk.storeFor(life),
      lifecycles: [lifecycle],
      panels: { [PANEL]: this.#panel },
      limits: { tasksConcurrentMax: this.#tasksConcurrentMax },
      clock: life.clock,
      random: random.next,
      onTrouble: (error) => {
        if (!life.isOver) witness.hearTrouble(error)
      },
    })
    witness.call('start', creating, (orchestrator) => {
      // It may have died in the very turn in which it was there.
      if (!life.isOver) this.orchestrator = orchestrator
    })
    await this.#until(life, () => witness.pending.length === 0, 'the start')
    if (this.orchestrator || life.isOver) return
    count(witness.book.tally, 'start refused')
    if (life.armed > 0) witness.say(`${life.armed} timers are left of a start that failed`)
    this.#over(life)
  }

  async stop(): Promise<void> {
    const { orchestrator } = this
    const { witness, ears } = this.#around
    const { life } = witness
    if (!orchestrator || !life) return
    witness.call('stop', orchestrator.stop(), undefined, (code) =>
      witness.say(`the stop was rejected: ${code}`),
    )
    // Whoever waits for an answer gets one now, also who asks a panel.
    await this.#until(life, () => witness.pending.length === 0, 'the stop')
    if (life.isOver) return
    if (life.armed > 0) witness.say(`${life.armed} timers are left after a stop`)
    if (ears.isListening) witness.say('the feed did not complete with the stop')
    this.#over(life)
  }

  /** The process dies, here and now. */
  crash(): void {
    const { witness, disk } = this.#around
    if (!witness.life) return
    this.#over(witness.life)
    void disk.cut()
  }

  #over(life: Life): void {
    const { witness, work, ears } = this.#around
    life.end()
    this.#panelLife.end()
    work.life = undefined
    this.orchestrator = undefined
    witness.forget()
    ears.close()
  }

  /** Lets time pass until it is so, or this process is over. */
  async #until(life: Life, isSo: () => boolean, what: string): Promise<void> {
    const { clock, witness } = this.#around
    await clock.settle()
    let waitedMs = 0
    for (let hopMs = 1; !isSo() && !life.isOver; hopMs = Math.min(hopMs * 2, 10_000)) {
      if (waitedMs > PATIENCE_MS) return witness.say(`${what} hangs: ${witness.pending.join(', ')}`)
      await clock.advanceAsync(hopMs)
      waitedMs += hopMs
    }
  }
}
