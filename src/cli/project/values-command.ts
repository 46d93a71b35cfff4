/** `stagecraft project values`: the physical values of a project, one a line, in the order of their names. */

import { amountText } from '../../model/isa/value-text.ts'
import type { IsaNode } from '../../model/isa/isa-node.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { jsonText } from './json-text.ts'
import { disposeOf, findLifecycles } from './load-lifecycles.ts'
import { placeOf, reading } from './place.ts'
import { print } from './print.ts'
import { table } from './table.ts'

export type ValuesOptions = {
  readonly store?: string
  /** Needed where `at` is given: the journal is replayed up to there. */
  readonly lifecycles?: string
  /** Cursor of a fact. */
  readonly at?: number
  readonly json?: boolean
}

export async function valuesCommand(
  id: string,
  { store, lifecycles, at, json = false }: ValuesOptions,
  io: Io,
): Promise<number> {
  const registered = await findLifecycles(lifecycles, io)
  try {
    const state = await reading(placeOf(store, io), (reader) => reader.isa(id, at), registered.lifecycles)
    const nodes = Object.entries(state.nodes)
    if (json) await print(io.stdout, `${jsonText(state, { indent: 2 })}\n`)
    else if (nodes.length === 0) io.stderr.write('Nobody has set a value yet.\n')
    else await print(io.stdout, `${table(nodes.map(rowOf)).join('\n')}\n`)
    return EXIT.ok
  } finally {
    await disposeOf(registered, io)
  }
}

const rowOf = ([id, { value, isStale, owner, description }]: readonly [string, IsaNode]) =>
  [id, amountText(value), [...marksOf(value.locked, isStale)].join(' '), owner ?? '', description].map(
    (cell) => printable(cell),
  )

function* marksOf(isLocked: boolean, isStale: boolean): Generator<string> {
  if (isLocked) yield 'locked'
  if (isStale) yield 'stale'
}
