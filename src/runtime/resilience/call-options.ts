/** What every part takes beside the work. */

export type CallOptions = {
  /** When it aborts, the call is over at once and rejects with its reason, whether or not the work listens. */
  readonly signal?: AbortSignal
}

/** Work that may be cut short: it should honour the signal. */
export type Work<T> = (signal: AbortSignal) => T | Promise<T>
