/** Watches the inbox: tells the owner soon after somebody else has posted. */

import type { Connection } from './connection.ts'
import { waitingRequests } from './inbox.ts'

export type WatchOptions = { readonly pollMs: number; readonly onPost: () => void }

/** Returns what ends the watch. Its timers do not keep a process alive. */
export function watchInbox(connection: Connection, { pollMs, onPost }: WatchOptions): () => void {
  let seen: unknown
  const isNewsWaiting = () => {
    // A number that changes with every commit of another connection: cheaper than to ask the table.
    const version = connection.pragma('data_version')
    if (version === seen) return false
    const isWaiting = connection.get(waitingRequests, { limit: 1 }) !== undefined
    seen = version
    return isWaiting
  }
  const look = () => {
    if (attempt(isNewsWaiting)) onPost()
  }
  // The first look finds what was posted while nobody owned the store.
  const first = setTimeout(look, 0).unref()
  const timer = setInterval(look, pollMs).unref()
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}

/** What keeps the inbox from being read keeps the next commit from being written too, and is told there. */
function attempt(look: () => boolean): boolean {
  try {
    return look()
  } catch {
    return false
  }
}
