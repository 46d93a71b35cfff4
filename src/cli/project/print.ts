/** Prints to standard output, and finds out whether it got there. */

import { StagecraftError } from '../../model/errors.ts'
import type { Output } from '../io.ts'
import { codeOf, messageOf } from '../printable.ts'

/** Whoever read the output has left: there is nobody to tell. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']

const ignore = () => {}

/** Resolves with false when its reader has left. Throws `cli.usage` when it cannot be written, e.g. on a full disk. */
export async function print(stdout: Output, text: string): Promise<boolean> {
  // The stream also tells its listeners of an error, and without one the process would crash.
  stdout.on('error', ignore)
  const error = await new Promise<unknown>((resolve) => stdout.write(text, resolve))
  if (error === null || error === undefined) {
    stdout.off('error', ignore)
    return true
  }
  if (GONE.includes(codeOf(error))) return false
  throw new StagecraftError(
    'cli.usage',
    `The output could not be written: ${messageOf(error)}. Make room, or send it elsewhere.`,
    { cause: error },
  )
}
