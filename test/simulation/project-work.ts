/** What the user's functions do in a simulated world: agents, gates, rules and compensations that misbehave by chance. */

import { canonicalJson } from '../../src/model/canonical.ts'
import type { SeededRandom, SteppingClock } from '../../src/testing/index.ts'
import type { AgentContext, GateReply, Isa, PhaseView } from '../../src/runtime/index.ts'
import { count, type Book, type Call, type Undo } from './project-book.ts'
import type { Disk } from './project-disk.ts'
import { never, type Life } from './project-life.ts'
import type { PhaseSpec, TaskSpec } from './project-plan.ts'
import { setValues } from './project-values.ts'

/** Thrown by the user's functions and by nobody else: what a journal says of them must be one of these. */
export const OWN_WORDS = 'the user code says'

const trouble = (what: string) => new Error(`${OWN_WORDS} ${what}`)

export class Work {
  /** True: everybody does their best. */
  isCalm = false
  /** The process that is alive; work belongs to the one it began in. */
  life: Life | undefined
  readonly #random: SeededRandom
  readonly #clock: SteppingClock
  readonly #disk: Disk
  readonly #book: Book
  #values = 0

  constructor(random: SeededRandom, clock: SteppingClock, disk: Disk, book: Book) {
    this.#random = random
    this.#clock = clock
    this.#disk = disk
    this.#book = book
  }

