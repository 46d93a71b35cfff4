/** Where a command finds its store, and how the command itself is written for that store. */

import { resolve } from 'node:path'
import type { Lifecycle } from '../../runtime/projects/lifecycle.ts'
import { openReader, type Reader } from '../../runtime/reader.ts'
import { sqliteStore } from '../../runtime/store/sqlite/sqlite-store.ts'
import type { Store } from '../../runtime/store/store.ts'
import type { Io } from '../io.ts'

const DEFAULT_FILE = 'stagecraft.db'

export type Place = {
  readonly store: Store
  readonly file: string
  /** A command that a person can copy: it leads to the same store from the same folder. */
  readonly command: (...words: readonly string[]) => string
}

/** `--store` wins over STAGECRAFT_STORE, which wins over `stagecraft.db` in this folder. */
export function placeOf(option: string | undefined, { cwd, env }: Pick<Io, 'cwd' | 'env'>): Place {
  const file = resolve(cwd, option ?? (env['STAGECRAFT_STORE'] || DEFAULT_FILE))
  const suffix = option === undefined ? [] : ['--store', option]
  return {
    store: sqliteStore({ path: file }),
    file,
    command: (...words) => ['stagecraft', 'project', ...words, ...suffix].map(quoted).join(' '),
  }
}

/** Opens the store for reading, and closes it however the work ends. Throws `store.missing`. */
export async function reading<T>(
  { store }: Place,
  work: (reader: Reader) => Promise<T>,
  lifecycles: readonly Lifecycle[] = [],
): Promise<T> {
  const reader = await openReader(store, { lifecycles })
  try {
    return await work(reader)
  } finally {
    await reader.close()
  }
}

/** For a POSIX shell. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
