/** Owns a store for a while and carries a project in it: until it waits, is paused, has ended, or somebody interrupts. */

import { isStagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { createOrchestrator, type Orchestrator } from '../../runtime/orchestrator.ts'
import { onInterruption } from '../interruption.ts'
import type { Io } from '../io.ts'
import { messageOf, printableLines } from '../printable.ts'
import { quietSinkOf } from '../sink.ts'
import { newsText } from './fact-text.ts'
import type { Registered } from './load-lifecycles.ts'
import type { Place } from './place.ts'
import { lasted } from './time-text.ts'

/** Opens the store as its owner. Throws what `createOrchestrator` throws. */
export function own(place: Place, { lifecycles, panels }: Registered, io: Io): Promise<Orchestrator> {
  return createOrchestrator({
    store: place.store,
    lifecycles,
    panels,
    onTrouble: (error) => {
      io.stderr.write(`stagecraft: trouble: ${printableLines(messageOf(error))}\n`)
    },
  })
}

export type CarryOptions = {
  readonly id: string
  /** Cursor; facts after it are told on standard error as they happen. */
  readonly after: number
  readonly io: Io
}

/** Stops the orchestrator in the end. Resolves with the signal that interrupted it, if one did. */
export async function carry(
  orchestrator: Orchestrator,
  { id, after, io }: CarryOptions,
): Promise<NodeJS.Signals | undefined> {
  const stderr = quietSinkOf(io.stderr)
  const interruption = onInterruption(io, () => {
    const words = `Stopping: what runs has ${lasted(LIMITS.drainMs)} to finish. Interrupt again to leave at once; either way nothing on record is lost.`
    void stderr.write(`${words}\n`)
    void orchestrator.stop()
  })
  const news = orchestrator.facts({ project: id, after }).subscribe({
    next: (fact) => void stderr.write(`${newsText(fact)}\n`),
    error: (error: unknown) => void stderr.write(`stagecraft: ${printableLines(messageOf(error))}\n`),
  })
  try {
    await orchestrator.projects.run(id)
  } catch (error) {
    const isOurs = isStagecraftError(error) && error.code === 'orchestrator.stopped'
    if (!isOurs || interruption.by === undefined) throw error
  } finally {
    // What has happened is told before it ends.
    await orchestrator.stop()
    news.unsubscribe()
    interruption.release()
    stderr.release()
  }
  return interruption.by
}
