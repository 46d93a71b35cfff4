/** One simulated world of projects: chaos for a while, then calm in which all must end, and then what must have held. */

import { loadUnits } from '../../src/actors/units.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { FAULT_POINTS, onFault, type FaultPoint } from '../../src/runtime/fault.ts'
import type { OwnedStore } from '../../src/runtime/store/store.ts'
import { steppingClock, type SeededRandom, type SteppingClock } from '../../src/testing/index.ts'
import { count, createBook, type Tally } from './project-book.ts'
import { Disk, type Tamper } from './project-disk.ts'
import { Ears } from './project-ears.ts'
import { Host } from './project-host.ts'
import { Judge } from './project-judge.ts'
import { lifecycleOf } from './project-lifecycle.ts'
import type { Skew } from './project-life.ts'
import { People } from './project-people.ts'
import { randomLifecycle } from './project-plan.ts'
import { Witness } from './project-witness.ts'
import { Work } from './project-work.ts'

/** Steps of a calm world in which every project has to come to rest. */
const CALM_STEPS_MAX = 300

/** How late a timer may come: an owner looks again after this long, whatever happened to its clock or its store. */
const LATE_MS = LIMITS.timerLookMs + LIMITS.storeRetry.maxMs + 10_000

/** Fault points that a store in memory comes by: it opens no file, packs and purges nothing, and removes at once. */
const DEADLY = FAULT_POINTS.filter((point) => !/^(?:open|packing|purge|remove)\./.test(point))

/** Calls of a store that may take long in a world; in some, none does. */
const SLUGGISH: readonly ((keyof OwnedStore & string) | undefined)[] = [
  undefined,
  undefined,
  undefined,
  ...(['record', 'contents', 'entries', 'checkpoint', 'commandsOf', 'journalsWithWork'] as const),
  ...(['timersDue', 'nextDueAt', 'requests', 'commit', 'answer'] as const),
]

export type ScenarioOptions = {
  /** Counts what happened. */
  readonly tally?: Tally
  /** A fault in the store, to see whether it is found. */
  readonly tamper?: Tamper
  /** Whether tasks set values; default true. */
  readonly hasValues?: boolean
}

/** Lives through one world. Gives back what is wrong with it. */
export async function projectScenario(
  random: SeededRandom,
  options: ScenarioOptions = {},
): Promise<readonly string[]> {
  // It takes real time, which there is none of in the world.
  await loadUnits()
  const world = new World(random, options)
  const rejected = (error: unknown) => world.witness.say(`nobody handled a rejection: ${String(error)}`)
  process.on('unhandledRejection', rejected)
  // In this world work takes the time that its own clock says, and none beside it.
  Object.defineProperty(performance, 'now', { value: world.now, configurable: true })
  onFault((point) => world.comeBy(point))
  try {
    await world.live()
  } finally {
    onFault(undefined)
    Reflect.deleteProperty(performance, 'now')
    process.off('unhandledRejection', rejected)
  }
  return [...new Set(world.witness.book.problems)]
}

class World {
  readonly witness: Witness
  readonly #random: SeededRandom
  readonly #clock: SteppingClock = steppingClock({ startMs: 1_000_000 })
  readonly #skew: Skew = { ms: 0 }
  readonly #disk: Disk
  readonly #work: Work
  readonly #ears: Ears
  readonly #host: Host
  readonly #people: People
  readonly #judge: Judge
  /** Chance that the process dies at any fault point, and the one where it likes to. */
  readonly #faulty: number
  readonly #deadly: FaultPoint
  #isCalm = false

