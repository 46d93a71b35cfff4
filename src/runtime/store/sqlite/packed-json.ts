/** Packed JSON: a large text as gzip, made and undone off the main thread. */

import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Json } from '../../../model/canonical.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

export const pack = (text: string): Promise<Uint8Array> => compress(text)

/** Takes packed bytes, or the text as it was. Rejects when the bytes are damaged. */
export async function unpack(saved: string | Uint8Array): Promise<Json> {
  const text = typeof saved === 'string' ? saved : (await decompress(saved)).toString()
  // JSON.parse makes nothing else.
  return JSON.parse(text) as Json
}
