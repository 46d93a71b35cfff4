/** The reports of one attempt: however many there are, few are told, and the newest always. */

import type { Progress } from '../model/agent.ts'
import type { Clock } from '../model/clock.ts'
import { LIMITS } from '../model/limits.ts'

export class ProgressReports {
  readonly #clock: Clock
  readonly #tell: (progress: Progress) => void
  #newest: Progress = { fraction: null, message: null }
  #toldAt = -Infinity
  #isPending = false
  #isEnded = false
  #timer: unknown

  constructor(clock: Clock, tell: (progress: Progress) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Takes a report, or passes over what is none. What it leaves out stays as it was. */
  readonly report = (given: unknown): void => {
    const said = this.#isEnded ? undefined : read(given)
    if (!said) return
    const { fraction, message } = this.#newest
    this.#newest = { fraction: said.fraction ?? fraction, message: said.message ?? message }
    if (this.#isPending) return
    this.#isPending = true
    const waitMs = this.#toldAt + LIMITS.progress.everyMs - this.#clock.now()
    if (waitMs > 0) this.#timer = this.#clock.setTimeout(() => this.#flush(), waitMs)
    else this.#flush()
  }

  /** Tells what is still to be told; nothing is told after it. */
  end(): void {
    this.#flush()
    this.#isEnded = true
  }

  #flush(): void {
    if (!this.#isPending) return
    this.#clock.clearTimeout(this.#timer)
    this.#isPending = false
    this.#toldAt = this.#clock.now()
    this.#tell(this.#newest)
  }
}

type Report = { readonly fraction?: unknown; readonly message?: unknown }

/** Undefined for what says nothing; total, because a report may be anything at all. */
function read(given: unknown): Progress | undefined {
  try {
    // Whatever it is, as an object it has properties, if only undefined ones.
    const report: Report = typeof given === 'number' ? { fraction: given } : (Object(given) as Report)
    const fraction = fractionIn(report.fraction)
    const message = typeof report.message === 'string' ? cut(report.message) : null
    return fraction === null && message === null ? undefined : { fraction, message }
  } catch {
    return undefined
  }
}

const fractionIn = (value: unknown): number | null =>
  typeof value === 'number' && !Number.isNaN(value) ? Math.min(1, Math.max(0, value)) : null

function cut(text: string): string {
  const { charsMax } = LIMITS.progress
  // Half of a character that takes two places could not be recorded.
  return text.length > charsMax ? text.slice(0, charsMax).toWellFormed() : text.toWellFormed()
}