  constructor(random: SeededRandom, { tally = new Map(), tamper, hasValues = true }: ScenarioOptions) {
    const clock = this.#clock
    this.#random = random
    this.#faulty = random.pick([0, 0.002, 0.02])
    this.#deadly = random.pick(DEADLY)
    const spec = randomLifecycle(random, hasValues)
    const witness = (this.witness = new Witness(createBook(tally)))
    const disk = (this.#disk = new Disk(clock, random, tamper))
    const work = (this.#work = new Work(random, clock, disk, witness.book))
    const ears = (this.#ears = new Ears(random, witness))
    const lifecycle = lifecycleOf(spec, work)
    this.#host = new Host({ random, clock, skew: this.#skew, disk, work, lifecycle, witness, ears })
    this.#people = new People({ random, clock, disk, witness, ears })
    this.#judge = new Judge(random, spec, disk, witness)
  }

  readonly now = (): number => this.#clock.now()

  /** A fault point: the process may die there. */
  comeBy(point: FaultPoint): void {
    if (this.#isCalm || !this.#random.chance(point === this.#deadly ? 0.3 : this.#faulty)) return
    count(this.witness.book.tally, `crash at ${point}`)
    this.#host.crash()
    throw new Error(`The process dies at ${point}.`)
  }

  async live(): Promise<void> {
    this.#disk.stalling = this.#random.pick([0, 0.01, 0.05])
    this.#disk.sluggish = this.#random.pick(SLUGGISH)
    for (let steps = this.#random.between(5, 50); steps > 0; steps--) {
      await this.#step()
      await this.#clock.advanceAsync(this.#random.pick([0, 0, 0, 1, 20, 200, 1_000, 1_000, 5_000, 30_000]))
    }
    this.#isCalm = this.#work.isCalm = true
    this.#disk.calm()
    await this.#waitAndSee()
    let unrest: readonly string[] = ['nobody has looked yet']
    for (let steps = 0; steps < CALM_STEPS_MAX && unrest.length > 0; steps++) {
      await this.#help()
      await this.#clock.advanceAsync(steps % 2 === 0 ? 0 : 2_000)
      unrest = await this.#unrest()
    }
    unrest.forEach((problem) => this.witness.say(problem))
    await this.#beJudged()
  }

  async #step(): Promise<void> {
    const orchestrator = await this.#orchestrator()
    const choice = this.#random.between(0, 99)
    if (choice < 2) return this.#crash()
    if (choice < 4 || this.witness.isTroubled)
      return this.#random.chance(0.7) ? this.#host.stop() : this.#crash()
    if (choice < 6) this.#disk.fullUntil = this.#clock.now() + this.#random.pick([100, 3_000, 40_000])
    else if (choice < 8) this.#disk.failing = this.#random.pick([0, 0.01, 0.05])
    else if (choice < 9) this.#skew.ms += this.#random.pick([-100_000, -500, 500, 100_000])
    else if (orchestrator) await this.#people.act(orchestrator)
  }

  #crash(): void {
    count(this.witness.book.tally, 'crash')
    this.#host.crash()
  }

  /** One that runs, and is listened to; undefined where the start has failed. */
  async #orchestrator() {
    if (!this.#host.orchestrator) await this.#host.start()
    const { orchestrator } = this.#host
    if (orchestrator) this.#ears.listen(orchestrator)
    return orchestrator
  }

  /** Nobody does anything for a while: what is due comes by itself. */
  async #waitAndSee(): Promise<void> {
    await this.#look()
    await this.#look()
    await this.#clock.advanceAsync(LATE_MS)
    await this.#judge.judgeTimers(this.#clock.now() + this.#skew.ms - LATE_MS)
  }

  /** Everybody does what is asked of them. */
  async #help(): Promise<void> {
    const orchestrator = await this.#look()
    if (orchestrator) this.#people.help(orchestrator)
  }

  /** Everybody looks how things are; an owner whose store has failed is started again. */
  async #look() {
    if (this.witness.isTroubled) await this.#host.stop()
    const orchestrator = await this.#orchestrator()
    if (orchestrator) this.#people.look(orchestrator)
    await this.#clock.settle()
    return orchestrator
  }

  /** What has not come to rest yet. */
  async #unrest(): Promise<readonly string[]> {
    const reader = await this.#disk.reader()
    const newest = await reader.newestCursor()
    const { heard } = this.#ears
    const problems: string[] = []
    for (const { id, state, ended } of await reader.heads({ kind: 'project', limit: 100 }))
      if (!ended) problems.push(`${id} does not come to an end: it is ${state}`)
    for (const { id } of this.witness.book.posted)
      if ((await this.#disk.answerTo(id)) === undefined) problems.push(`${id} is not answered`)
    for (const what of this.witness.pending) problems.push(`${what} is not answered`)
    if (heard < newest) problems.push(`the feed delivered ${heard} of ${newest} facts`)
    return problems
  }

  async #beJudged(): Promise<void> {
    await this.#judge.judgeJournals()
    const { orchestrator } = this.#host
    if (!orchestrator) return this.witness.say('there is no orchestrator in the end')
    await this.#judge.judgeViews(orchestrator)
    await this.#clock.advanceAsync(100)
    await this.#judge.judgeErasure(orchestrator)
    await this.#clock.advanceAsync(100)
    await this.#judge.judgeLast()
    await this.#host.stop()
  }
}
