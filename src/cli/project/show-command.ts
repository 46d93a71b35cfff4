/** `stagecraft project show`: draws the phases of a project, with where it stands. */

import type { ProjectView } from '../../runtime/projects/project-view.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { jsonText } from './json-text.ts'
import { disposeOf, findLifecycles } from './load-lifecycles.ts'
import { paintFor } from './paint.ts'
import { placeOf, reading, type Place } from './place.ts'
import { print } from './print.ts'
import { projectText } from './project-text.ts'

export type ShowOptions = { readonly store?: string; readonly lifecycles?: string; readonly json?: boolean }

export async function showCommand(
  id: string,
  { store, lifecycles, json = false }: ShowOptions,
  io: Io,
): Promise<number> {
  const place = placeOf(store, io)
  const registered = await findLifecycles(lifecycles, io)
  try {
    const view = await reading(place, (reader) => reader.get(id), registered.lifecycles)
    const knowsPhases = registered.lifecycles.some(
      ({ name, version }) => name === view.lifecycle && version === view.version,
    )
    await print(io.stdout, showText(view, { knowsPhases, json, place, io }))
    return EXIT.ok
  } finally {
    await disposeOf(registered, io)
  }
}

export type ShowTextOptions = {
  readonly knowsPhases: boolean
  readonly json: boolean
  readonly place: Place
  readonly io: Io
}

/** The drawing, or the whole view as JSON. Ends with a newline. */
export function showText(view: ProjectView, { knowsPhases, json, place, io }: ShowTextOptions): string {
  if (json) return `${jsonText(view, { indent: 2 })}\n`
  const paint = paintFor(io.stdout, io.env)
  return projectText(view, { knowsPhases, paint, now: io.time(), command: place.command })
}
