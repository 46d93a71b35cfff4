/** The file of results: opened before anything is reviewed, so that a wrong path costs nothing. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { StagecraftError } from '../model/errors.ts'
import { codeOf, messageOf } from './printable.ts'
import { sinkOf } from './sink.ts'

export type OutFile = {
  /** Resolves when more may be written. Rejects with `cli.usage`, in words that say what is wrong with the file. */
  write(line: string): Promise<void>
  /** Resolves when every line has reached the file. */
  close(): Promise<void>
}

/** Opens (and empties) the file of results. Throws `cli.usage` when it cannot be written. */
export async function openOutFile(path: string): Promise<OutFile> {
  const stream = createWriteStream(path)
  const sink = sinkOf(stream)
  try {
    await once(stream, 'open')
  } catch (error) {
    throw notWritable(path, error)
  }
  return {
    async write(line) {
      try {
        await sink.write(`${line}\n`)
      } catch (error) {
        throw notWritable(path, error)
      }
    },
    async close() {
      try {
        stream.end()
        await finished(stream)
      } catch (error) {
        throw notWritable(path, error)
      }
    },
  }
}

/** True when both paths lead to the same file, by whatever name. */
export async function sameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)))
  return first !== undefined && first.isFile() && first.ino === second?.ino && first.dev === second.dev
}

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'Its folder does not exist; make it first.',
  ENOTDIR: 'Its folder is a file; choose another place.',
  EISDIR: 'It is a folder; name a file in it.',
  EACCES: 'You may not write there; choose another place or change the permissions.',
  EPERM: 'You may not write there; choose another place or change the permissions.',
  EROFS: 'That disk is read-only; choose another place.',
  ENOSPC: 'The disk is full; free some space. What was written before is kept.',
  EDQUOT: 'Your quota is used up; free some space. What was written before is kept.',
}

function notWritable(path: string, cause: unknown): StagecraftError {
  const hint = advice[codeOf(cause) ?? ''] ?? 'Choose another place for --out.'
  return new StagecraftError(
    'cli.usage',
    `Results could not be written to ${path}: ${messageOf(cause)}. ${hint}`,
    {
      cause,
    },
  )
}
