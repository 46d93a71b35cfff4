/** What every contestant looks like, ours and the rivals. */

import type { Finding } from '../../dist/index.js'
import type { Workload } from '../workload.ts'

export type Contestant = {
  readonly name: string
  /** Critics evaluated by one review. */
  readonly critics: number
  /** Puts the workload's input before all critics and waits for the worst severity. */
  readonly review: () => Promise<void>
  readonly close?: () => Promise<void>
}

export type MakeContestant = (work: Workload) => Contestant

/** The least a rival can do with what its critics say. */
export function worstOf(findings: readonly Finding[]): number {
  let worst = 0
  for (const { severity = 0 } of findings) if (severity > worst) worst = severity
  return worst
}

/** Fails the benchmark rather than measure a contestant that did not do the work. */
export function expectHarmless(worst: number): void {
  if (worst !== 0) throw new Error(`A critic that says 0 was understood as ${worst}.`)
}
