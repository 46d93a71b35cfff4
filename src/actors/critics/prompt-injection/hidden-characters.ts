/** Characters nobody sees, used to speak to a model behind the reader's back. */

import { runsIn } from './runs.ts'

export type Hidden = {
  readonly rule: string
  readonly weight: number
  readonly start: number
  readonly label: string
}

const RULE = 'injection.hidden_text'
const TAGS = /[\u{e0020}-\u{e007f}]+/gu
/** England, Scotland and Wales: a black flag, five or six tags and the closing one. */
const FLAG_TAGS_MAX = 7
const BLACK_FLAG = '\u{1f3f4}'
const SELECTORS = /[\u{e0100}-\u{e01ef}]{4,}/gu
/** In Persian and in emoji one or two of these stand together; a message needs many. */
const ZERO_WIDTH = /[\u200b-\u200d\u2060-\u2064\ufeff]{6,}/g
/** How many hidden tags are read as a message. */
const TAGS_READ_MAX = 2_000
/** Overrides of the writing direction: text that is read otherwise than it looks. */
const DIRECTION = /[\u202d\u202e]+/g

export function* hiddenCharactersIn(text: string): Generator<Hidden> {
  for (const { run, start } of runsIn(text, TAGS)) {
    const isFlag = run.length <= FLAG_TAGS_MAX * 2 && text.slice(start - 2, start) === BLACK_FLAG
    if (!isFlag) yield { rule: RULE, weight: 0.9, start, label: `${run.length / 2} invisible tag characters` }
  }
  for (const { run, start } of runsIn(text, SELECTORS))
    yield { rule: RULE, weight: 0.9, start, label: `${run.length / 2} stacked variation selectors` }
  for (const { run, start } of runsIn(text, ZERO_WIDTH))
    yield { rule: RULE, weight: 0.6, start, label: `${run.length} zero-width characters in a row` }
  for (const { start } of runsIn(text, DIRECTION))
    yield { rule: RULE, weight: 0.4, start, label: 'an override of the writing direction' }
}

/** The ASCII that tag characters spell. */
export function tagsAsText(text: string): string {
  let spelt = ''
  for (const { run } of runsIn(text, TAGS)) {
    for (let at = 0; at < run.length && spelt.length < TAGS_READ_MAX; at += 2)
      spelt += String.fromCharCode((run.codePointAt(at) ?? 0) - 0xe_00_00)
    spelt += ' '
  }
  return spelt
}
