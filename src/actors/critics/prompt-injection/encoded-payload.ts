/** Base64 and hexadecimal runs, decoded, so that what they say can be looked at like any other text. */

import { SCAN_LIMITS } from '../scan-limits.ts'

/** Shorter runs are hashes, ids and words; of a longer run its beginning is enough to know it. */
const RUN_MIN = 24
const DECODED_MAX = 512
const PRINTABLE_SHARE_MIN = 0.9

export type Decoded = { readonly start: number; readonly text: string }

/** Runs whose decoded form is text; `skipped` counts the runs beyond the limit, which were not read. */
export function decodedRunsIn(text: string): { runs: Decoded[]; skipped: number } {
  const runs: Decoded[] = []
  let read = 0
  eachRun(text, (start, end) => {
    if (++read > SCAN_LIMITS.encodedRunsMax) return
    const decoded = decode(text.slice(start, Math.min(end, start + DECODED_MAX)))
    if (decoded !== undefined && isText(decoded)) runs.push({ start, text: decoded })
  })
  return { runs, skipped: Math.max(0, read - SCAN_LIMITS.encodedRunsMax) }
}

function eachRun(text: string, visit: (start: number, end: number) => void): void {
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    if (isBase64(text.charCodeAt(at))) continue
    if (at - start >= RUN_MIN && isWorthwhile(text, start, at)) visit(start, at)
    start = at + 1
  }
}

/** A run of one or two characters decodes to nothing worth reading; sampling keeps this cheap. */
function isWorthwhile(text: string, start: number, end: number): boolean {
  const sample = new Set<number>()
  for (let at = start; at < Math.min(end, start + RUN_MIN); at++) sample.add(text.charCodeAt(at))
  return sample.size >= 6
}

function decode(run: string): string | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(run))
    return run.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  const standard = run.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  try {
    return atob(standard.slice(0, standard.length - (standard.length % 4)))
  } catch {
    return undefined
  }
}

function isText(decoded: string): boolean {
  let printable = 0
  for (let at = 0; at < decoded.length; at++) {
    const unit = decoded.charCodeAt(at)
    if ((unit >= 0x20 && unit < 0x7f) || unit === 0x0a) printable++
  }
  return decoded.includes(' ') && printable >= decoded.length * PRINTABLE_SHARE_MIN
}

function isBase64(unit: number): boolean {
  const letter = unit | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2b ||
    unit === 0x2f ||
    unit === 0x3d ||
    unit === 0x2d ||
    unit === 0x5f
  )
}
