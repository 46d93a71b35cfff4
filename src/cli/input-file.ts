/** Opens what is to be reviewed: a file, or standard input for `-`. */

import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { StagecraftError } from '../model/errors.ts'
import type { Io } from './io.ts'
import { codeOf, messageOf } from './printable.ts'

export type Input = {
  /** As it is called in messages. */
  readonly name: string
  readonly stream: Readable
  /** Undefined where it is not known beforehand: standard input, pipes. */
  readonly bytes: number | undefined
}

/** Throws `cli.usage` for a file that is missing, a folder or not readable. */
export async function openInput(path: string, io: Pick<Io, 'stdin'>): Promise<Input> {
  if (path === '-') return { name: 'standard input', stream: io.stdin, bytes: undefined }
  try {
    const file = await open(path)
    const stats = await file.stat()
    if (stats.isDirectory()) {
      await file.close()
      throw new StagecraftError(
        'cli.usage',
        `${path} is a folder. Name a file of answers, one JSON object a line.`,
      )
    }
    return { name: path, stream: file.createReadStream(), bytes: stats.isFile() ? stats.size : undefined }
  } catch (error) {
    if (error instanceof StagecraftError) throw error
    if (codeOf(error) === 'ENOENT')
      throw new StagecraftError(
        'cli.usage',
        `There is no file ${path}. Check the path; "-" reads standard input.`,
        {
          cause: error,
        },
      )
    throw unreadable(path, error)
  }
}

/** For a file that cannot be opened, or fails while it is read. */
export function unreadable(name: string, cause: unknown): StagecraftError {
  return new StagecraftError('cli.usage', `${name} could not be read: ${messageOf(cause)}.`, { cause })
}
