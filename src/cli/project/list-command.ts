/** `stagecraft project list` and `checkpoints`: tables of what is there. */

import { LIMITS } from '../../model/limits.ts'
import type { ProjectFilter, ProjectSummary } from '../../runtime/projects/project-reader.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { counted } from './counted.ts'
import { jsonText } from './json-text.ts'
import { placeOf, reading } from './place.ts'
import { print } from './print.ts'
import { table } from './table.ts'
import { relative, stamp } from './time-text.ts'

export type ListOptions = Pick<ProjectFilter, 'state' | 'lifecycle' | 'ended'> & {
  readonly store?: string
  readonly json?: boolean
}

export async function listCommand({ store, json = false, ...filter }: ListOptions, io: Io): Promise<number> {
  const limit = LIMITS.pageMax
  return reading(placeOf(store, io), async (reader) => {
    const projects: ProjectSummary[] = []
    for (let after = ''; ;) {
      const page = await reader.list({ ...filter, after, limit })
      projects.push(...page)
      const last = page.at(-1)
      if (!last || page.length < limit) break
      after = last.id
    }
    return show(projects, { json, empty: 'No such project in this store.', io }, projectRow(io.time()))
  })
}

export async function checkpointsCommand(
  id: string,
  { store, json = false }: { readonly store?: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  return reading(placeOf(store, io), async (reader) =>
    show(
      await reader.checkpoints(id),
      { json, empty: 'It has no checkpoint yet.', io },
      ({ id: checkpoint, at, phase, seq }) => [checkpoint, `before ${phase}`, stamp(at), `fact ${seq}`],
    ),
  )
}

const projectRow =
  (now: number) =>
  ({ id, state, lifecycle, version, seq, updatedAt }: ProjectSummary): readonly string[] => [
    id,
    state,
    `${lifecycle} version ${version}`,
    counted(seq, 'fact'),
    `changed ${relative(updatedAt, now)}`,
  ]

type Showing = { readonly json: boolean; readonly empty: string; readonly io: Io }

async function show<T>(
  items: readonly T[],
  { json, empty, io }: Showing,
  rowOf: (item: T) => readonly string[],
): Promise<number> {
  const lines = json
    ? items.map((item) => jsonText(item))
    : table(items.map((item) => rowOf(item).map((cell) => printable(cell))))
  if (lines.length > 0) await print(io.stdout, `${lines.join('\n')}\n`)
  else if (!json) io.stderr.write(`${empty}\n`)
  return EXIT.ok
}
