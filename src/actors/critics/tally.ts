/** A tally counts what a critic found, lists the first of it, and becomes the finding. */

import type { Finding } from '../../model/finding.ts'
import { SCAN_LIMITS } from './scan-limits.ts'

type Listed = { rule: string; severity: number; message: string }

/** A place in a text that breaks a rule; `start` and `end` count UTF-16 units from 0, `end` is exclusive. */
export type Mark = { readonly rule: string; readonly start: number; readonly end: number }

/** The first of what a search finds: enough to judge by, and a bound on the time hostile text can take. */
export function* counted<T>(found: Iterable<T>): Generator<T> {
  let left: number = SCAN_LIMITS.countedMax
  for (const item of found) {
    if (left-- === 0) return
    yield item
  }
}

export class Tally {
  readonly #violations: Listed[] = []
  readonly #counts = new Map<string, number>()
  #total = 0
  #severity = 0

  get total(): number {
    return this.#total
  }

  /** The message is asked for only while there is room, because hostile text can break a rule 100,000 times. */
  add(rule: string, severity: number, message: () => string): void {
    this.#total++
    this.#severity = Math.max(this.#severity, severity)
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1)
    if (this.#violations.length < SCAN_LIMITS.violationsMax)
      this.#violations.push({ rule, severity, message: message().slice(0, SCAN_LIMITS.messageMaxChars) })
  }

  /** `details.total` counts all violations, `details.rules` each rule; the list holds at most the first 100. */
  finding(said: { readonly clean: string; readonly broken: string }): Finding {
    const justification = this.#total === 0 ? said.clean : `${said.broken}: ${this.#summary()}.`
    return {
      severity: this.#severity,
      violations: this.#violations,
      justification,
      details: { total: this.#total, rules: Object.fromEntries(this.#counts) },
    }
  }

  #summary(): string {
    return [...this.#counts].map(([rule, count]) => `${rule} ${count}`).join(', ')
  }
}

/** A place in words: characters are counted from 1, in UTF-16 units as editors do. */
export function placeOf(start: number, where: string): string {
  return `at character ${start + 1} of the ${where}`
}
