/** `stagecraft project run`: carries a project on, as the owner of its store or by asking the owner to. */

import { isStagecraftError } from '../../model/errors.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { askAndTell } from './ask-command.ts'
import { carry, own } from './carry.ts'
import { disposeOf, loadLifecycles, type Registered } from './load-lifecycles.ts'
import { placeOf, reading, type Place } from './place.ts'
import { print } from './print.ts'
import { showText } from './show-command.ts'

export type RunCommandOptions = {
  readonly store?: string
  readonly lifecycles?: string
  readonly wait: number
  readonly json?: boolean
}

export async function runCommand(id: string, options: RunCommandOptions, io: Io): Promise<number> {
  const place = placeOf(options.store, io)
  // Nothing is made for a project that is not there.
  const after = await reading(place, async (reader) => {
    await reader.check(id, { ask: 'run' })
    return reader.newestCursor()
  })
  const registered = await loadLifecycles(options.lifecycles, io)
  try {
    return await runWith(registered, { id, after, place, options, io })
  } finally {
    await disposeOf(registered, io)
  }
}

type Run = {
  readonly id: string
  readonly after: number
  readonly place: Place
  readonly options: RunCommandOptions
  readonly io: Io
}

async function runWith(registered: Registered, { id, after, place, options, io }: Run): Promise<number> {
  const orchestrator = await own(place, registered, io).catch((error: unknown) => {
    if (isStagecraftError(error) && error.code === 'store.owned') return undefined
    throw error
  })
  if (!orchestrator) return askToRun(id, place, options, io)
  const interruptedBy = await carry(orchestrator, { id, after, io })
  return tellEnd(registered, { id, place, options, io, interruptedBy })
}

async function askToRun(id: string, place: Place, { wait }: RunCommandOptions, io: Io): Promise<number> {
  io.stderr.write('Another orchestrator has this store open, so it is asked to run the project.\n')
  const wish = { ask: { ask: 'run' }, words: `run ${id}` } as const
  return reading(place, (reader) => askAndTell(id, wish, { reader, place, waitMs: wait * 1_000, io }))
}

type End = Omit<Run, 'after'> & { readonly interruptedBy: NodeJS.Signals | undefined }

/** Prints where the project stands now, and makes the exit code of it. */
export async function tellEnd(
  { lifecycles }: Registered,
  { id, place, options: { json = false }, io, interruptedBy }: End,
): Promise<number> {
  const view = await reading(place, (reader) => reader.get(id), lifecycles)
  await print(io.stdout, showText(view, { knowsPhases: true, json, place, io }))
  const isLost = view.state === 'FAILED' || view.state === 'CANCELLED'
  return interruptedBy === undefined && isLost
    ? EXIT.refused
    : exitCodeOf({ interruptedBy, problems: 0, refused: 0 })
}
