/** What a process says on stderr: reports of progress, and the last words for an error message. */

import { stripVTControlCharacters } from 'node:util'
import type { AgentContext } from '../../../model/agent.ts'
import { LIMITS } from '../../../model/limits.ts'

type Report = Parameters<AgentContext['progress']>[0]

/** Values shorter than this are words like "1" or "true", which say nothing. */
const SECRET_MIN_CHARS = 4

/** How a line begins that is a report. */
const REPORT = /^\s*\{\s*"progress"\s*:/

/** Keeps no more than a tail, however much is said. */
export class Complaint {
  #line = ''
  #tail = ''
  readonly #onReport: (report: Report) => void
  readonly #secrets: readonly (readonly [string, string])[]
  readonly #tailMaxChars: number

  /** `secrets`: names by value; a value is shown as its name. */
  constructor(secrets: ReadonlyMap<string, string>, onReport: (report: Report) => void) {
    this.#onReport = onReport
    // The longest first: one may be a part of another.
    this.#secrets = [...secrets]
      .filter(([value]) => value.length >= SECRET_MIN_CHARS)
      .toSorted(([a], [b]) => b.length - a.length)
    // So much more that no secret reaches into the last words by its end alone.
    this.#tailMaxChars = LIMITS.adapter.complaintMaxChars + (this.#secrets[0]?.[0].length ?? 0)
  }

  write(text: string): void {
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) this.#take(`${line}\n`)
    if (this.#line.length <= LIMITS.adapter.reportMaxChars) return
    this.#keep(this.#line)
    this.#line = ''
  }

  /** The last words, without reports, colours and secrets; '' when nothing was said. */
  lastWords(): string {
    this.#take(this.#line)
    this.#line = ''
    let words = this.#tail
    for (const [value, name] of this.#secrets) words = words.replaceAll(value, `[${name}]`)
    return stripVTControlCharacters(words).slice(-LIMITS.adapter.complaintMaxChars).trim()
  }

  #take(line: string): void {
    const report = REPORT.test(line) ? reportOf(line) : undefined
    if (report === undefined) this.#keep(line)
    else this.#onReport(report)
  }

  #keep(text: string): void {
    this.#tail = (this.#tail + text).slice(-this.#tailMaxChars)
  }
}

function reportOf(line: string): Report | undefined {
  try {
    // Whatever it is: `progress` passes over nonsense.
    return (JSON.parse(line) as { progress: Report }).progress
  } catch {
    return undefined
  }
}
