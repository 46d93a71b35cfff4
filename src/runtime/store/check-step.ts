/** Refuses a step that contradicts itself, before a store writes any of it. */

import { malformedStep } from './refusals.ts'
import type { Step } from './store.ts'

/** Throws `store.conflict`. Entries that continue the journal are what makes a duplicate fact impossible. */
export function checkStep({ journal, expectedSeq, record, entries, opens, checkpoints }: Step): void {
  const refuse = (what: string): never => {
    throw malformedStep(journal, what)
  }
  if (entries.length === 0) refuse('it has no entry')
  for (const [index, { seq }] of entries.entries())
    if (seq !== expectedSeq + 1 + index)
      refuse(`entry ${seq} stands where ${expectedSeq + 1 + index} belongs`)
  if (record.seq !== expectedSeq + entries.length)
    refuse(`its record is at ${record.seq}, its last entry at ${expectedSeq + entries.length}`)
  if (record.id !== journal) refuse(`its record is of "${record.id}"`)
  for (const part of [...entries, ...opens, ...checkpoints])
    if (part.journal !== journal) refuse(`a part of it belongs to "${part.journal}"`)
}