  /** An agent at work: what it gives back names its call, so that nobody else's output can pass for it. */
  agent(task: TaskSpec, given: unknown, context: AgentContext): unknown {
    const { project, phase, run } = viewOf(given)
    const [{ key }, { cursor }] = [context, this.#disk]
    const done = { gave: undefined, saw: undefined, deeds: [] }
    const call: Call = { project: project.id, phase, run, task: task.name, key, cursor, ...done }
    this.#book.calls.push(call)
    const { life } = this
    if (task.sets.length === 0 || !life) return this.#answer(call, context)
    return life.during(context.isa()).then((isa) => {
      call.saw = canonicalJson(isa.toJSON().nodes)
      call.deeds = setValues(isa, task.sets, this.#random)
      const answer = Promise.resolve(this.#answer(call, context))
      if (this.#random.chance(0.2)) this.#setLate(isa, answer)
      return answer
    })
  }

  /** Some go on after they have answered: what they set then is nobody's. */
  #setLate(isa: Isa, answer: Promise<unknown>): void {
    const set = () => isa.set('late.value', { magnitude: 1, unit: 'm' })
    answer.then(
      () => this.#clock.setTimeout(set, 1),
      () => {},
    )
  }

  /** What becomes of it, whatever it has set before. */
  #answer(call: Call, { signal }: AgentContext): unknown {
    if (this.isCalm) return this.#give(call)
    const { life } = this
    const sleep = (maxMs: number) => this.#sleep(life, this.#random.between(0, maxMs))
    switch (this.#random.between(0, 19)) {
      case 0:
        throw trouble('no at once')
      case 1:
        return Promise.reject(Object.assign(trouble('never'), { retryable: false }))
      case 2:
        return sleep(300).then(() => Promise.reject(this.#random.pick([null, 'a text', 7, hostile()])))
      case 3:
        return never
      case 4:
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(trouble('stop')))
        })
      case 5:
        return nonsense(this.#random)
      case 6:
        return sleep(4_000).then(() => this.#give(call))
      case 7:
        return sleep(100).then(() => Promise.reject(trouble('no')))
      case 8:
        return this.#give(call, 'x'.repeat(9_000))
      case 9:
      case 10:
        return sleep(1_000).then(() => this.#give(call))
      default:
        return sleep(50).then(() => this.#give(call))
    }
  }

  condition({ timeoutMs }: PhaseSpec): boolean | Promise<boolean> {
    if (this.isCalm) return true
    switch (this.#random.between(0, 7)) {
      case 0:
        throw trouble('no condition')
      case 1:
        return timeoutMs === undefined ? true : never
      case 2:
        return this.#sleep(this.life, 30).then(() => true)
      case 3:
      case 4:
        return false
      default:
        return true
    }
  }

  input({ timeoutMs }: PhaseSpec, view: PhaseView): unknown {
    if (this.isCalm) return view
    switch (this.#random.between(0, 6)) {
      case 0:
        throw trouble('no input')
      case 1:
        return timeoutMs === undefined ? view : never
      default:
        return this.#sleep(this.life, 30).then(() => view)
    }
  }

  gate({ timeoutMs, loopbackTo }: PhaseSpec): GateReply | Promise<GateReply> {
    const { life } = this
    const choice = this.#random.between(0, 24)
    if (choice < 4) return { result: 'PASS', reason: 'as good as it gets' }
    if (choice === 4) return 'FAIL'
    if (choice < 8) return this.#sleep(life, this.#random.between(0, 200)).then(() => 'RETRY' as const)
    if (choice < 11) return 'APPROVAL_NEEDED'
    if (choice < 14 && loopbackTo.length > 0)
      return {
        result: 'LOOPBACK',
        loopbackTo: this.#random.pick([...loopbackTo, ...loopbackTo, 'P9']),
        reason: 'once more',
      }
    if (this.isCalm || choice < 22) return 'PASS'
    if (choice === 22) throw trouble('no gate')
    if (choice === 23 && timeoutMs !== undefined) return never
    // No answer at all, as far as the types go; and so do real gates.
    return this.#random.pick([
      undefined,
      'MAYBE',
      7,
      { result: 'LOOPBACK' },
      cyclic(),
      hostile(),
    ]) as GateReply
  }

  conflicts() {
    if (!this.isCalm && this.#random.chance(0.1)) throw trouble('no rules')
    return ['heat', 'mass']
      .filter(() => this.#random.chance(0.3))
      .map((id) => ({ id, between: ['a', 'b'], message: `${id} is too high` }))
  }

  reviewInput({ project }: PhaseView) {
    if (!this.isCalm && this.#random.chance(0.2)) throw trouble('no review')
    return { prompt: project.intent, response: 'r', context: {} }
  }

  /** The only critic of the only panel. */
  async critic(life: Life) {
    if (!this.isCalm && this.#random.chance(0.1)) await this.#sleep(life, this.#random.between(0, 30_000))
    if (!this.isCalm && this.#random.chance(0.05)) throw trouble('no finding')
    const severity = this.isCalm ? 0 : this.#random.pick([0, 0, 0, 0, 1, 1, 1, 3])
    return life.during(Promise.resolve({ severity, uncertainty: this.#random.pick([0, 0.9]) }))
  }

  async compensate(key: string): Promise<void> {
    count(this.#book.tally, 'compensated')
    const undo: Undo = { key, isDone: false }
    this.#book.undos.push(undo)
    if (!this.isCalm) {
      if (this.#random.chance(0.3)) await this.#sleep(this.life, this.#random.between(0, 2_000))
      if (this.#random.chance(0.35)) throw trouble(`no undoing of ${key}`)
    }
    undo.isDone = true
  }

  #give(call: Call, padding?: string): unknown {
    this.#values += 1
    const output = { task: call.task, key: call.key, value: this.#values, ...(padding && { padding }) }
    call.gave = JSON.stringify(output)
    return output
  }

  /** Ends with the process it began in. */
  #sleep(life: Life | undefined, ms: number): Promise<void> {
    if (!life) return never
    return new Promise((resolve) => {
      this.#clock.setTimeout(() => {
        if (!life.isOver) resolve()
      }, ms)
    })
  }
}

/** Every task of a simulated lifecycle gives its agent the view. */
const viewOf = (given: unknown) => given as PhaseView

function nonsense(random: SeededRandom): unknown {
  return random.pick<unknown>([
    Number.NaN,
    { deep: [Infinity] },
    10n,
    () => 'a function',
    new Map([['a', 1]]),
    cyclic(),
    hostile(),
    { toJSON: () => never },
  ])
}

function cyclic(): object {
  const circle: Record<string, unknown> = {}
  circle['again'] = circle
  return circle
}

/** Whatever is read of it throws. */
function hostile(): object {
  return new Proxy(
    {},
    {
      get: (_target, property) => {
        // A promise that resolves with it has to look for this one.
        if (property === 'then') return undefined
        throw trouble('hands off')
      },
    },
  )
}
