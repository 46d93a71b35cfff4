/** Does bounded work on a stream and hands on the results in the order of the items. */

export type InOrderLimits = {
  /** Items worked on at once. */
  readonly concurrentMax: number
  /** Items taken and not yet handed on, so that one slow item neither stops the others nor lets them pile up. */
  readonly heldMax: number
}

type Held<R> = { done: boolean; result?: R }

/**
 * Results come as soon as they and all before them are ready, even while the next item is awaited. Nothing is taken
 * from `items` beyond the limits, so a slow taker of results slows the reader. `work` must not reject.
 * When `items` fails, everything begun is handed on first.
 */
export async function* inOrder<T, R>(
  items: AsyncIterator<T, unknown>,
  work: (item: T) => Promise<R>,
  { concurrentMax, heldMax }: InOrderLimits,
): AsyncGenerator<R> {
  const held: Held<R>[] = []
  const bell = newBell()
  let running = 0
  let reading = false
  let end: { readonly failure?: unknown } | undefined

  const begin = async (item: T) => {
    const entry: Held<R> = { done: false }
    held.push(entry)
    running += 1
    entry.result = await work(item)
    entry.done = true
    running -= 1
    bell.ring()
  }
  const take = async () => {
    reading = true
    try {
      const next = await items.next()
      if (next.done) end = {}
      else void begin(next.value)
    } catch (failure) {
      end = { failure }
    }
    reading = false
    bell.ring()
  }

  for (;;) {
    const rung = bell.next()
    if (!end && !reading && running < concurrentMax && held.length < heldMax) void take()
    const first = held[0]
    if (first?.done) {
      held.shift()
      // `done` is set after `result`, in the same turn.
      yield first.result as R
    } else if (end && !first) {
      if ('failure' in end) throw end.failure
      return
    } else await rung
  }
}

/** Lets one loop wait for whatever happens next. */
function newBell() {
  let ring: (() => void) | undefined
  return {
    /** Resolves at the next ring. */
    next: () => new Promise<void>((resolve) => (ring = resolve)),
    ring: () => ring?.(),
  }
}
