/** What became of the calls of one agent, or of all together. */

import { AGENT_ENDS, type AgentEnd } from '../../model/agent.ts'

type Ends = { readonly [Status in AgentEnd['status']]: number }

/** Calls by how they ended; with those under way they add up to `calls`. */
export type Counts = Ends & {
  readonly calls: number
  /** Waiting for a place, having one, and pausing before a retry. */
  readonly queued: number
  readonly running: number
  readonly retrying: number
  /** Attempts beyond the first of each call that has ended. */
  readonly retries: number
  /** Share of those that succeeded; the skipped and the cancelled count neither way. Null while there is none. */
  readonly successRate: number | null
  /** From the first place to the end, in milliseconds, over the ended calls that had a place. Null while there is none. */
  readonly averageMs: number | null
}

export type UnderWay = 'queued' | 'running' | 'retrying'

const noEnds = (): { [Status in AgentEnd['status']]: number } => ({
  succeeded: 0,
  failed: 0,
  timed_out: 0,
  skipped: 0,
  circuit_open: 0,
  rejected: 0,
  cancelled: 0,
})

export class Tally {
  readonly #ends = noEnds()
  readonly #underWay = { queued: 0, running: 0, retrying: 0 }
  #retries = 0
  #begun = 0
  #durationMs = 0

  /** @param durationMs undefined for a call that never had a place. */
  end({ status, attempts }: AgentEnd, durationMs: number | undefined): void {
    this.#ends[status] += 1
    this.#retries += Math.max(0, attempts - 1)
    if (durationMs === undefined) return
    this.#begun += 1
    this.#durationMs += durationMs
  }

  /** Counts a call that has not ended yet. */
  see(where: UnderWay): void {
    this.#underWay[where] += 1
  }

  /** Takes over what another one has counted. */
  add(other: Tally): void {
    for (const status of AGENT_ENDS) this.#ends[status] += other.#ends[status]
    this.#retries += other.#retries
    this.#begun += other.#begun
    this.#durationMs += other.#durationMs
    for (const where of ['queued', 'running', 'retrying'] as const)
      this.#underWay[where] += other.#underWay[where]
  }

  get counts(): Counts {
    const { succeeded, failed, timed_out, circuit_open, rejected } = this.#ends
    const counted = succeeded + failed + timed_out + circuit_open + rejected
    const all = [...Object.values(this.#ends), ...Object.values(this.#underWay)]
    return {
      calls: all.reduce((sum, count) => sum + count, 0),
      ...this.#ends,
      ...this.#underWay,
      retries: this.#retries,
      successRate: counted > 0 ? succeeded / counted : null,
      averageMs: this.#begun > 0 ? this.#durationMs / this.#begun : null,
    }
  }
}
