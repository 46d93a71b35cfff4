/** Colours for a terminal, and none for anything else. */

import { styleText } from 'node:util'
import type { Io, Output } from '../io.ts'

const STYLES = { good: 'green', bad: 'red', waiting: 'yellow', faint: 'dim', strong: 'bold' } as const

export type Style = keyof typeof STYLES
export type Paint = (style: Style, text: string) => string

/** What is painted with must be printable already. A terminal gets colours unless NO_COLOR says otherwise. */
export function paintFor(output: Output, env: Io['env']): Paint {
  const isPlain = !output.isTTY || Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb'
  if (isPlain) return plain
  return (style, text) => styleText(STYLES[style], text, { validateStream: false })
}

export const plain: Paint = (_, text) => text
