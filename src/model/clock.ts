/** The time a panel lives by. */

/** XState's clock with a reading: milliseconds, monotonic, from any origin. */
export type Clock = {
  now(): number
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(id: unknown): void
}
