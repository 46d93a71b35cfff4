/** Fault points: the places, by name, where a test may let the process die or the work fail. */

export const FAULT_POINTS = [
  'open.locked',
  'open.ready',
  'recovery.begun',
  'recovery.resumed',
  'recovery.done',
  'commit.begun',
  'commit.before-commit',
  'commit.after-commit',
  'engine.committed',
  'engine.outcome-recorded',
  'engine.published',
  'engine.performed',
  'engine.work-ended',
  'timer.due',
  'inbox.before-answer',
  'inbox.answered',
  'packing.begun',
  'packing.packed',
  'packing.done',
  'purge.before-log',
  'remove.before-commit',
  'stop.begun',
  'stop.drained',
  'stop.done',
] as const

export type FaultPoint = (typeof FAULT_POINTS)[number]

let hook: ((point: FaultPoint) => void) | undefined

/** For tests: called at every fault point; undefined ends it. */
export function onFault(next: ((point: FaultPoint) => void) | undefined): void {
  hook = next
}

export function fault(point: FaultPoint): void {
  hook?.(point)
}
