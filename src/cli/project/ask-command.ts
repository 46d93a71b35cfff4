/** `stagecraft project pause`, `resume`, `cancel`, `rollback`, and whatever else is asked of the owner of a store. */

import type { Ask } from '../../runtime/inbox.ts'
import type { Reader } from '../../runtime/reader.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import { onInterruption } from '../interruption.ts'
import type { Io } from '../io.ts'
import { printableLines } from '../printable.ts'
import { askOwner, type Unanswered } from './ask-owner.ts'
import { placeOf, reading, type Place } from './place.ts'
import { print } from './print.ts'
import { standing } from './project-text.ts'
import { lasted } from './time-text.ts'

/** What is asked of the owner, and how it is called in messages. */
export type Wish = { readonly ask: Exclude<Ask, { ask: 'release' }>; readonly words: string }

export type AskCommandOptions = { readonly store?: string; readonly wait: number }

export async function askCommand(
  id: string,
  wish: Wish,
  { store, wait }: AskCommandOptions,
  io: Io,
): Promise<number> {
  const place = placeOf(store, io)
  return reading(place, async (reader) => {
    await reader.check(id, wish.ask)
    return askAndTell(id, wish, { reader, place, waitMs: wait * 1_000, io })
  })
}

export type Asking = {
  readonly reader: Reader
  readonly place: Place
  readonly waitMs: number
  readonly io: Io
}

/** Resolves with the exit code. The wish should have been checked before. */
export async function askAndTell(id: string, wish: Wish, asking: Asking): Promise<number> {
  const { reader, place, waitMs, io } = asking
  const leaving = new AbortController()
  const interruption = onInterruption(io, () => leaving.abort())
  try {
    if (waitMs > 0) io.stderr.write(`Asking the orchestrator of ${printableLines(place.file)} …\n`)
    const options = { id, ask: wish.ask, at: io.time(), waitMs, signal: leaving.signal }
    const answered = await askOwner(place.store, options)
    if (typeof answered === 'object' && !answered.ok) {
      io.stderr.write(`stagecraft: ${printableLines(answered.message)}\n`)
      return EXIT.refused
    }
    const told =
      typeof answered === 'object'
        ? `Done: ${wish.words}. ${id} is now ${standing(await reader.get(id))}.\n`
        : keptText(id, wish, asking, interruption.by === undefined ? answered : 'interrupted')
    await print(io.stdout, printableLines(told))
    return exitCodeOf({ interruptedBy: interruption.by, problems: 0, refused: 0 })
  } finally {
    interruption.release()
  }
}

function keptText(
  id: string,
  { words }: Wish,
  { place, waitMs }: Asking,
  why: Unanswered | 'interrupted',
): string {
  const run = place.command('run', id)
  const next = {
    nobody_there: `No orchestrator has this store open. It takes effect when one next opens it: ${run}`,
    not_in_time: `Nobody has answered within ${lasted(waitMs)}. It takes effect as soon as the orchestrator that has this store open comes to it, or when one next opens it: ${run}`,
    interrupted: `The orchestrator that has this store open takes it at once, or the next one that opens it: ${run}`,
  }
  return `Kept in ${place.file}: ${words}.\n${next[waitMs === 0 && why === 'not_in_time' ? 'interrupted' : why]}\n`
}
