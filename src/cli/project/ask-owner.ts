/** Asks the owner of a store for something through its inbox, and waits a while for the answer. */

import type { Json } from '../../model/canonical.ts'
import type { Answered, Ask } from '../../runtime/inbox.ts'
import type { Postbox, Store } from '../../runtime/store/store.ts'

/** How often the answer is looked for. The owner looks for requests five times a second. */
const LOOK_EVERY_MS = 50

export type AskOptions = {
  readonly id: string
  readonly ask: Ask
  /** Milliseconds since 1970. */
  readonly at: number
  readonly waitMs: number
  /** Ends the waiting; the request stays. */
  readonly signal: AbortSignal
}

/** Without an answer the request is kept, and the next owner takes it. */
export type Unanswered = 'nobody_there' | 'not_in_time'

export async function askOwner(
  store: Store,
  { id, ask, at, waitMs, signal }: AskOptions,
): Promise<Answered | Unanswered> {
  const postbox = await store.openPostbox()
  try {
    const request = crypto.randomUUID()
    await postbox.post({ id: request, journal: id, at, body: ask as unknown as Json })
    // Where nobody is, nobody answers: the request is kept.
    if (!(await postbox.hasOwner())) return 'nobody_there'
    return await answerTo(postbox, request, performance.now() + waitMs, signal)
  } finally {
    await postbox.close()
  }
}

async function answerTo(
  postbox: Postbox,
  request: string,
  until: number,
  signal: AbortSignal,
): Promise<Answered | Unanswered> {
  for (;;) {
    const answer = await postbox.answer(request)
    // The owner answers with nothing else.
    if (answer) return answer.body as unknown as Answered
    const leftMs = until - performance.now()
    if (leftMs <= 0 || signal.aborted) return 'not_in_time'
    await pause(Math.min(LOOK_EVERY_MS, leftMs), signal)
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, delayMs)
    signal.addEventListener('abort', end, { once: true })
  })
}
